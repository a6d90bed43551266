import type { Oid } from '../tree/tree.ts';

/** One branch of a stack, with where it stands. */
export interface StackBranch {
  readonly branch: string;
  readonly tip: Oid;
  /** `merged`: all of it is in what the stack is merged into; `empty`: it has no commit of its own yet. */
  readonly state: 'open' | 'merged' | 'empty';
}

/** Where a branch stands at the remote, seen from the commit that is to be pushed. */
export interface RemoteBranch {
  /** undefined: there is no such branch. */
  readonly tip: Oid | undefined;
  /** Whether the commit that is to be pushed has the remote's in its history, and the other way round. */
  readonly isBehind: boolean;
  readonly isAhead: boolean;
  /** What `submit` pushed there before, or was about to. */
  readonly pushed: readonly Oid[];
}

/** What has to be pushed. `refused`: somebody else's commits would be lost, or are missing here. */
export type Push =
  | { readonly kind: 'none' | 'create' | 'fast-forward' }
  | { readonly kind: 'force'; readonly lease: Oid }
  | { readonly kind: 'refused'; readonly tip: Oid; readonly isAhead: boolean };

/** Only over a commit that `submit` itself left there anything is forced. */
export function pushOf(tip: Oid, remote: RemoteBranch): Push {
  if (remote.tip === undefined) return { kind: 'create' };
  if (remote.tip === tip) return { kind: 'none' };
  if (remote.isBehind) return { kind: 'fast-forward' };
  if (remote.pushed.includes(remote.tip)) return { kind: 'force', lease: remote.tip };
  return { kind: 'refused', tip: remote.tip, isAhead: remote.isAhead };
}

/** A pull request as a forge has it. */
export interface KnownPullRequest {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly base: string;
  readonly state: 'open' | 'merged' | 'closed';
}

export interface WantedPullRequest {
  readonly title: string;
  readonly body: string;
  readonly base: string;
}

/** What of an open pull request is other than wanted; nothing where it is as it should be. */
export function changesOf(known: KnownPullRequest, wanted: WantedPullRequest): Partial<WantedPullRequest> {
  const same = (a: string, b: string) => a.replaceAll('\r\n', '\n').trimEnd() === b.replaceAll('\r\n', '\n').trimEnd();
  return {
    ...(known.title !== wanted.title && { title: wanted.title }),
    ...(!same(known.body, wanted.body) && { body: wanted.body }),
    ...(known.base !== wanted.base && { base: wanted.base }),
  };
}

/**
 * What each branch that is open is merged into: the nearest one below it that is open too, else
 * `target`. The stack is given bottom to top, and so is the answer.
 */
export function basesOf<B extends Pick<StackBranch, 'branch' | 'state'>>(stack: readonly B[], target: string): { readonly branch: B; readonly base: string }[] {
  let base = target;
  return stack.flatMap((branch) => {
    if (branch.state !== 'open') return [];
    const planned = { branch, base };
    base = branch.branch;
    return [planned];
  });
}
