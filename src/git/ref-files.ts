import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { pathExists, readText } from './files.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** A ref that is no symbolic one. */
export interface Ref {
  /** In full: `refs/heads/main`. */
  readonly name: string;
  /** Of a commit, or of a tag's own object. */
  readonly oid: Oid;
}

/**
 * All refs that the work trees of a repository share, in the order of their names. Read as git's
 * files hold them (gitrepository-layout, git-pack-refs): starting git takes as long as the rest of
 * a verb. Where refs are kept in another form git is asked.
 */
export function refsOf(repository: Repository): Ref[] {
  const { commonDir } = repository;
  if (process.platform === 'win32' || pathExists(join(commonDir, 'reftable'))) return listed(repository);
  // Loose ones first: what is packed meanwhile is seen twice, never not at all.
  const loose = looseBelow(commonDir, 'refs');
  const refs = new Map([...packed(readText(join(commonDir, 'packed-refs')) ?? ''), ...loose]);
  return [...refs].map(([name, oid]) => ({ name, oid })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function listed(repository: Repository): Ref[] {
  return linesOf(repository.git(['for-each-ref', '--format=%(objectname) %(refname)'])).map(parted);
}

function parted(line: string): Ref {
  const space = line.indexOf(' ');
  return { oid: line.slice(0, space), name: line.slice(space + 1) };
}

/** Lines are `<oid> <name>`; those of comments begin with #, of what a tag leads to with ^. */
function packed(text: string): [string, Oid][] {
  return text.split('\n').flatMap((line) => {
    if (line === '' || line.startsWith('#') || line.startsWith('^')) return [];
    const { name, oid } = parted(line);
    return [[name, oid] as [string, Oid]];
  });
}

function looseBelow(commonDir: string, folder: string): [string, Oid][] {
  return entriesIn(join(commonDir, folder)).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return looseBelow(commonDir, name);
    // What is being written, or leads to another ref, is none.
    const oid = entry.name.endsWith('.lock') ? undefined : /^([0-9a-f]{40}|[0-9a-f]{64})\s*$/.exec(readText(join(commonDir, name)) ?? '')?.[1];
    return oid === undefined ? [] : [[name, oid] as [string, Oid]];
  });
}

/** git removes a folder with the last ref in it, at any moment. */
function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
