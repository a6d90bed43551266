import type { BranchTip, BranchTips } from '../git/branch-tips.ts';
import type { Repository } from '../git/repository.ts';
import type { Oid } from '../tree/tree.ts';

const USUAL = ['main', 'master', 'trunk'];

/** The trunk's name: the configured one, else origin's default branch, else main, master or trunk, else what is checked out. */
export function trunkAmong({ tips, defaultBranch }: BranchTips, configured: string | undefined, current: string | undefined): string {
  const names = new Set(tips.filter(({ remote }) => remote === undefined || remote === 'origin').map(({ name }) => name));
  return configured ?? defaultBranch ?? USUAL.find((name) => names.has(name)) ?? current ?? 'main';
}

/**
 * Where a branch stands: here, or where origin had it when that is further. Where both have commits of
 * their own the one here counts: nobody asked to leave them out. undefined where there is none.
 */
export function freshest(repository: Repository, tips: readonly BranchTip[], name: string): Oid | undefined {
  const local = tips.find((tip) => tip.name === name && tip.remote === undefined)?.commit;
  const remote = tips.find((tip) => tip.name === name && tip.remote === 'origin')?.commit;
  if (local === undefined || remote === undefined || local === remote) return local ?? remote;
  return repository.tryGit(['merge-base', '--is-ancestor', local, remote]).status === 0 ? remote : local;
}
