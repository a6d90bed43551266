import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { standingOf } from '../../src/workflow/standing.ts';
import { ticketLog } from '../../src/workflow/ticket-log.ts';
import { FAIL, Forest, PASS, planFor, recordFor, SKIP, START, START_2, ticketFiles } from './forest.ts';

const NODES = 'docs/specs/PROJ-7/nodes';
const NOW = new Date('2026-11-21T00:00:00Z');
let forest: Forest;
afterEach(() => forest?.remove());

function at(entry: string, moment: string): string {
  return entry.replace(/at: [^,}]+/, `at: ${moment}`);
}

async function logged(): Promise<string[]> {
  return ticketLog(standingOf(await forest.ticket('PROJ-7'), NOW)).map(({ subject, to }) => `${subject} ${to}`);
}

describe('log', () => {
  it('is in the order of the histories, whatever the clocks said', async () => {
    forest = new Forest({ ...ticketFiles('PROJ-7', undefined, '[{id: a, covers: none}, {id: b, covers: none, depends_on: [a]}]') });
    // The clock of whoever did a was a day ahead.
    forest.on('PROJ-7--a', { [`${NODES}/a.md`]: recordFor('PROJ-7', 'a', at(START, '2026-11-21T10:00:00Z'), at(FAIL, '2026-11-20T09:00:00Z'), at(START, '2026-11-21T12:00:00Z'), at(PASS, '2026-11-21T13:00:00Z')) });
    forest.on('PROJ-7--b', { [`${NODES}/b.md`]: recordFor('PROJ-7', 'b', at(START_2, '2026-11-20T14:00:00Z'), at(SKIP, '2026-11-20T15:00:00Z')) }, 'PROJ-7--a');
    expect(await logged()).toEqual(['a in_progress', 'a failed', 'a in_progress', 'a complete', 'b in_progress', 'b skipped']);
  });

  it('goes by the time only between what nothing orders', async () => {
    forest = new Forest({ ...ticketFiles('PROJ-7') });
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', at(START, '2026-11-20T10:00:00Z'), at(PASS, '2026-11-20T12:00:00Z')) });
    forest.on('PROJ-7--b', { [`${NODES}/second.md`]: recordFor('PROJ-7', 'second', at(START_2, '2026-11-20T11:00:00+00:00'), at(FAIL, 'sometime')) });
    expect(await logged()).toEqual(['first in_progress', 'second in_progress', 'first complete', 'second failed']);
  });

  it('shows what is in one history alone where they went apart', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, FAIL) });
    forest.on('PROJ-7--b', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, SKIP) });
    const log = ticketLog(standingOf(await forest.ticket('PROJ-7'), NOW));
    expect(log.map(({ to, only }) => `${to} ${only?.map(({ name }) => name).sort().join() ?? ''}`)).toEqual(['in_progress ', 'failed refs/heads/PROJ-7--a', expect.stringContaining('skipped ')]);
    forest.git('switch', '-q', 'main');
    const text = forest.sandbox.treework('work', 'log').stdout;
    expect(text).toContain('no tests\n                  only in PROJ-7--a\n');
    expect(text).toContain('not needed\n                  only in PROJ-7--b\n');
  });

  it('says who, what and why, changes of the spec too', () => {
    const change = '---\ntitle: Revised tokens\nimpact: additive\nstatus: accepted\nhistory:\n  - {to: proposed, by: dana, at: 2026-11-20T09:00:00Z}\n  - {to: accepted, by: review-1, at: 2026-11-20T09:30:00Z, reason: Agreed in the review}\n---\n\n## ADDED Requirements\n\n### Requirement: More\n\nThe system SHALL do more.\n\n#### Scenario: s\n\n- **GIVEN** a\n- **WHEN** b\n- **THEN** c\n';
    forest = new Forest({ ...ticketFiles('PROJ-7'), 'docs/specs/PROJ-7/changes/001-more.md': change });
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, FAIL) });
    const answer = forest.sandbox.treework('work', 'log');
    expect(answer.stdout.trimEnd().split('\n')).toEqual([
      'PROJ-7  Reports API',
      '2026-11-20 09:00  001-more  proposed     dana',
      '                  Revised tokens',
      '2026-11-20 09:30  001-more  accepted     review-1',
      '                  Agreed in the review',
      '2026-11-20 10:00  first     started      impl-1',
      '2026-11-20 10:00  first     failed       review-1',
      '                  no tests',
    ]);
    const { entries, order } = JSON.parse(forest.sandbox.treework('work', 'log', '--json').stdout);
    expect(order).toBe('causal');
    expect(entries[1]).toEqual({ ticket: 'PROJ-7', kind: 'change', subject: '001-more', to: 'accepted', by: 'review-1', at: '2026-11-20T09:30:00Z', why: 'Agreed in the review' });
  });

  it('holds every entry once and in its order, whatever the times', async () => {
    forest = new Forest({ ...ticketFiles('PROJ-7', undefined, '[{id: a, covers: none}, {id: b, covers: none, depends_on: [a]}, {id: c, covers: none}]') });
    const united = await forest.ticket('PROJ-7');
    const moments = fc.constantFrom('2026-11-20T10:00:00Z', '2020-01-01T00:00:00Z', '2030-01-01T00:00:00Z', 'never');
    const histories = fc.record({ a: fc.array(moments, { maxLength: 5 }), b: fc.array(moments, { maxLength: 5 }), c: fc.array(moments, { maxLength: 5 }) });
    fc.assert(fc.property(histories, (times) => {
      const documents = new Map(Object.entries(times).map(([node, list]) => [`nodes/${node}.md`, { document: { data: { history: list.map((moment, index) => ({ to: index === list.length - 1 ? 'complete' : 'in_progress', by: `${node}${index}`, at: moment })) } }, sightings: [], others: [] }]));
      const log = ticketLog(standingOf({ ...united, documents } as unknown as typeof united, NOW));
      for (const [node, list] of Object.entries(times)) expect(log.filter(({ subject }) => subject === node).map(({ by }) => by)).toEqual(list.map((_, index) => `${node}${index}`));
      expect(log).toHaveLength(Object.values(times).flat().length);
      const [done, begun] = [log.findLastIndex(({ subject }) => subject === 'a'), log.findIndex(({ subject }) => subject === 'b')];
      if (done !== -1 && begun !== -1) expect(done).toBeLessThan(begun);
    }));
  });
});

describe('tree', () => {
  it('draws phases and what is in them, words beside signs', () => {
    forest = new Forest();
    forest.on('PROJ-7--a', {
      'docs/specs/PROJ-7/tasks.md': planFor('PROJ-7', '[{id: build, title: Build it, order: sequential, nodes: [{id: one, title: First, covers: none}, {id: two, covers: none}]}, {id: sign, type: human, covers: none, depends_on: [build]}]'),
      [`${NODES}/one.md`]: recordFor('PROJ-7', 'one', START, PASS),
      [`${NODES}/two.md`]: recordFor('PROJ-7', 'two', START_2, FAIL),
    });
    forest.git('switch', '-q', 'main');
    expect(forest.sandbox.treework('work', 'tree').stdout.trimEnd().split('\n')).toEqual([
      'PROJ-7  Reports API',
      '✗ failed       ├─ build  Build it',
      '✓ complete     │  ├─ one  First  checked by review-1',
      '✗ failed       │  └─ two  1×: no tests',
      '· pending      └─ sign  after build',
    ]);
    expect(forest.sandbox.treework('work', 'status', '--as', 'tree').stdout).toBe(forest.sandbox.treework('work', 'tree').stdout);
  });
});
