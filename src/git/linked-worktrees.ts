import { join, resolve } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { pathExists, readText } from './files.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';

/** A work tree as git lists it, the main one too. */
export interface ListedWorktree {
  /** Absolute folder. */
  readonly root: string;
  readonly isMain: boolean;
  /** '' before the first commit. */
  readonly commit: Oid;
  /** Short name; undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** Why it is locked, '' where nobody said; undefined when it is not. */
  readonly locked: string | undefined;
  /** Its folder is not there. */
  readonly isGone: boolean;
}

/** All work trees of a repository, the main one first unless the repository is bare. */
export function listedWorktrees(repository: Repository): ListedWorktree[] {
  const listed: ListedWorktree[] = [];
  let facts: Record<string, string> = {};
  let isFirst = true;
  for (const item of itemsOf(repository.git(['worktree', 'list', '--porcelain', '-z']))) {
    const space = item.indexOf(' ');
    if (item !== '') {
      facts[space === -1 ? item : item.slice(0, space)] = space === -1 ? '' : item.slice(space + 1);
      continue;
    }
    const { worktree: root, HEAD: commit = '', branch, locked } = facts;
    if (root !== undefined && facts.bare === undefined) {
      listed.push({ root, isMain: isFirst, commit: /^0*$/.test(commit) ? '' : commit, branch: branch?.replace(/^refs\/heads\//, ''), locked, isGone: !pathExists(join(root, '.git')) });
    }
    isFirst = false;
    facts = {};
  }
  return listed;
}

/** A linked work tree's own git directory, as its `.git` file says; undefined where that is no such file. */
export function gitDirOf(root: string): string | undefined {
  const named = /^gitdir: (.+?)\r?\n?$/.exec(readText(join(root, '.git')) ?? '')?.[1];
  return named === undefined ? undefined : resolve(root, named);
}
