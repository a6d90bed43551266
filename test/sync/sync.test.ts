import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, symlinkSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rowOf, Team } from './shared.ts';

let team: Team;
beforeEach(() => {
  team = new Team();
});
afterEach(() => team.remove());

describe('what can move moves', () => {
  it('K6: the trunk and every worktree, whichever one stands in; local changes elsewhere stay', () => {
    const seven = team.ticket('PROJ-7--api');
    const eight = team.ticket('PROJ-8--web');
    const tips = [team.push('main', { 'a.txt': 'A\n' }), team.push('PROJ-7--api', { 'new/c.txt': 'c\n', 'b.txt': null }), team.push('PROJ-8--web', { 'a.txt': 'AA\n' })];
    team.sandbox.write(seven, { 'a.txt': 'mine\n', 'untracked.txt': 'mine\n' });
    team.git(seven, 'add', 'a.txt');
    team.git('home', 'switch', '-q', '--detach');
    const { status, rows, moved, next_action: next } = team.sync(eight);
    expect({ status, moved }).toEqual({ status: 0, moved: 3 });
    expect(['main', 'PROJ-7--api', 'PROJ-8--web'].map((branch) => team.git('home', 'rev-parse', branch))).toEqual(tips);
    expect(rowOf(rows, 'main')).toMatchObject({ state: 'moved', behind: 1, worktree: null });
    expect(rowOf(rows, team.at('home'))).toMatchObject({ state: 'detached', ok: true });
    expect(team.git(seven, 'status', '--porcelain')).toBe('M  a.txt\n?? untracked.txt');
    expect(team.sandbox.exists(seven, 'new/c.txt')).toBe(true);
    expect(next.command).toBe('treework list');
    expect(team.sync(seven).moved).toBe(0);
  });

  it('a branch that follows a branch of this repository follows it to where that one got', () => {
    team.git('home', 'worktree', 'add', '-q', '-b', 'PROJ-7--x', team.at('trees/x'), 'main');
    team.git('trees/x', 'branch', '-q', '--set-upstream-to=main');
    const tip = team.push('main', { 'a.txt': 'A\n' });
    expect(team.sync().moved).toBe(2);
    expect(team.git('trees/x', 'rev-parse', 'HEAD')).toBe(tip);
  });

  it('K6: a file that is already as it would arrive is in nobody’s way', () => {
    const seven = team.ticket('PROJ-7--api');
    const tip = team.push('PROJ-7--api', { 'a.txt': 'A\n', 'new.txt': 'n\n', 'x.log': 'l\n', 'b.txt': null });
    team.sandbox.write(seven, { 'a.txt': 'A\n', 'new.txt': 'n\n', 'x.log': 'l\n' });
    rmSync(team.at(`${seven}/b.txt`));
    expect(team.sync().status).toBe(0);
    expect([team.git(seven, 'rev-parse', 'HEAD'), team.git(seven, 'status', '--porcelain')]).toEqual([tip, '']);
  });

  it('with --dry-run nothing does', () => {
    team.push('main', { 'a.txt': 'A\n' });
    team.git('home', 'fetch', '-q');
    const before = team.git('home', 'rev-parse', 'main');
    expect(team.sync('home', '--dry-run')).toMatchObject({ status: 0, moved: 1, dry_run: true });
    expect(team.git('home', 'rev-parse', 'main')).toBe(before);
  });
});

describe('what cannot is named, with why and what mends it, and nothing is lost', () => {
  it('K6: dirty, whatever would be overwritten or deleted, ignored files too', () => {
    const stories: Readonly<Record<string, readonly [path: string, spoil: (tree: string) => void, mine?: string]>> = {
      changed: ['a.txt', (tree) => team.sandbox.write(tree, { 'a.txt': 'mine\n' })],
      staged: ['a.txt', (tree) => { team.sandbox.write(tree, { 'a.txt': 'mine\n' }); team.git(tree, 'add', 'a.txt'); }],
      untracked: ['new.txt', (tree) => team.sandbox.write(tree, { 'new.txt': 'mine\n' })],
      ignored: ['x.log', (tree) => team.sandbox.write(tree, { 'x.log': 'mine\n' })],
      'an-ignored-file-where-a-folder-has-to-be': ['dir.log', (tree) => team.sandbox.write(tree, { 'dir.log': 'mine\n' })],
      'a-folder-where-a-file-has-to-be': ['new.txt/', (tree) => team.sandbox.write(tree, { 'new.txt/x': 'mine\n' }), 'new.txt/x'],
      'changed-here-and-deleted-there': ['b.txt', (tree) => team.sandbox.write(tree, { 'b.txt': 'mine\n' })],
      'deleted-here-and-changed-there': ['a.txt', (tree) => rmSync(team.at(`${tree}/a.txt`)), ''],
      'a-name-of-all-sorts': ['ä "x\n$(id).txt', (tree) => team.sandbox.write(tree, { 'ä "x\n$(id).txt': 'mine\n' })],
      'a-link-where-a-folder-has-to-be': ['deep', (tree) => { team.sandbox.write('aside', { mine: 'mine\n' }); symlinkSync(team.at('aside'), team.at(`${tree}/deep`)); }, 'deep/mine'],
    };
    const before = team.git('home', 'rev-parse', 'HEAD');
    const names = Object.keys(stories);
    for (const name of names) team.git('home', 'worktree', 'add', '-q', '--track', '-b', name, team.at(`trees/${name}`), 'origin/main');
    team.push('main', { 'a.txt': 'A\n', 'new.txt': 'n\n', 'x.log': 'l\n', 'dir.log/y': 'y\n', 'b.txt': null, 'ä "x\n$(id).txt': 'theirs\n', 'deep/er.txt': 'd\n' });
    for (const [name, [, spoil]] of Object.entries(stories)) spoil(`trees/${name}`);
    const { status, rows, moved, next_action: next } = team.sync();
    expect({ status, moved }).toEqual({ status: 1, moved: 1 });
    expect(names.map((name) => [name, rowOf(rows, name)?.state, rowOf(rows, name)?.paths])).toEqual(Object.entries(stories).map(([name, [path]]) => [name, 'dirty', [path]]));
    expect(next.on_pass).toBe('treework sync');
    expect(team.sandbox.run('sh', ['-c', next.command]).status).toBe(0);
    for (const [name, [path, , mine = path]] of Object.entries(stories)) {
      expect(team.git(`trees/${name}`, 'rev-parse', 'HEAD')).toBe(before);
      if (mine === '') expect(team.sandbox.exists(`trees/${name}`, path)).toBe(false);
      else expect(team.sandbox.read(`trees/${name}`, mine)).toBe('mine\n');
    }
  });

  it('K6: diverged; the others move all the same', () => {
    const seven = team.ticket('PROJ-7--api');
    team.push('PROJ-7--api', { 'a.txt': 'A\n' });
    team.push('main', { 'b.txt': 'B\n' });
    const own = team.commit(seven, { 'c.txt': 'c\n' });
    const { status, rows, moved } = team.sync();
    expect({ status, moved }).toEqual({ status: 1, moved: 1 });
    expect(rowOf(rows, 'PROJ-7--api')).toMatchObject({ state: 'diverged', ahead: 1, behind: 1, mend: `git -C ${team.at(seven)} rebase origin/PROJ-7--api PROJ-7--api` });
    expect(team.git(seven, 'rev-parse', 'HEAD')).toBe(own);
  });

  it('K6: in the middle of an operation', () => {
    const seven = team.ticket('PROJ-7--api');
    team.commit(seven, { 'a.txt': 'x\n' });
    team.git(seven, 'push', '-q', 'origin', 'PROJ-7--api');
    team.commit('home', { 'a.txt': 'y\n' });
    team.push('PROJ-7--api', { 'b.txt': 'B\n' });
    team.sandbox.run('git', ['merge', 'main'], { cwd: seven });
    expect(rowOf(team.sync().rows, 'PROJ-7--api')).toMatchObject({ state: 'operation', why: 'a merge is under way', ok: false });
    expect(team.sandbox.exists('home/.git/worktrees/PROJ-7--api', 'MERGE_HEAD')).toBe(true);
  });

  it('K6: no upstream, one that is gone, a base that moved on and a detached HEAD have nothing to move to: exit 0', () => {
    team.git('home', 'worktree', 'add', '-q', '-b', 'PROJ-1--local', team.at('trees/1'));
    team.ticket('PROJ-2--gone');
    team.git('server.git', 'branch', '-D', 'PROJ-2--gone');
    team.git('home', 'worktree', 'add', '-q', '--track', '-b', 'PROJ-3--base', team.at('trees/3'), 'origin/main');
    team.commit('trees/3', { 'c.txt': 'c\n' });
    team.git('home', 'worktree', 'add', '-q', '--detach', team.at('trees/4'));
    team.push('main', { 'b.txt': 'B\n' });
    const { status, rows } = team.sync();
    expect(status).toBe(0);
    expect(Object.fromEntries(rows.map(({ name, state }) => [name, state]))).toEqual({ main: 'moved', 'PROJ-1--local': 'no-upstream', 'PROJ-2--gone': 'gone', 'PROJ-3--base': 'behind', [team.at('trees/4')]: 'detached' });
  });

  it('K6: a branch that was pushed without an upstream follows the remote’s of its name', () => {
    const seven = team.ticket('PROJ-7--api');
    team.git(seven, 'branch', '-q', '--unset-upstream');
    const tip = team.push('PROJ-7--api', { 'a.txt': 'A\n' });
    expect(team.sync().moved).toBe(1);
    expect(team.git(seven, 'rev-parse', 'HEAD')).toBe(tip);
  });

  it('another git at work there', () => {
    team.push('main', { 'a.txt': 'A\n' });
    team.sandbox.write('home/.git', { 'index.lock': '' });
    expect(rowOf(team.sync().rows, 'main')).toMatchObject({ state: 'locked', mend: `rm -- ${team.at('home/.git/index.lock')} && treework sync` });
  });

  it('a mirror, whose fetch would write to branches here', () => {
    team.git('home', 'config', 'remote.origin.fetch', '+refs/*:refs/*');
    const before = team.commit('home', { 'c.txt': 'c\n' });
    expect(rowOf(team.sync().rows, 'origin')).toMatchObject({ state: 'offline', ok: false });
    expect(team.git('home', 'rev-parse', 'main')).toBe(before);
  });
});

describe('a remote that does not answer', () => {
  it('K6: offline is said once for it, and what it follows is as it was', () => {
    team.ticket('PROJ-7--api');
    team.git('home', 'remote', 'set-url', 'origin', team.at('no such.git'));
    const { status, rows } = team.sync();
    expect(status).toBe(1);
    expect(rowOf(rows, 'origin')).toMatchObject({ state: 'offline', kind: 'remote' });
    expect(rows.filter(({ state }) => state === 'offline').map(({ name }) => name)).toEqual(['origin', 'main', 'PROJ-7--api']);
    expect(team.sandbox.treework('home', 'sync').stdout).toMatch(/^offline +origin +.*no such\.git.*\n +mend: git -C /);
  });

  it('K6: one that accepts and says nothing is given up, without a password being asked for or shown', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    team.git('home', 'remote', 'set-url', 'origin', `git://127.0.0.1:${port}/x.git`);
    const child = spawn('treework', ['sync', '--json', '--timeout', '0.5'], { cwd: team.at('home'), env: team.sandbox.env });
    let said = '';
    child.stdout.on('data', (piece) => (said += String(piece)));
    await once(child, 'close');
    server.close();
    expect(JSON.parse(said)).toMatchObject({ ok: false, rows: [{ name: 'origin', state: 'offline', why: 'no sign of life for 0.5 s' }, { name: 'main', state: 'offline' }] });
    team.git('home', 'remote', 'set-url', 'origin', 'http://ann:secret@127.0.0.1:9/x.git');
    const { stdout } = team.sandbox.treework('home', 'sync', '--json');
    expect([stdout.includes('"state":"offline"'), stdout.includes('secret')]).toEqual([true, false]);
  });

  it('K6: one that asks for a password gets none, and nobody is asked', async () => {
    const server = createHttpServer((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    team.git('home', 'remote', 'set-url', 'origin', `http://127.0.0.1:${(server.address() as { port: number }).port}/x.git`);
    const child = spawn('treework', ['sync', '--json'], { cwd: team.at('home'), env: team.sandbox.env });
    let said = '';
    child.stdout.on('data', (piece) => (said += String(piece)));
    await once(child, 'close');
    server.close();
    expect(JSON.parse(said)).toMatchObject({ ok: false, rows: [{ name: 'origin', state: 'offline', why: expect.stringContaining('terminal prompts disabled') }, {}] });
  });
});

describe('modules', () => {
  beforeEach(() => {
    team.sandbox.write('home', { 'WORKSPACE.md': '---\ntreework: 1\nmodules: {api: modules/api, web: modules/web}\n---\n', '.gitignore': 'modules/\n' });
    team.commit('home', { '.gitignore': 'modules/\n*.log\n', 'WORKSPACE.md': '---\ntreework: 1\nmodules: {api: modules/api, web: modules/web}\n---\n' });
    team.sandbox.git('', 'init', '-q', '--bare', 'api.git');
    team.sandbox.repository('api-mate', { 'api.txt': '1\n' });
    team.git('api-mate', 'remote', 'add', 'origin', team.at('api.git'));
    team.git('api-mate', 'push', '-q', '-u', 'origin', 'main');
    team.git('home', 'clone', '-q', team.at('api.git'), 'modules/api');
  });

  it('K6 K13: every one is fetched once and its trunk and worktrees move; one that is not cloned is named', () => {
    team.git('home/modules/api', 'worktree', 'add', '-q', '--no-track', '-b', 'PROJ-7--x', team.at('trees/api'));
    team.git('trees/api', 'push', '-q', '-u', 'origin', 'PROJ-7--x');
    const tip = team.commit('api-mate', { 'api.txt': '2\n' });
    team.git('api-mate', 'push', '-q', 'origin', 'main', 'main:PROJ-7--x');
    const { status, rows } = team.sync();
    expect(status).toBe(1);
    expect(rows.filter(({ module }) => module === 'api').map(({ name, state }) => [name, state])).toEqual([['main', 'moved'], ['PROJ-7--x', 'moved']]);
    expect(team.git('trees/api', 'rev-parse', 'HEAD')).toBe(tip);
    expect(rowOf(rows, 'web')).toMatchObject({ kind: 'module', state: 'missing', mend: 'git clone URL modules/web' });
  });
});
