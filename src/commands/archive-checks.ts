import { FileTree } from '../git/file-tree.ts';
import { published } from '../git/published.ts';
import { whereabouts } from '../git/whereabouts.ts';
import { shellCommand } from '../render/shell.ts';
import { refPath } from '../workflow/rule.ts';
import { statusOf } from '../workflow/change-record.ts';
import type { UnitedDocument, UnitedTicket } from '../workflow/everywhere.ts';
import { isOpenFork } from '../workflow/fork.ts';
import { ticketStatus, type NodeState } from '../workflow/node-status.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { stable } from '../workflow/stable.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import type { ArchiveContext, Problem } from './archive-context.ts';

/** The rest shows when these are mended. */
const MOST_NAMED = 6;

/** What `--allow` takes: what somebody may know better. */
export const ALLOWABLE = ['dirty', 'unpushed', 'never-pushed', 'behind', 'elsewhere'] as const;

/** What keeps the ticket itself from the archive: its work, its forks, its change records, its answers. */
export function ticketProblems(context: ArchiveContext): Problem[] {
  const ticket = asItLies(context);
  return [...openNodes(ticket, context), ...openForks(ticket, context), ...proposed(ticket, context), ...recurs(ticket, context)];
}

/** In the work tree, where it still is there: what is done and not committed is `dirty`, and not open. */
function asItLies({ workspace: { repository, settings }, move, id, ticket }: ArchiveContext): Ticket {
  const { workRoot, objectFormat } = repository;
  const here = ticketIn(new Snapshot(new FileTree(workRoot, { objectFormat }), settings), move.from, id, false);
  return here.tasks ? here : ticket;
}

function openNodes(ticket: Ticket, context: ArchiveContext): Problem[] {
  const { tasks } = ticket;
  if (!tasks) return [];
  const open = ticketStatus(ticket).nodes.filter(({ node, isSettled }) => node.children.length === 0 && !isSettled);
  const named = open.slice(0, MOST_NAMED).map((state): Problem => ({ check: 'incomplete', path: tasks.path, message: `Unexpected node ${state.node.id}, which is ${state.status}, expected it to be complete, or skipped by a person`, remedy: nodeRemedy(state, context) }));
  return open.length > MOST_NAMED ? [...named, { check: 'incomplete', path: tasks.path, message: `Unexpected ${open.length - MOST_NAMED} more open nodes, expected none`, remedy: `${context.invocation.program} status --ticket ${ticket.id}` }] : named;
}

function nodeRemedy({ node: { id, data }, status }: NodeState, { id: ticket, invocation: { program } }: ArchiveContext): string {
  const line = (words: string) => `${program} ${words} --ticket ${ticket}`;
  const skip = `or a person skips it: ${line(`node skip ${id}`)} --reason "WHY NOT"`;
  if (data.type === 'phase') return `${line(`node add NODE --parent ${id}`)}, ${skip}`;
  if (status === 'ready' || status === 'failed' || status === 'reopened') return `${line(`node start ${id}`)}, ${skip}`;
  if (status === 'in_progress') return `${line(`node done ${id}`)} --l0 "WHAT WAS MADE", ${skip}`;
  if (status === 'awaiting-qa') return `${line(`node complete ${id}`)} --verdict pass --verified-by REVIEWER`;
  if (status === 'escalated' || status === 'rejected') return `${line(`retry ${id}`)} --reason "WHAT IS DIFFERENT NOW", ${skip}`;
  return `${line('next')} says what it waits for, ${skip}`;
}

function openForks(ticket: Ticket, { invocation: { program } }: ArchiveContext): Problem[] {
  return ticket.forks.filter((fork) => isOpenFork(ticket, fork)).map((fork) => ({
    check: 'fork',
    path: fork.path,
    message: `Unexpected open fork ${fork.place.name}, expected it to be closed: ${String(fork.data.sub_workflow)} is not archived, and nothing says that it was abandoned`,
    remedy: `${program} archive ${String(fork.data.sub_workflow)}, or ${program} fork close ${fork.place.name} --ticket ${ticket.id} --abandoned "WHY"`,
  }));
}

function proposed(ticket: Ticket, { invocation: { program } }: ArchiveContext): Problem[] {
  return ticket.changes.filter((record) => statusOf(record) === 'proposed').map((record) => ({
    check: 'proposed',
    path: record.path,
    message: `Unexpected proposed change record ${record.place.name}, expected one that is decided about`,
    remedy: `${program} change accept ${record.place.name} --ticket ${ticket.id} --by REVIEWER, or change reject`,
  }));
}

function recurs({ id, tasks }: Ticket, { invocation: { program } }: ArchiveContext): Problem[] {
  if (!tasks || tasks.data.recurs !== undefined || tasks.data.shape === 'operation') return [];
  return [{ check: 'recurs', path: tasks.path, message: `Unexpected archive of ${id} without an answer to "will this recur?", expected recurs in tasks.md`, remedy: `${program} graduate --ticket ${id} --recurs no, or yes where it becomes a skill or an operation at its next instance` }];
}

/** What keeps the branch from getting its last commit. */
export function branchProblems(context: ArchiveContext): Problem[] {
  const { workspace: { repository }, id, branch, invocation: { program } } = context;
  const { operation } = whereabouts(repository);
  if (operation !== undefined) return [{ check: 'operation', path: refPath(branch), message: `Unexpected ${operation} that is under way, expected it to be over: the archive is a commit of its own`, remedy: `git ${operation} --continue, or git ${operation} --abort`.replace('bisect --continue, or git bisect --abort', 'bisect reset') }];
  if (branch === undefined) return [{ check: 'detached', path: refPath(undefined), message: 'Unexpected detached HEAD, expected a branch: the archive is the last commit of the ticket’s', remedy: `git switch -c ${id}--archive, or git switch to the ticket's branch` }];
  const { remotes, remote, isNever, unpushed, behind } = published(repository, branch);
  if (remotes.length === 0) return [];
  const again = (check: string) => `; ${program} archive ${id} --allow ${check} goes on without`;
  const path = refPath(branch);
  return [
    ...(isNever ? [{ check: 'never-pushed', path, message: `Unexpected branch ${branch} that was never pushed, expected another copy of the work${unpushed > 0 ? ` (${unpushed} ${unpushed === 1 ? 'commit is' : 'commits are'} here alone)` : ''}`, remedy: `git push -u ${remote} ${branch}${again('never-pushed')}`, mayAllow: true as const }] : []),
    ...(!isNever && unpushed > 0 ? [{ check: 'unpushed', path, message: `Unexpected ${unpushed} ${unpushed === 1 ? 'commit' : 'commits'} of ${branch} that no remote has, expected another copy of the work`, remedy: `git push ${remote} ${branch}${again('unpushed')}`, mayAllow: true as const }] : []),
    ...(behind > 0 ? [{ check: 'behind', path, message: `Unexpected ${behind} ${behind === 1 ? 'commit' : 'commits'} of ${remote}/${branch} that are not here, expected all of them below the last commit of the branch`, remedy: `git pull ${remote} ${branch}${again('behind')}`, mayAllow: true as const }] : []),
  ];
}

/** Uncommitted files that the archive itself does not explain. */
export function dirtyProblems({ uncommitted, move, id, invocation: { program } }: ArchiveContext, explained: ReadonlySet<string>): Problem[] {
  const inside = (path: string) => [move.from, move.to].some((folder) => path.startsWith(`${folder}/`));
  const of = (paths: readonly string[], what: string, remedy: (path: string) => string) =>
    paths.filter((path) => !explained.has(path)).slice(0, MOST_NAMED).map((path): Problem => ({ check: 'dirty', path, message: `Unexpected ${what} ${path}, expected it in a commit${inside(path) ? ' of the ticket' : ', or away'}`, remedy: remedy(path), ...((what === 'untracked file' || !inside(path)) && { mayAllow: true as const }) }));
  const allow = (path: string) => (inside(path) ? `; ${program} archive ${id} --allow dirty takes it along as it is` : `; ${program} archive ${id} --allow dirty leaves it as it is`);
  const commit = (path: string) => `${shellCommand(['git', 'add', '--', path])} && ${shellCommand(['git', 'commit', '-m', `docs(${id}): go on`, '--', path])}`;
  return [
    ...of(uncommitted.changed, 'uncommitted change of', (path) => commit(path) + (inside(path) ? '' : allow(path))),
    ...of(uncommitted.untracked, 'untracked file', (path) => commit(path) + allow(path)),
  ];
}

/** Records that another branch or work tree has and this one lacks: work that would not be archived. */
export function elsewhereProblems({ workspace: { repository }, ticket, id, move, invocation: { program } }: ArchiveContext, united: UnitedTicket | undefined, finished: readonly string[], trunk: string | undefined): Problem[] {
  if (finished.includes(id)) return [{ check: 'finished', path: move.from, message: `Unexpected archive of ${id}, expected a ticket that is open: ${trunk?.replace('refs/heads/', '') ?? 'the trunk'} has archived it`, remedy: `git merge ${trunk?.replace('refs/heads/', '') ?? 'main'}` }];
  const own = new Map([...ticket.changes, ...ticket.nodes, ...ticket.forks].map(({ path, data }) => [path.slice(ticket.folder.length + 1), decided(data)]));
  const isHere = ({ sightings }: UnitedDocument) => sightings.every(({ kind, name }) => kind === 'worktree' && name === repository.workRoot);
  const newer = [...(united?.documents ?? [])].filter(([inside, one]) => /^(?:nodes|changes|forks)\//.test(inside) && own.get(inside) !== decided(one.document.data) && !isHere(one));
  return newer.slice(0, MOST_NAMED).map(([inside, { sightings }]) => {
    const where = (sightings[0]?.name ?? 'another branch').replace(/^refs\/(?:heads|remotes)\//, '');
    return { check: 'elsewhere', path: `${move.from}/${inside}`, message: `Unexpected ${own.has(inside) ? 'older' : 'absent'} ${inside}, expected it as ${where} has it: work that is not on this branch would not be archived`, remedy: `${sightings[0]?.kind === 'worktree' ? `commit it in ${where}, then git merge its branch` : `git merge ${where}`}; ${program} archive ${id} --allow elsewhere goes on without`, mayAllow: true as const };
  });
}

/** What a record says was decided. */
function decided({ history, abandoned }: Readonly<Record<string, unknown>>): string {
  return stable([history ?? null, abandoned ?? null]);
}
