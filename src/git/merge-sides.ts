import { join } from 'node:path';
import type { Tree } from '../tree/tree.ts';
import { readText } from './files.ts';
import type { Repository } from './repository.ts';

/** The trees that git is merging while it runs a merge driver. */
export interface MergedTrees {
  readonly base: Tree;
  readonly ours: Tree;
  readonly theirs: Tree;
}

const STATES = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'REBASE_HEAD'];

/**
 * The trees whose merge git asks a driver about; it names only three files. Guessed from what git
 * leaves in its folder and in the environment, and believed only where each tree holds at `path` the
 * very bytes that the driver was given. undefined where none does.
 */
export function mergedTrees(repository: Repository, path: string, files: { readonly base: Buffer; readonly ours: Buffer; readonly theirs: Buffer }): MergedTrees | undefined {
  const holds = (tree: Tree, bytes: Buffer) => (tree.read(path) ?? Buffer.alloc(0)).equals(bytes);
  const ours = treeAt(repository, 'HEAD');
  if (ours === undefined || !holds(ours, files.ours)) return undefined;
  for (const commit of candidates(repository)) {
    for (const [earlier, later] of [...mergeBases(repository, commit).map((base) => [base, commit] as const), [`${commit}^`, commit] as const, [commit, `${commit}^`] as const]) {
      const [base, theirs] = [treeAt(repository, earlier), treeAt(repository, later)];
      if (base && theirs && holds(base, files.base) && holds(theirs, files.theirs)) return { base, ours, theirs };
    }
  }
  return undefined;
}

/** `git merge` names what it merges in the environment, the others in files. */
function candidates(repository: Repository): string[] {
  const fromEnvironment = Object.keys(process.env).flatMap((name) => /^GITHEAD_([0-9a-f]{40,64})$/.exec(name)?.[1] ?? []);
  const fromFiles = STATES.flatMap((name) => readText(join(repository.gitDir, name))?.split('\n') ?? []);
  const picked = /^(?:pick|p|reword|r|edit|e|squash|s|fixup|f)\b.*?\b([0-9a-f]{7,64})\b/.exec(readText(join(repository.gitDir, 'rebase-merge/done'))?.trimEnd().split('\n').at(-1) ?? '')?.[1];
  return [...new Set([...fromEnvironment, ...fromFiles, picked ?? ''])].filter((commit) => /^[0-9a-f]{7,64}$/.test(commit));
}

function mergeBases(repository: Repository, commit: string): string[] {
  return repository.tryGit(['merge-base', '--all', 'HEAD', commit]).stdout.toString().split('\n').filter((line) => line !== '');
}

function treeAt(repository: Repository, revision: string): Tree | undefined {
  const commit = repository.commit(revision);
  return commit === undefined ? undefined : repository.treeOf(commit);
}
