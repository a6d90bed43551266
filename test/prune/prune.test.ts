import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { append, ask, branchOff, codes, governed, squash, trashEmpty } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  governed(sandbox);
});
afterEach(() => sandbox.remove());

describe('what may go', () => {
  it('K8: after a squash, a rebase or a merge the work tree goes, the branch stays unless it is asked for', async () => {
    for (const branch of ['P-1--squashed', 'P-2--merged', 'P-3--rebased', 'P-4--open']) branchOff(sandbox, branch);
    squash(sandbox, 'P-1--squashed');
    sandbox.git('repo', 'merge', '-q', '--no-ff', '-m', 'merge', 'P-2--merged');
    sandbox.git('repo', 'cherry-pick', 'P-3--rebased');
    const listed = ask(sandbox, 'repo', 'prune');
    expect(listed.candidates.map(({ branch, merged, obstacles }: any) => [branch, merged, obstacles.length])).toEqual([['P-1--squashed', 'squash', 0], ['P-2--merged', 'ancestor', 0], ['P-3--rebased', expect.stringMatching(/squash|rebase/), 0]]);
    expect(listed).toMatchObject({ status: 0, others: 1, next_action: { command: 'treework prune --all' } });
    const one = ask(sandbox, 'repo', 'prune', 'P-1');
    expect(one).toMatchObject({ status: 0, removed: [{ ticket: 'P-1', branch: 'P-1--squashed', branch_deleted: false }], kept: [] });
    expect(sandbox.exists('', 'P-1--squashed')).toBe(false);
    expect(sandbox.git('repo', 'branch', '--list', 'P-1*')).toContain('P-1--squashed');
    const rest = ask(sandbox, 'repo', 'prune', '--all', '--branches');
    expect(rest.removed.map(({ branch, branch_deleted }: any) => [branch, branch_deleted])).toEqual([['P-1--squashed', true], ['P-2--merged', true], ['P-3--rebased', true]]);
    expect(sandbox.git('repo', 'branch', '--format=%(refname:short)').split('\n').filter(Boolean)).toEqual(['P-4--open', 'main']);
    expect(sandbox.git('repo', 'worktree', 'list').split('\n').filter(Boolean)).toHaveLength(2);
    await trashEmpty(sandbox);
  });

  it('copies of what the main work tree has go silently, caches when they are agreed to, files of its own only when they are named', async () => {
    branchOff(sandbox, 'P-1--x');
    squash(sandbox, 'P-1--x');
    sandbox.write('repo', { '.env': 'SECRET=1\n', 'node_modules/m/index.js': '1\n' });
    sandbox.write('P-1--x', { '.env': 'SECRET=1\n', 'node_modules/m/index.js': '1\n', 'notes.txt': 'mine\n', '.env.local': 'OWN=1\n' });
    const refused = ask(sandbox, 'repo', 'prune', 'P-1', '--yes');
    expect(refused).toMatchObject({ status: 1, ok: false, removed: [], kept: [{ copies: ['.env'], obstacles: [{ code: 'own-files', paths: ['notes.txt', '.env.local'] }] }] });
    expect(codes(ask(sandbox, 'repo', 'prune', 'P-1', '--discard', 'notes.txt', '--discard', '.env.local').kept[0])).toEqual(['caches']);
    expect(codes(ask(sandbox, 'repo', 'prune', 'P-1', '--yes', '--discard', 'notes').kept[0])).toEqual(['own-files']);
    expect(sandbox.exists('P-1--x', 'notes.txt')).toBe(true);
    const done = ask(sandbox, 'repo', 'prune', 'P-1', '--yes', '--discard', 'notes.txt', '--discard', '.env.local');
    expect(done.removed[0].discards).toEqual(['notes.txt', '.env.local', 'node_modules/']);
    expect(sandbox.exists('', 'P-1--x')).toBe(false);
    expect(sandbox.read('repo', '.env')).toBe('SECRET=1\n');
    await trashEmpty(sandbox);
  });

  it('a copy that the main work tree has only by a link into it is none', () => {
    branchOff(sandbox, 'P-1--x');
    squash(sandbox, 'P-1--x');
    sandbox.write('P-1--x', { 'data.log/one.log': 'mine\n', 'two.log': 'mine\n' });
    symlinkSync('../P-1--x/data.log', join(sandbox.root, 'repo/data.log'));
    symlinkSync('../P-1--x/two.log', join(sandbox.root, 'repo/two.log'));
    expect(ask(sandbox, 'repo', 'prune', 'P-1').kept[0].obstacles).toMatchObject([{ code: 'own-files', paths: ['data.log/', 'two.log'] }]);
  });
});

describe('what stays', () => {
  type Case = [what: string, expected: string[], prepare: (tree: string) => void];
  const cases: Case[] = [
    ['a changed file', ['changed'], (tree) => append(sandbox, tree, 'a.txt', 'two\n')],
    ['a staged one', ['changed'], (tree) => { append(sandbox, tree, 'a.txt', 'two\n'); sandbox.git(tree, 'add', '.'); sandbox.write(tree, { 'a.txt': 'one\n' }); }],
    ['worktrunk#1974: an untracked file', ['own-files'], (tree) => sandbox.write(tree, { 'docs/notes.md': 'mine\n' })],
    ['a changed file that git was told not to look at', ['changed'], (tree) => { sandbox.git(tree, 'update-index', '--assume-unchanged', 'a.txt'); append(sandbox, tree, 'a.txt', 'two\n'); }],
    ['a file that is skipped in the work tree and there', ['changed'], (tree) => { sandbox.git(tree, 'update-index', '--skip-worktree', 'a.txt'); append(sandbox, tree, 'a.txt', 'two\n'); }],
    ['a locked work tree', ['locked'], (tree) => sandbox.git('repo', 'worktree', 'lock', '--reason', 'on a stick', `../${tree}`)],
    ['a merge under way', ['operation'], (tree) => { sandbox.git(tree, 'switch', '-qc', 'side', 'HEAD~'); sandbox.git(tree, 'commit', '-q', '--allow-empty', '-m', 'x'); sandbox.git(tree, 'switch', '-q', '-'); sandbox.git(tree, 'merge', '-q', '--no-commit', '--no-ff', 'side'); }],
    ['a repository inside', ['repositories'], (tree) => sandbox.git(tree, 'init', '-q', 'node_modules/dep')],
    ['another work tree inside', ['nested', 'repositories'], (tree) => sandbox.git('repo', 'worktree', 'add', '-q', `../${tree}/inner`, '--detach')],
    ['something stashed on the branch', ['stashed'], (tree) => { append(sandbox, tree, 'a.txt', 'two\n'); sandbox.git(tree, 'stash', '-q'); }],
    ['a git command at work', ['index-locked'], (tree) => writeFileSync(join(sandbox.root, `repo/.git/worktrees/${tree}/index.lock`), '')],
    ['a bisection', ['operation'], (tree) => sandbox.git(tree, 'bisect', 'start')],
    ['refs of its own', ['own-refs'], (tree) => sandbox.git(tree, 'update-ref', 'refs/worktree/mine', 'HEAD')],
    ['what was committed after the merge', ['not-merged'], (tree) => { append(sandbox, tree, 'a.txt', 'two\n'); sandbox.git(tree, 'commit', '-qam', 'more'); }],
    ['a submodule that is there, with its commits', ['repositories'], (tree) => sandbox.git(tree, 'submodule', '--quiet', 'update', '--init')],
    ['another branch that is checked out', ['branch-only'], (tree) => sandbox.git(tree, 'switch', '-q', '--detach')],
  ];

  it('K8: whatever stands nowhere else, or is in use, by name', () => {
    sandbox.repository('lib');
    sandbox.git('repo', 'submodule', '--quiet', 'add', '../lib', 'lib');
    sandbox.git('repo', 'commit', '-qm', 'lib');
    sandbox.git('repo', 'config', 'status.showUntrackedFiles', 'no');
    const trees = cases.map((_, at) => branchOff(sandbox, `P-${at}--x`));
    for (const tree of trees) squash(sandbox, tree);
    for (const [at, [, , prepare]] of cases.entries()) prepare(trees[at] as string);
    const answer = ask(sandbox, 'repo', 'prune', ...trees, '--yes');
    const stayed = new Map(answer.kept.map((view: any) => [view.branch, codes(view)]));
    expect(cases.map(([what], at) => [what, stayed.get(`P-${at}--x`)])).toEqual(cases.map(([what, expected]) => [what, expected]));
    expect(answer).toMatchObject({ status: 1, ok: false, removed: [] });
    expect(trees.filter((tree) => !sandbox.exists(tree, '.git'))).toEqual([]);
  });

  it('the one where somebody is, and one that a process runs in', () => {
    for (const branch of ['P-1--x', 'P-2--y']) squash(sandbox, branchOff(sandbox, branch));
    const child = spawn('sh', ['-c', 'read line'], { cwd: join(sandbox.root, 'P-2--y'), stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      const answer = ask(sandbox, 'P-1--x/src', 'prune', 'P-1', 'P-2', '--branches');
      expect(answer.kept.map(codes)).toEqual([['here'], ['in-use']]);
      expect(answer.kept[1].obstacles[0].message).toBe(`in use by sh (${child.pid})`);
    } finally {
      child.kill();
    }
  });

  it('a ticket that is archived on the trunk while its branch has new commits', () => {
    branchOff(sandbox, 'P-1--x');
    sandbox.write('P-1--x', { 'docs/specs/ARCHIVED/P-1/spec.md': '---\nticket: P-1\ntitle: X\n---\n' });
    sandbox.git('P-1--x', 'add', '.');
    sandbox.git('P-1--x', 'commit', '-qm', 'archive');
    squash(sandbox, 'P-1--x');
    append(sandbox, 'P-1--x', 'a.txt', 'more\n');
    sandbox.git('P-1--x', 'commit', '-qam', 'more');
    const answer = ask(sandbox, 'repo', 'prune', 'P-1', '--branches');
    expect(answer).toMatchObject({ status: 1, kept: [{ obstacles: [{ code: 'ahead-of-archive', message: expect.stringContaining('P-1 is archived on main') }] }] });
    expect(ask(sandbox, 'repo', 'prune').candidates.map(codes)).toEqual([['ahead-of-archive']]);
  });

  it('a ticket that is open on the trunk goes only by name, one without work too; a claim that is not committed is named', () => {
    const SPEC = 'docs/specs/P-1/spec.md';
    branchOff(sandbox, 'P-1--x');
    sandbox.write('P-1--x', { [SPEC]: '---\nticket: P-1\ntitle: X\n---\n' });
    sandbox.git('P-1--x', 'add', '.');
    sandbox.git('P-1--x', 'commit', '-qm', 'spec');
    sandbox.git('repo', 'merge', '-q', '--no-ff', '-m', 'part', 'P-1--x');
    sandbox.git('repo', 'worktree', 'add', '-q', '../P-2--y', '-b', 'P-2--y');
    expect(ask(sandbox, 'repo', 'prune', '--all')).toMatchObject({ status: 0, removed: [], kept: [{ obstacles: [{ code: 'ticket-open' }] }] });
    sandbox.write('P-1--x', { 'docs/specs/P-1/nodes/build.md': '---\nnode: build\nstatus: in_progress\nhistory:\n  - {to: in_progress, by: impl-1, at: 2026-01-01T00:00:00Z}\n---\n' });
    const claimed = ask(sandbox, 'repo', 'prune', 'P-1');
    expect(claimed.kept[0]).toMatchObject({ obstacles: [{ code: 'own-files' }], claims: [{ ticket: 'P-1', node: 'build', by: 'impl-1' }] });
    expect(sandbox.treework('repo', 'prune', 'P-1').output).toContain('build of P-1 is claimed there by impl-1');
    sandbox.git('P-1--x', 'clean', '-qfd');
    expect(ask(sandbox, 'repo', 'prune', 'P-1', 'P-2').removed.map(({ branch }: any) => branch)).toEqual(['P-1--x', 'P-2--y']);
  });

  it('the main work tree, the trunk, and a branch that is checked out elsewhere', () => {
    branchOff(sandbox, 'P-1--x');
    squash(sandbox, 'P-1--x');
    sandbox.git('P-1--x', 'switch', '-q', '--detach');
    sandbox.git('repo', 'switch', '-q', 'P-1--x');
    expect(codes(ask(sandbox, 'repo', 'prune', 'P-1', '--branches').kept[0])).toEqual(['main-worktree']);
    expect(ask(sandbox, 'repo', 'prune', 'main')).toMatchObject({ status: 2, error: { code: 'prune-unknown' } });
    expect(ask(sandbox, 'repo', 'prune', 'P-9')).toMatchObject({ status: 2, error: { code: 'prune-unknown' } });
  });
});

it("K13: a module's worktree goes with the ticket's, and keeps it while anything is in it", async () => {
  sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\nmodules: {api: modules/api, web: modules/web}\n---\n' });
  sandbox.git('repo', 'commit', '-qam', 'modules');
  sandbox.write('repo/.git/info', { exclude: '/modules/\n' });
  const tree = branchOff(sandbox, 'P-1--x');
  for (const name of ['api', 'web']) {
    sandbox.repository(`repo/modules/${name}`);
    sandbox.git(`repo/modules/${name}`, 'worktree', 'add', '-q', `../../../${tree}/modules/${name}`, '-b', 'P-1--x');
  }
  sandbox.write(`${tree}/modules/api`, { 'api.txt': 'more\n' });
  sandbox.git(`${tree}/modules/api`, 'add', '.');
  sandbox.git(`${tree}/modules/api`, 'commit', '-qm', 'feat: api');
  squash(sandbox, tree);
  expect(ask(sandbox, 'repo', 'prune', 'P-1').kept[0].obstacles).toMatchObject([{ code: 'module', message: 'module api: not merged into main' }]);
  sandbox.git('repo/modules/api', 'merge', '-q', '--squash', 'P-1--x');
  sandbox.git('repo/modules/api', 'commit', '-qm', 'feat: api (#1)');
  sandbox.write(`${tree}/modules/web`, { 'own.txt': 'mine\n' });
  expect(ask(sandbox, 'repo', 'prune', 'P-1', '--discard', 'modules/web').kept[0].obstacles).toMatchObject([{ code: 'module', message: 'module web: 1 path that stands nowhere else: own.txt' }]);
  expect([sandbox.exists(tree, 'modules/api/api.txt'), sandbox.exists(tree, 'modules/web/own.txt')]).toEqual([true, true]);
  sandbox.git(`${tree}/modules/web`, 'clean', '-qf');
  expect(ask(sandbox, 'repo', 'prune', 'P-1', '--branches')).toMatchObject({ status: 0, removed: [{ branch: 'P-1--x', branch_deleted: true }] });
  expect(sandbox.exists('', tree)).toBe(false);
  for (const name of ['api', 'web']) {
    expect(sandbox.git(`repo/modules/${name}`, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(sandbox.git(`repo/modules/${name}`, 'branch', '--format=%(refname:short)')).toBe('main\n');
    await trashEmpty(sandbox, `repo/modules/${name}`);
  }
});

it('a branch stays as long as only it says where another one began', () => {
  branchOff(sandbox, 'P-1--p1-x');
  branchOff(sandbox, 'P-1--p2-y', 'P-1--p2-y', 'P-1--p1-x');
  squash(sandbox, 'P-1--p1-x');
  const kept = ask(sandbox, 'repo', 'prune', 'P-1--p1-x', '--branches');
  expect(kept).toMatchObject({ status: 0, removed: [{ branch: 'P-1--p1-x', branch_deleted: false, branch_stays: 'P-1--p2-y stands on P-1--p1-x' }] });
  sandbox.git('repo', 'update-ref', 'refs/treework/bases/P-1--p2-y', 'P-1--p1-x');
  expect(ask(sandbox, 'repo', 'prune', 'P-1--p1-x', '--branches').removed).toMatchObject([{ branch_deleted: true }]);
});

describe('on the way', () => {
  it('what a killed prune has moved is put back where git still lists it, and deleted where it was decided', async () => {
    for (const branch of ['P-1--x', 'P-2--y']) {
      branchOff(sandbox, branch);
      squash(sandbox, branch);
    }
    const trash = join(sandbox.root, 'repo/.git/treework/trash');
    mkdirSync(trash, { recursive: true });
    for (const [name, at] of [['P-1--x', '1.json'], ['P-2--y', '2.decided']] as const) {
      const tree = join(trash, `${name}.tree`);
      writeFileSync(join(trash, at), JSON.stringify({ root: join(sandbox.root, name), gitDir: join(sandbox.root, `repo/.git/worktrees/${name}`), tree }));
      renameSync(join(sandbox.root, name), tree);
    }
    const answer = ask(sandbox, 'repo', 'prune', '--all', '--dry-run');
    expect(answer.kept.map(codes)).toEqual([['gone'], ['gone']]);
    const again = ask(sandbox, 'repo', 'prune', 'P-1', '--yes');
    expect(again).toMatchObject({ put_back: [join(sandbox.root, 'P-1--x')], removed: [{ branch: 'P-1--x' }] });
    await trashEmpty(sandbox);
    expect(sandbox.git('repo', 'worktree', 'list').split('\n').filter(Boolean)).toHaveLength(1);
  });

  it('remote branches are named, and left', () => {
    sandbox.git('', 'init', '-q', '--bare', 'server.git');
    sandbox.git('repo', 'remote', 'add', 'origin', '../server.git');
    branchOff(sandbox, 'P-1--x');
    sandbox.git('P-1--x', 'push', '-q', '-u', 'origin', 'P-1--x');
    squash(sandbox, 'P-1--x');
    const { stdout } = sandbox.treework('repo', 'prune', 'P-1', '--branches');
    expect(stdout).toContain('deleted the branch P-1--x; git branch P-1--x ');
    expect(stdout).toContain('origin/P-1--x is left: git push origin --delete P-1--x');
    expect(sandbox.run('git', ['config', '--get-regexp', '^branch\\.P-1'], { cwd: 'repo' }).stdout).toBe('');
  });
});
