import type { Oid } from '../tree/tree.ts';
import { trackedBranches, type TrackedBranch } from './tracked-branches.ts';
import { worktreeHolders } from './everywhere-holders.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';
import { interruptedBranch, operationIn, type Operation } from './whereabouts.ts';
import { gitDirOf } from './worktrees.ts';

/** What a branch is kept up to date with. */
export interface Followed {
  /** Full name of a ref. */
  readonly ref: string;
  /** Name of the remote; undefined where it is a branch of this repository. */
  readonly remote: string | undefined;
  /** undefined where that branch is gone. */
  readonly commit: Oid | undefined;
  /** The same branch at the remote, not another that this one began at. */
  readonly isOwn: boolean;
}

/** A branch that is checked out or was asked for, or a work tree without a branch. */
export interface Place {
  /** Short name; undefined where HEAD is detached and nothing is interrupted. */
  readonly branch: string | undefined;
  readonly commit: Oid;
  /** Absolute folder of the work tree; undefined where the branch is not checked out. */
  readonly worktree: string | undefined;
  /** What git is in the middle of there. */
  readonly operation: Operation | undefined;
  readonly follows: Followed | undefined;
}

/** A remote as git's configuration has it. */
export interface Remote {
  readonly name: string;
  /** Fetching from it would write to branches of this repository. */
  readonly isMirror: boolean;
}

/** The remotes of a repository by one git process, in the order of the configuration. */
export function remotesOf(repository: Repository): Remote[] {
  const answer = repository.tryGit(['config', '-z', '--get-regexp', '^remote\\..*\\.(url|fetch|pushurl)$']);
  const mirrors = new Map<string, boolean>();
  for (const item of answer.status === 0 ? itemsOf(answer.stdout) : []) {
    const [key = '', value = ''] = [item.slice(0, item.indexOf('\n')), item.slice(item.indexOf('\n') + 1)];
    const name = key.slice('remote.'.length, key.lastIndexOf('.'));
    const writesHere = key.endsWith('.fetch') && /:/.test(value) && !/:refs\/(?:remotes|tags|treework|notes|pull)\//.test(value);
    mirrors.set(name, (mirrors.get(name) ?? false) || writesHere);
  }
  return [...mirrors].map(([name, isMirror]) => ({ name, isMirror }));
}

/**
 * The branches that are checked out somewhere, the detached work trees, and the branches `also` (short
 * names) where they exist: each with what it follows, its upstream or else the remote's branch of the
 * same name. Two git processes.
 */
export async function placesOf(repository: Repository, also: readonly string[]): Promise<Place[]> {
  const [listed, worktrees] = await Promise.all([trackedBranches(repository), worktreeHolders(repository)]);
  const refs = new Map(listed.map((tip) => [tip.ref, tip] as const));
  const fallback = defaultRemote(repository);
  const placed = worktrees.filter(({ commit }) => commit !== '').map(({ name: worktree, commit, branch: ref }): Place => {
    const gitDir = gitDirOf(worktree);
    const branch = ref === undefined ? interruptedBranch({ gitDir }) : ref.slice('refs/heads/'.length);
    return { branch, commit: (ref === undefined ? undefined : refs.get(ref)?.commit) ?? commit, worktree, operation: operationIn(gitDir), follows: branch === undefined ? undefined : followedBy(branch, refs, fallback) };
  });
  const rest = also.filter((branch) => refs.has(`refs/heads/${branch}`) && !placed.some((one) => one.branch === branch));
  return [...rest.map((branch): Place => ({ branch, commit: (refs.get(`refs/heads/${branch}`) as TrackedBranch).commit, worktree: undefined, operation: undefined, follows: followedBy(branch, refs, fallback) })), ...placed];
}

function followedBy(branch: string, refs: ReadonlyMap<string, TrackedBranch>, fallback: string | undefined): Followed | undefined {
  const { upstream, remote } = refs.get(`refs/heads/${branch}`) ?? {};
  if (upstream !== undefined) return { ref: upstream, remote, commit: refs.get(upstream)?.commit, isOwn: upstream === `refs/remotes/${remote}/${branch}` };
  const same = refs.get(`refs/remotes/${fallback}/${branch}`);
  return fallback !== undefined && same ? { ref: same.ref, remote: fallback, commit: same.commit, isOwn: true } : undefined;
}

/** `origin`, else the only one. */
function defaultRemote(repository: Repository): string | undefined {
  const names = remotesOf(repository).map(({ name }) => name);
  return names.includes('origin') ? 'origin' : names.length === 1 ? names[0] : undefined;
}
