/** More differences than this are not told apart: all lines between the common ends count as changed. */
const MOST_EDITS = 1_000;

/**
 * The lines of `now`, 1-based, that are not lines of `old`, by a shortest edit script (Myers, "An
 * O(ND) Difference Algorithm and Its Variations", 1986). Line ends and blanks before them do not count.
 */
export function changedLines(old: string, now: string): ReadonlySet<number> {
  const [before, after] = [linesOf(old), linesOf(now)];
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const inserted = insertions(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return new Set(inserted.map((index) => start + index + 1));
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd());
}

/** Indexes in `now` of what an edit script inserts. */
function insertions(old: readonly string[], now: readonly string[]): number[] {
  const trace = editTrace(old, now);
  if (!trace) return now.map((_, index) => index);
  const inserted: number[] = [];
  let [x, y] = [old.length, now.length];
  for (let edits = trace.length - 1; edits > 0; edits -= 1) {
    const ends = trace[edits - 1] as Map<number, number>;
    const diagonal = x - y;
    const isInsertion = (ends.get(diagonal - 1) ?? -1) < (ends.get(diagonal + 1) ?? -1);
    const previous = isInsertion ? diagonal + 1 : diagonal - 1;
    x = ends.get(previous) as number;
    y = x - previous;
    if (isInsertion) inserted.push(y);
  }
  return inserted;
}

/** How far each diagonal reaches with 0, 1, 2 … edits, up to the end of both; undefined when that takes too many. */
function editTrace(old: readonly string[], now: readonly string[]): Map<number, number>[] | undefined {
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(MOST_EDITS, old.length + now.length); edits += 1) {
    const before = trace[edits - 1];
    const ends = new Map<number, number>();
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const [down, right] = [before?.get(diagonal + 1) ?? -1, before?.get(diagonal - 1) ?? -1];
      let x = before ? (right < down ? down : right + 1) : 0;
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x += 1;
      ends.set(diagonal, x);
      if (x >= old.length && x - diagonal >= now.length) return [...trace, ends];
    }
    trace.push(ends);
  }
  return undefined;
}
