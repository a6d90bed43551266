import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { rules } from '../../src/rules/index.generated.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 300);
const rule = rules.filter(({ id }) => id === 'history-append-only');

type History = readonly string[];

function tree(history: History, l0 = 'x') {
  return new MemoryTree({ 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'docs/specs/PROJ-7/nodes/build.md': `---\nl0: ${l0}\nhistory: [${history.map((to) => `{to: ${to}, by: a}`).join(', ')}]\n---\n` });
}

function messages(after: History, ...before: History[]): string[] {
  return check({ before: before.map((one, index) => tree(one, String(index))), after: tree(after, 'merged') }, { rules: rule, scope: 'changed', program: 'treework' }).findings.map(({ message }) => message);
}

const history = fc.array(fc.constantFrom('in_progress', 'failed', 'complete', 'reset'), { maxLength: 5 });
const continues = (is: History, was: History) => was.every((entry, index) => is[index] === entry);

it('accepts exactly the histories that go on from the one before', () => {
  fc.assert(fc.property(history, history, (was, is) => {
      expect(messages(is, was)).toHaveLength(continues(is, was) ? 0 : 1);
    }), { numRuns: RUNS });
});

it('accepts of a merge exactly what keeps both, or of two that contradict one another one whole', () => {
  fc.assert(
    fc.property(fc.tuple(history, history, history), fc.array(fc.constantFrom('failed', 'reset'), { maxLength: 2 }), fc.nat(2), ([one, two, other], more, choice) => {
      const is = [...([one, two, other][choice] as History), ...more];
      const isContradiction = !continues(one, two) && !continues(two, one);
      const isLegal = isContradiction ? continues(is, one) || continues(is, two) : continues(is, one) && continues(is, two);
      expect(messages(is, one, two).length > 0).toBe(!isLegal);
    }),
    { numRuns: RUNS },
  );
});

describe('a finding', () => {
  it.each<[string, History, History]>([
    ['change of entry 2 (failed)', ['in_progress', 'failed'], ['in_progress', 'complete']],
    ['loss of entry 2 (failed)', ['in_progress', 'failed'], ['in_progress']],
    ['move of entry 1 (in_progress)', ['in_progress', 'failed'], ['failed', 'in_progress']],
  ])('tells of the %s', (what, was, is) => {
    expect(messages(is, was)).toEqual([`Unexpected ${what} of the history of build, expected the history only to grow`]);
  });

  it('tells when what a node was completed against changes by itself', () => {
    const of = (covered: string) => new MemoryTree({ 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'docs/specs/PROJ-7/nodes/build.md': `---\nhistory: [{to: complete}]\ncovered: {Login: ${covered}}\n---\n` });
    const found = check({ before: [of('sha256:old')], after: of('sha256:new') }, { rules: rule, scope: 'changed', program: 'treework' }).findings;
    expect(found).toMatchObject([{ line: 3, severity: 'error', message: expect.stringContaining('Unexpected change of what build was completed against') }]);
  });
});
