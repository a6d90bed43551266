import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { BAD_SPEC, expectDone, governed, SPEC, SPEC_PATH, traceNode, writeHook } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const commit = (cwd: string, ...args: string[]) => sandbox.run('git', ['commit', '-q', ...args], { cwd });

/** A repository with husky as its documentation sets it up, its hooks live. */
function withHusky(name: string): string {
  const repository = sandbox.repository(name, {
    'package.json': '{\n  "name": "demo",\n  "scripts": {\n    "prepare": "husky"\n  },\n  "devDependencies": {\n    "husky": "^9.1.7"\n  }\n}',
    '.gitignore': 'node_modules\n',
    '.husky/pre-commit': 'echo husky ran\n[ -z "$HUSKY_FAILS" ]\n',
  });
  symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(sandbox.root, repository, 'node_modules'));
  expectDone(sandbox.run(join(PACKAGE_ROOT, 'node_modules/.bin/husky'), [], { cwd: repository }));
  return repository;
}

describe('hooks that were there before', () => {
  it('run first, in every form of .git/hooks, and their failure counts', () => {
    const repository = sandbox.repository('plain');
    writeHook(sandbox, repository, '.git/hooks/pre-commit', 'echo "before: $PWD"; [ ! -e refuse ]');
    writeHook(sandbox, repository, '.git/hooks/prepare-commit-msg', 'echo "trailer of $0 $2" >>"$1"');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    sandbox.write(repository, { [SPEC_PATH]: SPEC });
    sandbox.git(repository, 'add', '.');
    const answer = commit(repository, '-m', 'docs: spec');
    expect(answer).toMatchObject({ status: 0, stderr: `before: ${join(sandbox.root, repository)}\n` });
    expect(sandbox.git(repository, 'log', '-1', '--format=%B')).toContain('prepare-commit-msg message');
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository, '-a', '-m', 'docs: break').stderr).toMatch(/^before: .*\n[^]*frontmatter-valid/);
    sandbox.write(repository, { [SPEC_PATH]: SPEC, 'a.txt': 'a', refuse: '' });
    sandbox.git(repository, 'add', 'a.txt');
    expect(commit(repository, '-m', 'feat: a').status).toBe(1);
  });

  it('may change the index: what they stage is judged', () => {
    const repository = sandbox.repository('staging');
    writeHook(sandbox, repository, '.git/hooks/pre-commit', `sed -i s/title:/titl:/ ${SPEC_PATH} && git add ${SPEC_PATH}`);
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    sandbox.write(repository, { [SPEC_PATH]: SPEC });
    sandbox.git(repository, 'add', '.');
    expect(commit(repository, '-m', 'docs: spec').stderr).toContain('frontmatter-valid');
  });

  it('get the same lines on stdin when they push', () => {
    const repository = governed(sandbox);
    sandbox.git('', 'init', '-q', '--bare', 'remote.git');
    writeHook(sandbox, repository, '.git/hooks/pre-push', 'echo "$1 $2" >pushed; cat >>pushed');
    expectDone(sandbox.treework(repository, 'hooks'));
    const started = traceNode(sandbox, repository);
    sandbox.git(repository, 'push', '-q', '../remote.git', 'main');
    expect(started()).toBe(1);
    expect(sandbox.read(repository, 'pushed')).toMatch(/^\.\.\/remote\.git \.\.\/remote\.git\nrefs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}\n$/);
  });

  it('do not judge twice where a line that is committed calls treework', () => {
    const repository = sandbox.repository('twice');
    writeHook(sandbox, repository, '.git/hooks/pre-commit', 'treework hook pre-commit && echo through');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    sandbox.git(repository, 'add', '.');
    const answer = commit(repository, '-m', 'docs: break');
    expect(answer.status).toBe(1);
    expect(answer.stderr).toMatch(/^through\n/);
    expect(answer.stderr.match(/^more: /gm)).toHaveLength(1);
  });

  it('do not shield a commit that they make in another repository', () => {
    const other = governed(sandbox, 'other');
    const repository = sandbox.repository('outer');
    writeHook(sandbox, repository, '.git/hooks/pre-commit', `unset $(git rev-parse --local-env-vars); cd ../other && ! git commit -q -a -m 'docs: break'`);
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    sandbox.write(other, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository, '--allow-empty', '-m', 'chore: nest')).toMatchObject({ status: 0, stderr: expect.stringContaining('frontmatter-valid') });
  });

  it('of a folder that the user has set for all repositories are chained too', () => {
    writeHook(sandbox, '', 'my hooks/pre-commit', 'echo mine');
    sandbox.git('', 'config', '--global', 'core.hooksPath', join(sandbox.root, 'my hooks'));
    const repository = sandbox.repository('global');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    expect(commit(repository, '--allow-empty', '-m', 'chore: empty').stderr).toBe('mine\n');
    expectDone(sandbox.treework(repository, 'uninstall'));
    expect(sandbox.run('git', ['config', '--local', 'core.hooksPath'], { cwd: repository }).status).toBe(1);
  });

  it('of a relative folder count from the root of each worktree', () => {
    const repository = sandbox.repository('relative', { 'README.md': '# A\n' });
    writeHook(sandbox, repository, 'git hooks/pre-commit', 'echo main');
    sandbox.git(repository, 'config', 'core.hooksPath', 'git hooks');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    sandbox.git(repository, 'worktree', 'add', '-q', '../linked', '-b', 'linked');
    writeHook(sandbox, 'linked', 'git hooks/pre-commit', 'echo linked');
    expect(commit(repository, '--allow-empty', '-m', 'chore: a').stderr).toBe('main\n');
    expect(commit('linked', '--allow-empty', '-m', 'chore: b').stderr).toBe('linked\n');
    expectDone(sandbox.treework(repository, 'uninstall'));
    expect(sandbox.git(repository, 'config', '--local', 'core.hooksPath')).toBe('git hooks\n');
  });
});

describe('husky', () => {
  it('keeps its hooks, in new worktrees too, where its own folder is missing', () => {
    const repository = withHusky('husky');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    sandbox.git(repository, 'add', '.');
    expect(commit(repository, '-m', 'chore: govern').stderr).toBe('husky ran\n');
    sandbox.git(repository, 'worktree', 'add', '-q', '../fresh', '-b', 'fresh');
    expect(existsSync(join(sandbox.root, 'fresh/.husky/_'))).toBe(false);
    for (const cwd of [repository, 'fresh']) {
      sandbox.write(cwd, { [SPEC_PATH]: BAD_SPEC });
      sandbox.git(cwd, 'add', '.');
      const answer = commit(cwd, '-m', 'docs: break');
      expect(answer.stderr).toMatch(/^husky ran\n[^]*frontmatter-valid/);
      expect(answer.status).toBe(1);
      const failing = sandbox.run('git', ['commit', '-q', '--allow-empty', '-m', 'chore: no'], { cwd, env: { HUSKY_FAILS: '1' } });
      expect(failing).toMatchObject({ status: 1, output: expect.stringContaining('husky - pre-commit script failed (code 1)') });
      expect(failing.stderr.includes('this worktree has no node_modules yet')).toBe(cwd === 'fresh');
    }
  });

  it('switched off by its own variable leaves treework judging', () => {
    const repository = withHusky('husky');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    sandbox.git(repository, 'worktree', 'add', '-q', '../fresh', '-b', 'fresh');
    for (const cwd of [repository, 'fresh']) {
      sandbox.write(cwd, { 'WORKSPACE.md': '---\ntreework: 1\n---\n', [SPEC_PATH]: BAD_SPEC });
      sandbox.git(cwd, 'add', '.');
      const answer = sandbox.run('git', ['commit', '-q', '-m', 'docs: break'], { cwd, env: { HUSKY: '0' } });
      expect(answer.stderr).not.toContain('husky ran');
      expect(answer.stderr).toContain('frontmatter-valid');
    }
  });

  it('resets the hooks at every install, and the prepare script sets them up again', () => {
    const repository = withHusky('husky');
    const hooksPath = () => sandbox.git(repository, 'config', 'core.hooksPath').trim();
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    const live = hooksPath();
    expectDone(sandbox.run(join(PACKAGE_ROOT, 'node_modules/.bin/husky'), [], { cwd: repository }));
    expect(hooksPath()).toBe('.husky/_');
    const doctor = sandbox.treework(repository, 'doctor');
    expect(doctor.status).toBe(1);
    expect(doctor.stdout).toContain('Unexpected core.hooksPath (.husky/_)');
    expectDone(sandbox.run('npm', ['run', '--silent', 'prepare'], { cwd: repository }));
    expect(hooksPath()).toBe(live);
    expectDone(sandbox.treework(repository, 'doctor'));
  });

  it('lets a teammate without treework install', () => {
    const repository = withHusky('husky');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    const path = (sandbox.env.PATH as string).split(':').filter((folder) => !folder.startsWith(sandbox.root)).join(':');
    const answer = sandbox.run('npm', ['run', '--silent', 'prepare'], { cwd: repository, env: { PATH: path } });
    expect(answer).toMatchObject({ status: 0, stdout: expect.stringContaining('treework is not installed here, CI decides') });
  });

  it('that no install runs is left as it is', () => {
    const repository = withHusky('husky');
    sandbox.write(repository, { 'package.json': '{"scripts": {"setup": "husky"}, "devDependencies": {"husky": "9"}}\n' });
    sandbox.git(repository, 'commit', '-q', '-a', '-m', 'chore: by hand');
    expect(JSON.parse(sandbox.treework(repository, 'init', '--yes', '--json').stdout).wrote).toEqual(['WORKSPACE.md', '.gitattributes']);
    expectDone(sandbox.treework(repository, 'doctor'));
  });

  it('gets its prepare script back byte by byte', () => {
    const repository = withHusky('husky');
    const before = sandbox.read(repository, 'package.json');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    expect(sandbox.read(repository, 'package.json')).toBe(before.replace('"husky"', '"husky && (treework hooks || echo treework is not installed here, CI decides)"'));
    expectDone(sandbox.treework(repository, 'uninstall'));
    expect(sandbox.read(repository, 'package.json')).toBe(before);
    expect(sandbox.git(repository, 'config', 'core.hooksPath')).toBe('.husky/_\n');
  });

  it('runs treework hooks plainly where treework is a dependency, from the main worktree\'s own installation', () => {
    const repository = sandbox.repository('depends', { 'package.json': '{"scripts":{"prepare":"husky"},"devDependencies":{"husky":"9","treework":"1"}}\n', '.gitignore': 'node_modules\n' });
    const installed = 'node_modules/treework/dist/cli.cjs';
    expectDone(sandbox.run('cp', ['-r', join(PACKAGE_ROOT, 'dist'), '.dist']));
    expectDone(sandbox.run('mkdir', ['-p', join(repository, 'node_modules/treework')]));
    expectDone(sandbox.run('mv', ['.dist', join(repository, 'node_modules/treework/dist')]));
    sandbox.git(repository, 'worktree', 'add', '-q', '../linked', '-b', 'linked');
    expectDone(sandbox.treework('linked', 'init', '--yes'));
    expect(sandbox.read('linked', 'package.json')).toContain('"prepare":"husky && treework hooks"');
    expect(sandbox.read(repository, '.git/treework/settings.sh')).toContain(`treework_cli='${join(sandbox.root, repository, installed)}'`);
    sandbox.write('linked', { [SPEC_PATH]: BAD_SPEC });
    sandbox.git('linked', 'add', '.');
    expect(commit('linked', '-m', 'docs: break').stderr).toContain('frontmatter-valid');
  });
});
