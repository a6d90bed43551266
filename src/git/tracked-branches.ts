import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { linesOf, startGit } from './run.ts';

/** A branch, local or remote-tracking. */
export interface TrackedBranch {
  /** Full name. */
  readonly ref: string;
  readonly commit: Oid;
  /** When the commit was made. */
  readonly committed: Date;
  /** Full name of what it follows by git's configuration, whether that is there or not. */
  readonly upstream: string | undefined;
  /** The remote that has the upstream; undefined where it is a branch of this repository. */
  readonly remote: string | undefined;
}

/** All branches by one git process; symbolic ones (`origin/HEAD`) left out. */
export async function trackedBranches(repository: Repository): Promise<TrackedBranch[]> {
  const format = '--format=%(symref)%00%(refname)%00%(objectname)%00%(committerdate:unix)%00%(upstream)%00%(upstream:remotename)';
  return linesOf(await startGit(['for-each-ref', format, 'refs/heads', 'refs/remotes'], repository.options)).flatMap((line) => {
    const [symbolic, ref = '', commit = '', seconds = '', upstream = '', remote = ''] = line.split('\0');
    if (symbolic !== '') return [];
    return [{ ref, commit, committed: new Date(Number(seconds) * 1000), upstream: upstream === '' ? undefined : upstream, remote: remote === '' || remote === '.' ? undefined : remote }];
  });
}
