import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';

export interface NewWorktree {
  /** Absolute. */
  readonly path: string;
  /** Short name of the branch that is made for it. */
  readonly branch: string;
  /** The commit it begins at. */
  readonly base: Oid;
}

/**
 * Makes a branch and a worktree that has it checked out, and answers with what takes both away again.
 * Throws a UserError, and leaves nothing, where the folder or the branch is there already or git or a
 * hook of the user's refuses.
 */
export function addWorktree(repository: Repository, { path, branch, base }: NewWorktree): () => void {
  if (existsSync(path)) throw new UserError(`Unexpected ${path}, expected no such folder for the new worktree`, 'remove it, or let worktrees of WORKSPACE.md name another place', 'exists');
  if (repository.commit(`refs/heads/${branch}`) !== undefined) throw new UserError(`Unexpected branch ${branch}, expected no such branch`, `git branch -m ${branch} ANOTHER-NAME`, 'exists');
  const parents = missingAbove(path);
  const undo = () => {
    repository.tryGit(['worktree', 'remove', '--force', '--', path]);
    rmSync(path, { recursive: true, force: true });
    repository.tryGit(['worktree', 'prune']);
    repository.tryGit(['branch', '-q', '-D', '--', branch]);
    for (const parent of parents) removeEmpty(parent);
  };
  const { status, stderr } = repository.tryGit(['worktree', 'add', '-q', '-b', branch, '--', path, base]);
  if (status === 0) return undo;
  undo();
  throw new UserError(`Unexpected refusal of a worktree at ${path}: ${stderr.trim().split('\n').at(-1) ?? `git exits ${status}`}`, 'see what git says; nothing was left behind', 'worktree');
}

/** Folders that have to be made for a path, the innermost first. */
function missingAbove(path: string): string[] {
  const missing: string[] = [];
  for (let at = dirname(path); at !== dirname(at) && !existsSync(at); at = dirname(at)) missing.push(at);
  return missing;
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Gone, or somebody else's files are in it.
  }
}
