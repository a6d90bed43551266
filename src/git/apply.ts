import { constants, copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../error.ts';
import type { Edit } from '../tree/edit.ts';
import { checkTargets, exists, standsAt } from './edit-target.ts';
import { removeEntry } from './files.ts';
import { withLock } from './lock.ts';
import type { Repository } from './repository.ts';

/** How to take back one thing that was done. */
type Undo = () => void;

/**
 * Makes all edits in the work tree or none. Everything is checked first (a path that leaves the work
 * tree or goes through a symbolic link, a name that differs from an existing one only by case, an
 * `expect` that does not hold: each a UserError); contents are written beside git's own files and
 * then renamed, in the given order, so that no reader ever sees half a file; a failure in between
 * takes back what was done. Two processes never overwrite one another's file.
 */
export function applyEdits(repository: Repository, edits: readonly Edit[]): void {
  if (edits.length === 0) return;
  const state = join(repository.gitDir, 'treework');
  withLock(join(state, 'apply.lock'), () => {
    sweep(state);
    checkTargets(repository.workRoot, edits);
    const staging = mkdtempSync(join(state, 'apply-'));
    try {
      stage(edits, staging);
      perform(repository.workRoot, edits, staging);
    } finally {
      discard(staging);
    }
  });
}

/** Removes what killed processes left behind: whoever holds the lock is the only one who stages. */
function sweep(state: string): void {
  for (const name of readdirSync(state)) {
    if (name.startsWith('apply-')) rmSync(join(state, name), { recursive: true, force: true });
  }
}

function discard(staging: string): void {
  for (const name of readdirSync(staging)) removeEntry(join(staging, name));
  rmdirSync(staging);
}

function stage(edits: readonly Edit[], staging: string): void {
  for (const [index, { content, kind }] of edits.entries()) {
    if (content !== undefined && kind !== 'symlink') writeFileSync(join(staging, String(index)), content, { mode: kind === 'executable' ? 0o777 : 0o666 });
  }
}

function perform(root: string, edits: readonly Edit[], staging: string): void {
  const undo: Undo[] = [];
  try {
    for (const [index, edit] of edits.entries()) {
      const target = join(root, edit.path);
      makeDirectories(root, dirname(edit.path), undo);
      if (edit.kind === 'symlink') {
        undo.push(link(edit, target));
        continue;
      }
      const staged = edit.content === undefined ? undefined : join(staging, String(index));
      undo.push(edit.expect === 'absent' && staged !== undefined ? create(staged, target, edit.path) : replace(staged, target));
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw asUserError(error);
  }
}

function makeDirectories(root: string, directory: string, undo: Undo[]): void {
  const parts = directory === '.' ? [] : directory.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const path = join(root, ...parts.slice(0, depth));
    if (standsAt(path) !== undefined) continue;
    mkdirSync(path);
    undo.push(() => quietly(() => rmdirSync(path)));
  }
}

/** A new file: whoever comes second fails, instead of overwriting. */
function create(staged: string, target: string, path: string): Undo {
  try {
    linkSync(staged, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists(path);
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error;
    copyFileSync(staged, target, constants.COPYFILE_EXCL);
  }
  return () => rmSync(target, { force: true });
}

/** A symbolic link that is made where nothing stands, or taken away. */
function link({ path, content }: Edit, target: string): Undo {
  if (content === undefined) {
    const old = standsAt(target)?.isSymbolicLink() ? readlinkSync(target) : undefined;
    rmSync(target, { force: true });
    return () => old !== undefined && symlinkSync(old, target);
  }
  try {
    symlinkSync(content.toString(), target);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? exists(path) : error;
  }
  return () => rmSync(target, { force: true });
}

/** A file that stands there, if any, with its mode kept; deleted without `staged`. */
function replace(staged: string | undefined, target: string): Undo {
  const mode = standsAt(target) === undefined ? undefined : statSync(target).mode & 0o777;
  const old = mode === undefined ? undefined : readFileSync(target);
  if (staged === undefined) rmSync(target, { force: true });
  else moveInto(staged, target, mode);
  return () => (old === undefined ? rmSync(target, { force: true }) : writeFileSync(target, old, { mode: mode ?? 0o666 }));
}

function moveInto(staged: string, target: string, mode: number | undefined): void {
  const isExecutable = mode !== undefined && (mode & 0o111) !== 0;
  const source = isExecutable ? withMode(staged, mode) : staged;
  try {
    renameSync(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    // Git's folder is on another disk: rename from beside the target.
    const beside = `${target}.${process.pid}.tmp`;
    try {
      copyFileSync(source, beside, constants.COPYFILE_EXCL);
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
  }
}

function withMode(staged: string, mode: number): string {
  const copy = `${staged}.mode`;
  writeFileSync(copy, readFileSync(staged), { mode });
  return copy;
}

function asUserError(error: unknown): unknown {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof UserError || syscall === undefined) return error;
  return new UserError(`${code} while writing ${path ?? 'the work tree'}; nothing was changed`, 'make the folder writable (or free some space) and try again', 'write');
}

function quietly(step: () => void): void {
  try {
    step();
  } catch {
    // Somebody else put a file there meanwhile: theirs to keep.
  }
}
