import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from './harness/sandbox.ts';
import { rulePages } from './harness/rule-page.ts';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.remove());

it('prints the page of every rule, in no repository at all', () => {
  for (const { id, text } of rulePages()) {
    const answer = sandbox.treework('', 'explain', id);
    expect(answer).toMatchObject({ status: 0, stdout: text, stderr: '' });
  }
});

it('lists the rules, one line each', () => {
  const lines = sandbox.treework('', 'explain').stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(rulePages().map(({ id }) => id).sort());
  for (const line of lines) expect(line).toMatch(/^[a-z-]+ {2,}\S.+\.$/);
});

it('says which rules are off until they are asked for', () => {
  const { stdout } = sandbox.treework('', 'explain');
  expect(stdout).toMatch(/^branch-name +\(opt-in in flow trunk\) A branch/m);
  expect(stdout).toMatch(/^contract-input +\(opt-in\) /m);
  expect(stdout).toMatch(/^spec-frozen +[A-Z]/m);
});

it('answers programs', () => {
  const answer = JSON.parse(sandbox.treework('', 'explain', 'spec-frozen', '--json').stdout);
  expect(answer).toMatchObject({ ok: true, rule: 'spec-frozen', group: 'freeze', severity: 'error', protected: true });
  expect(answer.page).toMatch(/^# spec-frozen\n/);
});

it('proposes the nearest name', () => {
  const answer = sandbox.treework('', 'explain', 'spec-frozn');
  expect(answer.status).toBe(2);
  expect(answer.stderr).toContain('did you mean treework explain spec-frozen?');
});
