import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Tree } from '../tree/tree.ts';
import { GitTree } from './git-tree.ts';
import type { Repository } from './repository.ts';
import { git, itemsOf, type GitOptions } from './run.ts';

/** How the work tree was read. */
export interface WorkTreeRead {
  /** An index file that holds the same as the tree, while `use` runs. */
  readonly index: string;
}

/**
 * Calls `use` with the work tree as a tree: what a commit of everything below `roots` would hold,
 * clean filters applied, ignored files left out, and the index elsewhere. A copied index and a
 * scratch object folder take the writes, and are removed afterwards.
 */
export async function withWorkTree<T>(repository: Repository, roots: readonly string[], use: (tree: Tree, read: WorkTreeRead) => T | Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'treework-'));
  try {
    return await use(snapshot(repository, roots, scratch), { index: join(scratch, 'index') });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function snapshot(repository: Repository, roots: readonly string[], scratch: string): Tree {
  const paths = roots.includes('') ? [] : roots;
  const listed = repository.git(['ls-files', '-z', '--modified', '--deleted', '--others', '--exclude-standard', '--', ...paths]);
  const options = scratchOptions(repository, scratch);
  const changed = new Set(itemsOf(listed).filter((path) => !path.endsWith('/')));
  if (changed.size > 0) {
    const input = [...changed].map((path) => `${path}\0`).join('');
    git(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], { ...options, input });
  }
  return new GitTree(writeTree(repository, options), options);
}

function scratchOptions(repository: Repository, scratch: string): GitOptions {
  const [index, objects] = repository.git(['rev-parse', '--path-format=absolute', '--git-path', 'index', '--git-path', 'objects']).toString().split('\n') as [string, string];
  const copy = join(scratch, 'index');
  const source = process.env.GIT_INDEX_FILE ?? index;
  if (existsSync(source)) copyIndex(source, copy);
  mkdirSync(join(scratch, 'objects'));
  const alternates = [objects, process.env.GIT_ALTERNATE_OBJECT_DIRECTORIES].filter(Boolean).join(delimiter);
  return {
    cwd: repository.workRoot,
    env: { GIT_INDEX_FILE: copy, GIT_OBJECT_DIRECTORY: join(scratch, 'objects'), GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates },
  };
}

/**
 * The copy is as old as the original: git compares contents, and not only sizes and times, where a
 * file is not older than the index (Documentation/technical/racy-git.txt). A younger copy would hide
 * an edit of the same size made in the second in which the index was written.
 */
function copyIndex(source: string, copy: string): void {
  copyFileSync(source, copy);
  const second = Math.floor(statSync(source).mtimeMs / 1000);
  utimesSync(copy, second, second);
}

function writeTree(repository: Repository, options: GitOptions): string {
  const result = repository.tryGit(['write-tree'], options);
  if (result.status !== 0) return repository.indexTree().id;
  return result.stdout.toString().trim();
}
