/** What it costs to begin on a ticket, beside git's own worktree. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createForest } from './everywhere.mjs';
import { git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

const LABELS = { bare: '`node -e 0` alone', add: '`git worktree add -b`', work: 'treework work', resume: 'treework work, of a ticket that has a worktree' };

/** A new branch and worktree of a repository of 1,000 tickets (2,001 files), by git and by `work`; and going on in one. */
export function measureWork(bench, tickets = 1_000) {
  const title = `A new worktree of ${(2 * tickets + 1).toLocaleString('en')} files`;
  const why = bench.wants('treework') ? bench.unavailable('treework') : 'not part of this run';
  const directory = join(bench.folder, 'work');
  const trees = `${directory}.trees`;
  bench.say(title.toLowerCase());
  try {
    if (why) throw new Error(why);
    createForest(directory, { branches: 0, tickets, each: 0 });
    const remove = (path, branch) => () => {
      git(directory, 'worktree', 'remove', '--force', path);
      git(directory, 'branch', '--quiet', '-D', branch);
    };
    git(directory, 'worktree', 'add', '--quiet', '-b', 'OLD-1--work', join(trees, 'OLD-1-work'));
    const times = interleave([
      { id: 'bare', command: [process.execPath, '-e', '0'] },
      { id: 'add', command: ['git', 'worktree', 'add', '--quiet', '-b', 'NEW-1--plain', join(trees, 'plain')], cwd: directory, after: remove(join(trees, 'plain'), 'NEW-1--plain') },
      { id: 'work', command: [bench.treework.bin, 'work', 'NEW-2', '--title', 'Add auth'], cwd: directory, after: remove(join(trees, 'NEW-2-add-auth'), 'NEW-2--add-auth') },
      { id: 'resume', command: [bench.treework.bin, 'work', 'OLD-1'], cwd: directory },
    ], bench.runs);
    return { id: 'work', title, rows: [...times].map(([id, time]) => ({ id, label: LABELS[id], ...time })) };
  } catch (error) {
    return { id: 'work', title, rows: [{ id: 'work', label: LABELS.work, why: reason(error) }] };
  } finally {
    for (const folder of [directory, trees]) rmSync(folder, { recursive: true, force: true });
  }
}
