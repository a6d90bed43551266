import { addWorktree, isUnfinished, removeMade, type NewWorktree } from '../git/add-worktree.ts';
import { beginOperation, isRunning, openOperations, resumeOperation } from '../git/operation.ts';
import { pathExists } from '../git/files.ts';
import { clearRefLocks } from '../git/ref-locks.ts';
import { keepPreparation } from '../git/preparation.ts';
import type { Repository } from '../git/repository.ts';
import { itemsOf } from '../git/run.ts';
import { listWorktrees, type Worktree } from '../git/worktrees.ts';
import type { Workspace } from './workspace.ts';

/** Who makes a worktree, and for which ticket. */
export interface Making {
  readonly verb: string;
  readonly ticket: string;
  /** Words after the program that bring it to an end after a kill. */
  readonly resume: readonly string[];
  /** What belongs to it and is done in the worktree before it counts as made. */
  readonly also?: (() => void) | undefined;
  readonly proof?: Proof;
  /** As `listWorktrees` has them, where somebody asked already. */
  readonly worktrees?: readonly Worktree[];
}

/** What a worktree is made for: it stays after a kill only where that was done, or somebody has worked in it. */
interface Proof {
  /** A file that is written last, absolute. */
  readonly file: string;
  /** What `also` writes into the worktree, from its root. */
  readonly written: readonly string[];
}

/** What the journal has to know to take a half-made worktree away. */
interface State {
  readonly worktree: NewWorktree;
  readonly source: string;
  readonly proof?: Proof;
}

/**
 * Makes a worktree and its branch, or nothing: a kill in between is mended by the next call. What makes
 * it ready is still to be done (`prepareWorktree`). Answers with what takes it away again. To be called
 * while the lock `worktrees.lock` is held.
 */
export function makeWorktree({ repository }: Workspace, worktree: NewWorktree, { verb, ticket, resume, also, proof, worktrees }: Making): () => void {
  const source = sourceOf(repository, worktrees ?? listWorktrees(repository));
  const { branch, base, isThere, baseRef, path } = worktree;
  const refs = isThere === true ? [] : [`refs/heads/${branch}`, ...(baseRef === undefined ? [] : [baseRef])].map((ref) => ({ ref, before: null, after: base }));
  const state: State = { worktree, source, ...(proof && { proof }) };
  const operation = beginOperation(repository, { verb, ticket, resume, refs, worktrees: [path], state });
  try {
    const undo = addWorktree(repository, worktree);
    try {
      keepPreparation(path, { source, ticket, done: [] });
      also?.();
    } catch (error) {
      undo();
      throw error;
    }
    return undo;
  } finally {
    operation.finish();
  }
}

/** Brings what killed calls began to an end: a worktree that is whole stays, half a one goes with its branch. To be called while the lock is held. */
export function mendInterrupted(repository: Repository): void {
  for (const record of openOperations(repository)) {
    const { worktree, source, proof } = (record.state ?? {}) as Partial<State>;
    // Other verbs keep other things in the journal.
    if (worktree?.path === undefined || source === undefined || isRunning(record)) continue;
    const operation = resumeOperation(repository, record);
    // What killed this process may have killed its git in the middle of making the branch.
    if (worktree.isThere !== true) clearRefLocks(repository, [`refs/heads/${worktree.branch}`, ...(worktree.baseRef === undefined ? [] : [worktree.baseRef])]);
    if (isUnfinished(repository, worktree) || (proof && !pathExists(proof.file) && isUntouched(repository, worktree, proof))) removeMade(repository, worktree);
    else keepPreparation(worktree.path, { source, ticket: record.ticket ?? '', done: [] });
    operation.finish();
  }
}

/** Nothing is in it but what was scaffolded, and nothing was committed. */
function isUntouched(repository: Repository, { path, branch, base }: NewWorktree, { written }: Proof): boolean {
  const status = itemsOf(repository.git(['status', '-z', '--porcelain', '--untracked-files=all'], { cwd: path })).map((item) => item.slice(3));
  return repository.commit(`refs/heads/${branch}`) === base && status.every((one) => written.includes(one));
}

/** Where ignored files are copied from: the main work tree, of a bare repository the one at hand. */
function sourceOf(repository: Repository, [main]: readonly Worktree[]): string {
  return main === undefined || main.isBare || main.isMissing ? repository.workRoot : main.path;
}
