import { describe, expect, it } from 'vitest';
import { ticketStatus } from '../../src/workflow/node-status.ts';
import { record, ticket } from '../changes/documents.ts';
import { DIGEST, DONE, ESCALATE, FAIL, LOGIN, PASS, REJECT, RELEASE, requirement, RESET, RETRY, recordOf, SKIP, SPEC, START, statusOf, tasksOf, told } from './tickets.ts';

const LINE = '[{id: a}, {id: b, depends_on: [a]}, {id: c, depends_on: [b]}]';
const PHASES = '[{id: dev, nodes: [{id: red}, {id: build, depends_on: [red]}]}, {id: ship, depends_on: [dev], nodes: [{id: docs}]}]';

describe('the status of a leaf', () => {
  it.each([
    [[], 'ready'],
    [[START], 'in_progress'],
    [[START, DONE], 'awaiting-qa'],
    [[START, DONE, PASS], 'complete'],
    [[START, FAIL], 'failed'],
    [[START, FAIL, START], 'in_progress'],
    [[START, FAIL, START, FAIL, START, FAIL, ESCALATE], 'escalated'],
    [[START, FAIL, START, FAIL, START, FAIL, ESCALATE, RETRY], 'in_progress'],
    [[SKIP], 'skipped'],
    [[START, REJECT], 'rejected'],
    [[START, RELEASE], 'ready'],
    [[START, DONE, PASS, RESET], 'ready'],
  ])('%j is %s', (entries, status) => {
    expect(told(statusOf('[{id: a}]', entries.length > 0 ? { a: entries } : {}))).toBe(`a:${status}`);
  });

  it('goes no further than its history is explained', () => {
    const { nodes } = statusOf('[{id: a}]', { a: [START, PASS.replace('review-1', 'impl-1')] });
    expect(nodes[0]).toMatchObject({ status: 'in_progress', life: { problem: { at: ['history', 1, 'verified_by'] } } });
  });
});

describe('what waits', () => {
  it('is pending until all before it is complete, or skipped by a person', () => {
    expect(told(statusOf(LINE))).toBe('a:ready b:pending c:pending');
    expect(told(statusOf(LINE, { a: [START, DONE] }))).toBe('a:awaiting-qa b:pending c:pending');
    expect(told(statusOf(LINE, { a: [START, PASS] }))).toBe('a:complete b:ready c:pending');
    expect(told(statusOf(LINE, { a: [SKIP] }))).toBe('a:skipped b:ready c:pending');
    expect(statusOf(LINE).byId.get('b')?.waitsFor).toEqual(['a']);
  });

  it('waits with its phase, and in a sequential phase for the one before', () => {
    expect(told(statusOf(PHASES))).toBe('dev:ready red:ready build:pending ship:pending docs:pending');
    expect(told(statusOf(PHASES, { red: [START, PASS], build: [START, PASS] }))).toBe('dev:complete red:complete build:complete ship:ready docs:ready');
    expect(told(statusOf('[{id: p, order: sequential, nodes: [{id: x}, {id: y}, {id: z}]}]', { x: [START, PASS] }))).toBe('p:in_progress x:complete y:ready z:pending');
  });

  it('is skipped while an escalated node stands before it, at any distance, and comes back by itself', () => {
    const escalated = [START, FAIL, START, FAIL, START, FAIL, ESCALATE];
    const down = statusOf(LINE, { a: escalated });
    expect(told(down)).toBe('a:escalated b:skipped c:skipped');
    expect(down.byId.get('c')?.skippedFor).toBe('a');
    expect(down.current).toEqual({ node: undefined, reason: 'waiting', on: ['a'] });
    expect(told(statusOf(LINE, { a: [...escalated, RETRY] }))).toBe('a:in_progress b:pending c:pending');
    expect(told(statusOf(LINE, { a: [...escalated, RETRY, PASS] }))).toBe('a:complete b:ready c:pending');
    expect(told(statusOf(PHASES, { red: escalated }))).toBe('dev:escalated red:escalated build:skipped ship:skipped docs:skipped');
  });

  it('does not begin in a circle', () => {
    expect(told(statusOf('[{id: a, depends_on: [b]}, {id: b, depends_on: [a]}]'))).toBe('a:pending b:pending');
  });
});

describe('a phase', () => {
  it.each([
    [{ red: [START] }, 'in_progress'],
    [{ red: [START, PASS] }, 'in_progress'],
    [{ red: [START, PASS], build: [START, DONE] }, 'awaiting-qa'],
    [{ red: [START, PASS], build: [START, FAIL] }, 'failed'],
    [{ red: [START, PASS], build: [START, REJECT] }, 'rejected'],
    [{ red: [SKIP], build: [SKIP] }, 'skipped'],
    [{ red: [SKIP], build: [START, PASS] }, 'complete'],
    [{ dev: [SKIP] }, 'skipped'],
  ])('%j is %s', (histories, status) => {
    expect(statusOf(PHASES, histories).byId.get('dev')?.status).toBe(status);
  });

  it('is not complete at one of three, nor with nothing in it', () => {
    expect(told(statusOf('[{id: p, nodes: [{id: x}, {id: y}, {id: z}]}]', { x: [START, PASS] }))).toBe('p:in_progress x:complete y:ready z:ready');
    expect(told(statusOf('[{id: p, type: phase, nodes: []}, {id: x, depends_on: [p]}]'))).toBe('p:pending x:pending');
  });

  it('that a person skipped is skipped as far as nobody has begun', () => {
    expect(told(statusOf(PHASES, { dev: [SKIP], red: [START] }))).toBe('dev:in_progress red:in_progress build:skipped ship:pending docs:pending');
  });
});

describe('a change of the spec', () => {
  const changed = requirement('Login', 'ask for a passkey');
  const accepted = (delta: string, status = 'accepted') => ({ 'changes/001-x.md': record(status, delta) });
  const modified = `## MODIFIED Requirements\n${changed.text.replace('\n', `\nWas: ${DIGEST}\n\n`)}`;
  const more = `## ADDED Requirements\n${requirement('Logout', 'end the session').text}`;

  it('reopens what was complete, whether it names the requirement or covers all', () => {
    for (const covers of ['all', '[Login]']) {
      const state = statusOf(`[{id: a, covers: ${covers}}, {id: b, depends_on: [a]}]`, { a: [START, PASS] }, accepted(modified));
      expect(told(state)).toBe('a:reopened b:pending');
      expect(state.byId.get('a')?.changed).toEqual(['Login']);
      expect(state.current).toEqual({ node: 'a', reason: undefined });
    }
    expect(told(statusOf('[{id: a, covers: none}]', { a: [START, PASS] }, accepted(modified)))).toBe('a:complete');
    expect(told(statusOf('[{id: a}]', { a: [START, PASS] }, accepted(modified, 'proposed')))).toBe('a:complete');
  });

  it('that adds a requirement reopens only what covers all', () => {
    expect(told(statusOf('[{id: a}, {id: b, covers: [Login]}]', { a: [START, PASS], b: [START, PASS] }, accepted(more)))).toBe('a:reopened b:complete');
  });

  it('is answered by doing it again', () => {
    const again = [START, PASS, START, PASS.replace(DIGEST, changed.digest)];
    expect(told(statusOf('[{id: a}]', { a: again }, accepted(modified)))).toBe('a:complete');
    expect(told(statusOf('[{id: a}]', { a: again }, accepted(modified, 'reverted')))).toBe('a:reopened');
    expect(statusOf('[{id: a}]', { a: again.slice(0, 3) }).nodes[0]).toMatchObject({ status: 'complete', life: { problem: { at: ['history', 2, 'to'] } } });
  });
});

describe('what is held up', () => {
  const fork = (more = '') => `---\nreason: x\nspawned_from: build\nreturn_to: build\nsub_workflow: PROJ-9\n${more}---\n`;

  it('waits for a fork until it is abandoned or its ticket is archived', () => {
    const state = statusOf(PHASES, { red: [START, PASS], build: [START] }, { 'forks/001-x.md': fork() });
    expect(state.byId.get('build')).toMatchObject({ status: 'blocked', blockedBy: ['docs/specs/PROJ-7/forks/001-x.md'] });
    expect(state.byId.get('dev')?.status).toBe('blocked');
    expect(state.current).toEqual({ node: undefined, reason: 'blocked', on: ['build'] });
    expect(told(statusOf('[{id: build}]', { build: [START] }, { 'forks/001-x.md': fork('abandoned: not worth it\n') }))).toBe('build:in_progress');
    expect(told(statusOf('[{id: build}]', { build: [START] }, { 'forks/001-x.md': fork(), '../PROJ-9/spec.md': 'x' }))).toBe('build:blocked');
  });

  it('waits for a proposed change record that names it, or its phase, whatever the impact', () => {
    const proposed = record('proposed', '').replace('impact:', 'blocks: [dev]\nimpact:');
    expect(told(statusOf(PHASES, { red: [START] }, { 'changes/001-x.md': proposed }))).toBe('dev:blocked red:blocked build:blocked ship:pending docs:pending');
    const decided = record('rejected', '').replace('impact:', 'blocks: [dev]\nimpact:');
    expect(told(statusOf('[{id: dev}]', {}, { 'changes/001-x.md': decided }))).toBe('dev:ready');
  });
});

describe('the current node', () => {
  const FREE = '[{id: a}, {id: b}, {id: c}]';
  it.each<[string, Record<string, string[]>, unknown]>([
    ['the first ready leaf', {}, { node: 'a', reason: undefined }],
    ['the last started of a wave', { a: [START], b: [START] }, { node: 'b', reason: undefined }],
    ['that of the highest wave, not of the latest clock', { a: [START.replace('wave: 1', 'wave: 2')], b: [START.replace('2026', '2031')] }, { node: 'a', reason: undefined }],
    ['what waits for its verdict', { a: [START, DONE] }, { node: 'a', reason: undefined }],
    ['nothing where all is done', { a: [START, PASS], b: [SKIP], c: [START, PASS] }, { node: undefined, reason: 'done', on: [] }],
    ['nothing where a person is asked', { a: [START, REJECT], b: [SKIP], c: [SKIP] }, { node: undefined, reason: 'waiting', on: ['a'] }],
  ])('is %s', (_, histories, current) => {
    expect(statusOf(FREE, histories).current).toEqual(current);
  });

  it('is none without leaves', () => {
    expect(ticketStatus(ticket({ 'spec.md': SPEC })).current).toEqual({ node: undefined, reason: 'empty', on: [] });
  });
});

it('derives every node of a ticket of 500', () => {
  const nodes = Array.from({ length: 25 }, (_, phase) => `{id: p${phase}, ${phase > 0 ? `depends_on: [p${phase - 1}], ` : ''}nodes: [${Array.from({ length: 19 }, (__, leaf) => `{id: n${phase}-${leaf}${leaf > 0 ? `, depends_on: [n${phase}-${leaf - 1}]` : ''}}`).join(', ')}]}`);
  const records = Array.from({ length: 19 * 12 }, (_, index) => `n${Math.floor(index / 19)}-${index % 19}`).map((id) => [`nodes/${id}.md`, recordOf(id, [START, DONE, PASS])]);
  const big = ticket({ 'spec.md': `${SPEC}${Array.from({ length: 20 }, (_, index) => LOGIN.replace('Login', `R${index}`)).join('')}`, 'tasks.md': tasksOf(`[${nodes.join(', ')}]`), ...Object.fromEntries(records) });
  expect(ticketStatus(big).nodes).toHaveLength(500);
});
