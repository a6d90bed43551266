import { describe, expect, it } from 'vitest';
import { conditionsOf, meets } from '../../src/documents/where.ts';

const ask = (value: unknown, text: string) => conditionsOf(text)?.every((condition) => meets(value, condition));

describe('conditions', () => {
  it('are joined by commas, which values may hold too', () => {
    expect(conditionsOf('status=accepted, date>2026-01-01')).toEqual([
      { key: 'status', operator: '=', value: 'accepted' },
      { key: 'date', operator: '>', value: '2026-01-01' },
    ]);
    expect(conditionsOf('title=Yes, we can')).toEqual([{ key: 'title', operator: '=', value: 'Yes, we can' }]);
    expect(conditionsOf('goal.why~"a = b"')).toEqual([{ key: 'goal.why', operator: '~', value: '"a = b"' }]);
    for (const text of ['', 'status', '=x', 'a b=c']) expect(conditionsOf(text)).toBeUndefined();
  });

  it.each<[unknown, string, boolean]>([
    ['accepted', 'k=accepted', true],
    ['accepted', 'k=Accepted', false],
    ['accepted', 'k!=accepted', false],
    [9, 'k<10', true],
    ['0009', 'k=9', true],
    ['2026-11-20', 'k>2026-02-01', true],
    ['2026-11-20', 'k<=2026-11-20', true],
    ['Use Git', 'k~git', true],
    [['ada', 'bob'], 'k=bob', true],
    [['ada', 'bob'], 'k!=bob', false],
    [['ada', 'bob'], 'k~AD', true],
    [undefined, 'k=', true],
    [undefined, 'k=x', false],
    [undefined, 'k!=x', true],
    [undefined, 'k<10', false],
    ['x', 'k=', false],
    [[], 'k=', true],
    [true, 'k=true', true],
    [{ a: 1 }, 'k~"a":1', true],
  ])('%j %s: %s', (value, text, expected) => {
    expect(ask(value, text)).toBe(expected);
  });
});
