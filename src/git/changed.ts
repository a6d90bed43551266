import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';

export interface Changed {
  /** Files that differ from the last commit, in the index or in the work tree; new ones too. */
  readonly paths: readonly string[];
  /** Those with open conflicts. */
  readonly unmerged: readonly string[];
}

/** What is in no commit yet below these paths; ignored files are left out. */
export function changedBelow(repository: Repository, roots: readonly string[]): Changed {
  const below = roots.includes('') ? [] : roots;
  return changedIn(repository.git(['status', '-z', '--porcelain', '--untracked-files=all', '--no-renames', '--ignore-submodules=dirty', '--', ...below]));
}

/** Each item is `XY path`; a letter U, or the same one twice of A and D, is a conflict. */
function changedIn(output: Buffer): Changed {
  const [paths, unmerged]: [string[], string[]] = [[], []];
  for (const item of itemsOf(output)) {
    const path = item.slice(3);
    if (path.endsWith('/')) continue;
    paths.push(path);
    if (/^(?:U.|.U|AA|DD)$/.test(item.slice(0, 2))) unmerged.push(path);
  }
  return { paths, unmerged };
}
