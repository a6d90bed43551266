import { basename, dirname, join } from 'node:path';
import { pathExists, readText } from './files.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** What git is in the middle of. */
export type Operation = 'rebase' | 'merge' | 'cherry-pick' | 'revert' | 'bisect';

/** Where one stands in a repository, as git knows it. */
export interface Whereabouts {
  /** The name of the folder that holds the repository, the same in all its worktrees. */
  readonly repository: string;
  /** Absolute path of this work tree's root. */
  readonly root: string;
  readonly isLinked: boolean;
  /** From the root, without a slash at the end; '' at the root. */
  readonly folder: string;
  /** The branch that is checked out; while it is rebased or bisected, too. */
  readonly branch: string | undefined;
  /** Of a detached HEAD: its commit. */
  readonly commit: string | undefined;
  readonly operation: Operation | undefined;
}

/** Throws a UserError in a bare repository. */
export function whereabouts(repository: Repository): Whereabouts {
  const { workRoot: root, gitDir, commonDir, prefix, branch } = repository;
  const isDetached = branch === undefined;
  return {
    repository: nameOf(commonDir),
    root,
    isLinked: gitDir !== commonDir,
    folder: prefix.replace(/\/$/, ''),
    branch: branch ?? interruptedBranch(repository),
    commit: isDetached ? repository.commit('HEAD') : undefined,
    operation: operationIn(gitDir),
  };
}

/** Of `/srv/reports/.git` and `/srv/reports.git`: `reports`. */
function nameOf(commonDir: string): string {
  const name = basename(commonDir);
  return name.startsWith('.') ? basename(dirname(commonDir)) : name.replace(/\.git$/, '');
}

/** The branch that a rebase or a bisection has left for as long as it lasts: HEAD is detached meanwhile. */
export function interruptedBranch({ gitDir }: Pick<Repository, 'gitDir'>): string | undefined {
  for (const file of ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START']) {
    const name = readText(join(gitDir, file))?.trim();
    if (name === undefined || name === '' || name === 'detached HEAD' || /^[0-9a-f]{40,64}$/.test(name)) continue;
    return name.replace(/^refs\/heads\//, '');
  }
  return undefined;
}

const TRACES: readonly (readonly [string, Operation])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['MERGE_HEAD', 'merge'],
  ['BISECT_START', 'bisect'],
];

/** What git is in the middle of in the work tree of this git directory. */
export function operationIn(gitDir: string): Operation | undefined {
  return TRACES.find(([name]) => pathExists(join(gitDir, name)))?.[1];
}

const USUAL = ['main', 'master', 'trunk'];

/**
 * The branch that everything is merged into: the configured one, else the remote's default, else
 * main, master or trunk, whichever exists first; in a repository without commits the one of these
 * that is checked out. undefined where there is none.
 */
export function trunkBranch(repository: Repository, configured: string | undefined): string | undefined {
  if (configured !== undefined) return configured;
  const remote = 'refs/remotes/origin/';
  const names = USUAL.flatMap((name) => [`refs/heads/${name}`, `${remote}${name}`]);
  const refs = linesOf(repository.git(['for-each-ref', '--format=%(refname) %(symref)', `${remote}HEAD`, ...names])).map((line) => line.split(' ') as [string, string]);
  const head = refs.find(([name]) => name === `${remote}HEAD`)?.[1];
  if (head) return head.replace(remote, '');
  const there = new Set(refs.map(([name]) => name.replace(/^refs\/(?:heads|remotes\/origin)\//, '')));
  const { branch } = repository;
  return USUAL.find((name) => there.has(name)) ?? USUAL.find((name) => name === branch);
}
