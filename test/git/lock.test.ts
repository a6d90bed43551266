import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/error.ts';
import { withLock } from '../../src/git/lock.ts';
import { birthOf, isAlive } from '../../src/git/process-life.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';

const KILLS = Number(process.env['TREEWORK_KILLS'] ?? 12);
const WORKERS = 8;

/** Takes the lock again and again; inside, adds one to a counter, and says so afterwards. A second one inside is a violation. */
const WORKER = `
const { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const [folder, times] = process.argv.slice(2);
const { withLock } = require(folder + '/lock.cjs');
const alive = (pid) => { try { process.kill(pid, 0); return !/^\\d+ \\(.*\\) Z/.test(readFileSync('/proc/' + pid + '/stat', 'latin1')); } catch { return false; } };
for (let i = 0; i < Number(times); i++) {
  withLock(folder + '/state/the.lock', () => {
    const inside = existsSync(folder + '/inside') ? Number(readFileSync(folder + '/inside', 'utf8')) : 0;
    if (inside > 0 && alive(inside)) appendFileSync(folder + '/violations', inside + ' ' + process.pid + '\\n');
    writeFileSync(folder + '/inside', String(process.pid));
    const count = Number(readFileSync(folder + '/counter', 'utf8'));
    for (let spin = 0; spin < 20000; spin++) Math.sqrt(spin);
    writeFileSync(folder + '/next-' + process.pid, String(count + 1));
    require('node:fs').renameSync(folder + '/next-' + process.pid, folder + '/counter');
    rmSync(folder + '/inside');
  });
  appendFileSync(folder + '/told', '.');
}
`;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tw-lock-'));
  const bundle = await rolldown({ cwd: PACKAGE_ROOT, input: { lock: 'src/git/lock.ts' }, platform: 'node' });
  await bundle.write({ dir: folder, format: 'cjs', entryFileNames: '[name].cjs' });
  await bundle.close();
  writeFileSync(join(folder, 'worker.cjs'), WORKER);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  for (const name of ['state', 'inside', 'violations', 'told']) rmSync(join(folder, name), { recursive: true, force: true });
  writeFileSync(join(folder, 'counter'), '0');
});

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const lock = () => join(folder, 'state/the.lock');

/** Who holds the lock at this moment, or is about to inherit it. */
function holder(): number | undefined {
  try {
    const heir = readdirSync(join(folder, 'state')).find((name) => name.endsWith('.heir'));
    return Number.parseInt(read(heir === undefined ? 'state/the.lock' : `state/${heir}`), 10);
  } catch {
    return undefined;
  }
}

function work(times: number): { child: ChildProcess; end: Promise<number | null> } {
  const child = spawn(process.execPath, [join(folder, 'worker.cjs'), folder, String(times)], { stdio: 'inherit' });
  return { child, end: new Promise((done) => child.on('exit', done)) };
}

describe('a lock', () => {
  it('lets one process in at a time, however many wait', async () => {
    const codes = await Promise.all(Array.from({ length: WORKERS }, () => work(25).end));
    expect(new Set(codes)).toEqual(new Set([0]));
    expect(read('counter')).toBe(String(WORKERS * 25));
    expect(readdirSync(join(folder, 'state'))).toEqual([]);
    expect(readdirSync(folder)).not.toContain('violations');
  });

  it('is inherited by one alone when its holder is killed, and its heir too', async () => {
    const killed: ChildProcess[] = [];
    const running = new Set<ChildProcess>();
    const keepOn = async (): Promise<void> => {
      while (killed.length < KILLS) {
        const { child, end } = work(1_000_000);
        running.add(child);
        await end;
        running.delete(child);
      }
    };
    const all = Array.from({ length: WORKERS }, keepOn);
    while (killed.length < KILLS) {
      await new Promise((done) => setTimeout(done, 20 + Math.random() * 60));
      // The holder at this moment, as often as one is to be seen: the rest at random.
      const pid = holder();
      const victim = [...running].find((child) => child.pid === pid) ?? [...running][Math.floor(Math.random() * running.size)];
      if (victim?.kill('SIGKILL')) killed.push(victim);
    }
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(all);
    expect(readdirSync(folder)).not.toContain('violations');
    expect(await work(3).end).toBe(0);
    // Whoever was killed between the counter and the word had counted: never the other way round.
    expect(Number(read('counter'))).toBeGreaterThanOrEqual(read('told').length);
    expect(readdirSync(join(folder, 'state'))).toEqual([]);
  });

  it('is given up for lost by nobody while its holder lives, and waited for only so long', () => {
    withLock(lock(), () => {
      expect(() => withLock(lock(), () => 0, 50)).toThrow(UserError);
      expect(read('state/the.lock')).toContain(`${process.pid}-`);
    });
    expect(withLock(lock(), () => 7, 50)).toBe(7);
  });

  it('is not waited for long where its holder is suspended, and goes on when that does', async () => {
    const { child, end } = work(1_000_000);
    try {
      while (holder() !== child.pid) await new Promise((done) => setTimeout(done, 1));
      child.kill('SIGSTOP');
      if (birthOf(process.pid) !== undefined) {
        // It goes on until the signal reaches it. Stopped outside the lock it holds up nobody.
        await vi.waitUntil(() => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1')), 60_000);
        if (holder() === child.pid) expect(() => withLock(lock(), () => 0)).toThrow(/which is suspended/);
      }
    } finally {
      child.kill('SIGKILL');
      child.kill('SIGCONT');
      await end;
    }
    expect(withLock(lock(), () => 1)).toBe(1);
  });

  it('is held until a promise is settled, and given back whatever happens', async () => {
    await withLock(lock(), async () => {
      await Promise.resolve();
      expect(() => withLock(lock(), () => 0, 20)).toThrow(UserError);
    });
    await expect(withLock(lock(), () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(() => withLock(lock(), () => { throw new Error('y'); })).toThrow('y');
    expect(withLock(lock(), () => 1, 20)).toBe(1);
  });

  it('tells a process from a later one that got its id, and leaves alone what another machine holds', () => {
    withLock(lock(), () => undefined);
    writeFileSync(lock(), `${process.pid}-abc 1 ${hostname()}`);
    if (birthOf(process.pid) !== undefined) expect(withLock(lock(), () => 1, 50)).toBe(1);
    writeFileSync(lock(), `99999999-abc 1 another.example`);
    expect(() => withLock(lock(), () => 1, 50)).toThrow(/no other treework/);
    rmSync(lock());
    expect([isAlive(process.pid), isAlive(99_999_999)]).toEqual([true, false]);
  });
});
