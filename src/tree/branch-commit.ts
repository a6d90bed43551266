import type { Oid } from './tree.ts';

/** What stands at a path: git's mode in six octal digits, and the object. */
export interface FileState {
  readonly mode: string;
  readonly oid: Oid;
}

/** What one commit does to one path; of a rename there are two, the new path's with the old one's name. */
export interface FileChange {
  readonly path: string;
  /** undefined where there is no such file. */
  readonly before: FileState | undefined;
  readonly after: FileState | undefined;
  /** The path that this one was moved from in the same commit. */
  readonly from?: string;
}

/** One commit of a branch that is read as a line of commits: what it changes of what the ones before it made. */
export interface BranchCommit {
  readonly oid: Oid;
  readonly message: string;
  /** The commit object, byte for byte. */
  readonly raw: Buffer;
  readonly changes: readonly FileChange[];
}

export function isSameState(a: FileState | undefined, b: FileState | undefined): boolean {
  return a?.mode === b?.mode && a?.oid === b?.oid;
}

/** A regular file, executable or not. */
export function isRegular(state: FileState | undefined): state is FileState {
  return state !== undefined && /^100[0-7]{3}$/.test(state.mode);
}
