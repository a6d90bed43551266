import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask } from '../prune/fixture.ts';

const KILLS = Number(process.env['TREEWORK_RUNS'] ?? 2);
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

it(`O11: killed ${KILLS} times at any moment, a release is there as a whole or not at all, and the same again makes it`, async () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\nflow: contrib\n---\n', 'package.json': '{"version": "1.0.0"}\n', 'a.js': '1\n' });
  sandbox.git('repo', 'branch', 'develop');
  const run = async (args: readonly string[], delay: number) => {
    const begun = performance.now();
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/cli.cjs'), 'release', ...args], { cwd: join(sandbox.root, 'repo'), env: sandbox.env, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), delay);
    const signal = await new Promise((done) => child.on('exit', (_, by) => done(by)));
    clearTimeout(timer);
    return { killed: signal === 'SIGKILL', took: performance.now() - begun };
  };
  const sound = () => {
    const { checks } = ask(sandbox, 'repo', 'doctor');
    expect(checks.filter(({ name, ok }: any) => name === 'operation' && !ok)).toEqual([]);
    expect(sandbox.git('repo', 'worktree', 'list', '--porcelain')).not.toMatch(/prunable|locked/);
    expect(sandbox.git('repo', 'fsck', '--no-dangling', '--no-progress')).toBe('');
  };
  const [made, finished] = [{ took: 0 }, { took: 0 }];
  let killed = 0;
  for (let round = 1; killed < KILLS; round += 1) {
    const version = `1.${round}.0`;
    const first = await run([version], made.took === 0 ? 60_000 : Math.random() * made.took);
    if (made.took === 0) made.took = first.took;
    killed += first.killed ? 1 : 0;
    expect(ask(sandbox, 'repo', 'release', version)).toMatchObject({ status: 0, branch: `release/${version}` });
    sound();
    const tree = `repo.trees/release-1-${round}-0`;
    expect([sandbox.git(tree, 'status', '--porcelain'), sandbox.git(tree, 'log', '--format=%s', 'develop..')]).toEqual(['', `chore(release): ${version}\n`]);
    sandbox.git('repo', 'merge', '-q', '--no-ff', '-m', `Merge ${version}`, `release/${version}`);
    const last = await run([version, '--finish'], finished.took === 0 ? 60_000 : Math.random() * finished.took);
    if (finished.took === 0) finished.took = last.took;
    killed += last.killed ? 1 : 0;
    expect(ask(sandbox, 'repo', 'release', version, '--finish')).toMatchObject({ status: 0, tag: `v${version}` });
    sound();
    expect(sandbox.git('repo', 'merge-base', 'develop', `v${version}`)).toBe(sandbox.git('repo', 'rev-parse', 'main'));
    ask(sandbox, 'repo', 'prune', `release/${version}`, '--branches');
  }
}, 3_600_000);
