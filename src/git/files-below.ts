import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { git, itemsOf, linesOf, startGit } from './run.ts';

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
export async function filesBelow({ options, workRoot }: Repository, roots: readonly string[]): Promise<WorkFile[]> {
  const paths = roots.includes('') ? [] : roots;
  if (roots.length === 0) return [];
  const [staged, status] = await Promise.all([
    startGit(['ls-files', '-z', '--stage', '--', ...paths], options),
    startGit(['status', '-z', '--porcelain', '--untracked-files=all', '--no-renames', '--ignore-submodules=all', '--', ...paths], options),
  ]);
  const files = new Map(itemsOf(staged).map((item) => [item.slice(item.indexOf('\t') + 1), item.split(' ')[1] as Oid]));
  // Of `XY path` Y is about the work tree; an unmerged path is read as it lies there.
  const changed = itemsOf(status).filter((item) => item[1] !== ' ').map((item) => item.slice(3)).filter((path) => !path.endsWith('/'));
  const standing = changed.filter((path) => lstatSync(join(workRoot, path), { throwIfNoEntry: false })?.isDirectory() === false);
  for (const path of changed) files.delete(path);
  for (const [index, oid] of hashed(standing, workRoot, options).entries()) files.set(standing[index] as string, oid);
  return [...files].map(([path, oid]) => ({ path, oid }));
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
