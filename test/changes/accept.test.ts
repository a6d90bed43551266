import { afterAll, expect, test } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const SPEC = '---\nticket: PROJ-7\ntitle: Reports\n---\n## Requirements\n### Requirement: Login\nThe system SHALL ask for a password.\n#### Scenario: s\n- **WHEN** x\n- **THEN** y\n';
const RECORD = (statement: string) => `---\ntitle: More\nimpact: additive\nstatus: proposed\nhistory:\n  - {to: proposed, by: dana, at: "2026-01-01T00:00:00Z"}\n---\n## ADDED Requirements\n### Requirement: Logout\n${statement}\n#### Scenario: s\n- **WHEN** x\n- **THEN** y\n`;

test('a record whose text is at fault is refused while it can still be mended', () => {
  const repository = sandbox.repository('accept', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'docs/specs/PROJ-7/spec.md': SPEC });
  expect(sandbox.treework(repository, 'new', 'tasks', '--ticket', 'PROJ-7').status).toBe(0);
  const path = 'docs/specs/PROJ-7/changes/001-more.md';
  sandbox.write(repository, { [path]: RECORD('The token is dropped.') });
  const refused = sandbox.treework(repository, 'change', 'accept', '001', '--ticket', 'PROJ-7', '--by', 'rev');
  expect(refused.output).toContain('requirement-keyword');
  expect(refused.status).toBe(1);
  expect(sandbox.read(repository, path)).toBe(RECORD('The token is dropped.'));
  sandbox.write(repository, { [path]: RECORD('The system SHALL drop the token.') });
  expect(sandbox.treework(repository, 'change', 'accept', '001', '--ticket', 'PROJ-7', '--by', 'rev')).toMatchObject({ status: 0 });
  expect(sandbox.treework(repository, 'check', '--all').output).not.toContain('change-record');
});

test('an edit of the frozen spec becomes a record that folds to that edit', () => {
  const repository = sandbox.repository('edit', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8') });
  expect(sandbox.treework(repository, 'new', 'tasks', '--ticket', 'PROJ-8').status).toBe(0);
  sandbox.git(repository, 'add', '.');
  sandbox.git(repository, 'commit', '-q', '-m', 'freeze');
  sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8').replace('a password', 'a key') });
  const made = sandbox.treework(repository, 'new', 'change', '--ticket', 'PROJ-8', '--from-edit', '--title', 'Ask for a key', '--by', 'dana');
  expect(made.output).toContain('001-');
  const path = sandbox.git(repository, 'ls-files', '--others', 'docs').trim().split('\n').find((name) => name.includes('/changes/')) as string;
  sandbox.write(repository, { [path]: sandbox.read(repository, path).replace(/\[\[fill:.*?\]\]/g, 'none') });
  expect(sandbox.treework(repository, 'change', 'accept', '001', '--ticket', 'PROJ-8', '--by', 'rev').output).toContain('accepted');
  const { findings } = JSON.parse(sandbox.treework(repository, 'check', '--all', '--json').stdout) as { findings: { path: string }[] };
  expect(findings.filter(({ path: at }) => !at.endsWith('tasks.md'))).toEqual([]);
});
