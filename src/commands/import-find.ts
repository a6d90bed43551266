import { nearest } from '../documents/nearest.ts';
import { UserError } from '../error.ts';
import { atOnce } from '../git/at-once.ts';
import { fetchRemote, type Fetched } from '../git/fetch.ts';
import { remotesOf } from '../git/followed.ts';
import { branchesBelow, remotesAt } from '../git/history.ts';
import type { Module } from '../git/modules.ts';
import type { Repository } from '../git/repository.ts';
import { linesOf } from '../git/run.ts';
import { printable } from '../render/plain-text.ts';
import type { Oid } from '../tree/tree.ts';
import { remoteNameFor, type ImportSource } from '../workflow/import-source.ts';
import { startProgress } from './progress.ts';

/** A branch as a remote has it, fetched. */
export interface FoundBranch {
  readonly remote: string;
  readonly branch: string;
  readonly commit: Oid;
  /** The address, where the remote is still to be recorded. */
  readonly url?: string | undefined;
  /** Why it is as it was fetched before. */
  readonly stale?: string | undefined;
}

const REMOTES_AT_ONCE = 8;

/** Fetches one branch, from the remote that is named or from whichever one has it. Throws a UserError where none has it, several have, or its name is none. */
export async function findBranch(repository: Repository, source: ImportSource, { patience, program }: { readonly patience: number; readonly program: string }): Promise<FoundBranch> {
  const { branch } = source;
  requireName(repository, branch);
  const remotes = remotesOf(repository).map(({ name }) => name);
  const known = source.kind === 'url' ? remotesAt(repository, source.url)[0] : undefined;
  if (source.kind === 'url' && known === undefined) return fromAddress(repository, { ...source, remote: remoteNameFor(source.url, remotes) }, patience);
  const asked = source.kind === 'remote' ? [source.remote] : known === undefined ? remotes : [known];
  if (asked.length === 0) throw new UserError(`Unexpected import of ${shown(branch)} without a remote, expected one that has it`, `git remote add origin ADDRESS, or ${program} import ADDRESS#${branch}`, 'import-remote');
  const fetched = await fetchFrom(repository, asked, branch, patience);
  const found = fetched.flatMap(({ remote, isDone, why }): FoundBranch[] => {
    const commit = isAbsent(why) ? undefined : repository.commit(`refs/remotes/${remote}/${branch}`);
    return commit === undefined ? [] : [{ remote, branch, commit, stale: isDone ? undefined : why }];
  });
  const [only, other] = found;
  if (only && other) throw new UserError(`Unexpected ${found.length} remotes with a branch ${shown(branch)}: ${found.map(({ remote }) => remote).join(', ')}, expected one`, `${program} import ${only.remote}/${branch}`, 'import-ambiguous');
  if (!only) throw nowhere(repository, branch, fetched);
  return only;
}

/** What may be a branch's name, and is no option to any program. */
function requireName(repository: Repository, branch: string): void {
  const isName = !branch.startsWith('-') && branch !== 'HEAD' && repository.tryGit(['check-ref-format', `refs/heads/${branch}`]).status === 0;
  if (!isName) throw new UserError(`Unexpected branch ${JSON.stringify(branch)}, expected a name that git accepts and that is no option`, 'git ls-remote --heads REMOTE lists them', 'branch-name');
}

async function fetchFrom(repository: Repository, remotes: readonly string[], branch: string, patience: number): Promise<Fetched[]> {
  const progress = startProgress('fetching', remotes.length);
  try {
    return await atOnce(remotes, REMOTES_AT_ONCE, async (remote) => {
      progress.begin(remote);
      const done = await fetchRemote(repository, remote, { patience, refspecs: [`+refs/heads/${branch}:refs/remotes/${remote}/${branch}`] });
      progress.end(remote);
      return done;
    });
  } finally {
    progress.stop();
  }
}

async function fromAddress(repository: Repository, { url, remote, branch }: { readonly url: string; readonly remote: string; readonly branch: string }, patience: number): Promise<FoundBranch> {
  const ref = `refs/remotes/${remote}/${branch}`;
  const progress = startProgress('fetching', 1);
  progress.begin(remote);
  const fetched = await fetchRemote(repository, url, { patience, refspecs: [`+refs/heads/${branch}:${ref}`] }).finally(() => progress.stop());
  const commit = fetched.isDone ? repository.commit(ref) : undefined;
  if (commit === undefined) throw isAbsent(fetched.why) ? new UserError(`Unexpected absence of a branch ${shown(branch)} at that address, expected one that is there`, 'git ls-remote --heads ADDRESS lists them', 'branch-unknown') : offline(fetched.why);
  return { remote, branch, commit, url };
}

function isAbsent(why: string | undefined): boolean {
  return why !== undefined && /couldn't find remote ref/.test(why);
}

function nowhere(repository: Repository, branch: string, fetched: readonly Fetched[]): UserError {
  const silent = fetched.find(({ isDone, why }) => !isDone && !isAbsent(why));
  if (silent) return offline(`${silent.remote}: ${silent.why}`);
  const there = [...branchesBelow(repository, 'refs/remotes/').keys()].filter((name) => !name.endsWith('/HEAD'));
  const close = nearest(branch, there.map((name) => name.slice(name.indexOf('/') + 1)));
  return new UserError(`Unexpected branch ${shown(branch)}, expected one that ${fetched.map(({ remote }) => remote).join(' or ')} has`, close === undefined ? `git ls-remote --heads ${fetched[0]?.remote ?? 'REMOTE'} lists them` : `did you mean ${close}?`, 'branch-unknown');
}

function offline(why: string | undefined): UserError {
  return new UserError(`Unexpected silence (${printable(why ?? 'git says nothing')}), expected the remote to answer`, 'git fetch says more; try again when it can be reached', 'offline');
}

function shown(branch: string): string {
  return JSON.stringify(branch);
}

/** The same branch of the workspace's other repositories, where their remotes have it. */
export async function fetchInModules(modules: readonly Module[], branch: string, patience: number): Promise<void> {
  const asked = modules.flatMap(({ repository }) => (repository && remotesOf(repository).some(({ name }) => name === 'origin') ? [repository] : []));
  await atOnce(asked, REMOTES_AT_ONCE, (repository) => fetchRemote(repository, 'origin', { patience, refspecs: [`+refs/heads/${branch}:refs/remotes/origin/${branch}`] }));
}

/** Records the remote, where it is new, and that the branch is fetched from it from now on. Answers with what takes both away again. */
export function recordRemote(repository: Repository, { remote, branch, url }: FoundBranch): () => void {
  const section = `remote.${remote}`;
  const refspec = `+refs/heads/${branch}:refs/remotes/${remote}/${branch}`;
  if (url !== undefined) repository.git(['config', '--local', `${section}.url`, url]);
  const fetched = linesOf(repository.tryGit(['config', '--get-all', `${section}.fetch`]).stdout);
  const isCovered = fetched.some((spec) => /^\+?refs\/(?:heads\/)?\*:/.test(spec) || spec.replace(/^\+/, '').startsWith(`refs/heads/${branch}:`));
  if (!isCovered) repository.git(['config', '--local', '--add', `${section}.fetch`, refspec]);
  return () => {
    if (url !== undefined) {
      repository.tryGit(['config', '--local', '--remove-section', section]);
      repository.tryGit(['update-ref', '--no-deref', '-d', `refs/remotes/${remote}/${branch}`]);
    } else if (!isCovered) repository.tryGit(['config', '--local', '--fixed-value', '--unset', `${section}.fetch`, refspec]);
  };
}
