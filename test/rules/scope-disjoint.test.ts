import { expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { rule } from '../../src/rules/scope-disjoint.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

function findings(nodes: readonly string[], workspace = ''): string[] {
  const tasks = `---\nnodes:\n${nodes.map((node) => `  - {${node}}`).join('\n')}\n---\n`;
  const after = new MemoryTree({ 'WORKSPACE.md': `---\ntreework: 1\n${workspace}---\n`, 'docs/specs/PROJ-7/tasks.md': tasks });
  return check({ before: [], after }, { rules: [rule], scope: 'all', program: 'treework' }).findings.map(({ line, message }) => `${line}: ${/overlap of (.*), expected/.exec(message)?.[1]}`);
}

/** The ledger's trap: `max_concurrent` was never read. */
it('reads max_concurrent: where one node is done at a time no two meet', () => {
  const nodes = ['id: a, scope: [src]', 'id: b, scope: [src]'];
  expect(findings(nodes, 'execution: {max_concurrent: 2}\n')).toEqual(['4: src (b) with src (a)']);
  expect(findings(nodes, 'execution: {max_concurrent: 1}\n')).toEqual([]);
});

it('finds the one pair among five hundred leaves', () => {
  const many = Array.from({ length: 500 }, (_, index) => `id: n-${index}, scope: ["src/part-${index}/**", "test/part-${index}.test.ts"]`);
  expect(findings(many)).toEqual([]);
  expect(findings([...many, 'id: late, scope: ["src/part-12*/deep/*.ts"], depends_on: [n-12, n-120, n-121, n-122, n-123, n-124, n-125, n-126, n-127, n-128]'])).toEqual(['503: src/part-12*/deep/*.ts (late) with src/part-129/** (n-129)']);
});

it('waits along edges of any length, through phases', () => {
  const chain = Array.from({ length: 500 }, (_, index) => `id: n-${index}, scope: ["**"]${index > 0 ? `, depends_on: [n-${index - 1}]` : ''}`);
  expect(findings(chain)).toEqual([]);
  expect(findings([...chain, 'id: early, scope: [README.md]'])).toHaveLength(10);
  expect(findings(['id: one, nodes: [{id: a, scope: [src]}]', 'id: two, depends_on: [one], nodes: [{id: b, nodes: [{id: c, scope: [src]}]}]'])).toEqual([]);
});
