import { dirname, join } from 'node:path';
import { namesIn, readText } from './files.ts';
import { findRepository } from './find-repository.ts';
import { parseTreeObject, readObjects } from './objects.ts';
import { refsOf } from './ref-files.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/**
 * Names that stand directly in each of these directories (paths from the root) in any ref, HEAD or
 * work tree of this repository; a set for each directory.
 */
export function namesEverywhere(repository: Repository, directories: readonly string[]): Set<string>[] {
  const inRefs = namesInRefs(repository, directories);
  const roots = workTrees(repository);
  return directories.map((directory, index) => new Set([...(inRefs[index] ?? []), ...roots.flatMap((root) => namesIn(join(root, directory)))]));
}

function namesInRefs(repository: Repository, directories: readonly string[]): string[][] {
  const tips = new Set(refsOf(repository).map(({ oid }) => oid));
  const head = repository.commit('HEAD');
  if (head !== undefined) tips.add(head);
  const objects = readObjects(directories.flatMap((directory) => [...tips].map((tip) => `${tip}:${directory}`)), repository.options);
  return directories.map((_, index) => {
    const own = objects.slice(index * tips.size, (index + 1) * tips.size);
    const trees = new Map(own.flatMap((object) => (object?.type === 'tree' ? [[object.oid, object] as const] : [])));
    return [...trees.values()].flatMap(({ content, oid }) => parseTreeObject(content, '', oid.length / 2).map((entry) => entry.path));
  });
}

/** Roots of this repository's work trees, linked ones too, that stand on this disk. */
export function workTrees(repository: Repository): string[] {
  const roots = new Set<string>();
  if (repository.root !== undefined) roots.add(repository.root);
  const main = mainWorkTree(repository);
  if (main !== undefined) roots.add(main);
  // Read from git's own files: `worktree list -z`, which survives any name, is younger than the git we ask for.
  const linked = join(repository.commonDir, 'worktrees');
  for (const name of namesIn(linked)) {
    const gitFile = readText(join(linked, name, 'gitdir'))?.replace(/\n$/, '');
    if (gitFile) roots.add(dirname(gitFile));
  }
  return [...roots];
}

/** Asked of git where it is not plain to see. */
function mainWorkTree(repository: Repository): string | undefined {
  if (repository.root !== undefined && repository.gitDir === repository.commonDir) return repository.root;
  const around = findRepository(dirname(repository.commonDir));
  if (around?.gitDir === repository.commonDir) return around.root;
  const answer = repository.tryGit(['worktree', 'list', '--porcelain']);
  const first = answer.status === 0 ? linesOf(answer.stdout)[0] : undefined;
  return first?.startsWith('worktree ') ? first.slice('worktree '.length) : undefined;
}
