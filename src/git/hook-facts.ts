import { mergeHeads } from './files.ts';
import { takeReadAhead } from './read-ahead.ts';
import { Repository } from './repository.ts';
import type { Tree } from '../tree/tree.ts';

/** What the hook launcher found out on its way to node, so that git need not be asked again. */
export interface HookFacts {
  readonly repository: Repository;
  /** Trees of the parents that the next commit will have; empty before the first commit. */
  readonly before: readonly Tree[];
  /** What the next commit will hold. */
  readonly after: Tree;
  /** Names for this step in the launcher's store of verdicts: by its trees and, where HEAD is the one parent, by its commit. */
  readonly keys: readonly string[];
}

const OID = /^[0-9a-f]{40}$|^[0-9a-f]{64}$/;

/**
 * The next commit in the repository around `cwd`. The variable `TREEWORK_GIT` is the launcher's:
 * five lines, this worktree's git directory, the common one, HEAD's commit, its tree, the index's
 * tree; without it git is asked. `TREEWORK_AHEAD` names what git prepared while node was starting.
 * Throws a UserError while the index has conflicts.
 */
export function nextCommit(cwd: string, hook: string): HookFacts {
  const told = fromLauncher(cwd);
  const repository = told?.repository ?? Repository.open(cwd);
  const after = told ? repository.tree(told.indexTree) : repository.indexTree();
  const heads = hook === 'pre-merge-commit' ? mergedHeads() : mergeHeads(repository.gitDir);
  const head = told?.head ?? repository.commit('HEAD');
  if (head === undefined) return { repository, before: [], after, keys: [`none-${after.id}`] };
  const first = told ? repository.tree(told.headTree) : repository.treeOf(head);
  return {
    repository,
    before: [first, ...heads.map((commit) => repository.treeOf(commit))],
    after,
    keys: [[first.id, after.id, ...heads].join('-'), ...(heads.length === 0 ? [`${head}-${after.id}`] : [])],
  };
}

function fromLauncher(cwd: string) {
  const lines = process.env.TREEWORK_GIT?.split('\n');
  if (lines?.length !== 5) return undefined;
  const [gitDir, commonDir, head, headTree, indexTree] = lines as [string, string, string, string, string];
  if (![head, headTree, indexTree].every((oid) => OID.test(oid))) return undefined;
  const objectFormat = headTree.length === 64 ? 'sha256' : 'sha1';
  const prefix = process.env.TREEWORK_AHEAD;
  const ahead = prefix ? takeReadAhead(prefix, headTree, indexTree) : undefined;
  const repository = new Repository({ root: cwd, gitDir, commonDir, prefix: '', objectFormat }, { cwd, ...(ahead && { ahead }) });
  return { repository, head, headTree, indexTree };
}

/** The commits that a merge brings in, before MERGE_HEAD exists: `git merge` names each in a variable `GITHEAD_<id>`. */
function mergedHeads(): string[] {
  return Object.keys(process.env).flatMap((name) => (name.startsWith('GITHEAD_') && OID.test(name.slice('GITHEAD_'.length)) ? [name.slice('GITHEAD_'.length)] : []));
}
