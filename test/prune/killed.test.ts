import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, branchOff, governed, squash, trashEmpty } from './fixture.ts';

const KILLS = Number(process.env['TREEWORK_RUNS'] ?? 2);
const TREES = 3;
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

/** Starts a prune of everything and kills it after so many milliseconds, if it still runs; answers how long it took. */
async function killedAfter(sandbox: Sandbox, delay: number): Promise<{ killed: boolean; took: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/cli.cjs'), 'prune', '--all', '--branches'], { cwd: join(sandbox.root, 'repo'), env: sandbox.env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), delay);
  const signal = await new Promise((done) => child.on('exit', (_, by) => done(by)));
  clearTimeout(timer);
  return { killed: signal === 'SIGKILL', took: performance.now() - begun };
}

it(`K8: killed ${KILLS} times at any moment, prune has removed a work tree whole or not at all, and the next one is sound`, async () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  governed(sandbox);
  sandbox.treework('repo', 'init', '--yes');
  sandbox.git('repo', 'add', '.');
  sandbox.git('repo', 'commit', '-qm', 'chore: govern', '--allow-empty');
  let longest = 0;
  let killed = 0;
  for (let round = 0; killed < KILLS; round += 1) {
    const trees = Array.from({ length: TREES }, (_, at) => branchOff(sandbox, `P-${round * TREES + at}--x`));
    for (const tree of trees) squash(sandbox, tree);
    // The last one holds something of its own, which nobody may take for finished.
    sandbox.write(trees[1] as string, { 'mine.txt': 'mine\n' });
    const answer = await killedAfter(sandbox, longest === 0 ? 60_000 : Math.random() * longest);
    longest = longest === 0 ? answer.took : 0.8 * longest + 0.2 * Math.max(answer.took, longest * 0.8);
    killed += answer.killed ? 1 : 0;
    const next = ask(sandbox, 'repo', 'prune', '--all', '--branches');
    expect(next).toMatchObject({ status: 0, stuck: [] });
    expect(next.kept.map(({ branch }: any) => branch)).toEqual([trees[1]]);
    expect(trees.map((tree) => sandbox.exists('', tree))).toEqual([false, true, false]);
    expect(sandbox.read(trees[1] as string, 'mine.txt')).toBe('mine\n');
    await trashEmpty(sandbox);
    const doctor = ask(sandbox, 'repo', 'doctor');
    expect(doctor.checks.filter(({ name, ok }: any) => name === 'operation' && !ok)).toEqual([]);
    expect(sandbox.git('repo', 'worktree', 'prune', '--dry-run', '--verbose')).toBe('');
    expect(sandbox.git(trees[1] as string, 'status', '--porcelain')).toBe('?? mine.txt\n');
    ask(sandbox, 'repo', 'prune', trees[1] as string, '--branches', '--discard', 'mine.txt');
  }
  expect(sandbox.git('repo', 'branch', '--format=%(refname:short)')).toBe('main\n');
  expect(sandbox.git('repo', 'fsck', '--no-dangling', '--no-progress')).toBe('');
}, 3_600_000);
