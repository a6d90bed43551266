import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesOfLines, diffLines, linesOfBytes, mergeLines } from '../../src/tree/line-diff.ts';
import { PathHistory, type Contents } from '../../src/workflow/split/path-history.ts';
import { randomFrom } from './random-history.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 300);

const stored = new Map<string, Buffer>();
const contents: Contents = {
  text: (oid) => stored.get(oid),
  keep: (content) => {
    const oid = createHash('sha1').update(content).digest('hex');
    stored.set(oid, content);
    return oid;
  },
};

function edited(lines: readonly string[], random: (below: number) => number): string[] {
  const now = [...lines];
  for (let left = 1 + random(3); left > 0; left -= 1) now.splice(random(now.length + 1), random(3), ...Array.from({ length: random(3) }, () => `${'abc'[random(3)]}\n`));
  if (random(6) === 0) now.push('no end');
  return now.map((line, at) => (line.endsWith('\n') || at === now.length - 1 ? line : `${line}\n`));
}

/** How often a line more or less stands there. */
function net(before: readonly string[], after: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of before) counts.set(line, (counts.get(line) ?? 0) - 1);
  for (const line of after) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].filter(([, count]) => count !== 0).map(([line, count]) => `${count} ${line}`).sort();
}

describe('the difference of two texts', () => {
  it(`leads from the one to the other, and hunks never touch, in ${RUNS} texts`, () => {
    for (let seed = 0; seed < RUNS; seed += 1) {
      const random = randomFrom(seed);
      const before = Array.from({ length: random(30) }, () => `${'abcde'[random(5)]}\n`);
      const after = random(5) === 0 ? Array.from({ length: random(30) }, () => `${'abcdx'[random(5)]}\n`) : edited(before, random);
      const hunks = diffLines(before, after);
      const now = [...before];
      for (const { at, removed, added } of hunks.toReversed()) now.splice(at, removed, ...added);
      expect(now).toEqual(after);
      expect(hunks.every((hunk, index) => index === 0 || hunk.at > (hunks[index - 1]?.at ?? 0) + (hunks[index - 1]?.removed ?? 0))).toBe(true);
    }
  });

  it('of very different large texts is one hunk', () => {
    const [before, after] = ['a', 'b'].map((letter) => Array.from({ length: 2_000 }, (_, line) => `${letter}${line}\n`)) as [string[], string[]];
    expect(diffLines(before, after)).toEqual([{ at: 0, removed: 2_000, added: after }]);
  });

  it('merges what does not touch, and nothing else', () => {
    const base = ['1\n', '2\n', '3\n', '4\n'];
    expect(mergeLines(base, ['one\n', '2\n', '3\n', '4\n'], ['1\n', '2\n', '3\n', 'four\n'])).toEqual(['one\n', '2\n', '3\n', 'four\n']);
    expect(mergeLines(base, ['1\n', 'x\n', '3\n', '4\n'], ['1\n', 'x\n', '3\n', '4\n', '5\n'])).toEqual(['1\n', 'x\n', '3\n', '4\n', '5\n']);
    expect(mergeLines(base, ['1\n', 'x\n', '3\n', '4\n'], ['1\n', 'y\n', '3\n', '4\n'])).toBeUndefined();
    expect(mergeLines(base, ['1\n', 'x\n', '3\n', '4\n'], ['1\n', '2\n', 'y\n', '4\n'])).toBeUndefined();
  });
});

describe('the history of a file', () => {
  it(`gives each step the same lines in any order that it allows, in ${RUNS} histories`, () => {
    let others = 0;
    for (let seed = 0; seed < RUNS; seed += 1) {
      const random = randomFrom(seed);
      const versions = [Array.from({ length: 8 + random(12) }, (_, line) => `${line}\n`)];
      for (let left = 2 + random(6); left > 0; left -= 1) {
        const now = edited(versions.at(-1) as string[], random);
        if (now.join('') !== versions.at(-1)?.join('')) versions.push(now);
      }
      const state = (lines: readonly string[]) => ({ mode: '100644', oid: contents.keep(bytesOfLines(lines)) });
      const history = new PathHistory(versions.slice(1).map((after, at) => ({ before: state(versions[at] as string[]), after: state(after) })), contents);
      const pending = new Set(versions.slice(1).flatMap((_, step) => history.hunksOf(step).map((_, hunk) => `${step} ${hunk}`)));
      const applied = new Map<number, Set<number>>();
      let lines = versions[0] as string[];
      while (pending.size > 0) {
        const free = [...pending].filter((one) => {
          const [step, hunk] = one.split(' ').map(Number) as [number, number];
          return history.dependencies(step, [hunk]).every((need) => applied.get(need.step)?.has(need.hunk));
        });
        expect(free.length).toBeGreaterThan(0);
        if (free[0] !== [...pending][0] || free.length > 1) others += 1;
        const chosen = free[random(free.length)] as string;
        const [step, hunk] = chosen.split(' ').map(Number) as [number, number];
        pending.delete(chosen);
        applied.set(step, new Set([...(applied.get(step) ?? []), hunk]));
        const after = linesOfBytes(contents.text(history.stateWith(applied)?.oid ?? '') ?? Buffer.alloc(0));
        const { at, removed, added } = history.hunksOf(step)[hunk] as { at: number; removed: number; added: readonly string[] };
        expect([seed, net(lines, after)]).toEqual([seed, net((versions[step] as string[]).slice(at, at + removed), added)]);
        lines = after;
      }
      expect(lines).toEqual(versions.at(-1));
    }
    expect(others).toBeGreaterThan(RUNS);
  });
});
