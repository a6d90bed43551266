import { join } from 'node:path';
import { readText, removeFile, writeFileAtomic } from './files.ts';
import { gitDirOf } from './worktrees.ts';

/** What was done so far to make a new worktree ready. */
export interface Preparation {
  /** The work tree that files are copied from, absolute. */
  readonly source: string;
  readonly ticket: string;
  /** Keys of the steps that are done. */
  readonly done: readonly string[];
}

/** The preparation of a worktree that is not over; undefined where there is none. It stands beside the worktree's own git files and goes with them. */
export function preparationOf(worktree: string): Preparation | undefined {
  const text = readText(placeOf(worktree));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Preparation);
  } catch {
    return undefined;
  }
}

export function keepPreparation(worktree: string, preparation: Preparation): void {
  writeFileAtomic(placeOf(worktree), `${JSON.stringify(preparation)}\n`);
}

/** Nothing is left to do. */
export function endPreparation(worktree: string): void {
  removeFile(placeOf(worktree));
}

/** Whoever makes a worktree ready holds this lock. */
export function preparationLock(worktree: string): string {
  return join(gitDirOf(worktree), 'treework', 'after-create.lock');
}

function placeOf(worktree: string): string {
  return join(gitDirOf(worktree), 'treework', 'after-create.json');
}
