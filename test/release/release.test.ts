import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask } from '../prune/fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const PACKAGE = '{\r\n\t"name": "app",\r\n\t"version": "1.0.0", "private": true,\r\n\t"scripts": {"version": "echo 1.0.0", "test": "node --test"}\r\n}';
const TEST = "const { test } = require('node:test');\ntest('one', () => {});\n";

/** A clone `repo` of a bare server with the tag v1.0.0, then a feature and an archived ticket on `branch`. */
function project(workspace: string, branch = 'main'): void {
  sandbox.git('', 'init', '-q', '--bare', 'server.git');
  sandbox.repository('repo', { 'WORKSPACE.md': `---\ntreework: 1\n${workspace}gates: {coverage: off}\n---\n`, 'package.json': PACKAGE, 'one.test.js': TEST, 'src.js': '1\n', 'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n## 1.0.0 (2026-01-01)\n\n- all\n' });
  sandbox.git('repo', 'tag', '-a', '-m', 'v1.0.0', 'v1.0.0');
  if (branch !== 'main') sandbox.git('repo', 'switch', '-qc', branch);
  sandbox.write('repo', { 'src.js': '2\n' });
  sandbox.git('repo', 'commit', '-qam', 'feat(api): rejects [expired] <b>tokens</b>');
  sandbox.write('repo', { 'docs/specs/ARCHIVED/PROJ-7/spec.md': '---\nticket: PROJ-7\ntitle: Reports API\n---\n' });
  sandbox.git('repo', 'add', '.');
  sandbox.git('repo', 'commit', '-qm', 'docs(PROJ-7): archive');
  sandbox.git('repo', 'remote', 'add', 'origin', '../server.git');
  sandbox.git('repo', 'push', '-q', '-u', 'origin', '--all');
  sandbox.git('repo', 'push', '-q', 'origin', '--tags');
}

function refs(of = 'repo'): string[] {
  return sandbox.git(of, 'for-each-ref', '--format=%(refname)').split('\n').filter((name) => name !== '' && !name.startsWith('refs/remotes/'));
}

const commit = (revision: string) => sandbox.git('repo', 'rev-parse', `${revision}^{commit}`).trim();

describe('flow trunk', () => {
  it('O11: a release from its version to its tag: branch, worktree, notes, version, gates, push, merge, tag; next_action leads through it', () => {
    project('');
    const rehearsed = ask(sandbox, 'repo', 'release', '--dry-run');
    expect(rehearsed).toMatchObject({ status: 0, version: '1.1.0', tag: 'v1.1.0', branch: 'release/1.1.0' });
    expect(refs()).toEqual(['refs/heads/main', 'refs/tags/v1.0.0']);
    const begun = ask(sandbox, 'repo', 'release');
    expect(begun).toMatchObject({ status: 0, state: 'begun', version: '1.1.0', worktree: join(sandbox.root, 'repo.trees/release-1-1-0'), next_action: { command: 'treework release 1.1.0 --push', confirm: true } });
    expect(begun.files.sort()).toEqual(['CHANGELOG.md', 'WORKSPACE.md', 'docs/releases/1.1.0.md', 'package.json']);
    const tree = 'repo.trees/release-1-1-0';
    expect(sandbox.read(tree, 'package.json')).toBe(PACKAGE.replace('"version": "1.0.0", ', '"version": "1.1.0", '));
    expect(sandbox.read(tree, 'docs/releases/1.1.0.md')).toMatch(/^---\nversion: "1\.1\.0"\ndate: .*\ntag: v1\.1\.0\ntickets:\n {2}- PROJ-7\n---\n## Tickets\n\n- PROJ-7: Reports API\n\n## Features\n\n- \*\*api:\*\* rejects \\\[expired\\\] \\<b\\>tokens\\<\/b\\> \([0-9a-f]{10}\)\n$/);
    expect(sandbox.read(tree, 'CHANGELOG.md')).toMatch(/^# Changelog\n\n## \[Unreleased\]\n\n## 1\.1\.0 \(.*\)\n\n### Tickets\n[^]*\n\n## 1\.0\.0 /);
    expect(sandbox.git(tree, 'status', '--porcelain')).toBe('');
    expect(ask(sandbox, 'repo', 'check', '--all').ok).toBe(true);
    // Again: nothing is made twice.
    expect(ask(sandbox, 'repo', 'release')).toMatchObject({ status: 0, state: 'open', branch: 'release/1.1.0' });
    expect(ask(sandbox, 'repo', 'release', '1.2.0')).toMatchObject({ status: 2, error: { code: 'release-open' } });
    expect(ask(sandbox, 'repo', 'release', '--finish')).toMatchObject({ status: 1, refused: expect.stringContaining('nothing was tagged') });
    writeFileSync(join(sandbox.root, tree, 'two.test.js'), TEST.replace('() => {}', '() => { throw 1; }'));
    expect(ask(sandbox, 'repo', 'release', '--push')).toMatchObject({ status: 2, error: { code: 'dirty' } });
    sandbox.git(tree, 'add', '.');
    sandbox.git(tree, 'commit', '-qm', 'test: broken');
    expect(ask(sandbox, 'repo', 'release', '--push')).toMatchObject({ status: 1, pushed: false, refused: 'the gates do not pass' });
    expect(refs('server.git')).not.toContain('refs/heads/release/1.1.0');
    sandbox.git(tree, 'rm', '-q', 'two.test.js');
    sandbox.git(tree, 'commit', '-qm', 'test: mended');
    const pushed = ask(sandbox, 'repo', 'release', '--push');
    expect(pushed).toMatchObject({ status: 0, pushed: true, next_action: { action: 'human:approve', on_pass: 'treework release 1.1.0 --finish' } });
    // The forge merges it; meanwhile somebody else's work lands.
    sandbox.git('', 'clone', '-q', 'server.git', 'forge');
    sandbox.git('forge', 'merge', '-q', '--no-ff', '-m', 'Merge release/1.1.0', 'origin/release/1.1.0');
    sandbox.git('forge', 'commit', '-q', '--allow-empty', '-m', 'feat: later');
    sandbox.git('forge', 'push', '-q', 'origin', 'HEAD:main');
    sandbox.git('repo', 'fetch', '-q');
    expect(ask(sandbox, 'repo', 'release', '1.1.0')).toMatchObject({ state: 'merged', next_action: { command: 'treework release 1.1.0 --finish' } });
    expect(ask(sandbox, 'repo', 'release', '--finish', '--dry-run')).toMatchObject({ dry_run: true, commit: commit('origin/main~1') });
    expect(refs()).not.toContain('refs/tags/v1.1.0');
    const finished = ask(sandbox, 'repo', 'release', '--finish');
    expect(finished).toMatchObject({ status: 0, tagged: true, back_merge: null, pushed: false, next_action: { command: 'treework release 1.1.0 --finish --push', confirm: true } });
    expect(sandbox.git('repo', 'cat-file', '-t', 'v1.1.0').trim()).toBe('tag');
    expect(commit('v1.1.0')).toBe(commit('origin/main~1'));
    expect(ask(sandbox, 'repo', 'release', '1.1.0', '--finish', '--push')).toMatchObject({ status: 0, tagged: false, pushed: true, next_action: { command: 'treework prune release/1.1.0 --branches' } });
    expect(refs('server.git')).toContain('refs/tags/v1.1.0');
    expect(ask(sandbox, 'repo', 'prune', 'release/1.1.0', '--branches')).toMatchObject({ status: 0, removed: [{ branch: 'release/1.1.0', branch_deleted: true }] });
    // The branch is gone: the page says where it came in.
    expect(ask(sandbox, 'repo', 'release', '1.1.0', '--finish')).toMatchObject({ status: 0, tagged: false, commit: commit('v1.1.0') });
  }, 60_000);

  it('a squash, and a tag that stands elsewhere, which is never moved; a failure half-way leaves nothing', () => {
    project('');
    // A folder stands in the worktree's place.
    sandbox.write('repo.trees/release-1-1-0', { 'mine.txt': 'x' });
    expect(ask(sandbox, 'repo', 'release')).toMatchObject({ status: 2, error: { code: 'exists' } });
    expect(refs()).toEqual(['refs/heads/main', 'refs/tags/v1.0.0']);
    expect(readdirSync(join(sandbox.root, 'repo.trees/release-1-1-0'))).toEqual(['mine.txt']);
    rmSync(join(sandbox.root, 'repo.trees'), { recursive: true });
    // A ref stands in the branch's.
    sandbox.git('repo', 'branch', 'release');
    expect(ask(sandbox, 'repo', 'release').status).toBe(2);
    expect(readdirSync(sandbox.root)).not.toContain('repo.trees');
    sandbox.git('repo', 'branch', '-D', 'release');
    expect(ask(sandbox, 'repo', 'release', 'abc')).toMatchObject({ status: 2, error: { code: 'version' } });
    expect(ask(sandbox, 'repo', 'release', '1.0.0')).toMatchObject({ status: 2, error: { code: 'version' } });
    ask(sandbox, 'repo', 'release', '2.0.0-rc.1');
    const aborted = ask(sandbox, 'repo', 'release', '--abort');
    expect(aborted).toMatchObject({ status: 0, aborted: true, branch: 'release/2.0.0-rc.1' });
    expect(refs()).toEqual(['refs/heads/main', 'refs/tags/v1.0.0']);
    ask(sandbox, 'repo', 'release');
    sandbox.write('repo.trees/release-1-1-0', { 'own.txt': 'mine' });
    expect(ask(sandbox, 'repo', 'release', '--abort')).toMatchObject({ status: 1, obstacles: [{ code: 'own-files' }] });
    sandbox.git('repo.trees/release-1-1-0', 'add', '.');
    sandbox.git('repo.trees/release-1-1-0', 'commit', '-qm', 'fix: late');
    expect(ask(sandbox, 'repo', 'release', '--abort')).toMatchObject({ status: 2, error: { code: 'release-has-work' } });
    sandbox.git('repo', 'merge', '-q', '--squash', 'release/1.1.0');
    sandbox.git('repo', 'commit', '-qm', 'chore: release 1.1.0 (#3)');
    sandbox.git('repo', 'commit', '-q', '--allow-empty', '-m', 'chore: later');
    sandbox.git('repo', 'tag', 'v1.1.0', 'main');
    expect(ask(sandbox, 'repo', 'release', '1.1.0', '--finish')).toMatchObject({ status: 2, error: { code: 'tag-elsewhere' } });
    expect(commit('v1.1.0')).toBe(commit('main'));
    sandbox.git('repo', 'tag', '-d', 'v1.1.0');
    expect(ask(sandbox, 'repo', 'release', '1.1.0', '--finish')).toMatchObject({ status: 0, commit: commit('main~1') });
  }, 60_000);
});

describe('flow contrib', () => {
  it('O11: release from develop, hotfix from main, tags on main, each brought back to develop; a conflict picks nobody', () => {
    project('flow: contrib\n', 'develop');
    sandbox.git('repo', 'config', 'user.name', 'Dev');
    expect(ask(sandbox, 'repo', 'release')).toMatchObject({ status: 0, base: 'develop', branch: 'release/1.1.0' });
    const hotfix = ask(sandbox, 'repo', 'release', '--hotfix');
    expect(hotfix).toMatchObject({ status: 0, base: 'main', version: '1.0.1', branch: 'hotfix/1.0.1' });
    // Nothing of develop is in it.
    expect(sandbox.read('repo.trees/hotfix-1-0-1', 'src.js')).toBe('1\n');
    sandbox.write('repo.trees/hotfix-1-0-1', { 'fix.js': '1\n' });
    sandbox.git('repo.trees/hotfix-1-0-1', 'add', '.');
    sandbox.git('repo.trees/hotfix-1-0-1', 'commit', '-qm', 'fix: at once');
    sandbox.git('repo', 'worktree', 'add', '-q', '../trunk', 'main');
    sandbox.git('trunk', 'merge', '-q', '--no-ff', '-m', 'Merge hotfix', 'hotfix/1.0.1');
    const before = commit('develop');
    const fixed = ask(sandbox, 'repo', 'release', '1.0.1', '--finish');
    expect(fixed).toMatchObject({ status: 0, tag: 'v1.0.1', tagged: true, back_merge: 'merged', commit: commit('main') });
    // develop is checked out here, and its work tree went along.
    expect(commit('develop^1')).toBe(before);
    expect(commit('develop^2')).toBe(commit('v1.0.1'));
    expect(sandbox.git('repo', 'status', '--porcelain')).toBe('');
    expect(sandbox.read('repo', 'fix.js')).toBe('1\n');
    expect(ask(sandbox, 'repo', 'release', '1.0.1', '--finish')).toMatchObject({ status: 0, tagged: false, back_merge: 'done' });
    // The release lands; meanwhile develop has changed the same lines.
    sandbox.git('trunk', 'merge', '-q', '--no-commit', 'release/1.1.0', '-X', 'theirs');
    sandbox.git('trunk', 'commit', '-qm', 'Merge release/1.1.0');
    sandbox.write('trunk', { 'src.js': '3\n' });
    sandbox.git('trunk', 'commit', '-q', '-a', '--amend', '--no-edit');
    sandbox.write('repo', { 'src.js': '4\n' });
    sandbox.git('repo', 'commit', '-qam', 'feat: next');
    const stands = commit('develop');
    const conflict = ask(sandbox, 'repo', 'release', '1.1.0', '--finish');
    expect(conflict).toMatchObject({ status: 1, tagged: true, tag: 'v1.1.0', back_merge: 'conflict', conflicts: expect.arrayContaining(['src.js']), next_action: { command: 'git switch develop && git merge --no-ff v1.1.0', on_pass: 'treework release 1.1.0 --finish' } });
    expect([commit('develop'), commit('v1.1.0')]).toEqual([stands, commit('main')]);
    sandbox.run('git', ['merge', '--no-ff', 'v1.1.0'], { cwd: 'repo' });
    sandbox.git('repo', 'checkout', '-q', '--ours', '.');
    sandbox.git('repo', 'add', '.');
    sandbox.git('repo', 'commit', '-qm', 'Merge v1.1.0 back');
    const pushed = ask(sandbox, 'repo', 'release', '1.1.0', '--finish', '--push');
    expect(pushed).toMatchObject({ status: 0, back_merge: 'done', pushed: true });
    expect(sandbox.git('server.git', 'rev-parse', 'develop', 'main', 'v1.1.0^{commit}').trim().split('\n')).toEqual([commit('develop'), commit('main'), commit('main')]);
    expect(ask(sandbox, 'repo', 'doctor').checks.filter(({ name }: any) => name === 'operation')).toEqual([]);
  }, 60_000);
});
