/** One line of two texts held against each other. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/** More lines than this on one side are shown as all gone and all new: the table is quadratic. */
const MOST_LINES = 400;

/** The lines of two texts by a longest common subsequence; blank lines are left out. */
export function lineDifference(old: string, now: string): DiffLine[] {
  const [before, after] = [old, now].map((text) => text.split('\n').filter((line) => line.trim() !== '')) as [string[], string[]];
  const as = (kind: DiffLine['kind'], texts: readonly string[]) => texts.map((text) => ({ kind, text }));
  if (before.length > MOST_LINES || after.length > MOST_LINES) return [...as('gone', before), ...as('new', after)];
  const common = tableOf(before, after);
  const lines: DiffLine[] = [];
  let [left, right] = [0, 0];
  while (left < before.length && right < after.length) {
    if (before[left] === after[right]) {
      lines.push({ kind: 'same', text: before[left] as string });
      left += 1;
      right += 1;
    } else if (at(common, left + 1, right) >= at(common, left, right + 1)) lines.push({ kind: 'gone', text: before[left++] as string });
    else lines.push({ kind: 'new', text: after[right++] as string });
  }
  return [...lines, ...as('gone', before.slice(left)), ...as('new', after.slice(right))];
}

/** How many lines the rests of both have in common. */
function tableOf(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => Array.from({ length: after.length + 1 }, () => 0));
  for (let left = before.length - 1; left >= 0; left -= 1) {
    for (let right = after.length - 1; right >= 0; right -= 1) {
      (table[left] as number[])[right] = before[left] === after[right] ? at(table, left + 1, right + 1) + 1 : Math.max(at(table, left + 1, right), at(table, left, right + 1));
    }
  }
  return table;
}

function at(table: readonly (readonly number[])[], left: number, right: number): number {
  return table[left]?.[right] ?? 0;
}
