import { fetchRefs } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { isSameWork } from '../git/same-work.ts';
import type { PlannedBranch } from './submit-plan.ts';
import type { SubmitStack } from './submit-stack.ts';

/**
 * Branches that a forge rewrote itself, as GitHub does with what is left of a stack when its bottom is merged: at the
 * remote stands what is here, or what was pushed from here, upon another commit. It stays as it is there, unless another
 * branch of the stack is pushed, or something else is here now: then this one goes over it, so that each still stands on
 * the one below.
 */
export function overRewritten(repository: Repository, { remote, there, target, members }: SubmitStack, branches: readonly PlannedBranch[]): readonly PlannedBranch[] {
  const refused = branches.flatMap((one) => (one.push.kind === 'refused' ? [{ ...one, push: one.push }] : []));
  if (!remote || refused.length === 0) return branches;
  fetchRefs(repository, remote, [target, ...refused.map(({ branch }) => branch)].map((name) => `refs/heads/${name}`));
  const not = [there.get(target), ...members.flatMap(({ state, tip }) => (state === 'merged' ? [tip] : []))].filter((oid) => oid !== undefined);
  const rewritten = new Map(refused.filter(({ tip, pushed, push }) => [tip, ...pushed].some((ours) => isSameWork(repository, { ours, theirs: push.tip, not }))).map(({ branch, push }) => [branch, push.tip]));
  const isPushed = branches.some(({ branch, tip, push: { kind } }) => {
    const theirs = rewritten.get(branch);
    return theirs === undefined ? kind !== 'none' && kind !== 'refused' : !isSameWork(repository, { ours: theirs, theirs: tip, not });
  });
  return branches.map((one): PlannedBranch => {
    const theirs = rewritten.get(one.branch);
    if (theirs === undefined) return one;
    return { ...one, push: isPushed ? { kind: 'force', lease: theirs } : { kind: 'none' } };
  });
}
