import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import { namesIn } from './files.ts';
import { isAlive } from './process-life.ts';
import type { Repository } from './repository.ts';

/**
 * Calls `use` with the folder of a worktree that holds a commit and no branch, and takes it away
 * afterwards, whatever happened; what a killed process left is taken away by the next one. No hook
 * runs. Throws a UserError (`not-found`) where the commit is not here.
 */
export async function withCommitWorktree<T>(repository: Repository, commit: Oid, use: (folder: string) => Promise<T>): Promise<T> {
  if (repository.commit(commit) === undefined) throw new UserError(`Unexpected commit ${commit}, expected one that is here`, 'git fetch brings what others pushed', 'not-found');
  const home = repository.statePath('throw-away');
  sweep(repository, home);
  const folder = join(home, `${process.pid}-${process.hrtime.bigint().toString(36)}`, 'tree');
  mkdirSync(join(folder, '..'), { recursive: true });
  try {
    repository.git(['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false', 'worktree', 'add', '--quiet', '--detach', '--', folder, commit]);
    return await use(folder);
  } finally {
    remove(repository, folder);
  }
}

function remove(repository: Repository, folder: string): void {
  rmSync(join(folder, '..'), { recursive: true, force: true });
  repository.tryGit(['worktree', 'prune']);
}

function sweep(repository: Repository, home: string): void {
  for (const name of namesIn(home)) if (!isAlive(Number.parseInt(name, 10))) remove(repository, join(home, name, 'tree'));
}
