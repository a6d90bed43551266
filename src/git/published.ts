import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** How far a branch is known to other repositories, by what was last fetched from them. */
export interface Published {
  /** Names of the remotes; none: nobody else is to have it. */
  readonly remotes: readonly string[];
  /** The remote that has the branch under its own name, or would get it. */
  readonly remote: string | undefined;
  /** No remote has a branch of this name. */
  readonly isNever: boolean;
  /** Commits that no remote has under any name. */
  readonly unpushed: number;
  /** Commits of the branch of this name there that are not here. */
  readonly behind: number;
}

/**
 * Asks for the branch's own name, not for its upstream: a branch that was begun from `origin/main` has
 * that as its upstream, and is pushed nowhere.
 */
export function published(repository: Repository, branch: string): Published {
  const remotes = linesOf(repository.git(['remote']));
  if (remotes.length === 0) return { remotes, remote: undefined, isNever: false, unpushed: 0, behind: 0 };
  const preferred = repository.config(`branch.${branch}.remote`);
  const order = [...new Set([...(preferred !== undefined && remotes.includes(preferred) ? [preferred] : []), ...(remotes.includes('origin') ? ['origin'] : []), ...remotes])];
  const there = order.filter((remote) => repository.commit(`refs/remotes/${remote}/${branch}`) !== undefined);
  const [holder] = there;
  const count = (args: readonly string[]) => Number(repository.git(['rev-list', '--count', ...args, '--']).toString().trim());
  return {
    remotes,
    remote: holder ?? order[0],
    isNever: holder === undefined,
    unpushed: count(['HEAD', '--not', '--remotes']),
    behind: holder === undefined ? 0 : count([`refs/remotes/${holder}/${branch}`, '--not', 'HEAD']),
  };
}
