import { expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { rules } from '../../src/rules/index.generated.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

const WORKSPACE = '---\ntreework: 1\n---\n';

function judge(nodes: string) {
  const tasks = `---\nticket: PROJ-7\ngoal: {title: a, why: b}\nspec:\nnodes:${nodes}---\n`;
  const spec = '---\nticket: PROJ-7\ntitle: a\n---\n';
  const after = new MemoryTree({ 'WORKSPACE.md': WORKSPACE, 'docs/specs/PROJ-7/spec.md': spec, 'docs/specs/PROJ-7/tasks.md': tasks });
  return check({ before: [], after }, { rules, scope: 'all', program: 'treework' }).findings.filter(({ path }) => path.endsWith('tasks.md'));
}

it('judges a circle of ten thousand nodes', () => {
  const nodes = Array.from({ length: 10_000 }, (_, index) => `\n  - {id: n${index}, depends_on: [n${(index + 1) % 10_000}]}`).join('');
  const findings = judge(`${nodes}\n`);
  expect(findings.map(({ rule }) => rule)).toEqual(['tree-acyclic']);
  expect(findings[0]?.message).toContain('n0 → n1 → n2 → n3 → n4 → n5 → … (9993 more) → n9999 → n0');
});

it('never falls over nodes in nodes in nodes', () => {
  for (const depth of [50, 5_000, 20_000]) {
    const nested = `${'[{id: a, nodes: '.repeat(depth)}[]${'}]'.repeat(depth)}`;
    for (const finding of judge(` ${nested}\n`)) expect(finding.message).toMatch(/expected/);
  }
});

it('reports two thousand misspelt keys, each at its line, in one reading', () => {
  const nodes = Array.from({ length: 2_000 }, (_, index) => `\n  - {id: n${index}, tilte: a}`).join('');
  const findings = judge(`${nodes}\n`);
  expect(findings.map(({ rule, line, column }) => `${rule} ${line}:${column}`)).toEqual(
    Array.from({ length: 2_000 }, (_, index) => `frontmatter-valid ${index + 6}:${`  - {id: n${index}, `.length + 1}`),
  );
});

it('reports a thousand second nodes without reading the file a thousand times', () => {
  const nodes = '\n  - {id: same}'.repeat(1_000);
  expect(judge(`${nodes}\n`).map(({ rule }) => rule)).toEqual(Array(10).fill('node-id-unique'));
});
