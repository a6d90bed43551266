import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, workspace } from '../verbs/fixture.ts';

const KILLS = Number(process.env['TREEWORK_RUNS'] ?? 5);
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const FILES = 400;

/** Begins `work` and kills it after so many milliseconds: alone, so that git goes on without it, or with everything it started. */
async function killed(sandbox: Sandbox, ticket: string, delay: number, isWholeGroup: boolean): Promise<{ killed: boolean; took: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/cli.cjs'), 'work', ticket, '--yes'], { cwd: join(sandbox.root, 'repo'), env: sandbox.env, stdio: 'ignore', detached: true });
  const timer = setTimeout(() => {
    try {
      process.kill(isWholeGroup ? -(child.pid as number) : (child.pid as number), 'SIGKILL');
    } catch {
      // It was over just then.
    }
  }, delay);
  const signal = await new Promise((ended) => child.on('exit', (_, by) => ended(by)));
  clearTimeout(timer);
  return { killed: signal === 'SIGKILL', took: performance.now() - begun };
}

it(`O11: killed ${KILLS} times at any moment, the next call makes a whole worktree, with every step of after_create`, async () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  workspace(sandbox, 'repo', '---\ntreework: 1\nafter_create: {copy: [".env*"], run: ["echo done >installed.txt"]}\n---\n');
  sandbox.write('repo', Object.fromEntries(Array.from({ length: FILES }, (_, index) => [`src/${index % 20}/${index}.txt`, `${index}\n`.repeat(50)])));
  sandbox.write('repo', { '.gitignore': '.env*\ninstalled.txt\n' });
  done(sandbox.treework('repo', 'init', '--yes'));
  commitAll(sandbox, 'repo');
  sandbox.write('repo', Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`src/0/.env.${index}`, `SECRET=${index}\n`.repeat(2000)])));
  let longest = (await killed(sandbox, 'PROJ-0', 60_000, false)).took;
  for (let round = 1, count = 0; count < KILLS; round += 1) {
    const ticket = `PROJ-${round}`;
    const answer = await killed(sandbox, ticket, Math.random() * longest * 1.05, round % 2 === 0);
    if (!answer.killed) longest = 0.9 * longest + 0.1 * answer.took;
    count += answer.killed ? 1 : 0;
    const { path, ready } = ask(sandbox, 'repo', ['work', ticket, '--yes']);
    const tree = path.slice(sandbox.root.length + 1);
    expect(ready).toBe(true);
    expect(sandbox.git(tree, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(tree, 'branch', '--show-current').trim()).toBe(`${ticket}--work`);
    expect(readFileSync(join(path, 'installed.txt'), 'utf8')).toBe('done\n');
    for (const name of readdirSync(join(path, 'src/0')).filter((one) => one.startsWith('.env'))) expect(readFileSync(join(path, 'src/0', name), 'utf8')).toBe(sandbox.read('repo', `src/0/${name}`));
    expect(readdirSync(join(path, 'src/0')).filter((name) => name.startsWith('.env'))).toHaveLength(40);
    const worktrees = sandbox.git('repo', 'worktree', 'list', '--porcelain');
    expect(worktrees).not.toMatch(/^(?:prunable|locked)/m);
    expect(worktrees.match(/^worktree /gm)).toHaveLength(round + 2);
    expect(readdirSync(join(sandbox.root, 'repo/.git/treework/operations'))).toEqual([]);
    expect(existsSync(join(sandbox.root, 'repo/.git/treework/worktrees.lock'))).toBe(false);
  }
  const doctor = sandbox.treework('repo', 'doctor', '--json');
  expect(JSON.parse(doctor.stdout).checks.filter(({ ok, warning }: { ok: boolean; warning?: true }) => !ok && !warning).map(({ name }: { name: string }) => name)).toEqual([]);
}, 3_600_000);
