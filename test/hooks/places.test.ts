import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { BAD_SPEC, expectDone, governed, SPEC, SPEC_PATH } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const commit = (cwd: string, env: NodeJS.ProcessEnv = {}) => sandbox.run('git', ['commit', '-q', '-m', 'docs: change'], { cwd, env });
const stage = (cwd: string, files: Record<string, string>) => {
  sandbox.write(cwd, files);
  sandbox.git(cwd, 'add', '.');
};

/** What every place must do: refuse the bad document, accept the good one. */
function expectJudged(cwd: string, env: NodeJS.ProcessEnv = {}): void {
  stage(cwd, { [SPEC_PATH]: BAD_SPEC });
  expect(commit(cwd, env)).toMatchObject({ status: 1, stderr: expect.stringContaining(`${SPEC_PATH}:3:1  error  frontmatter-valid`) });
  stage(cwd, { [SPEC_PATH]: SPEC.replace('Reports', 'Report') });
  expect(commit(cwd, env)).toMatchObject({ status: 0, output: '' });
}

describe('hooks judge', () => {
  it.each(["it's a $(touch pwned) `folder` \"quoted\"", 'with  spaces *[a]?', 'ümläut 日本', '-dash'])('in a folder named %s, and in a worktree of it', (name) => {
    const repository = governed(sandbox, name);
    expectJudged(repository);
    sandbox.git(repository, 'worktree', 'add', '-q', `../${name} two`, '-b', 'two', 'HEAD~1');
    expectJudged(`${name} two`);
    expect(sandbox.exists(repository, 'pwned')).toBe(false);
    expectDone(sandbox.treework(repository, 'doctor'));
  });

  it('for a client with a bare PATH, where node is elsewhere', () => {
    const repository = governed(sandbox);
    const tools = join(sandbox.root, 'tools');
    sandbox.write('tools', { '.keep': '' });
    // Everything git's hooks need but node: a PATH that is sure not to have one.
    for (const tool of ['git', 'sh', 'cat', 'sed']) symlinkSync(sandbox.run('sh', ['-c', `command -v ${tool}`]).stdout.trim(), join(tools, tool));
    expect(sandbox.run('sh', ['-c', 'command -v node'], { env: { PATH: tools } }).status).not.toBe(0);
    expectJudged(repository, { PATH: tools });
  });

  it('in a SHA-256 repository', () => {
    sandbox.git('', 'init', '-q', '--object-format=sha256', 'long');
    expectDone(sandbox.treework('long', 'init', '--yes'));
    stage('long', {});
    expect(commit('long').status).toBe(0);
    expectJudged('long');
  });

  it('beside a submodule, and in it by its own rules', () => {
    const inner = governed(sandbox, 'inner');
    const repository = governed(sandbox);
    sandbox.git(repository, 'submodule', '--quiet', 'add', `../${inner}`, 'vendor/inner');
    sandbox.git(repository, 'commit', '-q', '-m', 'chore: vendor');
    expectJudged(repository);
    expectDone(sandbox.treework(`${repository}/vendor/inner`, 'hooks'));
    stage(`${repository}/vendor/inner`, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(`${repository}/vendor/inner`).stderr).toContain('frontmatter-valid');
    expect(sandbox.read(repository, '.git/modules/vendor/inner/treework/settings.sh')).toContain('treework_cli=');
  });

  it('without following a symbolic link out of the repository', () => {
    const repository = governed(sandbox);
    sandbox.write('outside', { 'spec.md': BAD_SPEC });
    sandbox.write(repository, { 'docs/specs/AB-2/.gitkeep': '' });
    symlinkSync(join(sandbox.root, 'outside/spec.md'), join(sandbox.root, repository, 'docs/specs/AB-2/spec.md'));
    sandbox.git(repository, 'add', '.');
    const answer = commit(repository);
    expect(answer.stderr).toContain('docs/specs/AB-2/spec.md:1:1  error  directory-standard');
    expect(answer.stderr).not.toContain('titl');
    sandbox.git(repository, 'rm', '-q', '-f', 'docs/specs/AB-2/spec.md');
    symlinkSync(join(sandbox.root, 'outside'), join(sandbox.root, repository, 'notes'));
    expectJudged(repository);
  });

  it('paths with spaces, quotes and letters of any script', () => {
    const repository = governed(sandbox);
    const path = 'docs/spécs "x" y/AB-9/spec.md';
    stage(repository, { 'WORKSPACE.md': '---\ntreework: 1\nlayout: {specs: \'docs/spécs "x" y\'}\n---\n' });
    sandbox.git(repository, 'mv', 'docs/specs', 'docs/spécs "x" y');
    expect(commit(repository)).toMatchObject({ status: 0, output: '' });
    stage(repository, { [path]: BAD_SPEC.replace('AB-1', 'AB-9') });
    expect(commit(repository).stderr).toContain(`${path}:3:1  error`);
    stage(repository, { [path]: SPEC.replace('AB-1', 'AB-9') });
    expect(commit(repository)).toMatchObject({ status: 0, output: '' });
  });

  it('two commits at once in two worktrees, each on its own', async () => {
    const repository = governed(sandbox);
    const names = Array.from({ length: 4 }, (_, index) => `tree${index}`);
    for (const name of names) {
      sandbox.git(repository, 'worktree', 'add', '-q', `../${name}`, '-b', name);
      stage(name, { [SPEC_PATH]: name === 'tree3' ? BAD_SPEC : SPEC.replace('Reports', 'Report') });
    }
    const codes = await Promise.all(names.map((name) => new Promise<number | null>((resolve) => {
      spawn('git', ['commit', '-q', '-m', 'docs: change'], { cwd: join(sandbox.root, name), env: sandbox.env, stdio: 'ignore' }).on('close', resolve);
    })));
    expect(codes).toEqual([0, 0, 0, 1]);
  });

  it('nothing where no WORKSPACE.md governs', () => {
    const repository = sandbox.repository('free');
    expectDone(sandbox.treework(repository, 'hooks'));
    stage(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository)).toMatchObject({ status: 0, output: '' });
  });

  it('a commit that removes or breaks WORKSPACE.md by the one before it', () => {
    const repository = governed(sandbox);
    sandbox.git(repository, 'rm', '-q', 'WORKSPACE.md');
    stage(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository).stderr).toContain('frontmatter-valid');
  });
});

describe('a replacement ref', () => {
  it('does not make the staged text look committed', () => {
    const repository = governed(sandbox);
    const head = sandbox.git(repository, 'rev-parse', 'HEAD').trim();
    stage(repository, { [SPEC_PATH]: BAD_SPEC });
    sandbox.git(repository, 'commit', '-q', '--no-verify', '-m', 'docs: slip');
    const slip = sandbox.git(repository, 'rev-parse', 'HEAD').trim();
    sandbox.git(repository, 'reset', '-q', '--soft', head);
    sandbox.git(repository, 'replace', head, slip);
    const tree = sandbox.git(repository, 'write-tree').trim();
    expect(sandbox.git(repository, 'rev-parse', 'HEAD^{tree}').trim()).toBe(tree);
    expect(sandbox.run('git', ['commit', '-q', '--allow-empty', '-m', 'docs: slip'], { cwd: repository })).toMatchObject({ status: 1, stderr: expect.stringContaining('frontmatter-valid') });
  });
});

describe('a leaked variable opens nothing', () => {
  it.each([{ TREEWORK_PROBE: 'x' }, { TREEWORK_GIT: 'a\nb\nc\nd\ne' }, { TREEWORK_CHAINED: 'x:pre-commit' }])('%o', (env) => {
    const repository = governed(sandbox);
    stage(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository, { ...env, ...('TREEWORK_CHAINED' in env && { TREEWORK_CHAINED: `${join(sandbox.root, repository, '.git')}:pre-commit` }) }).status).toBe(1);
  });
});
