import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changedLines } from '../../src/documents/changed-lines.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });

it.each<[string, string, number[]]>([
  ['a\nb\nc\n', 'a\nb\nc\n', []],
  ['a\nb\nc\n', 'a\nx\nc\n', [2]],
  ['a\nb\n', 'x\na\nb\n', [1]],
  ['a\nb\nc\nd\n', 'a\nd\n', []],
  ['a\r\nb\r\n', 'a\nb  \n', []],
  ['', 'a\n', [1]],
  ['a\nb\nc\nb\na', 'c\na\nb\na\nd', [1, 5]],
])('%j to %j: %j', (old, now, expected) => {
  expect([...changedLines(old, now)].sort()).toEqual(expected);
});

/** The longest common subsequence, by the table that everybody can check. */
function common(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let i = 1; i <= a.length; i += 1) for (let j = 1; j <= b.length; j += 1) (table[i] as number[])[j] = a[i - 1] === b[j - 1] ? ((table[i - 1] as number[])[j - 1] as number) + 1 : Math.max((table[i - 1] as number[])[j] as number, (table[i] as number[])[j - 1] as number);
  return (table[a.length] as number[])[b.length] as number;
}

it('leaves as many lines as are common, in their order', () => {
  fc.assert(
    fc.property(lines, lines, (old, now) => {
      const changed = changedLines(old.join('\n'), now.join('\n'));
      const kept = (now.length === 0 ? [''] : now).filter((_, index) => !changed.has(index + 1));
      const before = old.length === 0 ? [''] : old;
      expect(kept.length).toBe(common(before, now.length === 0 ? [''] : now));
      expect(common(before, kept)).toBe(kept.length);
    }),
    { numRuns: 2_000 },
  );
});

it('takes two large texts without a common line for changed all over, soon', () => {
  const [old, now] = ['a', 'b'].map((word) => Array.from({ length: 20_000 }, (_, index) => `${word}${index}`).join('\n')) as [string, string];
  expect(changedLines(old, now).size).toBe(20_000);
});
