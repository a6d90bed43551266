import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { BAD_SPEC, expectDone, governed, SPEC, SPEC_PATH, writeHook } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const commit = (cwd: string, ...args: string[]) => sandbox.run('git', ['commit', '-q', ...args], { cwd });
const state = (cwd: string) => sandbox.git(cwd, 'config', '--list', '--local') + sandbox.git(cwd, 'status', '--porcelain');

describe('init', () => {
  it('writes WORKSPACE.md and the hooks, little else, and running it again changes nothing', () => {
    const repository = sandbox.repository('fresh');
    const answer = sandbox.treework(repository, 'init', '--yes', '--json');
    expect(JSON.parse(answer.stdout)).toMatchObject({ ok: true, changed: true, wrote: ['WORKSPACE.md', '.gitattributes'] });
    expect(sandbox.git(repository, 'status', '--porcelain', '-uall')).toBe('?? .gitattributes\n?? WORKSPACE.md\n');
    const snapshot = () => [state(repository), ...readdirSync(join(sandbox.root, repository, '.git/treework/hooks')), ...['hooks.json', 'settings.sh', 'launcher.sh'].map((name) => sandbox.read(repository, `.git/treework/${name}`))];
    const before = snapshot();
    const again = sandbox.treework(repository, 'init', '--yes');
    expect(again.stdout).toContain('hooks already live in every worktree');
    expect(again.stdout).toContain('WORKSPACE.md is there already');
    expect(snapshot()).toEqual(before);
    expect(JSON.parse(sandbox.treework(repository, 'check', '--all', '--json').stdout)).toMatchObject({ ok: true, findings: [] });
  });

  it('names the trunk where it is not main', () => {
    const repository = sandbox.repository('older');
    sandbox.git(repository, 'branch', '-m', 'main', 'master');
    expectDone(sandbox.treework(repository, 'init', '--yes'));
    expect(sandbox.read(repository, 'WORKSPACE.md')).toMatch(/^---\ntreework: 1\nbranches: \{trunk: "master"\}\n---\n/);
    expectDone(sandbox.treework(repository, 'check', '--all'));
  });

  it('says what it would do and does nothing with --dry-run', () => {
    const repository = sandbox.repository('dry');
    const before = state(repository);
    expect(sandbox.treework(repository, 'init', '--dry-run', '--ci', 'github').stdout).toContain('would write .github/workflows/treework.yml');
    expect(state(repository)).toBe(before);
    expect(existsSync(join(sandbox.root, repository, '.git/treework'))).toBe(false);
  });

  it('works on the root from a subfolder and says so', () => {
    const repository = sandbox.repository('deep', { 'a/b/c.txt': 'c' });
    expect(sandbox.treework(`${repository}/a/b`, 'init', '--yes').stdout).toContain(`works on the whole repository, ${join(sandbox.root, repository)}`);
    expect(sandbox.exists(repository, 'WORKSPACE.md')).toBe(true);
  });

  it('is wrong use outside a repository and in a bare one, with the way on', () => {
    mkdirSync(join(sandbox.root, 'nowhere'));
    expect(sandbox.treework('nowhere', 'init')).toMatchObject({ status: 2, stderr: expect.stringContaining('git init') });
    sandbox.git('', 'init', '-q', '--bare', 'bare.git');
    expect(sandbox.treework('bare.git', 'init')).toMatchObject({ status: 2, stderr: expect.stringContaining('treework hooks --server') });
  });

  it("leaves somebody's own WORKSPACE.md alone", () => {
    const repository = sandbox.repository('own', { 'WORKSPACE.md': '# Our office\n' });
    const before = state(repository);
    expect(sandbox.treework(repository, 'init', '--yes')).toMatchObject({ status: 2, stderr: expect.stringContaining('treework: 1') });
    expect(state(repository)).toBe(before);
  });

  it('warns of foreign documents where tickets will live, with the setting that moves the layout', () => {
    const repository = sandbox.repository('specs', { 'docs/specs/overview.md': '# Ours\n', 'docs/specs/login flow/a.md': '# A\n' });
    const { stdout } = sandbox.treework(repository, 'init', '--yes');
    expect(stdout).toContain('docs/specs/ holds what is no ticket (docs/specs/login flow/a.md, docs/specs/overview.md)');
    expect(stdout).toContain('layout: {specs: docs/tickets}');
  });

  it('shows users of lefthook and of pre-commit the line to commit, in their own format', () => {
    const repository = sandbox.repository('managers', { 'lefthook.yml': 'pre-commit: {}\n', '.pre-commit-config.yaml': 'repos: []\n' });
    const lines = sandbox.treework(repository, 'init', '--yes').stdout.split('\n');
    const block = (start: RegExp) => lines.slice(lines.findIndex((line) => start.test(line)) + 1);
    const lefthook = parse(block(/^lefthook: /).slice(0, 4).join('\n'));
    const run = lefthook['pre-commit'].commands.treework.run as string;
    const [hook] = parse(block(/^pre-commit: /).slice(0, 7).join('\n')) as { hooks: { entry: string }[] }[];
    expect(hook?.hooks[0]?.entry).toBe(`sh -c '${run}'`);
    const bare = sandbox.run('/bin/sh', ['-c', run], { env: { PATH: '/nowhere' } });
    expect(bare).toMatchObject({ status: 0, stdout: 'treework is not installed here, CI decides\n' });
    expect(sandbox.read(repository, 'lefthook.yml')).toBe('pre-commit: {}\n');
    expectDone(sandbox.treework(repository, 'uninstall'));
    sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\n---\n', [SPEC_PATH]: BAD_SPEC });
    sandbox.git(repository, 'add', '.');
    expect(sandbox.run('/bin/sh', ['-c', run], { cwd: repository })).toMatchObject({ status: 1, stderr: expect.stringContaining('frontmatter-valid') });
  });

  it('writes a workflow that forges accept, names the setting to click, and asks for a known forge', () => {
    const repository = sandbox.repository('forge');
    const { stdout } = sandbox.treework(repository, 'init', '--yes', '--ci', 'github');
    expect(stdout).toContain('Require status checks to pass: add "treework"');
    const workflow = parse(sandbox.read(repository, '.github/workflows/treework.yml'));
    expect(workflow).toMatchObject({ permissions: { contents: 'read' }, on: { push: { branches: ['main'] }, pull_request: null, merge_group: null } });
    const [checkout, , judge] = workflow.jobs.treework.steps;
    expect(checkout.with['fetch-depth']).toBe(0);
    expect(judge.run).toMatch(/^npx --yes treework@\d+\.\d+\.\d+\S* check --format github --from "\$BASE" --to "\$HEAD" --ref "\$REF"$/);
    expect(sandbox.treework(repository, 'init', '--ci', 'cvs').status).toBe(2);
  });
});

describe('uninstall', () => {
  it('leaves git status and git config as before init, whatever was asked for', () => {
    const repository = sandbox.repository('undo', { 'package.json': '{\r\n\t"name": "x",\r\n\t"scripts": {"prepare": "husky"},\r\n\t"devDependencies": {"husky": "9"}\r\n}\r\n' });
    const before = state(repository);
    expectDone(sandbox.treework(repository, 'init', '--yes', '--ci', 'github', '--fix-staged'));
    expect(sandbox.read(repository, 'package.json')).toContain('"docs/specs/**/*.md": "treework check --fix"');
    expect(JSON.parse(sandbox.read(repository, 'package.json')).scripts.prepare).toContain('treework hooks');
    expectDone(sandbox.treework(repository, 'uninstall'));
    expect(state(repository)).toBe(before);
    expect(existsSync(join(sandbox.root, repository, '.git/treework'))).toBe(false);
  });

  it('keeps what people wrote or committed, and says so', () => {
    const repository = governed(sandbox);
    sandbox.write(repository, { 'docs/specs/AB-2/spec.md': SPEC });
    const { stdout } = sandbox.treework(repository, 'uninstall');
    expect(stdout).toContain('WORKSPACE.md stays, since it was committed');
    expect(sandbox.exists(repository, 'WORKSPACE.md') && sandbox.exists(repository, SPEC_PATH) && sandbox.exists(repository, 'docs/specs/AB-2/spec.md')).toBe(true);
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository, '-a', '-m', 'docs: free').status).toBe(0);
    expect(sandbox.treework(repository, 'uninstall')).toMatchObject({ status: 0, stdout: expect.stringContaining('no hooks of treework here') });
  });
});

describe('off and on', () => {
  it('hold in all worktrees of this clone, and other hooks still run', () => {
    const repository = governed(sandbox);
    writeHook(sandbox, repository, '.git/hooks/pre-commit', 'echo mine');
    sandbox.git(repository, 'worktree', 'add', '-q', '../two', '-b', 'two');
    expectDone(sandbox.treework('two', 'off'));
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository, '-a', '-m', 'docs: break')).toMatchObject({ status: 0, stderr: 'mine\n' });
    expect(sandbox.treework(repository, 'doctor')).toMatchObject({ status: 1, stdout: expect.stringContaining('mend: treework on') });
    expect(sandbox.treework(repository, 'on').stdout).toContain('on again');
    expect(sandbox.treework(repository, 'on').stdout).toContain('already on');
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC.replace('titl', 'tit') });
    expect(commit(repository, '-a', '-m', 'docs: break').status).toBe(1);
  });
});

describe('doctor', () => {
  const failures = (cwd: string) =>
    (JSON.parse(sandbox.treework(cwd, 'doctor', '--json').stdout).checks as { ok: boolean; message: string; mend?: string }[]).filter(({ ok }) => !ok).map(({ message, mend }) => `${message} | ${mend}`);

  it('finds nothing wrong after init, in every worktree', () => {
    const repository = governed(sandbox);
    sandbox.git(repository, 'worktree', 'add', '-q', '../two words', '-b', 'two');
    expect(failures(repository)).toEqual([]);
    expect(failures('two words')).toEqual([]);
  });

  it('names hooks that git does not reach, and --fix makes them live', () => {
    const repository = governed(sandbox);
    sandbox.git(repository, 'config', 'core.hooksPath', '.husky/_');
    expect(failures(repository)).toEqual([expect.stringMatching(/another installer has reset it.* \| treework hooks$/)]);
    chmodSync(join(sandbox.root, repository, '.git/treework/hooks/pre-commit'), 0o644);
    expectDone(sandbox.treework(repository, 'doctor', '--fix'));
    sandbox.write(repository, { '.git/treework/hooks/pre-commit': '#!/bin/sh\nexit 0\n' });
    expect(failures(repository)).toEqual([expect.stringContaining('Unexpected silence of pre-commit in')]);
    expectDone(sandbox.treework(repository, 'doctor', '--fix'));
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository, '-a', '-m', 'docs: break').status).toBe(1);
  });

  it('names a launcher that another installer has written over, and keeps what that wrote', () => {
    const repository = governed(sandbox);
    writeHook(sandbox, repository, '.git/treework/hooks/pre-commit', 'echo theirs');
    writeHook(sandbox, repository, '.git/treework/hooks/post-commit', 'echo theirs too');
    expect(failures(repository)).toEqual([expect.stringContaining('Unexpected silence of pre-commit in')]);
    expectDone(sandbox.treework(repository, 'hooks'));
    sandbox.write(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Report') });
    expect(commit(repository, '-a', '-m', 'docs: reword')).toMatchObject({ status: 0, stderr: 'theirs\ntheirs too\n' });
    sandbox.write(repository, { [SPEC_PATH]: BAD_SPEC });
    expect(commit(repository, '-a', '-m', 'docs: break').status).toBe(1);
  });

  it('names a worktree with a hooks folder of its own, and one where the repository was moved from', () => {
    const repository = governed(sandbox);
    sandbox.git(repository, 'config', 'extensions.worktreeConfig', 'true');
    sandbox.git(repository, 'worktree', 'add', '-q', '../own', '-b', 'own');
    sandbox.git('own', 'config', '--worktree', 'core.hooksPath', '/dev/null');
    expect(failures(repository)).toEqual([`Unexpected core.hooksPath of its own in ${join(sandbox.root, 'own')}, expected the repository's: commits there are not judged | git -C '${join(sandbox.root, 'own')}' config --worktree --unset core.hooksPath`]);
    sandbox.git('own', 'config', '--worktree', '--unset', 'core.hooksPath');
    renameSync(join(sandbox.root, repository), join(sandbox.root, 'moved'));
    expect(failures('moved')).toEqual([expect.stringContaining('this repository was moved')]);
    expectDone(sandbox.treework('moved', 'hooks'));
    expect(failures('moved')).toEqual([expect.stringContaining(`git worktree repair '${join(sandbox.root, 'own')}'`)]);
    sandbox.git('moved', 'worktree', 'repair', join(sandbox.root, 'own'));
    expect(failures('moved')).toEqual([]);
    expectDone(sandbox.treework('moved', 'uninstall'));
    expect(sandbox.run('git', ['config', '--local', 'core.hooksPath'], { cwd: 'moved' }).status).toBe(1);
  });

  it('names an earlier hook that came after init, a shallow clone, a trunk that is not there, and settings that are wrong', () => {
    const repository = governed(sandbox);
    writeHook(sandbox, repository, '.git/hooks/post-commit', 'echo late');
    expect(failures(repository)).toEqual([expect.stringContaining('came later (post-commit)')]);
    expectDone(sandbox.treework(repository, 'hooks'));
    expect(failures(repository)).toEqual([]);
    sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\nflow: river\nbranches: {trunk: elsewhere}\n---\n' });
    expect(failures(repository)).toEqual([expect.stringContaining('WORKSPACE.md:3'), expect.stringContaining('Unexpected trunk elsewhere')]);
    sandbox.git('', 'clone', '-q', '--depth', '1', `file://${join(sandbox.root, repository)}`, 'shallow');
    expect(failures('shallow')).toEqual([expect.stringContaining('without hooks'), expect.stringContaining('git fetch --unshallow')]);
  });

  it('finds the program missing before a commit does', () => {
    const repository = governed(sandbox);
    const settings = `${repository}/.git/treework/`;
    sandbox.write(settings, Object.fromEntries(['settings.sh', 'hooks.json'].map((name) => [name, sandbox.read(settings, name).replace(join(PACKAGE_ROOT, 'dist/cli.cjs'), join(sandbox.root, 'gone/dist/cli.cjs'))])));
    expect(failures(repository)).toEqual([expect.stringContaining('Unexpected missing program')]);
    sandbox.write(repository, { [SPEC_PATH]: SPEC.replace('Reports', 'Report') });
    const path = (sandbox.env.PATH as string).split(':').filter((folder) => !folder.startsWith(sandbox.root)).join(':');
    const answer = sandbox.run('git', ['commit', '-q', '-a', '-m', 'docs: reword'], { cwd: repository, env: { PATH: path } });
    expect(answer.status).toBe(1);
    expect(answer.stderr).toContain('Unexpected absence of the treework program');
    expect(answer.stderr).toContain('npm install brings it back');
    sandbox.write(repository, { 'a.txt': 'a' });
    sandbox.git(repository, 'reset', '-q');
    sandbox.git(repository, 'add', 'a.txt');
    expect(sandbox.run('git', ['commit', '-q', '-m', 'feat: a'], { cwd: repository, env: { PATH: path } }).status).toBe(0);
  });
});
