import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../error.ts';
import type { Edit } from '../tree/edit.ts';

/** What common file systems take, in bytes. */
const LONGEST_NAME = 255;

/** Throws a UserError for the first edit that may not be made in the work tree at `root`; touches nothing. */
export function checkTargets(root: string, edits: readonly Edit[]): void {
  const paths = new Map<string, string>();
  for (const edit of edits) {
    checkPath(edit.path);
    const twin = paths.get(edit.path.toLowerCase());
    if (twin !== undefined) throw new UserError(`Unexpected ${edit.path} beside ${twin}, expected paths that differ by more than case`, 'choose another name', 'case-collision');
    paths.set(edit.path.toLowerCase(), edit.path);
    checkParents(root, edit);
    checkExpectation(join(root, edit.path), edit);
  }
}

/** What stands at a path, links not followed; undefined when nothing does. */
export function standsAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function checkPath(path: string): void {
  const segments = path.split('/');
  const isInside = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..' && segment.toLowerCase() !== '.git');
  // A backslash or a colon is a path separator or a drive on some systems.
  const long = segments.find((segment) => Buffer.byteLength(segment) > LONGEST_NAME);
  if (long !== undefined) throw new UserError(`Unexpected name of ${Buffer.byteLength(long)} bytes in ${path}, expected at most ${LONGEST_NAME}`, 'choose a shorter name', 'name-too-long');
  if (isInside && !/[\u0000-\u001f\\]/.test(path) && !/^[A-Za-z]:/.test(path)) return;
  throw new UserError(`Unexpected path ${JSON.stringify(path)}, expected one inside the work tree`, 'name it from the repository’s root, with / between the parts', 'path-outside');
}

function checkParents(root: string, { path, kind }: Edit): void {
  const parts = path.split('/');
  for (const [depth, name] of parts.entries()) {
    const parent = join(root, ...parts.slice(0, depth));
    const here = parts.slice(0, depth + 1).join('/');
    const stats = standsAt(join(parent, name));
    const twin = stats && isNamed(parent, name) ? undefined : otherCase(parent, name);
    if (twin !== undefined) {
      throw new UserError(`Unexpected ${here} beside ${[...parts.slice(0, depth), twin].join('/')}, expected names that differ by more than case`, `write ${twin} as it is written there`, 'case-collision');
    }
    if (stats === undefined) return;
    if (stats.isSymbolicLink() && !(kind === 'symlink' && depth === parts.length - 1)) {
      throw new UserError(`Unexpected symbolic link ${here}, expected a ${depth === parts.length - 1 ? 'file' : 'directory'} of this repository: nothing is written through links`, 'replace the link by what it stands for', 'symlink');
    }
    if (depth < parts.length - 1 && !stats.isDirectory()) throw new UserError(`Unexpected file ${here}, expected a directory`, 'move it away first', 'not-a-directory');
  }
}

function isNamed(parent: string, name: string): boolean {
  return readdirSync(parent).includes(name);
}

function otherCase(parent: string, name: string): string | undefined {
  if (!standsAt(parent)?.isDirectory()) return undefined;
  return readdirSync(parent).find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
}

function checkExpectation(target: string, edit: Edit): void {
  const stats = standsAt(target);
  if (stats?.isDirectory()) throw new UserError(`Unexpected directory ${edit.path}, expected a file`, 'move it away first', 'is-a-directory');
  if (edit.expect === undefined) return;
  if (edit.expect === 'absent') {
    if (stats !== undefined) throw exists(edit.path);
    return;
  }
  if (stats !== undefined && (stats.isSymbolicLink() ? Buffer.from(readlinkSync(target)) : readFileSync(target)).equals(edit.expect)) return;
  throw new UserError(`Unexpected change of ${edit.path} meanwhile, expected the text that was read a moment ago`, 'look at it and run the same again', 'changed-meanwhile');
}

/** The refusal to write over a file that is there already. */
export function exists(path: string): UserError {
  return new UserError(`Unexpected ${path}, expected no such file: it exists already and is left as it is`, 'edit that file, or choose another name', 'exists');
}
