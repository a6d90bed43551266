import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Tree } from '../tree/tree.ts';
import { isRedirected } from './audit-state.ts';
import { GitTree } from './git-tree.ts';
import type { Repository } from './repository.ts';
import { git, itemsOf, type GitOptions } from './run.ts';
import { startGitLean } from './start-git.ts';

/** How the work tree was read. */
export interface WorkTreeRead {
  /** An index file that holds the same as the tree, while `use` runs. */
  readonly index: string;
  /** Paths below the roots that git ignores; a directory of nothing else ends in `/`. */
  readonly ignored: readonly string[];
}

/**
 * Calls `use` with the work tree as a tree: what a commit of everything below `roots` would hold,
 * clean filters applied, ignored files left out, and the index elsewhere. A copied index and a
 * scratch object folder take the writes, and are removed afterwards. Where the index holds one of
 * `parents` and nothing else, that tree is given.
 */
export async function withWorkTree<T>(
  repository: Repository,
  roots: readonly string[],
  use: (tree: Tree, read: WorkTreeRead) => T | Promise<T>,
  looking: Looking = lookAround(repository, roots),
  parents: readonly Tree[] = [],
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'treework-'));
  try {
    const { tree, ignored } = await snapshot(repository, roots, { looking, scratch, parents });
    return await use(tree, { index: join(scratch, 'index'), ignored });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** git at work on what differs from the index below some roots. */
export interface Looking {
  readonly roots: readonly string[];
  readonly status: Promise<Buffer>;
}

/** Lets git begin to look at the work tree: `withWorkTree` takes it from there, when its roots are the same. */
export function lookAround(repository: Repository, roots: readonly string[]): Looking {
  const paths = roots.includes('') ? [] : roots;
  const status = startGitLean(['status', '-z', '--porcelain', '--untracked-files=all', '--ignored=matching', '--no-renames', '--ignore-submodules=dirty', '--', ...paths], repository.options);
  // Whoever awaits it hears of a failure; nobody has to.
  status.catch(() => {});
  return { roots, status };
}

async function snapshot(repository: Repository, roots: readonly string[], { looking, scratch, parents }: { looking: Looking; scratch: string; parents: readonly Tree[] }): Promise<{ tree: Tree; ignored: string[] }> {
  const { status } = roots.join('\0') === looking.roots.join('\0') ? looking : lookAround(repository, roots);
  // Meanwhile: most often the index holds what the work tree holds.
  const options = scratchOptions(repository, scratch);
  const indexed = repository.tryGit(['write-tree'], options);
  const id = indexed.status === 0 ? indexed.stdout.toString().trim() : undefined;
  // What was read of a parent that is the same tree need not be read again.
  const guess = id === undefined ? undefined : (parents.find((parent) => parent.id === id) ?? new GitTree(id, options));
  guess?.walk(roots);
  const { changed, ignored } = statusOf(await status);
  if (changed.length === 0) return { tree: guess ?? repository.indexTree(), ignored };
  git(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], { ...options, input: changed.map((path) => `${path}\0`).join('') });
  return { tree: new GitTree(writeTree(repository, options), options), ignored };
}

/** What `git status` names as other than in the index, and as ignored. Each item is `XY path`; Y is about the work tree. */
function statusOf(output: Buffer): { changed: string[]; ignored: string[] } {
  const [changed, ignored]: [string[], string[]] = [[], []];
  for (const item of itemsOf(output)) {
    const path = item.slice(3);
    if (item.startsWith('!!')) ignored.push(path);
    else if (item[1] !== ' ' && !path.endsWith('/')) changed.push(path);
  }
  return { changed, ignored };
}

function scratchOptions(repository: Repository, scratch: string): GitOptions {
  const [index, objects] = isRedirected()
    ? (repository.git(['rev-parse', '--path-format=absolute', '--git-path', 'index', '--git-path', 'objects']).toString().split('\n') as [string, string])
    : [join(repository.gitDir, 'index'), join(repository.commonDir, 'objects')];
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
