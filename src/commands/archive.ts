import { UserError } from '../error.ts';
import { removeEmptyFolders } from '../git/files.ts';
import { withLock } from '../git/lock.ts';
import { beginOperation, isRunning, openOperations, resumeOperation } from '../git/operation.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Finding } from '../tree/finding.ts';
import { archiveText, type ArchiveStory } from '../render/archive.ts';
import { capabilityClaims, isStacked } from '../workflow/capability-claims.ts';
import type { UnitedTicket } from '../workflow/everywhere.ts';
import { refuse, write } from './answer.ts';
import { archiveContext, ticketToArchive, type ArchiveContext, type Problem } from './archive-context.ts';
import { ALLOWABLE, branchProblems, dirtyProblems, elsewhereProblems, ticketProblems } from './archive-checks.ts';
import { editsLeft, planMove, type PlannedFile, type PlannedMove } from './archive-files.ts';
import { planPromotion, type PlannedPromotion } from './archive-promotion.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { ticketsEverywhere } from './everywhere.ts';
import { linesOf, WRITE_OPTIONS } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { nextActionOf } from './next-action.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** So many paths are named one by one in the command that is shown. */
const MOST_SHOWN = 12;

export const command: Command = {
  summary: 'put a finished ticket away, as the last commit of its branch: its spec becomes living behaviour',
  usage: ['archive [ID] [--allow CHECK…]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    allow: { type: 'string', multiple: true, help: `go on in spite of a check: ${ALLOWABLE.join(', ')}` },
    ...WRITE_OPTIONS,
  },
  run(given) {
    const [id, extra] = given.positionals;
    if (extra !== undefined) throw new UserError(`Unexpected ${JSON.stringify(extra)} after archive ${id}, expected one ticket`, `${given.program} archive ${id}`, 'usage');
    const invocation = id === undefined ? given : { ...given, values: { ...given.values, ticket: id } };
    const allowed = allowedIn(invocation);
    const workspace = openWorkspace(invocation);
    const run = () => archive(workspace, invocation, allowed);
    // Nobody claims a node meanwhile.
    return invocation.values['dry-run'] === true ? run() : withLock(workspace.repository.statePath('claim.lock'), run);
  },
};

function allowedIn({ values, program }: Invocation): ReadonlySet<string> {
  const allowed = linesOf(values, 'allow').flatMap((text) => text.split(',')).map((text) => text.trim());
  const unknown = allowed.find((name) => !ALLOWABLE.some((known) => known === name));
  if (unknown === undefined) return new Set(allowed);
  throw new UserError(`Unexpected --allow ${unknown}, expected ${ALLOWABLE.join(', ')}: what else stands in the way has to be mended`, `${program} archive says what that is`, 'input');
}

async function archive(workspace: Workspace, invocation: Invocation, allowed: ReadonlySet<string>): Promise<Outcome> {
  const { id, isDone } = ticketToArchive(workspace, invocation);
  if (isDone) return alreadyArchived(workspace, invocation, id);
  const context = await archiveContext(workspace, invocation, id, trunkBranch(workspace.repository, workspace.settings.trunk));
  const everywhere = await ticketsEverywhere(workspace);
  const own = everywhere.tickets.find((one) => one.id === id);
  const move = planMove(context, allowed.has('dirty'));
  const promotion = planPromotion(context);
  const others = [...(promotion?.files ?? []), ...move.relinked.filter(({ path }) => !promotion?.files.some((file) => file.path === path))];
  const { edits, problems } = editsLeft(context, move, others);
  const planned = [...move.arriving, ...others, ...move.leaving];
  const explained = new Set([...planned, ...move.along, ...move.alongLeaving].map(({ path }) => path));
  const all = [...ticketProblems(context), ...(promotion?.problems ?? []), ...branchProblems(context), ...move.problems, ...problems, ...dirtyProblems(context, explained), ...elsewhereProblems(context, own, everywhere.finished, everywhere.trunk)];
  const standing = all.filter(({ check, mayAllow }) => !(mayAllow && allowed.has(check)));
  const story = storyOf(context, { move, promotion, others, overlap: overlapOf(context, everywhere.tickets), passedOver: all.filter((one) => !standing.includes(one)) });
  if (standing.length > 0) return inTheWay(context, standing, story);
  return withWorkTree(workspace.repository, [...new Set([WORKSPACE_PATH, context.move.from, context.move.to, ...others.map(({ path }) => path)])], (work) => {
    // What goes along is in no commit: here it is only gone.
    const judged = asEdits([...planned, ...move.alongLeaving]);
    const findings = judgeEdits(workspace, work, judged, invocation.program);
    if (findings.length > 0) return refuse(new OverlayTree(work, judged), findings, invocation, `${id} cannot be archived like this; nothing was written`);
    return invocation.values['dry-run'] === true ? shown(story) : inJournal(context, () => written(context, planned, edits, move, story));
  });
}

/** Until everything is written, `doctor` names what a run that was killed left, and that the same again completes it. */
function inJournal({ workspace: { repository }, id }: ArchiveContext, act: () => Outcome): Outcome {
  for (const record of openOperations(repository)) if (record.verb === 'archive' && record.ticket === id && !isRunning(record)) resumeOperation(repository, record).finish();
  const operation = beginOperation(repository, { verb: 'archive', ticket: id, resume: ['archive', id], refs: [], worktrees: [] });
  try {
    return act();
  } finally {
    operation.finish();
  }
}

function asEdits(files: readonly PlannedFile[]) {
  return files.map(({ path, now, kind }) => ({ path, content: now, ...(kind && { kind }) }));
}

async function alreadyArchived(workspace: Workspace, invocation: Invocation, id: string): Promise<Outcome> {
  const next = await nextActionOf(workspace, invocation, id);
  return { exit: 0, json: { ticket: id, changed: [], next_action: next }, text: `${id} is archived already: there is nothing to write` };
}

interface Planned {
  readonly move: PlannedMove;
  readonly promotion: PlannedPromotion | undefined;
  readonly others: readonly PlannedFile[];
  readonly overlap: ArchiveStory['overlap'];
  readonly passedOver: readonly Problem[];
}

function storyOf({ id, move: { from, to } }: ArchiveContext, { move, promotion, others, overlap, passedOver }: Planned): ArchiveStory {
  const living = promotion?.files[0];
  return {
    id,
    from,
    to,
    files: move.arriving.length,
    ...(promotion && { living: { path: promotion.path, capability: promotion.capability, changes: promotion.changes, settled: promotion.settled, old: living?.old?.toString(), now: living?.now?.toString() } }),
    relinked: [...others.filter((file) => !promotion?.files.includes(file)), ...move.arriving.filter(({ now }, index) => now !== undefined && move.leaving[index]?.old?.equals(now) === false)].map(({ path }) => path),
    left: move.left,
    along: move.along.map(({ path }) => path),
    overlap,
    passedOver: passedOver.map(({ check, message }) => ({ check, message })),
  };
}

/** Requirements that other open tickets speak of, too, on whatever branch or work tree. */
function overlapOf({ ticket }: ArchiveContext, tickets: readonly UnitedTicket[]): ArchiveStory['overlap'] {
  const own = capabilityClaims(ticket);
  if (!own) return [];
  return tickets.flatMap(({ id, ticket: other, sightings }) => {
    const claims = id === ticket.id || other.archived ? undefined : capabilityClaims(other);
    if (!claims || claims.capability !== own.capability) return [];
    const requirements = [...claims.requirements].flatMap(([key, { name }]) => (own.requirements.has(key) ? [name] : []));
    const where = (sightings[0]?.name ?? '').replace(/^refs\/(?:heads|remotes)\//, '');
    return requirements.length > 0 ? [{ ticket: id, where, requirements, stacked: isStacked(own, claims) }] : [];
  });
}

/** Exit 1, nothing written: everything that stands in the way, each with what mends it. */
function inTheWay(context: ArchiveContext, problems: readonly Problem[], story: ArchiveStory): Outcome {
  const { workspace, invocation, id } = context;
  const findings = problems.map(({ check, path, line, message, remedy }): Finding => ({ rule: check, severity: 'error', path, line: line ?? 1, column: 1, message, remedy }));
  const read = (path: string) => context.contentOf(path);
  const answer = refuse({ read }, findings, invocation, `${id} is not archived; nothing was written`);
  return { ...answer, json: { ticket: id, ...answer.json, overlap: story.overlap }, finish: async (said) => ({ ...said, json: { ...said.json, next_action: await mending(workspace, invocation, id, problems) } }) };
}

/** What the workflow lacks is what `next` leads to; the rest says itself what mends it. */
async function mending(workspace: Workspace, invocation: Invocation, id: string, problems: readonly Problem[]) {
  const [first] = problems as [Problem];
  const isWork = ['incomplete', 'fork', 'proposed', 'recurs'].includes(first.check);
  if (isWork) return nextActionOf(workspace, invocation, id);
  const push = /^(git push [^;]+);/.exec(first.remedy)?.[1];
  const facts = { description: first.remedy, context: { ticket: id, path: first.path } };
  if (push !== undefined) return { command: push, argv: push.split(' '), cwd: workspace.repository.workRoot, confirm: true, ...facts };
  return { action: 'agent:do' as const, cwd: workspace.repository.workRoot, ...facts, on_pass: `${invocation.program} archive ${id}` };
}

function shown(story: ArchiveStory): Outcome {
  return { exit: 0, json: { ...toldOf(story), dry_run: true, changed: [] }, text: () => archiveText(story, 'would archive') };
}

function toldOf({ id, from, to, files, living, relinked, left, along, overlap, passedOver }: ArchiveStory): Readonly<Record<string, unknown>> {
  return {
    ticket: id,
    archived: to,
    from,
    files,
    ...(living && { capability: living.capability, living: living.path, promoted: living.changes, settled: living.settled }),
    relinked,
    left,
    moved_along: along,
    overlap,
    allowed: passedOver.map(({ check }) => check),
  };
}

function written(context: ArchiveContext, planned: readonly PlannedFile[], edits: ReturnType<typeof editsLeft>['edits'], move: PlannedMove, story: ArchiveStory): Outcome {
  const { workspace, invocation, id, move: { from, to } } = context;
  const paths = planned.map(({ path }) => path);
  const inFolder = (path: string) => path.startsWith(`${from}/`) || path.startsWith(`${to}/`);
  const asFolders = paths.length > MOST_SHOWN && move.along.length === 0;
  const present = planned.filter(({ now }) => now !== undefined).map(({ path }) => path);
  return write(workspace, invocation, {
    edits,
    commit: paths,
    commitOnly: true,
    shown: asFolders ? { paths: [to, ...present.filter((path) => !inFolder(path))], gone: [from] } : { paths: present, gone: paths.filter((path) => !present.includes(path)) },
    also: () => removeEmptyFolders(workspace.repository.workRoot, from),
    message: `docs(${id}): archive`,
    description: `commit the archive of ${id}, the last commit of its branch`,
    confirm: true,
    done: archiveText(story, 'archived'),
    json: toldOf(story),
    ticket: id,
  });
}
