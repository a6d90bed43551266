/** A branch that may have served its time, and the work tree that has it checked out. */
export interface PruneFacts {
  readonly branch: string;
  readonly ticket: string | undefined;
  /** Short name of what it was looked for in. */
  readonly target: string;
  /** How it came in there; `empty`: nothing was ever committed on it. */
  readonly merged: 'ancestor' | 'rebase' | 'squash' | 'empty' | undefined;
  /** The ticket's folder on the trunk: in the archive, among the open ones, or nowhere. */
  readonly state: 'archived' | 'open' | 'none';
  /** Entries of the stash that were made on it: `stash@{0}`. */
  readonly stashes: readonly string[];
  /** Branches that stand on it and are not merged. */
  readonly children: readonly string[];
  readonly worktree: PruneWorktree | undefined;
}

export interface PruneWorktree {
  /** Absolute. */
  readonly root: string;
  readonly isMain: boolean;
  /** Why; '' where nobody said. */
  readonly locked: string | undefined;
  /** The folder is not there. */
  readonly isGone: boolean;
  /** treework was called from inside it. */
  readonly isHere: boolean;
  readonly processes: readonly { readonly pid: number; readonly name: string }[];
  /** Roots of other work trees inside. */
  readonly nested: readonly string[];
  /** Undefined where nobody has looked yet. */
  readonly holds: PruneHoldings | undefined;
  /** Work trees of the workspace's modules inside, which go with it. */
  readonly modules: readonly { readonly name: string; readonly facts: PruneFacts }[];
}

/** What would be gone with the folder. See `Belongings` of the room git. */
export interface PruneHoldings {
  /** The branch that is checked out there and its commit are those that were judged. */
  readonly isAsJudged: boolean;
  readonly changed: readonly string[];
  readonly own: readonly string[];
  readonly caches: readonly string[];
  readonly repositories: readonly string[];
  readonly operation: string | undefined;
  readonly isIndexLocked: boolean;
  readonly hasOwnRefs: boolean;
  readonly unreadable: string | undefined;
}

/** What a person has agreed to. */
export interface PruneConsent {
  /** The ticket or the branch was named: it need not be finished, as long as nothing is lost. */
  readonly byName: boolean;
  /** Caches may go. */
  readonly caches: boolean;
  /** Files and folders (with all that is in them) that stand nowhere else and may go. */
  readonly discard: readonly string[];
}

export type Obstacle =
  | { readonly code: 'not-merged' | 'ahead-of-archive' | 'nothing-done' | 'ticket-open' | 'main-worktree' | 'gone' | 'here' | 'moved' | 'index-locked' | 'own-refs' }
  | { readonly code: 'changed' | 'own-files' | 'caches' | 'repositories' | 'nested' | 'stashed'; readonly paths: readonly string[] }
  | { readonly code: 'locked' | 'operation' | 'unreadable'; readonly why: string }
  | { readonly code: 'in-use'; readonly processes: PruneWorktree['processes'] }
  | { readonly code: 'module'; readonly name: string; readonly facts: PruneFacts; readonly first: Obstacle };

/** What keeps a work tree, or a branch without one, from being pruned; the gravest first. Empty: it may go, and nothing is lost. */
export function pruneObstacles(facts: PruneFacts, consent: PruneConsent): Obstacle[] {
  const { worktree, stashes } = facts;
  return [
    ...mergeObstacles(facts, consent),
    ...(stashes.length > 0 ? [{ code: 'stashed', paths: stashes } as const] : []),
    ...(worktree ? worktreeObstacles(worktree, consent) : []),
  ];
}

function mergeObstacles({ merged, state }: PruneFacts, { byName }: PruneConsent): Obstacle[] {
  if (merged === undefined) return [{ code: state === 'archived' ? 'ahead-of-archive' : 'not-merged' }];
  if (byName) return [];
  if (merged === 'empty') return [{ code: 'nothing-done' }];
  return state === 'open' ? [{ code: 'ticket-open' }] : [];
}

function worktreeObstacles(worktree: PruneWorktree, consent: PruneConsent): Obstacle[] {
  const { isMain, locked, isGone, isHere, processes, nested, holds } = worktree;
  if (isMain) return [{ code: 'main-worktree' }];
  if (isGone) return [{ code: 'gone' }];
  return [
    ...(locked === undefined ? [] : [{ code: 'locked', why: locked } as const]),
    ...(isHere ? [{ code: 'here' } as const] : []),
    ...(processes.length > 0 ? [{ code: 'in-use', processes } as const] : []),
    ...(nested.length > 0 ? [{ code: 'nested', paths: nested } as const] : []),
    ...(holds ? holdingObstacles(holds, consent) : []),
    ...worktree.modules.flatMap(({ name, facts }) => {
      const [first] = pruneObstacles(facts, moduleConsent(consent));
      return first ? [{ code: 'module', name, facts, first } as const] : [];
    }),
  ];
}

/** A module's work tree goes with the ticket's: it need not have come to anything, and what may go is named for the ticket's own alone. */
export function moduleConsent(consent: PruneConsent): PruneConsent {
  return { ...consent, byName: true, discard: [] };
}

function holdingObstacles(holds: PruneHoldings, { caches, discard }: PruneConsent): Obstacle[] {
  const { changed, repositories, operation, unreadable } = holds;
  const own = holds.own.filter((path) => !isAgreed(path, discard));
  const disposable = caches ? [] : holds.caches.filter((path) => !isAgreed(path, discard));
  return [
    ...(unreadable === undefined ? [] : [{ code: 'unreadable', why: unreadable } as const]),
    ...(operation === undefined ? [] : [{ code: 'operation', why: operation } as const]),
    ...(holds.isIndexLocked ? [{ code: 'index-locked' } as const] : []),
    ...(holds.isAsJudged || operation !== undefined ? [] : [{ code: 'moved' } as const]),
    ...listed('changed', changed),
    ...listed('own-files', own),
    ...listed('repositories', repositories),
    ...(holds.hasOwnRefs ? [{ code: 'own-refs' } as const] : []),
    ...listed('caches', disposable),
  ];
}

function listed(code: 'changed' | 'own-files' | 'repositories' | 'caches', paths: readonly string[]): Obstacle[] {
  return paths.length > 0 ? [{ code, paths }] : [];
}

function isAgreed(path: string, discard: readonly string[]): boolean {
  return discard.some((one) => path === one || path === `${one}/` || path.startsWith(one.endsWith('/') ? one : `${one}/`));
}

/** Why the branch stays though it was asked to go, in words; undefined where it may go. */
export function branchStays({ branch, merged, children, target }: PruneFacts, elsewhere: string | undefined): string | undefined {
  if (merged === undefined) return `it is not merged into ${target}`;
  if (elsewhere !== undefined) return `it is checked out in ${elsewhere}`;
  return children.length > 0 ? `${children.join(', ')} ${children.length === 1 ? 'stands' : 'stand'} on ${branch}` : undefined;
}
