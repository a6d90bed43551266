import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { expectDone, governed, SPEC_PATH, traceNode } from './fixture.ts';

const TASKS = `---
ticket: AB-1
goal: {title: Ship the reports API, why: Partners pull reports without CSV exports}
spec: ''
nodes: [{id: build, scope: ["src/**"]}]
---
`;

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const commit = (cwd: string, ...args: string[]) => sandbox.run('git', ['commit', '-q', '--allow-empty', ...args], { cwd });

/** A repository whose WORKSPACE.md says this besides its version. */
function withWorkspace(text: string): string {
  const repository = governed(sandbox);
  sandbox.write(repository, { 'WORKSPACE.md': `---\ntreework: 1\n${text}\n---\n`, 'docs/specs/AB-1/tasks.md': TASKS });
  sandbox.git(repository, 'add', '.');
  sandbox.git(repository, 'commit', '-q', '-m', 'docs: plan');
  return repository;
}

describe('commit-msg', () => {
  it('starts no node where no rule wants the message', () => {
    const repository = withWorkspace('flow: trunk');
    sandbox.write(repository, { 'README.md': '# Other\n' });
    const started = traceNode(sandbox, repository);
    expectDone(commit(repository, '-a', '-m', 'anything at all', '-m', 'Node: a runtime'));
    expect(started()).toBe(0);
  });

  it('refuses what names a node and leaves its scope, and keeps the message', () => {
    const repository = withWorkspace('flow: trunk');
    sandbox.write(repository, { 'lib/a.ts': 'export {};\n' });
    sandbox.git(repository, 'add', '.');
    const head = sandbox.git(repository, 'rev-parse', 'HEAD');
    const refused = commit(repository, '-m', 'feat: a', '-m', 'Node: AB-1/build');
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('scope-respected') });
    expect(refused.stderr).toContain('git commit -e -F');
    expect(sandbox.git(repository, 'rev-parse', 'HEAD')).toBe(head);
    expect(sandbox.read(repository, '.git/COMMIT_EDITMSG')).toContain('Node: AB-1/build');
  });

  it('remembers no verdict of one message for another: the same trees pass and fail by their words', () => {
    const repository = withWorkspace('rules: {commit-message: error}');
    sandbox.write(repository, { [SPEC_PATH]: sandbox.read(repository, SPEC_PATH).replace('Reports', 'Report') });
    sandbox.git(repository, 'add', '.');
    expect(commit(repository, '-m', 'did things')).toMatchObject({ status: 1, stderr: expect.stringContaining('COMMIT_EDITMSG:1:1') });
    expect(commit(repository, '-m', 'docs: did things')).toMatchObject({ status: 0, stderr: '' });
    sandbox.git(repository, 'reset', '-q', '--soft', 'HEAD~1');
    expect(commit(repository, '-m', 'did things again').status).toBe(1);
  });

  it('takes the settings of HEAD: a commit does not disarm the judge of its own message', () => {
    const repository = withWorkspace('rules: {commit-message: error}');
    sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
    sandbox.git(repository, 'add', '.');
    expect(commit(repository, '-m', 'no more of this').status).toBe(1);
    expectDone(commit(repository, '-m', 'chore: no more of this'));
    expectDone(commit(repository, '-m', 'whatever'));
  });

  it('judges what git will store: no comments, nothing below the scissors', () => {
    const repository = withWorkspace('rules: {commit-message: error}');
    const edit = (text: string, ...config: string[]) => {
      sandbox.write('', { text });
      return sandbox.run('git', [...config, 'commit', '-q', '--allow-empty', '-v'], { cwd: repository, env: { GIT_EDITOR: `cp '${sandbox.root}/text'` } });
    };
    expectDone(edit('# a comment above\nfeat: a\n# and below\n'));
    expectDone(edit('; a comment above\nfeat: a\n; ------------------------ >8 ------------------------\nNode: AB-9/nowhere\n', '-c', 'core.commentChar=;'));
    expect(edit('; no comment here\n').status).toBe(1);
  });

  it('lets fixup! commits be made, and asks for their squash at the push', () => {
    const repository = withWorkspace('rules: {commit-message: error}');
    sandbox.git('', 'init', '-q', '--bare', 'remote.git');
    sandbox.git(repository, 'remote', 'add', 'origin', '../remote.git');
    expectDone(sandbox.run('git', ['push', '-q', 'origin', 'main'], { cwd: repository }));
    sandbox.git(repository, 'checkout', '-q', '-b', 'AB-1--reports');
    expectDone(commit(repository, '-m', 'feat: a'));
    expectDone(commit(repository, '-m', 'fixup! feat: a'));
    expect(sandbox.run('git', ['push', '-q', 'origin', 'AB-1--reports'], { cwd: repository })).toMatchObject({ status: 1, stderr: expect.stringContaining('--autosquash') });
  });

  it('judges an amended message, and no merge', () => {
    const repository = withWorkspace('rules: {commit-message: error}');
    sandbox.git(repository, 'checkout', '-q', '-b', 'side');
    expectDone(commit(repository, '-m', 'feat: side'));
    sandbox.git(repository, 'checkout', '-q', 'main');
    expectDone(commit(repository, '-m', 'feat: main'));
    expect(commit(repository, '--amend', '-m', 'Main').status).toBe(1);
    expectDone(commit(repository, '--amend', '-m', 'fix: main'));
    expectDone(sandbox.run('git', ['merge', '-q', '-m', 'Bring the side in', 'side'], { cwd: repository }));
  });

  it('refuses a commit on a protected branch at once', () => {
    const repository = withWorkspace('rules: {protected-branch: error}');
    expect(commit(repository, '-m', 'feat: a')).toMatchObject({ status: 1, stderr: expect.stringContaining('protected-branch') });
    sandbox.git(repository, 'checkout', '-q', '-b', 'AB-1--reports');
    expectDone(commit(repository, '-m', 'feat: a'));
  });
});
