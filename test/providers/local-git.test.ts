import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runContract } from '../../src/provider-kit.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { asDev, branchAt, CI_FILES, clones, localHosting, port } from './local-subjects.ts';

let sandbox: Sandbox;
beforeEach(() => {
  asDev();
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const code = (promise: Promise<unknown>) => promise.then(() => 'done', (error: { code?: string }) => error.code);
const GOVERNED = { 'WORKSPACE.md': '---\ntreework: 1\n---\n' };

describe('git-hosting without a forge', () => {
  it('keeps its promises in a repository without a remote, with SHA-256, from a linked worktree with blanks in its name', async () => {
    sandbox.git('', 'init', '-q', '--object-format=sha256', 'repo');
    sandbox.write('repo', GOVERNED);
    sandbox.git('repo', 'add', '.');
    sandbox.git('repo', 'commit', '-qm', 'chore: begin');
    sandbox.git('repo', 'worktree', 'add', '-q', '-b', 'side', '../a "side" tree');
    const results = await runContract('git-hosting', await localHosting(sandbox, 'a "side" tree', 'repo'));
    expect(results.filter(({ state }) => state === 'failed')).toEqual([]);
    // The main worktree followed the merges.
    expect(sandbox.git('repo', 'status', '--porcelain')).toBe('');
    expect(sandbox.read('repo', 'by-squash.txt')).toBe('by-squash\n');
  });

  it('a merge into a branch that is checked out with changes, or with an untracked file in the way, is refused before anything moves', async () => {
    sandbox.repository('repo', { ...GOVERNED, 'x.txt': 'x\n' });
    branchAt(sandbox, 'repo', 'work', { 'x.txt': 'y\n', 'new.txt': 'new\n' });
    const hosting = await port(sandbox, 'repo', 'git-hosting');
    await hosting.createPullRequest({ title: 'x', body: '', head: 'work', base: 'main' });
    const before = sandbox.git('repo', 'rev-parse', 'main');
    const refused = async (path: string) => {
      sandbox.write('repo', { [path]: 'mine\n' });
      expect(await code(hosting.mergePullRequest({ id: '1', method: 'merge' }))).toBe('dirty');
      expect([sandbox.git('repo', 'rev-parse', 'main'), sandbox.read('repo', path), (await hosting.getPullRequest({ id: '1' }))?.state]).toEqual([before, 'mine\n', 'open']);
    };
    await refused('x.txt');
    sandbox.git('repo', 'checkout', '-q', 'x.txt');
    await refused('new.txt');
  });

  it('rebase keeps each commit with its author, date and message by the byte, and drops what the base has', async () => {
    clones(sandbox, { 'a.txt': '1\n' });
    sandbox.git('a', 'switch', '-q', '-c', 'work');
    for (const [name, message] of [['one', 'fix: one\n\nNode: PROJ-7/build\n'], ['two', 'feat: Grüße\n\n# kept\n']] as const) {
      sandbox.write('a', { [`${name}.txt`]: name });
      sandbox.git('a', 'add', '.');
      sandbox.run('git', ['commit', '-q', '--cleanup=verbatim', '--author=Eve <eve@example.com>', '--date=2020-02-02T02:02:02+0200', '-F', '-'], { cwd: 'a', input: message });
    }
    sandbox.git('a', 'push', '-q', 'origin', 'work');
    branchAt(sandbox, 'remote.git', 'main', { 'b.txt': 'b\n', 'one.txt': 'one' });
    const hosting = await port(sandbox, 'b', 'git-hosting');
    await hosting.createPullRequest({ title: 'x', body: '', head: 'work', base: 'main' });
    await hosting.mergePullRequest({ id: '1', method: 'rebase' });
    expect(sandbox.git('remote.git', 'log', '-2', '--format=%an %ae %aI|%B', 'main')).toBe('Eve eve@example.com 2020-02-02T02:02:02+02:00|feat: Grüße\n\n# kept\n\nDev dev@example.com 2023-11-14T22:13:20+00:00|feat: main\n\n');
    expect(sandbox.git('remote.git', 'show', 'main:two.txt')).toBe('two');
  });

  it('one whose head is in the base already is merged without a commit more', async () => {
    clones(sandbox);
    branchAt(sandbox, 'remote.git', 'work', { 'y.txt': 'y' });
    const hosting = await port(sandbox, 'a', 'git-hosting');
    await hosting.createPullRequest({ title: 'x', body: '', head: 'work', base: 'main' });
    sandbox.git('remote.git', 'update-ref', 'refs/heads/main', 'refs/heads/work');
    expect(await hosting.mergePullRequest({ id: '1', method: 'squash' })).toMatchObject({ state: 'merged', merged: sandbox.git('remote.git', 'rev-parse', 'work').trim() });
  });

  it('a remote that does not answer, and one that takes no such refs, are said with what to do', async () => {
    clones(sandbox);
    branchAt(sandbox, 'remote.git', 'work', { 'y.txt': 'y' });
    const hosting = await port(sandbox, 'a', 'git-hosting');
    sandbox.write('remote.git', { 'hooks/pre-receive': '#!/bin/sh\necho "only branches here" >&2\nexit 1\n' });
    sandbox.run('chmod', ['+x', 'remote.git/hooks/pre-receive']);
    const asked = { title: 'x', body: '', head: 'work', base: 'main' };
    await expect(hosting.createPullRequest(asked)).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('only branches here') });
    sandbox.run('mv', ['remote.git', 'gone.git']);
    expect([await code(hosting.createPullRequest(asked)), await code(hosting.findPullRequests({}))]).toEqual(['unreachable', 'unreachable']);
  });

  it('a record that somebody broke by hand is named', async () => {
    clones(sandbox);
    branchAt(sandbox, 'remote.git', 'work', { 'y.txt': 'y' });
    const hosting = await port(sandbox, 'a', 'git-hosting');
    await hosting.createPullRequest({ title: 'x', body: '', head: 'work', base: 'main' });
    const commit = branchAt(sandbox, 'remote.git', 'broken', { '1/pull.md': 'no frontmatter' });
    sandbox.git('remote.git', 'update-ref', 'refs/treework/pulls', commit);
    await expect(hosting.getPullRequest({ id: '1' })).rejects.toMatchObject({ code: 'record-broken', message: expect.stringContaining('1/pull.md') });
  });
});

describe('the other local providers', () => {
  it('tickets are numbered after those that stand in any branch, where a prefix is configured', async () => {
    clones(sandbox, { 'docs/specs/GH-7/spec.md': '---\nticket: GH-7\ntitle: x\n---\n' }, 'treework: 1\ntickets: {prefix: GH}');
    const [a, b] = [await port(sandbox, 'a', 'ticket-management'), await port(sandbox, 'b', 'ticket-management')];
    expect([(await a.createTicket({ title: 'One' })).id, (await b.createTicket({ title: 'Two' })).id]).toEqual(['GH-8', 'GH-9']);
    expect((await b.getTicket({ id: 'gh-8' }))?.title).toBe('One');
  });

  it('ci: a worktree that is not made ready is no pass, and says what is missing', async () => {
    clones(sandbox, CI_FILES, 'treework: 1\ngates: {coverage: off}\nafter_create: [touch ready]');
    const ci = await port(sandbox, 'a', 'ci');
    const run = await ci.startRun({ commit: sandbox.git('a', 'rev-parse', 'main').trim() });
    expect(run).toMatchObject({ state: 'failed', jobs: [{ name: 'prepare', state: 'failed', summary: expect.stringContaining('nobody approved touch ready') }] });
    expect(existsSync(join(sandbox.root, 'a/ready'))).toBe(false);
    expect(sandbox.git('a', 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  });

  it('documents: a path that is a folder of another, and .git, are refused and nothing is lost', async () => {
    clones(sandbox);
    const storage = await port(sandbox, 'a', 'document-storage');
    await storage.publishDocument({ path: 'guides/setup', title: 'Setup', body: 'x' });
    for (const path of ['guides', 'guides/setup/more.md', '.git/config']) expect(await code(storage.publishDocument({ path, title: 'x', body: 'x' }))).toBe('conflict');
    for (const path of ['../x', '/etc/passwd', 'a/./b', 'a//b']) expect(await code(storage.publishDocument({ path, title: 'x', body: 'x' }))).toBe('provider-question');
    expect((await storage.listDocuments({})).map(({ path }) => path)).toEqual(['guides/setup']);
  });
});
