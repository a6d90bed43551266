import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PullRequest } from '../../src/provider-kit.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { asDev, branchAt, clones, port } from './local-subjects.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 3);

let sandbox: Sandbox;
beforeEach(() => {
  asDev();
  sandbox = new Sandbox();
  clones(sandbox);
});
afterEach(() => sandbox.remove());

/** Starts the program; answers with its exit status, or undefined where it was killed. */
function start(clone: string, ...args: string[]) {
  const child = spawn(join(sandbox.root, '.bin/treework'), args, { cwd: join(sandbox.root, clone), env: sandbox.env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
  const ended = new Promise<{ status: number | null; said: string }>((resolve) => child.on('close', (status) => resolve({ status, said })));
  return { child, ended };
}

const create = (clone: string, head: string) => start(clone, 'provider', 'git-hosting', 'createPullRequest', '--json', '--input', JSON.stringify({ title: head, body: '', head, base: 'main' }));

it('of processes in two clones that open pull requests at once none loses one, and no number is given twice', async () => {
  const heads = Array.from({ length: RUNS }, (_, index) => `work-${index}`);
  for (const head of heads) branchAt(sandbox, 'remote.git', head, { [`${head}.txt`]: head });
  const ended = await Promise.all(heads.map((head, index) => create(index % 2 === 0 ? 'a' : 'b', head).ended));
  expect(ended.filter(({ status }) => status !== 0)).toEqual([]);
  const answers = ended.map(({ said }) => (JSON.parse(said) as { answer: PullRequest }).answer);
  expect(answers.map(({ id }) => Number(id)).sort((one, other) => one - other)).toEqual(heads.map((_, index) => index + 1));
  const all = await (await port(sandbox, 'b', 'git-hosting')).findPullRequests({});
  expect(all.map(({ head }) => head).sort()).toEqual([...heads].sort());
});

it('of a process that is killed nothing is left in the way: what it opened is there whole or not at all, and the next one goes on', async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const head = `work-${run}`;
    branchAt(sandbox, 'remote.git', head, { [`${head}.txt`]: head });
    const { child, ended } = create('a', head);
    const limit = setTimeout(() => child.kill('SIGKILL'), 40 + (run * 211) % 400);
    await ended;
    clearTimeout(limit);
    const hosting = await port(sandbox, 'b', 'git-hosting');
    const [found, ...more] = await hosting.findPullRequests({ head });
    expect(more).toEqual([]);
    const pull = found ?? (await hosting.createPullRequest({ title: head, body: '', head, base: 'main' }));
    const merged = await hosting.mergePullRequest({ id: pull.id, method: run % 2 === 0 ? 'merge' : 'rebase' });
    expect(merged).toMatchObject({ id: String(run + 1), state: 'merged' });
    expect(sandbox.git('remote.git', 'show', `main:${head}.txt`)).toBe(head);
  }
  expect(sandbox.git('remote.git', 'fsck', '--strict', '--no-dangling')).toBe('');
});
