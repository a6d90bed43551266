import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../error.ts';
import { mergeHeads } from './files.ts';
import { withLock } from './lock.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';

export interface CommitAnswer {
  /** The new commit's id; undefined where git or a hook refused it. */
  readonly commit: string | undefined;
  /** What git and its hooks said. */
  readonly said: string;
}

/** Another process commits in this work tree meanwhile: as often it is waited for. */
const PATIENCE = 24;

/**
 * Commits the work tree's content of these paths and nothing else, through the hooks; what else is
 * staged stays staged. Where it is refused the files and the index are as they were before.
 */
export function commitPaths(repository: Repository, paths: readonly string[], message: string): CommitAnswer {
  if (mergeHeads(repository.gitDir).length > 0) return { commit: undefined, said: 'a merge is under way, and git commits it as a whole' };
  return patiently(() => withLock(join(repository.gitDir, 'treework', 'commit.lock'), () => commit(repository, paths, message)));
}

function commit(repository: Repository, paths: readonly string[], message: string): CommitAnswer {
  const fresh = untracked(repository, paths);
  const added = fresh.length === 0 ? undefined : repository.tryGit(['add', '--intent-to-add', '--', ...fresh]);
  if (added && added.status !== 0) return { commit: undefined, said: added.stderr.trim() };
  const answer = repository.tryGit(['commit', '--only', '--quiet', '-m', message, '--', ...paths.map((path) => `:(top,literal)${path}`)], { asUser: true });
  if (answer.status === 0) return { commit: repository.commit('HEAD'), said: answer.stderr.trim() };
  if (fresh.length > 0) repository.tryGit(['update-index', '--force-remove', '-z', '--stdin'], { input: fresh.map((path) => `${path}\0`).join('') });
  return { commit: undefined, said: `${answer.stderr}${answer.stdout.toString()}`.trim() };
}

function untracked(repository: Repository, paths: readonly string[]): string[] {
  const tracked = new Set(itemsOf(repository.git(['ls-files', '-z', '--cached', '--', ...paths])));
  return paths.filter((path) => !tracked.has(path) && existsSync(join(repository.workRoot, path)));
}

function patiently<T>(attempt: () => T): T {
  for (let left = PATIENCE; ; left -= 1) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'locked' || left === 0) throw error;
    }
  }
}
