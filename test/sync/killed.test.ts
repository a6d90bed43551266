import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Team } from './shared.ts';

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
      killAll(run % 2 === 0 ? family : family.slice(0, 1));
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      // What killed git has left locked is named, with the command.
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const { status, rows, next_action: next } = team.sync();
        if (status === 0) break;
        expect(rows.filter(({ ok }) => !ok).map(({ state }) => state)).toContain('locked');
        team.sandbox.run('sh', ['-c', next.command], { cwd: 'home' });
      }
      for (const tree of trees) {
        expect([team.git(tree, 'rev-parse', 'HEAD'), team.git(tree, 'status', '--porcelain').split('\n')]).toEqual([tip, ['M a.txt', '?? mine.txt']]);
        expect(['a.txt', 'mine.log', 'mine.txt'].map((path) => team.sandbox.read(tree, path))).toEqual([`mine ${run}\n`, `${run}\n`, `${run}\n`]);
      }
      expect(team.sandbox.treework('home', 'doctor', '--json').stdout).not.toContain('interrupted');
    }
  });
});
