import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { BAD_SPEC, expectDone, governed, SPEC, SPEC_PATH, traceNode, writeHook } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

describe('a commit', () => {
  it('is refused with the finding and the way to learn more', () => {
    const repository = governed(sandbox);
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    const answer = sandbox.run('git', ['commit', '-q', '-a', '-m', 'docs: break'], { cwd: repository });
    expect(answer.status).toBe(1);
    expect(answer.stderr).toContain(`${SPEC_PATH}:3:1  error  frontmatter-valid`);
    expect(answer.stderr).toContain('more: treework explain frontmatter-valid');
    expect(sandbox.git(repository, 'log', '--format=%s')).not.toContain('break');
  });

  it('is judged when it is the first one', () => {
    sandbox.write('new', { [SPEC_PATH]: BAD_SPEC });
    sandbox.git('new', 'init', '-q');
    expect(sandbox.treework('new', 'init', '--yes').status).toBe(0);
    sandbox.git('new', 'add', '.');
    expect(sandbox.run('git', ['commit', '-q', '-m', 'docs: begin'], { cwd: 'new' }).stderr).toContain('frontmatter-valid');
    sandbox.write('new', { [SPEC_PATH]: SPEC });
    expect(sandbox.run('git', ['commit', '-q', '-a', '-m', 'docs: begin'], { cwd: 'new' })).toMatchObject({ status: 0, output: '' });
  });

  it('of one path is judged without what else is staged', () => {
    const repository = governed(sandbox);
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC, 'README.md': '# Other\n' });
    sandbox.git(repository, 'add', '.');
    expect(sandbox.run('git', ['commit', '-q', '-m', 'docs: readme', 'README.md'], { cwd: repository }).output).toBe('');
    expect(sandbox.run('git', ['commit', '-q', '-m', 'docs: spec', SPEC_PATH], { cwd: repository }).stderr).toContain('frontmatter-valid');
  });

  it('that amends is judged by what it changes', () => {
    const repository = governed(sandbox);
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(sandbox.run('git', ['commit', '-q', '-a', '--amend', '--no-edit'], { cwd: repository }).status).toBe(1);
    sandbox.write(repository, { [SPEC_PATH]: SPEC.replace('Reports API', 'Report API') });
    expect(sandbox.run('git', ['commit', '-q', '-a', '--amend', '--no-edit'], { cwd: repository }).output).toBe('');
  });

  it('from a subfolder and in a new worktree is judged alike', () => {
    const repository = governed(sandbox);
    sandbox.git(repository, 'worktree', 'add', '-q', '../tree two', '-b', 'two');
    for (const cwd of [repository, 'tree two']) {
      sandbox.write(cwd, { [SPEC_PATH]: BAD_SPEC });
      const answer = sandbox.run('git', ['commit', '-q', '-a', '-m', 'docs: break'], { cwd: `${cwd}/docs/specs` });
      expect(answer.stderr).toContain(`${SPEC_PATH}:3:1`);
      expect(answer.status).toBe(1);
    }
  });
});

describe('the launcher', () => {
  it('starts no node when nothing governed is staged, nor for trees that were judged', () => {
    const repository = governed(sandbox);
    const started = traceNode(sandbox, repository);
    sandbox.write(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Report') });
    sandbox.git(repository, 'commit', '-q', '-a', '-m', 'docs: reword');
    expect(started()).toBe(1);
    sandbox.write(repository, { 'src/a.ts': 'export {};\n' });
    sandbox.git(repository, 'add', '.');
    sandbox.git(repository, 'commit', '-q', '-m', 'feat: a');
    expect(started()).toBe(1);
    sandbox.git(repository, 'reset', '-q', '--soft', 'HEAD~2');
    sandbox.git(repository, 'reset', '-q', 'src');
    sandbox.git(repository, 'commit', '-q', '-m', 'docs: reword again');
    expect(started()).toBe(1);
  });

  it('asks anew under CI', () => {
    const repository = governed(sandbox);
    const started = traceNode(sandbox, repository);
    sandbox.write(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Report') });
    sandbox.git(repository, 'commit', '-q', '-a', '-m', 'docs: reword');
    sandbox.git(repository, 'reset', '-q', '--soft', 'HEAD~1');
    expect(sandbox.run('git', ['commit', '-q', '-m', 'docs: reword'], { cwd: repository, env: { CI: 'true' } }).status).toBe(0);
    expect(started()).toBe(2);
  });

  it('starts node without certificates, and gives their name back to what is run from there', () => {
    const repository = governed(sandbox);
    const named = { NODE_EXTRA_CA_CERTS: join(sandbox.root, 'no such certificates.pem') };
    sandbox.write(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Report') });
    const judged = sandbox.run('git', ['commit', '-q', '-a', '-m', 'docs: reword'], { cwd: repository, env: named });
    // Node warns of certificates that it cannot read.
    expect(judged).toMatchObject({ status: 0, output: '' });
    expect(sandbox.run('node', ['-e', '0'], { env: named }).stderr).toContain('certs');
    writeHook(sandbox, 'bin', 'git', `echo "\${NODE_EXTRA_CA_CERTS-none} \${TREEWORK_CA_CERTS-none}" >>'${join(sandbox.root, 'seen')}'\nexec '${sandbox.run('which', ['git']).stdout.trim()}' "$@"`);
    const hook = join(PACKAGE_ROOT, 'dist/hooks/hook.cjs');
    const pushed = sandbox.run('node', [hook, 'pre-push', 'origin', 'x'], { cwd: repository, input: `refs/heads/main ${sandbox.git(repository, 'rev-parse', 'HEAD').trim()} refs/heads/main ${'0'.repeat(40)}\n`, env: { TREEWORK_CA_CERTS: 'one.pem', PATH: `${join(sandbox.root, 'bin')}:${sandbox.env.PATH}` } });
    expect(pushed).toMatchObject({ status: 0 });
    expect(new Set(sandbox.read('', 'seen').trim().split('\n'))).toEqual(new Set(['one.pem none']));
  });

  it('shows the warnings of a known verdict again', () => {
    const repository = governed(sandbox);
    expectDone(sandbox.treework(repository, 'new', 'spec', '--ticket', 'AB-2', '--title', 'Draft'));
    sandbox.git(repository, 'add', '.');
    const first = sandbox.run('git', ['commit', '-q', '-m', 'docs: draft'], { cwd: repository });
    expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining('warning  placeholder-unfilled') });
    const started = traceNode(sandbox, repository);
    sandbox.git(repository, 'reset', '-q', '--soft', 'HEAD~1');
    expect(sandbox.run('git', ['commit', '-q', '-m', 'docs: draft'], { cwd: repository })).toEqual(first);
    expect(started()).toBe(0);
  });
});
