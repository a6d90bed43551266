import { branchesBelow } from '../git/history.ts';
import { moveRefs } from '../git/move-refs.ts';
import { isRunning, openOperations, resumeOperation } from '../git/operation.ts';
import { clearRefLocks } from '../git/ref-locks.ts';
import { removeThrowAway } from '../git/throw-away-worktree.ts';
import type { Workspace } from './workspace.ts';

/** Brings splits whose process is gone to an end: made where all refs are there, else as if nothing had been. */
export function settleSplits({ repository }: Workspace): void {
  for (const record of openOperations(repository)) {
    if (record.verb !== 'split' || isRunning(record)) continue;
    const operation = resumeOperation(repository, record);
    for (const path of record.worktrees) removeThrowAway(repository, path);
    clearRefLocks(repository, record.refs.map(({ ref }) => ref));
    const now = branchesBelow(repository, 'refs/');
    const made = record.refs.filter(({ ref, after }) => now.get(ref.slice('refs/'.length)) === after);
    const isDone = made.length > 0 && made.length === record.refs.length;
    if (!isDone) moveRefs(repository, made.map(({ ref, before, after }) => ({ ref, before: after, after: before })), 'treework split: taken back');
    operation.finish({ undoable: isDone });
  }
}
