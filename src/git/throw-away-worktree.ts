import { mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { forgetWorktree } from './worktrees.ts';

const PREFIX = 'treework-checks-';

/** A worktree of one run, in the system's folder for temporary files; no hook of the user's runs in it. */
export interface ThrowAwayWorktree {
  /** Absolute. */
  readonly path: string;
  /** Makes it hold this commit and nothing else, ignored files neither. */
  goTo(commit: Oid): void;
  remove(): void;
}

const WITHOUT_HOOKS = ['-c', `core.hooksPath=${devNull}`];

/** A folder for one; nothing is made in it yet. */
export function throwAwayFolder(): string {
  return join(mkdtempSync(join(tmpdir(), PREFIX)), 'work');
}

export function addThrowAway(repository: Repository, path: string, commit: Oid): ThrowAwayWorktree {
  repository.git([...WITHOUT_HOOKS, 'worktree', 'add', '--detach', '--quiet', path, commit]);
  return {
    path,
    goTo(other) {
      repository.git([...WITHOUT_HOOKS, 'checkout', '--detach', '--force', '--quiet', other], { cwd: path });
      repository.git(['clean', '-ffdxq'], { cwd: path });
    },
    remove: () => removeThrowAway(repository, path),
  };
}

/** Takes away a worktree of `addThrowAway`, whatever is in it, and no other. */
export function removeThrowAway(repository: Repository, path: string): void {
  const folder = join(path, '..');
  if (!folder.startsWith(join(tmpdir(), PREFIX))) return;
  forgetWorktree(repository, path);
  rmSync(folder, { recursive: true, force: true });
  repository.tryGit(['worktree', 'prune']);
}
