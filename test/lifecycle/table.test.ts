import { expect, it } from 'vitest';
import { STORED_STATUSES } from '../../src/workflow/node-record.ts';
import { nextStatuses, TRANSITIONS, type Standing } from '../../src/workflow/transitions.ts';

it('says for every standing what may come next, and nothing else', () => {
  const standings: Standing[] = ['none', ...STORED_STATUSES];
  expect(Object.fromEntries(standings.map((from) => [from, nextStatuses(from).sort().join(' ')]))).toEqual({
    none: 'in_progress skipped',
    in_progress: 'complete failed in_progress rejected released reset skipped',
    complete: 'in_progress reset',
    failed: 'escalated in_progress reset',
    escalated: 'in_progress reset',
    skipped: 'reset',
    rejected: 'reset',
    reset: 'in_progress reset skipped',
    released: 'in_progress reset skipped',
  });
});

it('leads to every stored status, by one row for each way', () => {
  expect([...new Set(TRANSITIONS.map(({ to }) => to))].sort()).toEqual([...STORED_STATUSES].sort());
  const ways = TRANSITIONS.flatMap(({ from, to, mark }) => from.map((one) => `${one} ${to} ${mark ?? ''}`));
  expect(new Set(ways).size).toBe(ways.length);
});
