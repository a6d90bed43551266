/** Lines that stand in another text in the place of `removed` lines from `at` on; 0-based. */
export interface Hunk {
  readonly at: number;
  readonly removed: number;
  readonly added: readonly string[];
}

/** Beyond so many lines of difference what differs counts as one hunk. */
const MOST_EDITS = 1_500;

/** The lines of a text, byte for byte (one character a byte), each with its end. */
export function linesOfBytes(content: Buffer): string[] {
  const text = content.toString('latin1');
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** What `linesOfBytes` was made of. */
export function bytesOfLines(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(''), 'latin1');
}

/** How one text becomes another: hunks in order, at least one unchanged line between two of them. After E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). */
export function diffLines(before: readonly string[], after: readonly string[]): Hunk[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let [end, last] = [before.length, after.length];
  while (end > start && last > start && before[end - 1] === after[last - 1]) [end, last] = [end - 1, last - 1];
  const hunks: Hunk[] = [];
  let [at, to] = [start, start];
  const add = (x: number, y: number) => {
    if (x > at || y > to) hunks.push({ at, removed: x - at, added: after.slice(to, y) });
  };
  for (const [x, y] of kept(before.slice(start, end), after.slice(start, last))) {
    add(start + x, start + y);
    [at, to] = [start + x + 1, start + y + 1];
  }
  add(end, last);
  return hunks;
}

/** Pairs of lines that stay, in order; none where the texts differ in too much. */
function kept(before: readonly string[], after: readonly string[]): (readonly [number, number])[] {
  if (before.length === 0 || after.length === 0) return [];
  const numbers = new Map<string, number>();
  const numbered = (lines: readonly string[]) => Int32Array.from(lines, (line) => {
    const known = numbers.get(line) ?? numbers.size;
    numbers.set(line, known);
    return known;
  });
  const [a, b] = [numbered(before), numbered(after)];
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const furthest = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(furthest.slice(most - edits, most + edits + 3));
    for (let k = -edits; k <= edits; k += 2) {
      const [left, right] = [furthest[most + k] as number, furthest[most + k + 2] as number];
      let x = k === -edits || (k !== edits && left < right) ? right : left + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest[most + k + 1] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return [];
}

/** `trace[d]` holds the furthest points before step d, from diagonal -d-1 to d+1. */
function walkBack(trace: readonly Int32Array[], width: number, height: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [width, height];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const points = trace[edits] as Int32Array;
    const k = x - y;
    const at = (diagonal: number) => points[diagonal + edits + 1] as number;
    const down = k === -edits || (k !== edits && at(k - 1) < at(k + 1));
    const beforeK = down ? k + 1 : k - 1;
    const [fromX, fromY] = edits === 0 ? [0, 0] : [at(beforeK), at(beforeK) - beforeK];
    while (x > fromX && y > fromY) {
      [x, y] = [x - 1, y - 1];
      pairs.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

/** Both sides' changes in one text; undefined where they touch each other and are not the same. */
export function mergeLines(base: readonly string[], ours: readonly string[], theirs: readonly string[]): string[] | undefined {
  const [mine, other] = [diffLines(base, ours), diffLines(base, theirs)];
  const merged = [...mine];
  for (const hunk of other) {
    const touching = mine.filter((own) => own.at <= hunk.at + hunk.removed && hunk.at <= own.at + own.removed);
    const isSame = touching.length === 1 && touching[0]?.at === hunk.at && touching[0].removed === hunk.removed && touching[0].added.join('') === hunk.added.join('');
    if (touching.length > 0 && !isSame) return undefined;
    if (!isSame) merged.push(hunk);
  }
  const pieces: (readonly string[])[] = [];
  let from = 0;
  for (const { at, removed, added } of merged.sort((a, b) => a.at - b.at)) {
    pieces.push(base.slice(from, at), added);
    from = at + removed;
  }
  return [...pieces, base.slice(from)].flat();
}
