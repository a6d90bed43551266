import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { git, itemsOf, linesOf } from './run.ts';

/** A file of the work tree, and the blob that git would make of it. */
export interface WorkFile {
  readonly path: string;
  readonly oid: Oid;
}

/**
 * Every file of the work tree below some paths ('' for all), ignored ones left out, with the id of
 * what a commit would hold: from the index where a file is as it stands there, hashed as git would
 * (clean filters applied) where it is not. Writes nothing, not even objects.
 */
export function filesBelow({ options, workRoot }: Repository, roots: readonly string[]): WorkFile[] {
  const paths = roots.includes('') ? [''] : roots.filter((root) => existsSync(join(workRoot, root)));
  if (paths.length === 0) return [];
  const listed = git(['ls-files', '-z', '-t', '--stage', '--modified', '--deleted', '--others', '--exclude-standard', '--', ...paths.filter((path) => path !== '')], options);
  const entries = itemsOf(listed).map(entryIn);
  const files = new Map(entries.flatMap(({ tag, path, oid }) => (tag === 'H' || tag === 'S' ? [[path, oid as Oid] as const] : [])));
  // Of a submodule counts what the index says, whatever is checked out there.
  const changed = new Set(entries.flatMap(({ tag, path, mode }) => (tag !== 'H' && tag !== 'S' && mode !== SUBMODULE && !path.endsWith('/') ? [path] : [])));
  for (const path of changed) files.delete(path);
  const standing = [...changed].filter((path) => lstatSync(join(workRoot, path), { throwIfNoEntry: false })?.isDirectory() === false);
  for (const [index, oid] of hashed(standing, workRoot, options).entries()) files.set(standing[index] as string, oid);
  return [...files].map(([path, oid]) => ({ path, oid }));
}

const SUBMODULE = '160000';

/** `TAG MODE OID STAGE<tab>PATH`, of an untracked file `? PATH`; unmerged paths come with the tag M. */
function entryIn(item: string): { tag: string; path: string; mode: string | undefined; oid: Oid | undefined } {
  if (item.startsWith('? ')) return { tag: '?', path: item.slice(2), mode: undefined, oid: undefined };
  const [tag = '', mode, oid] = item.split(' ', 3);
  return { tag, mode, oid, path: item.slice(item.indexOf('\t') + 1) };
}

function hashed(paths: readonly string[], root: string, options: Repository['options']): Oid[] {
  const oids = new Map<string, Oid>();
  // A link is what it says, not what it leads to; a name with a newline cannot be said on a line.
  const links = paths.filter((path) => lstatSync(join(root, path)).isSymbolicLink());
  for (const path of links) oids.set(path, git(['hash-object', '--stdin'], { ...options, input: readlinkSync(join(root, path)) }).toString().trim());
  const odd = paths.filter((path) => path.includes('\n') && !oids.has(path));
  for (const path of odd) oids.set(path, git(['hash-object', '--', path], options).toString().trim());
  const plain = paths.filter((path) => !oids.has(path));
  const lines = plain.length === 0 ? [] : linesOf(git(['hash-object', '--stdin-paths'], { ...options, input: `${plain.join('\n')}\n` }));
  for (const [index, path] of plain.entries()) oids.set(path, lines[index] as Oid);
  return paths.map((path) => oids.get(path) as Oid);
}
