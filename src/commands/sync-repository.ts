import { atOnce } from '../git/at-once.ts';
import { distancesOf } from '../git/distances.ts';
import { fastForward, type Forwarded } from '../git/fast-forward.ts';
import type { Fetched } from '../git/fetch.ts';
import { placesOf, type Place, type Remote } from '../git/followed.ts';
import type { Repository } from '../git/repository.ts';
import { shellCommand } from '../render/shell.ts';
import { followVerdict, type SyncRow, type SyncState } from '../workflow/sync-report.ts';

/** One repository of the workspace. */
export interface Unit {
  /** Name of the module; undefined: the workspace's own. */
  readonly module: string | undefined;
  readonly repository: Repository;
  /** Short names of branches that are kept up to date wherever they are checked out, the trunk first. */
  readonly trunks: readonly string[];
  /** The remotes that something follows. */
  readonly remotes: readonly Remote[];
}

/** Work trees that git writes at a time. */
const MOVED_AT_ONCE = 4;

/** Moves every branch of a repository that is only behind what it follows. What follows a branch here is moved after that branch. */
export async function forwardAll(unit: Unit, fetched: readonly Fetched[], dryRun: boolean, program: string): Promise<SyncRow[]> {
  const reached = new Set(fetched.flatMap(({ remote, isDone }) => (isDone ? [remote] : [])));
  const rows = new Map<string, SyncRow>();
  for (const isLocal of [false, true]) {
    const places = await placesOf(unit.repository, unit.trunks);
    const due = places.filter(({ follows }) => (follows !== undefined && follows.remote === undefined) === isLocal);
    const distances = distancesOf(unit.repository, due.map(({ commit, follows }) => [commit, follows?.commit ?? commit] as const));
    const indexes = due.map((_, index) => index);
    const told = await atOnce(indexes, MOVED_AT_ONCE, (index) => forwardOne(unit, due[index] as Place, { ...(distances[index] as { ahead: number; behind: number }), reached, dryRun, program }));
    for (const [index, row] of told.entries()) rows.set(keyOf(due[index] as Place), row);
    if (!places.some(({ follows }) => follows !== undefined && follows.remote === undefined)) break;
  }
  return [...rows.values()];
}

function keyOf({ branch, worktree }: Place): string {
  return `${branch ?? ''}\0${worktree ?? ''}`;
}

interface Known {
  readonly ahead: number;
  readonly behind: number;
  readonly reached: ReadonlySet<string>;
  readonly dryRun: boolean;
  readonly program: string;
}

async function forwardOne({ module, repository }: Unit, place: Place, { ahead, behind, reached, dryRun, program }: Known): Promise<SyncRow> {
  const { branch, commit, worktree, operation, follows } = place;
  const isReached = follows?.remote === undefined || reached.has(follows.remote);
  const verdict = followVerdict({ hasBranch: branch !== undefined, isBusy: operation !== undefined, follows: follows && { isGone: follows.commit === undefined, isOwn: follows.isOwn, isReached }, ahead, behind });
  const row = { module, kind: 'branch', name: branch ?? worktree ?? '', worktree, from: commit, follows: follows && shortName(follows.ref), ahead, behind } as const;
  const folder = worktree ?? repository.options.cwd;
  if (verdict !== 'forward') return { ...row, state: verdict, ...(operation !== undefined && { why: `a ${operation} is under way` }), ...mendOf(verdict, folder, row.name, row.follows) };
  const to = follows?.commit as string;
  if (dryRun) return { ...row, state: 'moved', to };
  return forwardedRow({ ...row, to }, await fastForward(repository, place, to), { folder, program, moved: 'moved' });
}

interface Afterwards {
  readonly folder: string;
  readonly program: string;
  /** What it is called where it went well. */
  readonly moved: 'moved' | 'merged';
}

/** The line about a move that was tried. */
export function forwardedRow({ to, ...row }: Omit<SyncRow, 'state'>, done: Forwarded, { folder, program, moved }: Afterwards): SyncRow {
  switch (done.state) {
    case 'moved': return { ...row, state: moved, ...(to !== undefined && { to }) };
    case 'dirty': return { ...row, state: 'dirty', paths: done.paths, mend: shellCommand(['git', '-C', folder, 'status', '--ignored', '--', ...done.paths.slice(0, 4)]) };
    case 'locked': return { ...row, state: 'locked', why: `${done.lock} is there: another git is at work, or was killed`, mend: lockMend(done.lock, program) };
    case 'refused': return { ...row, state: 'refused', why: done.why, mend: shellCommand(['git', '-C', folder, 'merge', '--ff-only', to ?? '']) };
  }
}

/** For when nobody is at it any more. */
export function lockMend(lock: string, program: string): string {
  return `${shellCommand(['rm', '--', lock])} && ${program} sync`;
}

function mendOf(state: SyncState, folder: string, branch: string, follows: string | undefined): { mend?: string } {
  if (state === 'diverged') return { mend: shellCommand(['git', '-C', folder, 'rebase', follows ?? '', branch]) };
  if (state === 'operation') return { mend: shellCommand(['git', '-C', folder, 'status']) };
  return {};
}

/** `origin/main`. */
function shortName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|remotes)\//, '');
}
