import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { BAD_SPEC, expectDone, governed, SPEC, SPEC_PATH, writeHook } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

describe('hooks --server', () => {
  it('refuses what a push brings past the local hooks, and chains the hook that was there', () => {
    const repository = governed(sandbox);
    sandbox.git('', 'clone', '-q', '--bare', repository, 'server.git');
    writeHook(sandbox, 'server.git', 'hooks/pre-receive', 'cat >>received');
    writeHook(sandbox, 'server.git', 'hooks/post-receive', 'cat >>announced');
    expectDone(sandbox.treework('server.git', 'hooks', '--server'));
    expect(sandbox.treework('server.git', 'hooks', '--server').stdout).toContain('already live');
    expectDone(sandbox.treework('server.git', 'doctor'));
    sandbox.git(repository, 'remote', 'add', 'origin', '../server.git');
    sandbox.git(repository, 'checkout', '-q', '-b', 'slip');
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    sandbox.git(repository, 'commit', '-q', '-a', '--no-verify', '-m', 'docs: slip');
    const push = () => sandbox.run('git', ['push', '-q', '--no-verify', 'origin', 'slip'], { cwd: repository });
    const refused = push();
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('frontmatter-valid');
    expect(refused.stderr).toContain('pre-receive hook declined');
    expect(sandbox.exists('server.git', 'announced')).toBe(false);
    sandbox.write(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Report') });
    sandbox.git(repository, 'commit', '-q', '-a', '-m', 'docs: mend');
    expectDone(push());
    const line = /^0{40} [0-9a-f]{40} refs\/heads\/slip$/gm;
    expect(sandbox.read('server.git', 'received').match(line)).toHaveLength(2);
    expect(sandbox.read('server.git', 'announced').match(line)).toHaveLength(1);
    expectDone(sandbox.treework('server.git', 'uninstall'));
    expect(sandbox.git('server.git', 'config', '--list', '--local')).not.toContain('hookspath');
  });

  it('is for bare repositories alone', () => {
    const repository = sandbox.repository('work');
    expect(sandbox.treework(repository, 'hooks', '--server')).toMatchObject({ status: 2, stderr: expect.stringContaining('expected a bare repository') });
    sandbox.git('', 'init', '-q', '--bare', 'bare.git');
    expect(sandbox.treework('bare.git', 'hooks')).toMatchObject({ status: 2, stderr: expect.stringContaining('treework hooks --server') });
  });
});
