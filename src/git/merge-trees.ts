import { devNull } from 'node:os';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';

/** What a merge of two commits comes to. */
export interface MergedTree {
  readonly isClean: boolean;
  /** With conflicts: the files hold markers. */
  readonly tree: Oid;
  /** Paths with conflicts. */
  readonly conflicts: readonly string[];
}

/**
 * Merges pairs of commits in one process and touches neither index nor work tree; one answer a pair.
 * With `plain` the repository's attributes are not heard: a merge driver that keeps one side would
 * let anything look merged. Throws a UserError (`git-old`) before git 2.39.
 */
export function mergeTrees(repository: Repository, pairs: readonly (readonly [Oid, Oid])[], { plain = false } = {}): MergedTree[] {
  if (pairs.length === 0) return [];
  const input = pairs.map(([ours, theirs]) => `${ours} ${theirs}\n`).join('');
  // Inside the git directory there are no files that could hold attributes.
  const place = plain ? { cwd: repository.commonDir } : {};
  const options = plain ? ['-c', `core.attributesFile=${devNull}`] : [];
  const answer = repository.tryGit([...options, 'merge-tree', '--stdin', '-z', '--name-only', '--no-messages', '--allow-unrelated-histories'], { input, ...place });
  if (answer.status === 129) throw new UserError('Unexpected git without merge-tree --stdin, expected git 2.39 or newer', 'install git 2.39 or newer', 'git-old');
  const merged = parse(itemsOf(answer.stdout));
  if (answer.status !== 0 || merged.length !== pairs.length) throw new UserError(`git merge-tree: ${answer.stderr.trim() || `exit ${answer.status}`}`, 'git fsck tells what the repository lacks', 'git');
  return merged;
}

/** For each pair `1` or `0`, the tree, the paths with conflicts, and an empty item. */
function parse(items: readonly string[]): MergedTree[] {
  const merged: MergedTree[] = [];
  for (let at = 0; at < items.length; ) {
    const end = items.indexOf('', at);
    const [status, tree = '', ...conflicts] = items.slice(at, end === -1 ? items.length : end);
    merged.push({ isClean: status === '1', tree, conflicts });
    at = end === -1 ? items.length : end + 1;
  }
  return merged;
}
