import { join, posix, resolve } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { governedRoots, ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { FileTree } from '../git/file-tree.ts';
import { readBytes } from '../git/files.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { fitParts, lineCost, type DigestPart } from '../render/digest.ts';
import { oneLine } from '../render/plain-text.ts';
import { overviewParts } from '../render/overview-parts.ts';
import { elsewhereLines } from '../render/elsewhere.ts';
import { resumeParts, type ResumeFacts } from '../render/resume-parts.ts';
import { shellCommand } from '../render/shell.ts';
import { digestText, type DigestHead } from '../render/resume-text.ts';
import { RecordedTree } from '../tree/recorded-tree.ts';
import type { Bearings } from '../workflow/bearings.ts';
import { checkpointsOf } from '../workflow/checkpoint.ts';
import { continuityPath, lessonsIn } from '../workflow/continuity.ts';
import type { UnitedTicket } from '../workflow/everywhere.ts';
import { ticketStatus, type TicketStatus } from '../workflow/node-status.ts';
import { skillsFor } from '../workflow/skills-for.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketAnywhere, type Ticket } from '../workflow/ticket.ts';
import { phaseOf, situationOf } from '../workflow/workflow-phase.ts';
import { actionText, verbAction } from './actions.ts';
import type { Command, Invocation, NextAction, Outcome } from './command.ts';
import { ticketsEverywhere } from './everywhere.ts';
import { nextActionOf } from './next-action.ts';
import { takeBearings, ticketAt } from './take-bearings.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Bytes of 2,000 tokens, four each. */
const MOST = 8000;
const LARGEST_ACTION = 2400;

export const command: Command = {
  summary: 'where we are, in at most 2,000 tokens: for whoever takes the work up again',
  usage: ['resume [--ticket ID]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says; the repository where none does' },
  },
  run: (invocation) => resumeIn(openWorkspace(invocation), invocation),
};

/** The same in a work tree that is open. */
export async function resumeIn(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const bearings = takeBearings(workspace, invocation);
  const id = ticketAt(bearings, workspace);
  return id === undefined ? ofRepository(workspace, invocation, bearings) : ofTicket(workspace, invocation, bearings, id);
}

async function ofTicket(workspace: Workspace, invocation: Invocation, bearings: Bearings, id: string): Promise<Outcome> {
  const { repository: { workRoot, objectFormat }, settings } = workspace;
  const snapshot = new Snapshot(new FileTree(workRoot, { objectFormat }), settings);
  const { tickets } = await ticketsEverywhere(workspace, { ticket: id, checkpoints: true });
  const united = tickets.find((one) => one.id === id);
  const here = ticketAnywhere(snapshot, id);
  // What the trunk has archived is finished, whatever an old branch holds.
  const ticket = united && (united.ticket.archived || !here) ? united.ticket : here;
  if (!ticket && bearings.ticket.id !== undefined && bearings.ticket.from === 'option') {
    throw new UserError(`Unexpected ticket ${id}, expected one with a folder ${ticketFolder(settings, id)}`, `${invocation.program} new spec --ticket ${id} --title "WHAT IT DELIVERS"`, 'ticket-unknown');
  }
  let known: TicketStatus | undefined;
  const status = () => (known ??= ticketStatus(ticket as Ticket));
  const head: DigestHead = {
    ticket: id,
    ...(ticket && wordsOf(ticket)),
    phase: phaseOf(ticket, status),
    where: whereIn(bearings),
    skills: skillsFor(situationOf(ticket, status)),
  };
  const next = await nextOf(workspace, invocation, { id: ticket?.archived ? undefined : id, elsewhere: here ? undefined : united });
  if (!ticket) return answer(head, [], next);
  const facts: ResumeFacts = {
    ticket,
    status: status(),
    elsewhere: united ? elsewhereLines(here && { ticket: here, status: here === ticket ? status() : ticketStatus(here) }, united) : [],
    checkpoints: checkpointsOf(united?.ticket ?? ticket),
    findings: here === ticket ? await findingsOf(workspace, snapshot, ticket, invocation) : [],
    lessons: lessonsOf(workspace, bearings),
    program: invocation.program,
    fromHere: (path) => posix.relative(bearings.folder, path),
  };
  return answer(head, resumeParts(facts), next);
}

async function ofRepository(workspace: Workspace, invocation: Invocation, bearings: Bearings): Promise<Outcome> {
  const { tickets } = await ticketsEverywhere(workspace);
  const page = continuityPage(workspace, bearings);
  const head: DigestHead = { where: whereIn(bearings), skills: skillsFor({ phase: 'trunk', isProposed: false, isForked: false }) };
  return answer(head, overviewParts({ open: tickets, page, program: invocation.program }), await nextOf(workspace, invocation, { id: undefined, elsewhere: undefined }));
}

function answer(head: DigestHead, parts: readonly DigestPart[], next: NextAction): Outcome {
  const json = { ...head, next_action: next, tokens: 0 };
  const ending = actionText(next);
  const frame = Math.max(Buffer.byteLength(JSON.stringify({ ok: true, ...json, sections: [] })), Buffer.byteLength(digestText(head, [], ending)));
  const sections = fitParts(parts, MOST - frame - lineCost(''));
  const text = digestText(head, sections, ending);
  return { exit: 0, json: { ...json, sections, tokens: Math.ceil(Buffer.byteLength(text) / 4) }, text };
}

/** The next step, or the command that says it where it takes up too much of the digest; of a ticket that is not here: to go where it is. */
async function nextOf(workspace: Workspace, invocation: Invocation, { id, elsewhere }: { readonly id: string | undefined; readonly elsewhere: UnitedTicket | undefined }): Promise<NextAction> {
  const ask = verbAction(invocation, ['next', ...(id === undefined ? [] : ['--ticket', id])], { description: id === undefined ? 'choose a ticket and ask what is next for it' : 'ask what is next' });
  if (id === undefined) return ask;
  if (elsewhere) return wayTo(invocation, elsewhere);
  const action = await nextActionOf(workspace, invocation, id);
  return Buffer.byteLength(JSON.stringify(action)) <= LARGEST_ACTION ? action : ask;
}

/** Into the work tree that holds a ticket, else onto the branch. */
function wayTo(invocation: Invocation, { id, sightings }: UnitedTicket): NextAction {
  const tree = sightings.find(({ kind }) => kind === 'worktree');
  const facts = { description: `${id} is not in this work tree: go where it is`, context: { ticket: id } };
  if (tree) return verbAction(invocation, ['resume', '--cwd', tree.name, '--ticket', id], facts);
  const branch = sightings.find(({ kind }) => kind !== 'tag');
  const argv = ['git', 'switch', ...(branch ? [branch.name.replace(/^refs\/(?:heads|remotes\/[^/]+)\//, '')] : ['-'])];
  return { command: shellCommand(argv), argv, cwd: resolve(invocation.cwd), ...facts };
}

function whereIn({ ticket: _, ...where }: Bearings): Omit<Bearings, 'ticket'> {
  return where;
}

function wordsOf({ spec, tasks }: Ticket): Pick<DigestHead, 'title' | 'goal'> {
  const title = spec?.data.title;
  const goal = (tasks?.data.goal ?? {}) as { title?: unknown; why?: unknown };
  const said = (value: unknown, most: number) => (typeof value === 'string' ? oneLine(value, most) : '');
  return { ...(typeof title === 'string' && { title: said(title, 200) }), ...(typeof goal === 'object' && (goal.title || goal.why) ? { goal: { title: said(goal.title, 300), why: said(goal.why, 600) } } : {}) };
}

/** What `check` has to say of the ticket's state. */
async function findingsOf({ settings, beyond }: Workspace, { tree }: Snapshot, { folder }: Ticket, { program }: Invocation) {
  const [{ check }, { rules }] = await Promise.all([import('../check/engine.ts'), import('../rules/index.generated.ts')]);
  const recorded = new RecordedTree(tree, governedRoots(settings));
  const { findings } = check({ before: [], after: recorded }, { rules, scope: [folder], program });
  if (beyond && recorded.isOpen) beyond.isOpen = true;
  for (const path of recorded.files) beyond?.files.add(path);
  for (const path of recorded.folders) beyond?.folders.add(path);
  return findings;
}

function lessonsOf(workspace: Workspace, bearings: Bearings) {
  const page = continuityPage(workspace, bearings);
  return page && { lines: lessonsIn(page.document), more: page.show };
}

/** The trunk's page as the trunk has it, else as it lies here; and the command that prints it. */
function continuityPage({ repository, settings }: Workspace, { type, folder }: Bearings) {
  const path = continuityPath(settings);
  if (path === undefined) return undefined;
  const trunk = type === 'trunk' ? undefined : trunkBranch(repository, settings.trunk);
  const name = `refs/heads/${trunk}:${path}`;
  const committed = trunk === undefined ? undefined : repository.tryGit(['cat-file', 'blob', name]);
  if (committed?.status === 0) return { document: parseDocument(committed.stdout), show: `git show ${trunk}:${path}` };
  const bytes = readBytes(join(repository.workRoot, path));
  return bytes && { document: parseDocument(bytes), show: `cat ${posix.relative(folder, path)}` };
}
