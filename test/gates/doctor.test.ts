import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

/** What doctor says of a repository with hooks and these files. */
function doctor(files: Readonly<Record<string, string>>, status = 0): { sandbox: Sandbox; checks: any[] } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', ...files });
  sandbox.treework('repo', 'init', '--yes');
  sandbox.env.PATH = `${join(sandbox.root, '.bin')}:/usr/bin:/bin`;
  return { sandbox, checks: ask(sandbox, 'repo', ['doctor'], status).checks };
}

it('O14: says which tools the gates lack, each with what mends it, and is well all the same', () => {
  const { sandbox, checks } = doctor({ 'go.mod': 'module a\n', 'web/package.json': '{}', 'package.json': '{"dependencies": {"a": "1"}, "scripts": {"test": "mocha"}}', 'package-lock.json': '{}' });
  const about = (name: string) => checks.filter((check) => check.name === name);
  expect(about('node')).toMatchObject([{ ok: true }]);
  expect(about('git')).toMatchObject([{ ok: true }]);
  expect(about('go')).toEqual([{ name: 'go', ok: false, warning: true, message: 'Unexpected absence of go, expected it for lint, types, build, test, coverage', mend: 'install Go: https://go.dev/dl' }]);
  expect(about('gates')).toMatchObject([{ warning: true, message: expect.stringContaining('node_modules'), mend: 'npm ci' }, { message: expect.stringContaining('nothing measures coverage') }]);
  expect(sandbox.treework('repo', 'doctor').stdout).toContain('??  Unexpected absence of go, expected it for lint, types, build, test, coverage\n    mend: install Go: https://go.dev/dl\n');
});

it('O14: what is there is said to be there, and where nothing says how it is tested nothing is asked for', () => {
  expect(doctor({ Makefile: 'test:\n\ttrue\n' }).checks.find(({ name }) => name === 'make')).toMatchObject({ ok: true, message: 'make is there for test' });
  expect(doctor({ 'README.md': '# Texts\n' }).checks.filter(({ warning }) => warning)).toEqual([]);
});
