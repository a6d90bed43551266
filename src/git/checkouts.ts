import { dirname, join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { namesIn, pathExists, readText } from './files.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';
import { interruptedBranch, operationIn, type Operation } from './whereabouts.ts';

/** A work tree of this repository that stands on this disk, and what is checked out in it. */
export interface Checkout {
  /** Absolute. */
  readonly path: string;
  /** Its own git directory, absolute. */
  readonly gitDir: string;
  /** undefined before the first commit. */
  readonly head: Oid | undefined;
  /** Short name; of a branch that is rebased or bisected there, too. undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** What git is in the middle of there. */
  readonly operation: Operation | undefined;
}

/** All work trees with what is checked out in them; the main one of a bare repository is none. */
export function checkoutsOf(repository: Repository): Checkout[] {
  const gitDirs = linkedGitDirs(repository);
  const checkouts: Checkout[] = [];
  let facts: Record<string, string> = {};
  for (const item of itemsOf(repository.git(['worktree', 'list', '--porcelain', '-z']))) {
    const space = item.indexOf(' ');
    if (item !== '') facts[space === -1 ? item : item.slice(0, space)] = space === -1 ? '' : item.slice(space + 1);
    else {
      const { worktree: path, HEAD: head, branch } = facts;
      const gitDir = (path !== undefined && gitDirs.get(path)) || repository.commonDir;
      if (path !== undefined && facts.bare === undefined && facts.prunable === undefined && pathExists(path)) {
        checkouts.push({ path, gitDir, head: head === undefined || /^0+$/.test(head) ? undefined : head, branch: branch?.replace(/^refs\/heads\//, '') ?? interruptedBranch({ gitDir }), operation: operationIn(gitDir) });
      }
      facts = {};
    }
  }
  return checkouts;
}

function linkedGitDirs({ commonDir }: Repository): Map<string, string> {
  const folder = join(commonDir, 'worktrees');
  return new Map(namesIn(folder).flatMap((name) => {
    const file = readText(join(folder, name, 'gitdir'))?.replace(/\n$/, '');
    return file ? [[dirname(file), join(folder, name)] as const] : [];
  }));
}
