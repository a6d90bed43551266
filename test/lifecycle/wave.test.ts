import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/documents/settings.ts';
import type { TicketStatus } from '../../src/workflow/node-status.ts';
import { wavesOf } from '../../src/workflow/wave.ts';
import { record } from '../changes/documents.ts';
import { DONE, ESCALATE, FAIL, PASS, REJECT, RELEASE, RESET, SKIP, START, statusOf } from './tickets.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 300);
const settings = (max_concurrent: number) => settingsOf({ execution: { max_concurrent } });
const SECOND = START.replace('wave: 1', 'wave: 2');
const ESCALATED = [START, FAIL, START, FAIL, START, FAIL, ESCALATE];

/** `number: members | open | startable`, with `-` for no wave. */
function told(status: TicketStatus, max = 5): string {
  const { underWay, number, startable } = wavesOf(status, settings(max));
  const ids = (states: readonly { node: { id: string } }[]) => states.map(({ node }) => node.id).join(' ');
  return `${number}: ${underWay ? `${ids(underWay.members)} | ${ids(underWay.open)}` : '-'} | ${ids(startable)}`;
}

const FREE = '[{id: a}, {id: b}, {id: c}]';
const LINE = '[{id: a}, {id: b}, {id: c, depends_on: [a]}]';

describe('a wave', () => {
  it.each<[string, string, Record<string, string[]>, string]>([
    ['is what is ready', FREE, {}, '1: - | a b c'],
    ['is joined by what was ready when it began', FREE, { a: [START] }, '1: a | a | b c'],
    ['keeps the place of what is complete', FREE, { a: [START, PASS], b: [START] }, '1: a b | b | c'],
    ['is over with the last verdict, and the next begins', LINE, { a: [START, PASS], b: [START, PASS] }, '2: - | c'],
    ['keeps out what was not ready when it began', LINE, { a: [START, PASS], b: [START, DONE] }, '1: a b | b | '],
    ['lets in what waits for an earlier wave alone', LINE, { a: [START, PASS], b: [SECOND] }, '2: b | b | c'],
    ['waits for the retry of what failed', LINE, { a: [START, PASS], b: [START, FAIL] }, '1: a b | b | '],
    ['does not wait for what is escalated', '[{id: a}, {id: b}, {id: c, depends_on: [a]}, {id: d, depends_on: [b]}]', { a: [START, PASS], b: ESCALATED }, '2: - | c'],
    ['does not wait for what a person rejected, skipped or took back', '[{id: a}, {id: x}, {id: y}, {id: z}, {id: c, depends_on: [a]}]', { a: [START, PASS], x: [START, REJECT], y: [START, SKIP], z: [START, RELEASE] }, '2: - | z c'],
    ['has a place again where a claim was given up', FREE, { a: [START, RELEASE], b: [START, RESET], c: [START] }, '1: c | c | a b'],
    ['takes no place for people, who decide and change nothing', '[{id: a}, {id: ok, type: human}, {id: c, depends_on: [a]}]', { a: [START, PASS], ok: [START] }, '2: - | c'],
    ['is not there without leaves', '[{id: p, type: phase, nodes: []}]', {}, '1: - | '],
    ['waits with a phase for what is in it', '[{id: p, nodes: [{id: a}, {id: b}]}, {id: q, depends_on: [p], nodes: [{id: c}]}, {id: d}]', { a: [START, PASS], b: [START, PASS], d: [START] }, '1: a b d | d | '],
    ['counts from 1 where nobody wrote which it was', FREE, { a: [START.replace('wave: 1, ', '')] }, '1: a | a | b c'],
  ])('%s', (_, nodes, histories, is) => {
    expect(told(statusOf(nodes, histories))).toBe(is);
  });

  it('is not held up by a fork, which blocks a node for as long as it takes', () => {
    const fork = '---\nreason: x\nspawned_from: b\nreturn_to: b\nsub_workflow: PROJ-9\n---\n';
    expect(told(statusOf(LINE, { a: [START, PASS], b: [START] }, { 'forks/001-x.md': fork }))).toBe('2: - | c');
    expect(told(statusOf(LINE, { a: [START, PASS], b: [START] }, { 'changes/001-x.md': record('proposed', '').replace('impact:', 'blocks: [b]\nimpact:') }))).toBe('2: - | c');
  });

  it('has max_concurrent members, and not one more while it lasts', () => {
    expect(told(statusOf(FREE), 2)).toBe('1: - | a b');
    const busy = wavesOf(statusOf(FREE, { a: [START, PASS], b: [START] }), settings(2));
    expect([busy.startable, busy.refusal('c'), busy.refusal('b')]).toEqual([[], { kind: 'full', wave: 1, on: ['b'] }, undefined]);
    expect(wavesOf(statusOf(FREE, { a: [START, PASS], b: [START, FAIL] }), settings(2)).refusal('b')).toBeUndefined();
    expect(wavesOf(statusOf(FREE), settings(2)).refusal('c', ['a', 'b'])).toEqual({ kind: 'full', wave: 1, on: ['a', 'b'] });
  });

  it('says what the next one waits for', () => {
    expect(wavesOf(statusOf(LINE, { a: [START, PASS], b: [START, DONE] }), settings(5)).refusal('c')).toEqual({ kind: 'closed', wave: 1, on: ['b'] });
  });

  it('has disjoint scopes, those of its phases too, also from what is held up half done', () => {
    const nodes = '[{id: a, scope: ["src/a/**"]}, {id: b, scope: ["src/**"]}, {id: c, scope: ["docs/**"]}, {id: p, scope: ["docs/api.md"], nodes: [{id: d}]}]';
    expect(told(statusOf(nodes))).toBe('1: - | a c');
    expect(wavesOf(statusOf(nodes, { a: [START] }), settings(5)).refusal('b')).toEqual({ kind: 'overlap', on: ['a'], own: 'src/**', theirs: 'src/a/**' });
    expect(wavesOf(statusOf(nodes, { a: [START] }), settings(5)).refusal('d', ['c'])).toMatchObject({ kind: 'overlap', on: ['c'], theirs: 'docs/**' });
    const fork = '---\nreason: x\nspawned_from: a\nreturn_to: a\nsub_workflow: PROJ-9\n---\n';
    expect(told(statusOf(nodes, { a: [START] }, { 'forks/001-x.md': fork }))).toBe('2: - | c');
  });
});

it('S3: can be started all at once, one after the other in any order, and never more than the limit is under way', () => {
  const anyPlan = fc.record({
    max: fc.integer({ min: 1, max: 4 }),
    nodes: fc.array(fc.record({ scope: fc.nat(3), waits: fc.nat(5), history: fc.constantFrom<string[][]>([], [], [START], [START, DONE], [START, PASS], [START, FAIL], [SECOND], [SECOND, PASS], [START, RELEASE], [SKIP]) }), { minLength: 1, maxLength: 7 }),
  });
  fc.assert(
    fc.property(anyPlan, fc.nat(1_000), ({ max, nodes }, turn) => {
      const plan = nodes.map(({ scope, waits }, index) => `{id: n${index}, scope: ["src/${scope}/**"]${waits < index ? `, depends_on: [n${waits}]` : ''}}`);
      const histories = Object.fromEntries(nodes.flatMap(({ history }, index) => (history.length > 0 ? [[`n${index}`, history]] : [])));
      let status = statusOf(`[${plan.join(', ')}]`, histories);
      const { startable, number, underWay } = wavesOf(status, settings(max));
      const ids = startable.map(({ node }) => node.id);
      const ordered = [...ids.slice(turn % (ids.length || 1)), ...ids.slice(0, turn % (ids.length || 1))];
      for (const id of ordered) {
        expect(wavesOf(status, settings(max)).refusal(id)).toBeUndefined();
        histories[id] = [...(histories[id] ?? []), START.replace('wave: 1', `wave: ${number}`)];
        status = statusOf(`[${plan.join(', ')}]`, histories);
      }
      const then = wavesOf(status, settings(max)).underWay;
      if (ids.length > 0) expect(then?.number).toBe(number);
      expect((then?.members.length ?? 0)).toBeLessThanOrEqual(Math.max(max, underWay?.members.length ?? 0));
    }),
    { numRuns: RUNS },
  );
});
