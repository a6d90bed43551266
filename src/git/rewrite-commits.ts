import type { BranchCommit, FileState } from '../tree/branch-commit.ts';
import type { Oid } from '../tree/tree.ts';
import type { BranchHistory } from './branch-commits.ts';

/** A commit that is made anew from another: all of it, or some of its files. */
export interface Rewritten {
  readonly original: BranchCommit;
  /** Paths with what stands there afterwards. */
  readonly files: readonly { readonly path: string; readonly state: FileState | undefined }[];
  /** A trailer that its message gets; undefined: it stays as it is. */
  readonly trailer: string | undefined;
}

export interface NewCommit {
  readonly oid: Oid;
  readonly tree: Oid;
}

/**
 * Makes commits one on the other from the branch's base, in memory: author, committer, dates, encoding
 * and message stay byte for byte, signatures go. One that would differ in nothing is the original.
 */
export function rewriteCommits({ base, objects, openBase }: BranchHistory, rewritten: readonly Rewritten[]): NewCommit[] {
  const tree = openBase();
  let parent = base;
  return rewritten.map(({ original, files, trailer }) => {
    for (const { path, state } of files) if (!state) tree.set(path, undefined);
    for (const { path, state } of files) if (state) tree.set(path, state);
    const id = tree.write();
    const oid = trailer === undefined && isStill(original, id, parent) ? original.oid : objects.add('commit', rawCommit(original.raw, id, parent, trailer));
    parent = oid;
    return { oid, tree: id };
  });
}

function isStill({ raw }: BranchCommit, tree: Oid, parent: Oid): boolean {
  const start = `tree ${tree}\nparent ${parent}\n`;
  return raw.toString('latin1', 0, start.length) === start && raw.toString('latin1', start.length, start.length + 7) !== 'parent ';
}

/** Headers that say something of the old commit only; lines that begin with a blank go on. */
const OF_THE_OLD = /^(?:tree|parent|gpgsig|gpgsig-sha256|mergetag) [^\n]*(?:\n [^\n]*)*\n/gm;

function rawCommit(raw: Buffer, tree: Oid, parent: Oid, trailer: string | undefined): Buffer {
  const end = raw.indexOf('\n\n');
  const headers = raw.toString('latin1', 0, end === -1 ? raw.length : end + 1).replace(OF_THE_OLD, '');
  const message = end === -1 ? '' : raw.toString('latin1', end + 2);
  return Buffer.from(`tree ${tree}\nparent ${parent}\n${headers}\n${trailer === undefined ? message : withTrailer(message, trailer)}`, 'latin1');
}

/** In the last paragraph where that holds trailers already. */
function withTrailer(message: string, trailer: string): string {
  const text = message.replace(/\n+$/, '');
  const last = text.slice(text.lastIndexOf('\n\n') + 1).trim();
  const isTrailers = text.includes('\n\n') && last.split('\n').every((line) => /^(?:[A-Za-z0-9-]+: |\s)/.test(line));
  return `${text}${isTrailers ? '\n' : '\n\n'}${trailer}\n`;
}
