import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Law, replay } from '../../src/workflow/lifecycle.ts';
import { nodeRecordOf, STORED_STATUSES } from '../../src/workflow/node-record.ts';
import { applyStep, type NodeStep } from '../../src/workflow/node-transition.ts';
import { explains, type ModelEntry, type ModelRecord, nextEntries } from './model.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 300);

const anyLaw: fc.Arbitrary<Law> = fc
  .record({ maxRetries: fc.nat(3), type: fc.constantFrom('agent', 'agent', 'command', 'human' as const), covers: fc.boolean(), reopens: fc.boolean(), before: fc.subarray(['impl-1', 'review-1', 'ada']) })
  .map(({ maxRetries, type, covers, reopens, before }) => ({ maxRetries, type, implementersBefore: () => new Set(before), coversAny: () => covers, mayReopen: () => reopens }));

/** A legal history: at each step one of the entries that the model allows. */
const legal = fc.tuple(anyLaw, fc.array(fc.nat(1_000), { minLength: 1, maxLength: 14 })).map(([law, choices]) => {
  const history: ModelEntry[] = [];
  for (const choice of choices) {
    const next = nextEntries(history, law);
    if (next.length > 0) history.push(next[choice % next.length] as ModelEntry);
  }
  // The last failure and its escalation are one write.
  const overdue = nextEntries(history, law).find(({ to, reason }) => to === 'escalated' && reason === undefined);
  if (overdue) history.push(overdue);
  return { law, record: { status: history.at(-1)?.to, l0: 'Made', history } satisfies ModelRecord };
});

const anyEntryPart = fc.constantFrom<Partial<Record<string, unknown>>>(
  ...STORED_STATUSES.map((to) => ({ to })), { to: 'done' }, { to: undefined }, { by: undefined }, { by: 'impl-1' }, { by: ' IMPL-1 ' }, { done: true }, { done: undefined }, { spec: undefined }, { reason: undefined }, { reason: '  ' }, { reason: 'why' },
  { findings: undefined }, { findings: [] }, { findings: [''] }, { verdict: undefined }, { verdict: 'fail' }, { verified_by: 'impl-1' }, { verified_by: 'pr' }, { verified_by: undefined }, { exit: undefined }, { exit: 1 }, { covered: undefined }, { covered: [] }, { at: '2031-01-01T00:00:00Z' }, { at: 'x' },
);

type Mutation = (record: ModelRecord) => ModelRecord;
const anyMutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.nat(20).map((at): Mutation => (record) => ({ ...record, history: record.history.filter((_, index) => index !== at % record.history.length) })),
  fc.nat(20).map((at): Mutation => (record) => ({ ...record, history: swapped(record.history, at % record.history.length) })),
  fc.tuple(fc.nat(20), anyEntryPart).map(([at, part]): Mutation => (record) => ({ ...record, history: record.history.map((entry, index) => (index === at % record.history.length ? ({ ...entry, ...part } as ModelEntry) : entry)) })),
  fc.constantFrom(...STORED_STATUSES, 'pending', 'done', undefined).map((status): Mutation => (record) => ({ ...record, status })),
  fc.constant<Mutation>((record) => ({ ...record, l0: undefined })),
);

function swapped<Item>(items: readonly Item[], at: number): Item[] {
  const copy = [...items];
  if (at + 1 < copy.length) [copy[at], copy[at + 1]] = [copy[at + 1] as Item, copy[at] as Item];
  return copy;
}

function problemOf(record: ModelRecord, law: Law) {
  return replay(nodeRecordOf(record as unknown as Record<string, unknown>), law).problem;
}

describe('a replay', () => {
  it('explains every legal history', () => {
    fc.assert(fc.property(legal, ({ record, law }) => {
      expect(problemOf(record, law)).toBeUndefined();
    }), { numRuns: RUNS });
  });

  it('agrees with the model on every single mutation of one', () => {
    fc.assert(
      fc.property(legal, anyMutation, ({ record, law }, mutate) => {
        const mutant = mutate(record);
        const problem = problemOf(mutant, law);
        expect({ mutant, explained: problem === undefined, problem }).toEqual({ mutant, explained: explains(mutant, law), problem });
        if (problem) expect(problem.message).toMatch(/^Unexpected [^]*expected/);
      }),
      { numRuns: RUNS * 5 },
    );
  });

  it('never falls over data of any shape', () => {
    const law: Law = { maxRetries: 2, type: 'agent', implementersBefore: () => new Set<string>(), coversAny: () => true, mayReopen: () => false };
    const anyData = fc.object({ key: fc.constantFrom('status', 'history', 'l0', 'covered', 'to', 'by', '__proto__', 'toString', 'spec'), maxDepth: 3 });
    fc.assert(fc.property(fc.oneof(anyData, fc.array(fc.jsonValue()).map((history) => ({ history })), fc.array(anyData).map((history) => ({ history, status: 'complete' }))), (data) => {
      const { problem } = replay(nodeRecordOf(data as Record<string, unknown>), law);
      expect(problem?.message).toMatch(/^Unexpected [^]*expected/);
    }), { numRuns: RUNS });
  });
});

describe('a step', () => {
  const anyStep: fc.Arbitrary<NodeStep> = fc
    .tuple(fc.constantFrom('start', 'retry', 'done', 'complete', 'fail', 'escalate', 'skip', 'reject', 'release', 'reset' as const), fc.constantFrom('impl-1', 'review-1'), fc.boolean())
    .map(([verb, by, isWhole]) => ({
      verb,
      by,
      at: '2026-11-20T10:00:00Z',
      evidence: isWhole ? { ...(verb === 'start' || verb === 'retry' ? { spec: 'sha256:x' } : {}), reason: 'why', ...(verb === 'fail' ? { findings: ['no tests'] } : {}), ...(verb === 'complete' ? { verdict: 'pass', verified_by: 'review-2', exit: 0, covered: {} } : {}) } : {},
      ...(verb === 'done' && { l0: 'Made' }),
    }));

  it('only ever makes records that the model explains, and appends to what was there', () => {
    fc.assert(
      fc.property(anyLaw, fc.array(anyStep, { maxLength: 20 }), (law, steps) => {
        let data: Readonly<Record<string, unknown>> | undefined;
        for (const step of steps) {
          const answer = applyStep('build', data, step, law);
          if ('refused' in answer) {
            expect(answer.refused).toMatch(/^Unexpected [^]*expected/);
            continue;
          }
          expect(explains(answer.data as unknown as ModelRecord, law)).toBe(true);
          const [was, is] = [(data?.history ?? []) as unknown[], answer.data.history as unknown[]];
          expect(is.slice(0, was.length)).toEqual(was);
          expect(is.slice(was.length)).toEqual(answer.appended);
          expect(answer.data.status).toBe(answer.set.status);
          data = answer.data;
        }
      }),
      { numRuns: RUNS },
    );
  });

  const LAW: Law = { maxRetries: 1, type: 'agent', implementersBefore: () => new Set<string>(), coversAny: () => false, mayReopen: () => false };
  const at = '2026-11-20T10:00:00Z';
  function run(...steps: Omit<NodeStep, 'at' | 'by'>[]): { data: Readonly<Record<string, unknown>>; refused: string | undefined } {
    let data: Readonly<Record<string, unknown>> = {};
    let refused: string | undefined;
    for (const step of steps) {
      const answer = applyStep('build', data.history ? data : undefined, { by: 'impl-1', at, ...step }, LAW);
      if ('refused' in answer) refused = answer.refused;
      else data = answer.data;
    }
    return { data, refused };
  }
  const statuses = ({ history }: Readonly<Record<string, unknown>>) => (history as { to: string }[]).map(({ to }) => to);
  const START = { verb: 'start', evidence: { spec: 'sha256:x' } } as const;
  const FAIL = { verb: 'fail', evidence: { findings: ['no tests'] } } as const;

  it('escalates on the last retry in the same write', () => {
    expect(statuses(run(START, FAIL).data)).toEqual(['in_progress', 'failed']);
    const { data } = run(START, FAIL, START, FAIL);
    expect(statuses(data)).toEqual(['in_progress', 'failed', 'in_progress', 'failed', 'escalated']);
    expect(data.status).toBe('escalated');
    expect(run(START, FAIL, START, FAIL, START).refused).toMatch(/^Unexpected start of build, which is escalated, expected it to be .*; what can be done now: retry, reset$/);
  });

  it('begins a new attempt without the outcome of the last one', () => {
    const { data } = run(START, { verb: 'done', l0: 'Made', l1: { files: ['a'] } }, FAIL, START);
    expect(data).toEqual({ node: 'build', status: 'in_progress', history: expect.any(Array) });
  });

  it('is refused in words: a second claim, one’s own verdict, a reset without a reason', () => {
    expect(run(START, START).refused).toMatch(/^Unexpected start of build, which is in_progress/);
    expect(run(START, { verb: 'done', l0: 'Made' }, { verb: 'complete', evidence: { verdict: 'pass', verified_by: 'Impl-1' } }).refused).toBe('Unexpected verdict by Impl-1, who did the work, expected another actor');
    expect(run(START, { verb: 'reset' }).refused).toBe('Unexpected reset without its evidence, expected a reason');
    expect(run({ verb: 'complete' }).refused).toMatch(/^Unexpected complete of build, which nobody has begun/);
  });
});
