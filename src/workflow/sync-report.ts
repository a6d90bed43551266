/** What came of keeping one thing up to date. */
export type SyncState =
  | 'moved'
  /** A node's branch came into its ticket's. */
  | 'merged'
  | 'current'
  /** It has commits that its upstream does not have, and lacks none. */
  | 'ahead'
  /** The branch that it began at has moved on. */
  | 'behind'
  | 'no-upstream'
  | 'gone'
  /** What it stands on was merged, or has moved on. */
  | 'restack'
  | 'detached'
  | 'dirty'
  | 'diverged'
  | 'operation'
  | 'conflict'
  | 'offline'
  | 'locked'
  | 'refused'
  | 'missing';

/** One line of what `sync` answers: a branch, a remote or a module. */
export interface SyncRow {
  /** Name of the module; undefined: the workspace's own repository. */
  readonly module: string | undefined;
  readonly kind: 'branch' | 'remote' | 'module';
  /** Short name of the branch, name of the remote or module; of a detached work tree its folder. */
  readonly name: string;
  readonly worktree?: string | undefined;
  readonly state: SyncState;
  readonly from?: string;
  readonly to?: string;
  /** What it follows, or for `merged` and `conflict` the node's branch. */
  readonly follows?: string | undefined;
  /** Commits that came, or wait to come. */
  readonly behind?: number;
  readonly ahead?: number;
  /** Files that would have been overwritten, or conflict. */
  readonly paths?: readonly string[];
  /** In git's words, or ours. */
  readonly why?: string;
  /** What mends it: a command line for a shell. */
  readonly mend?: string;
}

/** What could have moved, and did not. What has nothing to move to is none. */
const FAULTS: ReadonlySet<SyncState> = new Set(['dirty', 'diverged', 'operation', 'conflict', 'offline', 'locked', 'refused', 'missing']);

export function isFault({ state }: Pick<SyncRow, 'state'>): boolean {
  return FAULTS.has(state);
}

/** What is known of a branch that may follow another. */
export interface FollowFacts {
  /** Whether a branch is checked out, or there is one without being so. */
  readonly hasBranch: boolean;
  readonly isBusy: boolean;
  /** `isReached`: what is known of it is of today. */
  readonly follows: { readonly isGone: boolean; readonly isOwn: boolean; readonly isReached: boolean } | undefined;
  readonly ahead: number;
  readonly behind: number;
}

/** What is to be done with a branch: `forward`, or nothing, and why. */
export function followVerdict({ hasBranch, isBusy, follows, ahead, behind }: FollowFacts): 'forward' | SyncState {
  if (!hasBranch) return 'detached';
  if (!follows) return 'no-upstream';
  if (follows.isGone) return 'gone';
  if (behind === 0) return !follows.isReached ? 'offline' : ahead === 0 ? 'current' : 'ahead';
  if (ahead > 0) return follows.isOwn ? 'diverged' : 'behind';
  return isBusy ? 'operation' : 'forward';
}
