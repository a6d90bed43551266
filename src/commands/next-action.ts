import { resolve } from 'node:path';
import { placeOf, ticketFolder } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { shellCommand } from '../render/shell.ts';
import { published } from '../git/published.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { changedBelow, lookForChanges } from '../git/changed.ts';
import { FileTree } from '../git/file-tree.ts';
import { ticketStatus, type TicketStatus } from '../workflow/node-status.ts';
import { nextStep } from '../workflow/next-step.ts';
import { gated } from '../workflow/next-step-work.ts';
import { isInScope } from '../workflow/scope.ts';
import { scopeRoots } from '../workflow/scope-digest.ts';
import { skillsFor } from '../workflow/skills-for.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import type { KnownTicket, Step } from '../workflow/step.ts';
import { pinOf, ticketIn, type Ticket } from '../workflow/ticket.ts';
import { phaseOf, situationOf, type WorkflowPhase } from '../workflow/workflow-phase.ts';
import { commitAction, contextOf, messageOf, stepAction, verbAction } from './actions.ts';
import type { Invocation, NextAction } from './command.ts';
import { commands } from './index.generated.ts';
import { workTreeWith } from './ticket-elsewhere.ts';
import { openWorkspace, ticketMeant, type Workspace } from './workspace.ts';

/** What comes next, and how far the ticket has come that it is about. */
export interface Next {
  readonly action: NextAction;
  readonly ticket: Ticket | undefined;
  readonly phase: WorkflowPhase | undefined;
  readonly step: Step | undefined;
  /** Where it is a commit: of what. */
  readonly commit: { readonly paths: readonly string[]; readonly message: string } | undefined;
}

/** Of no ticket. */
export function nextWithout(action: NextAction, commit?: Next['commit']): Next {
  return { action, ticket: undefined, phase: undefined, step: undefined, commit };
}

/**
 * What comes next for a ticket, the one that is given or that the folder, the branch or the worktree
 * says; with none in hand, which there are. Never throws for what a ticket lacks: that is what comes
 * next. Reads the ticket's files from disk and starts git once or twice.
 */
export async function nextActionOf(workspace: Workspace, invocation: Invocation, ticketId?: string): Promise<NextAction> {
  return (await nextOf(workspace, invocation, ticketId)).action;
}

/** How far is looked: `here` is enough to know what stands in the work tree and is broken, or in no commit. */
export type Look = 'everywhere' | 'here';

/** The same, with what it follows from. */
export async function nextOf(workspace: Workspace, invocation: Invocation, ticketId?: string, look: Look = 'everywhere'): Promise<Next> {
  const meant = ticketMeant(workspace, ticketId === undefined ? invocation : { values: { ...invocation.values, ticket: ticketId } });
  if (meant.id !== undefined && meant.isArchived) return (await afterArchive(workspace, invocation, meant.id)) ?? onward(workspace, invocation, meant.id, meant.open);
  if (meant.id === undefined) return withoutTicket(workspace, invocation, meant.open);
  const elsewhere = workTreeWith(workspace, meant.id);
  if (elsewhere === undefined) return nextOfTicket(workspace, invocation, meant.id, look);
  if (workspace.beyond) workspace.beyond.isOpen = true;
  return nextOf(openWorkspace({ cwd: elsewhere, program: invocation.program }), { ...invocation, cwd: elsewhere }, meant.id, look);
}

/** No ticket is in hand: one is begun, or one of those that are open is chosen. */
async function withoutTicket(workspace: Workspace, invocation: Invocation, open: readonly string[]): Promise<Next> {
  const ungoverned = configuration(workspace, invocation, changedBelow(workspace.repository, CONFIGURATION).paths);
  if (ungoverned) return ungoverned;
  if (open.length === 0) return nextWithout(await beginning(workspace, invocation));
  const choices = open.map((ticket) => ({ ticket, description: `what is next for ${ticket}`, command: verbAction(invocation, ['next', '--ticket', ticket], { description: '' }).command }));
  return nextWithout({ action: 'agent:do', description: `choose one of ${open.length} open tickets, and ask what is next for it`, cwd: resolve(invocation.cwd), choices });
}

/** After an archived ticket: the one that waited for it as its fork, else the only one that is open. */
function onward(workspace: Workspace, invocation: Invocation, archived: string, open: readonly string[]): Promise<Next> {
  const { repository: { workRoot, objectFormat }, settings } = workspace;
  const snapshot = new Snapshot(new FileTree(workRoot, { objectFormat }), settings);
  const waiting = open.filter((id) => ticketIn(snapshot, ticketFolder(settings, id), id, false).forks.some(({ data }) => data.sub_workflow === archived));
  const [only] = waiting.length === 1 ? waiting : open.length === 1 ? open : [];
  return only === undefined ? withoutTicket(workspace, invocation, open) : nextOfTicket(workspace, invocation, only, 'everywhere');
}

/** The archive is the last commit of its branch: what is left is to publish it, and to take the work tree away after its merge. undefined on the trunk, and where it is nobody else's. */
async function afterArchive(workspace: Workspace, invocation: Invocation, ticket: string): Promise<Next | undefined> {
  const { repository, settings } = workspace;
  const { branch } = repository;
  if (branch === undefined || branch === trunkBranch(repository, settings.trunk)) return undefined;
  const { remote, isNever, unpushed } = published(repository, branch);
  if (remote === undefined) return undefined;
  if (unpushed === 0 && !isNever) return nextWithout((await import('./next-published.ts')).afterPublish(workspace, invocation, { ticket, branch, remote }));
  const context = contextOf(workspace, ticket);
  if (Object.hasOwn(commands, 'submit')) return nextWithout(verbAction(invocation, ['submit', '--ticket', ticket, '--yes'], { description: `publish ${branch}: ${ticket} is archived on it`, context, confirm: true }));
  const argv = ['git', 'push', '-u', remote, branch];
  return nextWithout({ command: shellCommand(argv), argv, cwd: resolve(invocation.cwd), description: `publish ${branch}: ${ticket} is archived on it`, context, confirm: true });
}

/** What `init` writes. */
const CONFIGURATION = [WORKSPACE_PATH, '.gitattributes'];

/** Before anything else is committed: every clone is judged by it. */
function configuration(workspace: Workspace, invocation: Invocation, changed: readonly string[]): Next | undefined {
  if (!changed.includes(WORKSPACE_PATH)) return undefined;
  const commit = { paths: changed.filter((path) => CONFIGURATION.includes(path)), message: 'chore: govern this repository with treework' };
  return nextWithout(commitAction(workspace, invocation, commit.paths, commit.message, { description: 'commit the configuration, so that every clone is judged by it' }), commit);
}

/** Where a tracker gives the ids, nobody else can. */
async function beginning(workspace: Workspace, invocation: Invocation): Promise<NextAction> {
  const skills = skillsFor({ phase: 'trunk', isProposed: false, isForked: false });
  try {
    const { freshTicketId } = await import('./fresh-ticket-id.ts');
    const id = freshTicketId(workspace, 'new work', 'work', '--ticket');
    return verbAction(invocation, ['new', 'spec', '--ticket', id, '--title', 'What it delivers'], { description: 'begin a ticket: write down what is to be delivered (choose an id and a title of your own)', skills });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'ticket-form') throw error;
    return { action: 'agent:do', description: `begin a ticket by the id that the tracker gives it: ${invocation.program} new spec --ticket ID --title TITLE`, cwd: resolve(invocation.cwd), skills };
  }
}

/** The next step of a ticket as its files in the work tree are now; of a fork's ticket where that is what is waited for. */
async function nextOfTicket(workspace: Workspace, invocation: Invocation, id: string, look: Look, seen: readonly string[] = []): Promise<Next> {
  const { repository, settings } = workspace;
  const { objectFormat, workRoot } = repository;
  const snapshot = new Snapshot(new FileTree(workRoot, { objectFormat }), settings);
  const ticket = ticketIn(snapshot, ticketFolder(settings, id), id, false);
  const looking = lookForChanges(repository, [...CONFIGURATION, ticket.folder]);
  let known: TicketStatus | undefined;
  const status = () => (known ??= ticketStatus(ticket));
  const abroad = look === 'everywhere' ? await lookAbroad(workspace, ticket, snapshot, status) : {};
  // Meanwhile: most often it is needed.
  if (pinOf(ticket.tasks) !== undefined) status();
  const { paths, unmerged } = await looking;
  const ungoverned = configuration(workspace, invocation, paths);
  if (ungoverned) return ungoverned;
  const step = nextStep({
    ticket,
    status,
    uncommitted: paths.filter((path) => !CONFIGURATION.includes(path) && placeOf(settings, path)?.kind !== 'stray'),
    unmerged,
    changedIn: (scope: Parameters<typeof isInScope>[1]) => changedOutside(workspace, scopeRoots(scope)).filter((path) => isInScope(path, scope)),
    ...abroad,
    verbs: new Set(Object.keys(commands)),
    title: titleOf(ticket),
  });
  return answered(workspace, invocation, { ticket, snapshot, status, look, seen }, step.id === 'await-qa' ? await tested(workspace, step, status()) : step);
}

/** The reviewer runs the tests, where there are some. */
async function tested(workspace: Workspace, step: Step, { byId }: TicketStatus): Promise<Step> {
  const { planOf } = await import('./gate-run.ts');
  const isThere = planOf(workspace, ['test']).every(({ state, runs, missing }) => state === 'run' && runs.length > 0 && missing.length === 0);
  return isThere ? gated(step, (id) => byId.get(id)?.node) : step;
}

interface Asked {
  readonly ticket: Ticket;
  readonly snapshot: Snapshot;
  readonly status: () => TicketStatus;
  readonly look: Look;
  readonly seen: readonly string[];
}

function answered(workspace: Workspace, invocation: Invocation, { ticket, snapshot, status, look, seen }: Asked, step: Step): Next | Promise<Next> {
  const { settings } = workspace;
  const { id } = ticket;
  const isHere = step.goTo !== undefined && snapshot.tree.entry(ticketFolder(settings, step.goTo)) !== undefined;
  if (isHere && !seen.includes(id)) return nextOfTicket(workspace, invocation, step.goTo as string, look, [...seen, id]);
  const own = ticket.spec ?? ticket.tasks ? ticket : undefined;
  const commit = step.commit && { paths: step.commit.paths, message: messageOf(id, step.commit) };
  return { action: stepAction(workspace, invocation, ticket, step, skillsFor(situationOf(own, status))), ticket, phase: phaseOf(own, status), step, commit };
}

/** What is in no commit, wherever it is. */
function changedOutside({ repository, beyond }: Workspace, roots: readonly string[]): readonly string[] {
  const { paths } = changedBelow(repository, roots);
  beyond?.questions.push({ roots, paths });
  return paths;
}

/** What other branches and work trees say, once it is asked for. */
async function lookAbroad(workspace: Workspace, ticket: Ticket, { tree }: Snapshot, status: () => TicketStatus): Promise<Pick<KnownTicket, 'elsewhere' | 'conversations' | 'largeBranch'>> {
  const [{ heldElsewhere, lookElsewhere }, { untakenConversations }, { largeBranch }] = await Promise.all([import('./node-claim.ts'), import('./open-conversations.ts'), import('./large-branch.ts')]);
  return {
    elsewhere: () => {
      const there = lookElsewhere(workspace, { ticket, folder: ticket.folder }, tree, status());
      return { nodes: heldElsewhere(status(), there), status: there.status, archivedIn: there.archivedIn };
    },
    conversations: () => untakenConversations(workspace, ticket),
    largeBranch: () => largeBranch(workspace, ticket.id),
  };
}

/** What the idea is called, in letters and digits alone: it becomes part of a command line. */
function titleOf({ snapshot, folder, id }: Ticket): string {
  const title = snapshot.document(`${folder}/idea.md`)?.data.title;
  const words = typeof title === 'string' ? title.replaceAll(/[^\p{L}\p{N} ,.-]+/gu, ' ').replaceAll(/\s+/g, ' ').trim() : '';
  return words === '' ? `What ${id} delivers` : words;
}
