import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';

const KILLS = Number(process.env['TREEWORK_RUNS'] ?? 2);
let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.remove());

/** Starts a split and kills it, sometimes with all that it started, after so many milliseconds. */
async function killedAfter(cwd: string, env: NodeJS.ProcessEnv, delay: number, withGroup: boolean): Promise<{ isKilled: boolean; took: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'dist/cli.cjs'), 'split', '--exec', 'test -e WORKSPACE.md'], { cwd, env, stdio: 'ignore', detached: true });
  const timer = setTimeout(() => {
    try {
      process.kill(withGroup ? -(child.pid as number) : (child.pid as number), 'SIGKILL');
    } catch {
      // It was over just then.
    }
  }, delay);
  const signal = await new Promise((resolve) => child.on('exit', (_, by) => resolve(by)));
  clearTimeout(timer);
  return { isKilled: signal === 'SIGKILL', took: performance.now() - begun };
}

it(`killed ${KILLS} times at any moment, a split is made or not, and the next one brings it to an end`, async () => {
  const box = new Sandbox();
  sandbox = box;
  const temporary = join(box.root, 'temporary');
  box.write('temporary', { '.keep': '' });
  const env = { ...box.env, TMPDIR: temporary };
  const git = (...args: string[]) => box.git('repo', ...args).trim();
  box.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\nreview: {max_files: 2, max_lines: 20}\n---\n' });
  box.treework('repo', 'hooks');
  git('switch', '-q', '-c', 'PROJ-7--work');
  for (let at = 0; at < 8; at += 1) {
    box.write('repo', { [`src/${at}.ts`]: `${at}\n`, 'shared.txt': `${'line\n'.repeat(at)}` });
    git('add', '.');
    git('commit', '-q', '--no-verify', '-m', `feat: step ${at}`);
  }
  const whole = [git('rev-parse', 'HEAD'), git('rev-parse', 'HEAD^{tree}')];
  let [killed, longest] = [0, 0];
  while (killed < KILLS) {
    for (const ref of git('for-each-ref', '--format=%(refname)', 'refs/heads/PROJ-7--p*', 'refs/treework').split('\n').filter(Boolean)) git('update-ref', '-d', ref);
    const { isKilled, took } = await killedAfter(join(box.root, 'repo'), env, longest === 0 ? 60_000 : Math.random() * longest, killed % 2 === 1);
    longest = Math.max(longest, took);
    killed += isKilled ? 1 : 0;
    const again = box.run('treework', ['split', '--json'], { cwd: 'repo', env });
    expect(again).toMatchObject({ status: 0 });
    const { parts } = JSON.parse(again.stdout) as { parts: { branch: string; tip: string; base: string }[] };
    expect(git('rev-parse', ...parts.map(({ branch }) => branch)).split('\n')).toEqual(parts.map(({ tip }) => tip));
    expect(git('rev-parse', ...parts.map(({ branch }) => `refs/treework/bases/${branch}`)).split('\n')).toEqual(parts.map(({ base }) => base));
    expect([git('rev-parse', 'HEAD'), git('rev-parse', `${parts.at(-1)?.branch}^{tree}`)]).toEqual(whole);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(box.treework('repo', 'doctor').stdout).not.toMatch(/interrupted|split/);
  }
  expect(box.run('git', ['fsck', '--no-dangling', '--no-progress'], { cwd: 'repo' }).output).toBe('');
}, 3_600_000);
