import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Team, type Row } from './shared.ts';

const RUNS = Number(process.env.TREEWORK_RUNS ?? 2);
const FILES = 150;

let team: Team;
beforeEach(() => {
  team = new Team();
});
afterEach(() => team.remove());

function start(): ChildProcess {
  return spawn('treework', ['sync', '--json'], { cwd: team.at('home'), env: team.sandbox.env, stdio: 'ignore' });
}

/** Of a process and all that it has started, the innermost last. */
function familyOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
    return [pid, ...children.flatMap(familyOf)];
  } catch {
    return [];
  }
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}

/** What a person does about a file that git was killed in: it holds a beginning of what arrives, or nothing. */
function takeBackHalf({ worktree, paths = [] }: Row, files: Readonly<Record<string, string>>): void {
  expect(paths).toHaveLength(1);
  const [path] = paths as [string];
  const at = join(worktree as string, path);
  expect(files[path]?.startsWith(existsSync(at) ? readFileSync(at, 'utf8') : ''), `${path} is a beginning of what arrives`).toBe(true);
  rmSync(at, { force: true });
  team.sandbox.run('git', ['-C', worktree as string, 'checkout', '-q', 'HEAD', '--', path]);
}

describe('sync and other processes', () => {
  it('two at once: both are right, and everything has moved once', async () => {
    const seven = team.ticket('PROJ-7--api');
    const tips = [team.push('main', { 'a.txt': 'A\n' }), team.push('PROJ-7--api', { 'c.txt': 'c\n' })];
    const codes = await Promise.all([start(), start()].map(async (child) => (await once(child, 'close'))[0] as number));
    expect(codes).toEqual([0, 0]);
    expect([team.git('home', 'rev-parse', 'HEAD'), team.git(seven, 'rev-parse', 'HEAD'), team.git(seven, 'status', '--porcelain')]).toEqual([...tips, '']);
  });

  it.runIf(process.platform === 'linux')(`killed at ${RUNS} random moments, git with it or not: the next one brings it to its end, and what is local stays`, async () => {
    const trees = ['home', team.ticket('PROJ-7--api'), team.ticket('PROJ-8--web')];
    const branches = ['main', 'PROJ-7--api', 'PROJ-8--web'];
    for (let run = 0; run < RUNS; run += 1) {
      const files = Object.fromEntries(Array.from({ length: FILES }, (_, at) => [`many/${at}.txt`, `${run} ${at}\n`.repeat(200)]));
      team.git('mate', 'fetch', '-q');
      team.git('mate', 'switch', '-q', '--detach', 'origin/main');
      team.sandbox.write('mate', { ...files, [`new/${run}.txt`]: 'n\n' });
      team.git('mate', 'add', '.');
      team.git('mate', 'commit', '-q', '-m', 'feat: many');
      team.git('mate', 'push', '-q', 'origin', ...branches.map((branch) => `HEAD:${branch}`));
      const tip = team.git('mate', 'rev-parse', 'HEAD');
      for (const tree of trees) team.sandbox.write(tree, { 'a.txt': `mine ${run}\n`, 'mine.log': `${run}\n`, 'mine.txt': `${run}\n` });
      const child = start();
      await wait(Math.random() * 900);
      const family = familyOf(child.pid ?? 0);
      // Alone, git goes on without it.
      const isAlone = run % 2 === 1;
      killAll(isAlone ? family.slice(0, 1) : family);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      // What killed git has left locked is named, with the command; and the one file that it was writing, which nobody can tell from a person's.
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const { status, rows } = team.sync();
        if (status === 0) break;
        for (const row of rows.filter(({ ok }) => !ok)) {
          expect(['locked', 'dirty'], JSON.stringify(row)).toContain(row.state);
          if (isAlone) await wait(200);
          else if (row.state === 'locked') team.sandbox.run('sh', ['-c', row.mend as string], { cwd: 'home' });
          else takeBackHalf(row, files);
        }
      }
      for (const tree of trees) {
        expect([team.git(tree, 'rev-parse', 'HEAD'), team.git(tree, 'status', '--porcelain').split('\n')]).toEqual([tip, ['M a.txt', '?? mine.txt']]);
        expect(['a.txt', 'mine.log', 'mine.txt'].map((path) => team.sandbox.read(tree, path))).toEqual([`mine ${run}\n`, `${run}\n`, `${run}\n`]);
      }
      expect(team.sandbox.treework('home', 'doctor', '--json').stdout).not.toContain('interrupted');
    }
  });
});
