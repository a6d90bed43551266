import { isBelow } from '../tree/changes.ts';
import type { ChangedPath, Entry, Oid } from '../tree/tree.ts';
import { entryType } from './objects.ts';
import { git, type GitOptions } from './run.ts';

/** What stands at a path on each side, directories too; absent where nothing does. */
interface Sides {
  readonly before?: Entry;
  readonly after?: Entry;
}

/** How one tree differs from another at or below some paths; a path without sides is the same in both. */
export interface TreeDiff {
  readonly roots: readonly string[];
  readonly sides: ReadonlyMap<string, Sides>;
}

const COLON = 0x3a;
const NEWLINE = 0x0a;

/** Compares pairs of trees, each `[before, after]`, in one `diff-tree`; one answer per pair. */
export function diffTrees(pairs: readonly (readonly [Oid, Oid])[], roots: readonly string[], options: GitOptions): TreeDiff[] {
  if (pairs.length === 0) return [];
  const [first] = pairs as [readonly [Oid, Oid]];
  const known = options.ahead?.diff;
  if (pairs.length === 1 && known?.before === first[0] && known.after === first[1] && roots.every((root) => isBelow(root, known.roots))) {
    return parseDiffs(known.output, 1, known.roots);
  }
  const paths = roots.includes('') ? [] : roots;
  const input = pairs.map(([before, after]) => `${before} ${after}\n`).join('');
  const output = git(['diff-tree', '--stdin', '-r', '-t', '-z', '--raw', '--no-renames', '--', ...paths], { ...options, input });
  return parseDiffs(output, pairs.length, roots);
}

/** Reads what `diff-tree --stdin -r -t -z --raw` says of so many pairs. */
function parseDiffs(output: Buffer, count: number, roots: readonly string[]): TreeDiff[] {
  const diffs: Map<string, Sides>[] = [];
  for (let offset = 0; offset < output.length; ) {
    if (output[offset] !== COLON) {
      // The pair itself, on a line of its own.
      diffs.push(new Map());
      offset = output.indexOf(NEWLINE, offset) + 1;
      continue;
    }
    const afterMeta = output.indexOf(0, offset);
    const afterPath = output.indexOf(0, afterMeta + 1);
    const path = output.toString('utf8', afterMeta + 1, afterPath);
    // What stands above the roots is named as the pathspec lets git see it: perhaps not as it is.
    if (isBelow(path, roots)) addSides(diffs.at(-1) as Map<string, Sides>, path, output.toString('latin1', offset + 1, afterMeta));
    offset = afterPath + 1;
  }
  if (diffs.length !== count) throw new Error(`git diff-tree answered ${diffs.length} of ${count} pairs`);
  return diffs.map((sides) => ({ roots, sides }));
}

/** The files, symlinks and submodules at or below these paths that differ. */
export function changedFiles(diff: TreeDiff, roots: readonly string[]): readonly ChangedPath[] {
  const changed: ChangedPath[] = [];
  for (const [path, sides] of diff.sides) {
    const [before, after] = [asFile(sides.before), asFile(sides.after)];
    if ((before || after) && (diff.roots === roots || isBelow(path, roots))) changed.push({ path, after, before: [before] });
  }
  return changed;
}

/** A file in a directory's place comes as two items, one with each side. */
function addSides(diff: Map<string, Sides>, path: string, meta: string): void {
  const [fromMode, toMode, fromOid, toOid] = meta.split(' ') as [string, string, string, string];
  const [before, after] = [entryOf(path, fromMode, fromOid), entryOf(path, toMode, toOid)];
  diff.set(path, { ...diff.get(path), ...(before && { before }), ...(after && { after }) });
}

function asFile(entry: Entry | undefined): Entry | undefined {
  return entry?.type === 'directory' ? undefined : entry;
}

function entryOf(path: string, mode: string, oid: Oid): Entry | undefined {
  return mode === '000000' ? undefined : { path, type: entryType(mode), oid };
}
