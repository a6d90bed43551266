import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

const SPEC = '---\nticket: PROJ-7\ntitle: Reports\n---\n\n## Requirements\n';
let sandbox: Sandbox;

beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.remove());

function governed(name: string, files: Readonly<Record<string, string>> = {}, workspace = 'treework: 1\n'): string {
  return sandbox.repository(name, { 'WORKSPACE.md': `---\n${workspace}---\n`, 'docs/specs/PROJ-7/spec.md': SPEC, ...files });
}

function found(cwd: string, ...args: string[]): string[] {
  const answer = JSON.parse(sandbox.treework(cwd, 'check', ...args, '--json').stdout);
  return answer.findings.map((one: { rule: string; path: string }) => `${one.rule} ${one.path}`);
}

it('refuses links and submodules where documents belong, and follows none', () => {
  const cwd = governed('links', { 'elsewhere.md': SPEC });
  const ticket = join(sandbox.root, cwd, 'docs/specs/PROJ-7');
  symlinkSync('../../../elsewhere.md', join(ticket, 'tasks.md'));
  symlinkSync('../../..', join(ticket, 'nodes'));
  sandbox.repository('links/docs/specs/PROJ-9');
  sandbox.git(cwd, 'add', 'docs');
  const expected = ['directory-standard docs/specs/PROJ-7/nodes', 'directory-standard docs/specs/PROJ-7/tasks.md', 'directory-standard docs/specs/PROJ-9'];
  expect(found(cwd, '--staged')).toEqual(expected);
  expect(found(cwd, '--all')).toEqual(expected);
});

it('refuses a specs folder that turns into a link', () => {
  const cwd = governed('linked');
  sandbox.git(cwd, 'mv', 'docs', 'moved');
  symlinkSync('moved', join(sandbox.root, cwd, 'docs'));
  sandbox.git(cwd, 'add', 'docs', 'moved');
  expect(found(cwd, '--staged')).toContain('directory-standard docs');
  expect(found(cwd, '--all')).toContain('directory-standard docs');
});

it('judges a merge that puts an open folder beside the archived one', () => {
  const cwd = governed('late');
  sandbox.git(cwd, 'checkout', '-q', '-b', 'late');
  sandbox.write(cwd, { 'docs/specs/PROJ-7/idea.md': '---\nticket: PROJ-7\ntitle: Late\n---\n' });
  sandbox.git(cwd, 'add', '.');
  sandbox.git(cwd, 'commit', '-q', '-m', 'docs: a late idea');
  sandbox.git(cwd, 'checkout', '-q', 'main');
  sandbox.write(cwd, { 'docs/specs/ARCHIVED/README.md': '# Archive\n' });
  sandbox.git(cwd, 'mv', 'docs/specs/PROJ-7', 'docs/specs/ARCHIVED/PROJ-7');
  sandbox.git(cwd, 'commit', '-q', '-m', 'docs: archive PROJ-7');
  sandbox.git(cwd, '-c', 'merge.directoryRenames=false', 'merge', '-q', '--no-commit', '--no-ff', 'late');
  expect(found(cwd, '--staged')).toContain('ticket-one-place docs/specs/PROJ-7/idea.md');
});

it('judges only the directories that a commit touches, and all of them in an audit', () => {
  const files = { 'src/old/index.ts': 'export {};\n', 'src/good/README.md': '# Good\n', 'src/good/index.ts': 'export {};\n' };
  const cwd = governed('standard', files, 'treework: 1\ndirectories:\n  src/*: [README.md]\n');
  sandbox.write(cwd, { 'src/new/deep/index.ts': 'export {};\n' });
  sandbox.git(cwd, 'rm', '-q', 'src/good/README.md');
  sandbox.git(cwd, 'add', '.');
  expect(found(cwd, '--staged')).toEqual(['directory-standard src/good', 'directory-standard src/new']);
  expect(found(cwd, '--all')).toEqual(['directory-standard src/good', 'directory-standard src/new', 'directory-standard src/old']);
  expect(found(cwd, 'src/old')).toEqual(['directory-standard src/old']);
});
