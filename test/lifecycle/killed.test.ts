import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll } from '../verbs/fixture.ts';
import { manyNodes, records } from './plan-of-many.ts';

const KILLS = Number(process.env['TREEWORK_KILLS'] ?? 8);
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const START = ['start', 'n0', '--by', 'impl-1'];
const RELEASE = ['release', 'n0', '--by', 'impl-1', '--reason', 'it is somebody else’s turn'];

/** Runs a verb and kills it after so many milliseconds, if it still runs; answers how long it took, and whether it was killed. */
async function killedAfter(sandbox: Sandbox, repository: string, args: readonly string[], delay: number): Promise<{ killed: boolean; took: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/cli.cjs'), 'node', ...args, '--ticket', 'PROJ-7'], { cwd: join(sandbox.root, repository), env: sandbox.env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), delay);
  const signal = await new Promise((done) => child.on('exit', (_, by) => done(by)));
  clearTimeout(timer);
  return { killed: signal === 'SIGKILL', took: performance.now() - begun };
}

it(`S15: killed ${KILLS} times at any moment, a verb has done all or nothing, and the next one works`, async () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = manyNodes(sandbox);
  const path = join(records(sandbox, repository), 'n0.md');
  const text = () => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const steps = (record: string) => (parseDocument(Buffer.from(record)).data?.history as { to: string }[] | undefined ?? []).map(({ to }) => to);
  let longest = (await killedAfter(sandbox, repository, START, 60_000)).took;
  let [killed, done] = [0, 0];
  const state = join(sandbox.root, repository, '.git/treework');
  for (let round = 0; killed < KILLS; round += 1) {
    const before = text();
    const isBegun = steps(before).at(-1) === 'in_progress';
    const answer = await killedAfter(sandbox, repository, isBegun ? RELEASE : START, Math.random() * longest * 1.05);
    if (!answer.killed) longest = 0.9 * longest + 0.1 * answer.took;
    killed += answer.killed ? 1 : 0;
    const after = text();
    if (after !== before) {
      done += answer.killed ? 1 : 0;
      // The whole transition stands there, after all that stood there before.
      expect(steps(after)).toEqual([...steps(before), isBegun ? 'released' : 'in_progress']);
      expect(after.endsWith('---\n')).toBe(true);
    } else if (!answer.killed) throw new Error('a verb that nobody killed did nothing');
    // Once in a while nobody kills the next one: it works, and clears away what the others left.
    if (round % 10 !== 9) continue;
    const isNow = steps(after).at(-1) === 'in_progress';
    ask(sandbox, repository, ['node', ...(isNow ? RELEASE : START)]);
    expect(readdirSync(state).filter((name) => /lock|apply-/.test(name))).toEqual([]);
    expect(readdirSync(records(sandbox, repository))).toEqual(['n0.md']);
  }
  expect(done).toBeLessThan(killed);
  commitAll(sandbox, repository);
  const checked = sandbox.treework(repository, 'check', '--all');
  expect({ status: checked.status, output: checked.status === 0 ? '' : checked.output }).toEqual({ status: 0, output: '' });
  expect(sandbox.git(repository, 'status', '--porcelain')).toBe('');
}, 3_600_000);
