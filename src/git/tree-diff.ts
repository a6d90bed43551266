import type { ChangedPath, Entry, Oid } from '../tree/tree.ts';
import { entryType } from './objects.ts';
import { git, type GitOptions } from './run.ts';

/** How one tree differs from another at or below some paths. */
export interface TreeDiff {
  readonly roots: readonly string[];
  readonly changed: readonly ChangedPath[];
}

const COLON = 0x3a;
const NEWLINE = 0x0a;

/** Compares pairs of trees, each `[before, after]`, in one `diff-tree`; one answer per pair. */
export function diffTrees(pairs: readonly (readonly [Oid, Oid])[], roots: readonly string[], options: GitOptions): TreeDiff[] {
  if (pairs.length === 0) return [];
  const paths = roots.includes('') ? [] : roots;
  const input = pairs.map(([before, after]) => `${before} ${after}\n`).join('');
  const output = git(['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-renames', '--', ...paths], { ...options, input });
  const diffs: ChangedPath[][] = [];
  for (let offset = 0; offset < output.length; ) {
    if (output[offset] !== COLON) {
      // The pair itself, on a line of its own.
      diffs.push([]);
      offset = output.indexOf(NEWLINE, offset) + 1;
      continue;
    }
    const afterMeta = output.indexOf(0, offset);
    const afterPath = output.indexOf(0, afterMeta + 1);
    diffs.at(-1)?.push(changedPath(output.toString('latin1', offset + 1, afterMeta), output.toString('utf8', afterMeta + 1, afterPath)));
    offset = afterPath + 1;
  }
  if (diffs.length !== pairs.length) throw new Error(`git diff-tree answered ${diffs.length} of ${pairs.length} pairs`);
  return diffs.map((changed) => ({ roots, changed }));
}

/** The part of a comparison at or below these paths. */
export function entriesOfDiff(diff: TreeDiff, roots: readonly string[]): readonly ChangedPath[] {
  return diff.roots === roots ? diff.changed : diff.changed.filter(({ path }) => isBelow(path, roots));
}

/** Whether a path is one of these or below one; everything is below `''`. */
export function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => root === '' || path === root || path.startsWith(`${root}/`));
}

function changedPath(meta: string, path: string): ChangedPath {
  const [fromMode, toMode, fromOid, toOid] = meta.split(' ') as [string, string, string, string];
  return { path, after: entryOf(path, toMode, toOid), before: [entryOf(path, fromMode, fromOid)] };
}

function entryOf(path: string, mode: string, oid: Oid): Entry | undefined {
  return mode === '000000' ? undefined : { path, type: entryType(mode), oid };
}
