import { join } from 'node:path';
import { readText, removeFile, writeFileAtomic } from './files.ts';
import type { Repository } from './repository.ts';

/** Beside this worktree's own index, where the hook launcher looks for it. */
function placeOf({ gitDir }: Pick<Repository, 'gitDir'>): string {
  return join(gitDir, 'treework', 'claims');
}

/** Nodes that were begun in this work tree, as `TICKET/node`; whether they still are in progress their records say. */
export function claimsHere(repository: Pick<Repository, 'gitDir'>): string[] {
  return (readText(placeOf(repository)) ?? '').split('\n').filter((line) => line !== '');
}

/** Writes down that these were begun here, beside those that are known. */
export function noteClaims(repository: Pick<Repository, 'gitDir'>, names: readonly string[]): void {
  keepClaims(repository, [...new Set([...claimsHere(repository), ...names])]);
}

/** Keeps these and forgets the others; without any the launcher has nothing to ask node for. */
export function keepClaims(repository: Pick<Repository, 'gitDir'>, names: readonly string[]): void {
  if (names.length === 0) removeFile(placeOf(repository));
  else writeFileAtomic(placeOf(repository), names.map((name) => `${name}\n`).join(''));
}
