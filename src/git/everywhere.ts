import { dirname, join } from 'node:path';
import { namesIn, readText } from './files.ts';
import { parseTreeObject, readObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/**
 * Names that stand directly in these directories (paths from the root), in any of them, in any
 * ref, HEAD or work tree of this repository.
 */
export function namesEverywhere(repository: Repository, directories: readonly string[]): Set<string> {
  const names = new Set(namesInRefs(repository, directories));
  for (const root of workTrees(repository)) {
    for (const directory of directories) for (const name of namesIn(join(root, directory))) names.add(name);
  }
  return names;
}

function namesInRefs(repository: Repository, directories: readonly string[]): string[] {
  const tips = new Set(linesOf(repository.git(['for-each-ref', '--format=%(objectname)'])));
  const head = repository.commit('HEAD');
  if (head !== undefined) tips.add(head);
  const objects = readObjects([...tips].flatMap((tip) => directories.map((directory) => `${tip}:${directory}`)), repository.options);
  const trees = new Map(objects.flatMap((object) => (object?.type === 'tree' ? [[object.oid, object] as const] : [])));
  return [...trees.values()].flatMap(({ content, oid }) => parseTreeObject(content, '', oid.length / 2).map((entry) => entry.path));
}

/** Roots of this repository's work trees, linked ones too, that stand on this disk. */
export function workTrees(repository: Repository): string[] {
  const roots = new Set<string>();
  if (repository.root !== undefined) roots.add(repository.root);
  const main = repository.tryGit(['worktree', 'list', '--porcelain']);
  const first = main.status === 0 ? linesOf(main.stdout)[0] : undefined;
  if (first?.startsWith('worktree ')) roots.add(first.slice('worktree '.length));
  // Read from git's own files: `worktree list -z`, which survives any name, is younger than the git we ask for.
  const linked = join(repository.commonDir, 'worktrees');
  for (const name of namesIn(linked)) {
    const gitFile = readText(join(linked, name, 'gitdir'))?.replace(/\n$/, '');
    if (gitFile) roots.add(dirname(gitFile));
  }
  return [...roots];
}
