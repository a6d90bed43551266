import { hasSignature } from '../git/commit-graph.ts';
import { isSigning, signCommits } from '../git/sign-commits.ts';
import type { Repository } from '../git/repository.ts';
import type { Built } from './restack-build.ts';

export interface Signatures {
  /** Commits made anew that have one by the user. */
  readonly made: number;
  /** Of commits made anew that had one, and have none now. */
  readonly lost: number;
}

/** What a restack comes to with the commits that it made signed where the user's configuration says so; unless `isDry`, then they are only counted. */
export function signed(repository: Repository, built: Built, isWanted: boolean, isDry: boolean): { readonly built: Built; readonly signatures: Signatures } {
  const had = [...built.made].filter(([, from]) => from && hasSignature(from.raw)).map(([oid]) => oid);
  const isAsked = isWanted && built.made.size > 0 && isSigning(repository);
  if (!isAsked || isDry) return { built, signatures: { made: 0, lost: isAsked ? 0 : had.length } };
  const now = signCommits(repository, [...built.made.keys()]);
  const branches = built.branches.map((branch) => ({ ...branch, after: now.get(branch.after)?.oid ?? branch.after, base: now.get(branch.base)?.oid ?? branch.base }));
  const made = [...now.values()].filter(({ isSigned }) => isSigned).length;
  return { built: { ...built, branches }, signatures: { made, lost: had.filter((oid) => now.get(oid)?.isSigned !== true).length } };
}
