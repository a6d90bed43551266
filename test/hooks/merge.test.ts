import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { BAD_SPEC, expectDone, governed, SPEC, SPEC_PATH, traceNode } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const git = (cwd: string, ...args: string[]) => sandbox.run('git', args, { cwd });
const commit = (cwd: string, files: Record<string, string>, ...args: string[]) => {
  sandbox.write(cwd, files);
  sandbox.git(cwd, 'add', '.');
  sandbox.git(cwd, 'commit', '-q', '-m', 'docs: change', ...args);
};

/** Two branches, each with one good change of its own. */
function branched(): string {
  const repository = governed(sandbox);
  sandbox.git(repository, 'checkout', '-q', '-b', 'side');
  commit(repository, { 'docs/specs/AB-2/spec.md': SPEC.replace('AB-1', 'AB-2') });
  sandbox.git(repository, 'checkout', '-q', 'main');
  commit(repository, { 'docs/specs/AB-3/spec.md': SPEC.replace('AB-1', 'AB-3') });
  return repository;
}

describe('a merge', () => {
  it('without conflicts is judged once, and blames nobody for what it brings in', () => {
    const repository = branched();
    const started = traceNode(sandbox, repository);
    expect(git(repository, 'merge', '-q', '--no-edit', 'side')).toMatchObject({ status: 0, stderr: '' });
    expect(started()).toBe(1);
    expect(sandbox.git(repository, 'rev-list', '--parents', '-1', 'HEAD').trim().split(' ')).toHaveLength(3);
  });

  it('without conflicts is refused where its result breaks a rule, by commit-msg alone', () => {
    const repository = branched();
    // A merge strategy is a program: this one takes both sides and slips an edit in.
    sandbox.write('', { '.bin/git-merge-evil': `#!/bin/sh\ngit merge-recursive "$@" || exit\nsed -i s/title:/titl:/ ${SPEC_PATH} && git add ${SPEC_PATH}\n` });
    expectDone(sandbox.run('chmod', ['+x', '.bin/git-merge-evil']));
    const head = sandbox.git(repository, 'rev-parse', 'HEAD');
    const answer = git(repository, 'merge', '--no-edit', '-s', 'evil', 'side');
    expect(answer.status).not.toBe(0);
    expect(answer.stderr).toContain('frontmatter-valid');
    expect(sandbox.git(repository, 'rev-parse', 'HEAD')).toBe(head);
  });

  it('is judged by pre-merge-commit where that was added, and then not again', () => {
    const repository = branched();
    expectDone(sandbox.treework(repository, 'hooks', '--add', 'pre-merge-commit'));
    const started = traceNode(sandbox, repository);
    expect(git(repository, 'merge', '-q', '--no-edit', 'side')).toMatchObject({ status: 0, stderr: '' });
    expect(started()).toBe(1);
  });

  it('with conflicts is judged when it is concluded, against both parents, once', () => {
    const repository = governed(sandbox);
    sandbox.git(repository, 'checkout', '-q', '-b', 'side');
    commit(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Side') });
    sandbox.git(repository, 'checkout', '-q', 'main');
    commit(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Main') });
    expect(git(repository, 'merge', '-q', 'side').status).toBe(1);
    expect(sandbox.treework(repository, 'check', '--staged')).toMatchObject({ status: 2, stderr: expect.stringContaining(`Unexpected conflicts in the index (${SPEC_PATH})`) });
    expect(sandbox.treework(repository, 'hook', 'pre-commit').status).toBe(2);
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    sandbox.git(repository, 'add', '.');
    expect(git(repository, 'commit', '-q', '--no-edit')).toMatchObject({ status: 1, stderr: expect.stringContaining('frontmatter-valid') });
    sandbox.write(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Both') });
    sandbox.git(repository, 'add', '.');
    const started = traceNode(sandbox, repository);
    expect(git(repository, 'commit', '-q', '--no-edit')).toMatchObject({ status: 0, stderr: '' });
    expect(started()).toBe(1);
  });

  it('that is squashed or fast-forwarded is no merge', () => {
    const repository = branched();
    sandbox.git(repository, 'merge', '-q', '--squash', 'side');
    expect(git(repository, 'commit', '-q', '-m', 'docs: squash')).toMatchObject({ status: 0, stderr: '' });
    sandbox.git(repository, 'checkout', '-q', '-b', 'later', 'HEAD~1');
    expect(git(repository, 'merge', '-q', '--ff-only', 'main')).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('git runs no pre-commit on cherry-pick, revert and rebase', () => {
  it('so a slip that they bring is stopped at the push', () => {
    const repository = governed(sandbox);
    sandbox.git('', 'init', '-q', '--bare', 'remote.git');
    sandbox.git(repository, 'remote', 'add', 'origin', '../remote.git');
    expectDone(git(repository, 'push', '-q', 'origin', 'main'));
    sandbox.git(repository, 'checkout', '-q', '-b', 'slip');
    commit(repository, { [SPEC_PATH]: BAD_SPEC }, '--no-verify');
    sandbox.git(repository, 'checkout', '-q', '-b', 'picked', 'main');
    expect(git(repository, 'cherry-pick', 'slip').status).toBe(0);
    expect(git(repository, 'push', '-q', 'origin', 'picked')).toMatchObject({ status: 1, stderr: expect.stringContaining('frontmatter-valid') });
    expect(git(repository, 'revert', '--no-edit', 'HEAD').status).toBe(0);
    expect(git(repository, 'push', '-q', 'origin', 'picked')).toMatchObject({ status: 0 });
    expect(sandbox.git('remote.git', 'branch', '--list')).toContain('picked');
  });
});

describe('git am', () => {
  it('is judged where pre-applypatch was added', () => {
    const repository = governed(sandbox);
    expectDone(sandbox.treework(repository, 'hooks', '--add', 'pre-applypatch'));
    sandbox.git(repository, 'checkout', '-q', '-b', 'slip');
    commit(repository, { [SPEC_PATH]: BAD_SPEC }, '--no-verify');
    const patch = sandbox.git(repository, 'format-patch', '-1', '--stdout');
    sandbox.git(repository, 'checkout', '-q', 'main');
    expect(sandbox.run('git', ['am', '-q'], { cwd: repository, input: patch })).toMatchObject({ status: 1, stderr: expect.stringContaining('frontmatter-valid') });
  });
});
