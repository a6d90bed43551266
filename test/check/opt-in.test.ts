import { expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import type { Rule } from '../../src/workflow/rule.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

const rule: Rule = {
  id: 'example',
  group: 'repository',
  severity: 'error',
  offIn: ['trunk'],
  *repository(_, { options }) {
    yield { path: 'README.md', message: `Unexpected ${JSON.stringify(options)}, expected none`, remedy: 'none' };
  },
};

it.each([
  ['', []],
  ['flow: contrib', ['error {}']],
  ['flow: contrib\nrules: {example: off}', []],
  ['rules: {example: off}', []],
  ['rules: {example: warning}', ['warning {}']],
  ['rules: {example: {least: 3}}', ['error {"least":3}']],
  ['rules: {another: error}', []],
])('a rule that is opt-in in flow trunk, with "%s"', (workspace, expected) => {
  const after = new MemoryTree({ 'WORKSPACE.md': `---\ntreework: 1\n${workspace}\n---\n` });
  const { findings } = check({ before: [], after }, { rules: [rule], scope: 'all', program: 'treework' });
  expect(findings.map(({ severity, message }) => `${severity} ${/\{.*\}/.exec(message)?.[0]}`)).toEqual(expected);
});

it('a step is judged as strictly as its parent says, whatever it makes of the rule itself', () => {
  const ofStep: Rule = {
    id: 'example',
    group: 'repository',
    severity: 'error',
    *step() {
      yield { path: 'README.md', message: 'Unexpected step', remedy: 'none' };
    },
  };
  const workspace = (rules: string) => new MemoryTree({ 'WORKSPACE.md': `---\ntreework: 1\n${rules}\n---\n` });
  const severities = (before: string, after: string) => check({ before: [workspace(before)], after: workspace(after) }, { rules: [ofStep], scope: 'changed', program: 'treework' }).findings.map(({ severity }) => severity);
  expect(severities('', 'rules: {example: warning}')).toEqual(['error']);
  expect(severities('rules: {example: warning}', '')).toEqual(['warning']);
});
