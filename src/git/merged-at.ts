import type { Oid } from '../tree/tree.ts';
import { mergedInto } from './merged.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** How one commit came into a branch. */
export interface Brought {
  /** The commit along the branch's first parents that brought it; undefined where that cannot be told. */
  readonly at: Oid | undefined;
}

/** The commit along a branch's first parents that brought another one in; undefined: it is not in there. */
export function broughtBy(repository: Repository, target: Oid, tip: Oid, branch: string | undefined): Brought | undefined {
  const [merged] = mergedInto(repository, target, [{ tip, branch }]);
  if (!merged) return undefined;
  if (merged.how === 'squash' || merged.how === 'rebase') return { at: merged.at };
  const line = linesOf(repository.git(['rev-list', '--first-parent', `${tip}..${target}`, '--']));
  const last = line.at(-1);
  if (last === undefined || repository.commit(`${last}^1`) === tip) return { at: tip };
  const after = new Set(linesOf(repository.git(['rev-list', '--ancestry-path', `${tip}..${target}`, '--'])));
  return { at: line.filter((oid) => after.has(oid)).at(-1) };
}

/** The commit along a branch's first parents that brought a file in, by whatever method; undefined where it is not there. */
export function addedBy(repository: Repository, target: Oid, path: string): Oid | undefined {
  if (repository.tryGit(['cat-file', '-e', `${target}:${path}`]).status !== 0) return undefined;
  return linesOf(repository.git(['log', '--first-parent', '--diff-merges=first-parent', '--diff-filter=A', '--no-renames', '--no-show-signature', '--format=%H', '-1', target, '--', path]))[0];
}
