/** What it costs to list the tickets of many work trees, what is not committed in each among it. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createForest } from './everywhere.mjs';
import { cleanEnvironment, git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

const LABELS = { bare: '`node -e 0` alone', status: '`git status` in one work tree after the other', list: 'treework list' };

/** `treework list` over 100 work trees of 50 tickets, beside bare node. */
export function measureList(bench, { worktrees, tickets } = { worktrees: 100, tickets: 50 }) {
  const title = `List of ${tickets} tickets over ${worktrees} work trees`;
  const why = bench.wants('treework') ? bench.unavailable('treework') : 'not part of this run';
  const [directory, trees] = [join(bench.folder, 'list'), join(bench.folder, 'list.trees')];
  bench.say(title.toLowerCase());
  try {
    if (why) throw new Error(why);
    createForest(directory, { branches: worktrees, tickets, each: 1 });
    const refs = spawnSync('git', ['for-each-ref', '--format=%(refname:short)', 'refs/heads'], { cwd: directory, env: cleanEnvironment(), encoding: 'utf8' }).stdout.trim().split('\n').filter((name) => name !== 'main');
    for (const ref of refs) git(directory, 'worktree', 'add', '--quiet', join(trees, ref), ref);
    const loop = 'for tree; do git -C "$tree" status --porcelain; done';
    const commands = [
      { id: 'bare', command: [process.execPath, '-e', '0'] },
      { id: 'status', command: ['sh', '-c', loop, 'sh', ...refs.map((ref) => join(trees, ref))], cwd: directory },
      { id: 'list', command: [bench.treework.bin, 'list'], cwd: directory },
    ];
    const times = interleave(commands, bench.runs);
    return { id: 'list', title, rows: [...times].map(([id, time]) => ({ id, label: LABELS[id], ...time })) };
  } catch (error) {
    return { id: 'list', title, rows: [{ id: 'list', label: LABELS.list, why: reason(error) }] };
  } finally {
    for (const folder of [directory, trees]) rmSync(folder, { recursive: true, force: true });
  }
}
