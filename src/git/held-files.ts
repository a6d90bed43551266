import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { itemsOf, startGit } from './run.ts';

/** A file of the last commit. */
export interface HeldFile {
  readonly path: string;
  readonly oid: Oid;
  readonly kind: 'file' | 'executable' | 'symlink' | 'submodule';
}

const KINDS: Readonly<Record<string, HeldFile['kind']>> = { '100755': 'executable', '120000': 'symlink', '160000': 'submodule' };

/** What the last commit holds below a folder, in git's order. Empty before the first commit. */
export function heldBelow(repository: Repository, folder: string): HeldFile[] {
  const answer = repository.tryGit(['ls-tree', '-r', '-z', 'HEAD', '--', folder]);
  return itemsOf(answer.stdout).map((item) => {
    const [mode = '', , oid = ''] = item.slice(0, item.indexOf('\t')).split(' ');
    return { path: item.slice(item.indexOf('\t') + 1), oid, kind: KINDS[mode] ?? 'file' };
  });
}

/** What of the work tree is in no commit. */
export interface Uncommitted {
  /** Files that git tracks and that differ from the last commit. */
  readonly changed: readonly string[];
  /** Files that git does not track and does not ignore. */
  readonly untracked: readonly string[];
  /** Files below the folder that git ignores. */
  readonly ignored: readonly string[];
}

/** Of the whole work tree, and of one folder what git ignores there, file by file. */
export async function uncommittedHere(repository: Repository, folder: string): Promise<Uncommitted> {
  const [status, ignored] = await Promise.all([
    startGit(['status', '-z', '--porcelain', '--untracked-files=all', '--no-renames'], repository.options),
    startGit(['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--', folder], repository.options),
  ]);
  const items = itemsOf(status).map((item) => ({ state: item.slice(0, 2), path: item.slice(3) }));
  return {
    changed: items.filter(({ state }) => state !== '??').map(({ path }) => path),
    untracked: items.filter(({ state }) => state === '??').map(({ path }) => path),
    ignored: itemsOf(ignored),
  };
}

/** Those of some paths that git would ignore, there or not. */
export function ignoredAmong(repository: Repository, paths: readonly string[]): ReadonlySet<string> {
  if (paths.length === 0) return new Set();
  // It takes paths as they are, and refuses to be told so.
  const answer = repository.tryGit(['check-ignore', '-z', '--stdin', '--no-index'], { input: paths.map((path) => `${path}\0`).join(''), env: { GIT_LITERAL_PATHSPECS: '0' } });
  return new Set(itemsOf(answer.stdout));
}

/** What stands at a path of the work tree: a file's content, of a symbolic link its target; undefined where neither does. */
export function contentAt(repository: Repository, path: string): Buffer | undefined {
  const full = join(repository.workRoot, path);
  const stats = lstatSync(full, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) return Buffer.from(readlinkSync(full));
  return stats?.isFile() ? readFileSync(full) : undefined;
}
