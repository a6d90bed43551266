import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';

/**
 * Whether `theirs` holds nothing but what `ours` holds too, commit by commit: the same patch (git-rev-list(1),
 * `--cherry-pick`), author and message. What is in one of `not` does not count. A merge is never the same. False where
 * a commit is not here.
 */
export function isSameWork(repository: Repository, { ours, theirs, not }: { readonly ours: Oid; readonly theirs: Oid; readonly not: readonly Oid[] }): boolean {
  const without = [...not.map((oid) => `^${oid}`), '--'];
  const unmatched = repository.tryGit(['rev-list', '--right-only', '--cherry-pick', `${ours}...${theirs}`, ...without]);
  if (unmatched.status !== 0 || unmatched.stdout.length > 0) return false;
  const told = (from: Oid, to: Oid) => repository.git(['log', '-z', '--format=%an%x01%ae%x01%B', `^${from}`, to, ...without]).toString().split('\0');
  const known = new Set(told(theirs, ours));
  return told(ours, theirs).every((one) => known.has(one));
}
