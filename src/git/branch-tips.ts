import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** A branch here, or as a remote had it when it was fetched last. */
export interface BranchTip {
  /** Short, without the remote: `PROJ-7--x`. */
  readonly name: string;
  /** The remote's name; undefined for a local branch. */
  readonly remote: string | undefined;
  /** Full name of the ref. */
  readonly ref: string;
  readonly commit: Oid;
}

export interface BranchTips {
  /** Local ones first. */
  readonly tips: readonly BranchTip[];
  /** The branch that origin says is its default; undefined where it was never told. */
  readonly defaultBranch: string | undefined;
}

/** All local and remote-tracking branches, by one `for-each-ref`. */
export function branchTips(repository: Repository): BranchTips {
  const tips: BranchTip[] = [];
  let defaultBranch: string | undefined;
  for (const line of linesOf(repository.git(['for-each-ref', '--format=%(objectname) %(refname) %(symref)', 'refs/heads', 'refs/remotes']))) {
    const [commit = '', ref = '', symref = ''] = line.split(' ');
    if (ref === 'refs/remotes/origin/HEAD' && symref !== '') defaultBranch = symref.replace('refs/remotes/origin/', '');
    if (symref !== '') continue;
    const [, remote, name] = /^refs\/(?:heads|remotes\/([^/]+))\/(.+)$/.exec(ref) ?? [];
    if (name !== undefined) tips.push({ name, remote, ref, commit });
  }
  return { tips, defaultBranch };
}
