import { existsSync, readFileSync, rmSync } from 'node:fs';
import { itemsOf } from './run.ts';
import { parseObjects, type GitObject } from './objects.ts';
import type { Oid } from '../tree/tree.ts';

/** What git already answered while node was starting. */
export interface ReadAhead {
  /** The raw output of `diff-tree` for one pair of trees below some paths. */
  readonly diff: { readonly before: Oid; readonly after: Oid; readonly roots: readonly string[]; readonly output: Buffer };
  /** `cat-file`'s answer for each name it was asked for; undefined where there is no such object. */
  readonly objects: ReadonlyMap<string, GitObject | undefined>;
}

/** Longer than git may take beside a starting node; then node asks by itself. */
const PATIENCE_MS = 40;

/**
 * What the launcher let git prepare in files that begin with `prefix`; they are removed. undefined
 * when it is not all there.
 */
export function takeReadAhead(prefix: string, before: Oid, after: Oid): ReadAhead | undefined {
  try {
    if (!isComplete(`${prefix}.done`)) return undefined;
    const names = readFileSync(`${prefix}.names`, 'utf8').split('\n').slice(0, -1);
    return {
      diff: { before, after, roots: itemsOf(readFileSync(`${prefix}.roots`)), output: readFileSync(`${prefix}.diff`) },
      objects: new Map(parseObjects(readFileSync(`${prefix}.objects`), names).map((object, index) => [names[index] as string, object])),
    };
  } catch {
    return undefined;
  } finally {
    for (const part of ['done', 'names', 'roots', 'diff', 'objects']) rmSync(`${prefix}.${part}`, { force: true });
  }
}

function isComplete(mark: string): boolean {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < PATIENCE_MS; waited += 1) {
    if (existsSync(mark)) return true;
    Atomics.wait(pause, 0, 0, 1);
  }
  return false;
}
