import { rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { namesIn, pathExists, readText, realFolder } from './files.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';
import { interruptedBranch } from './whereabouts.ts';

/** One work tree of a repository; the first of all is the main one, or the bare repository itself. */
export interface Worktree {
  /** Absolute. */
  readonly path: string;
  /** undefined before the first commit. */
  readonly commit: Oid | undefined;
  /** Short name of what is checked out, while it is rebased or bisected too; undefined when HEAD is detached. */
  readonly branch: string | undefined;
  readonly isBare: boolean;
  /** Its folder is gone: git still counts its branch as checked out. */
  readonly isMissing: boolean;
  /** Why nobody may remove it, which can be ''; undefined where everybody may. */
  readonly lock: string | undefined;
}

/** All work trees that git knows, by one `git worktree list`. */
export function listWorktrees(repository: Repository): Worktree[] {
  const worktrees: Worktree[] = [];
  let facts = new Map<string, string>();
  // Lines that end with NUL, an empty one after each worktree.
  for (const item of itemsOf(repository.git(['worktree', 'list', '--porcelain', '-z']))) {
    if (item === '') {
      worktrees.push(worktreeOf(facts));
      facts = new Map();
      continue;
    }
    const space = item.indexOf(' ');
    facts.set(space === -1 ? item : item.slice(0, space), space === -1 ? '' : item.slice(space + 1));
  }
  return worktrees;
}

function worktreeOf(facts: ReadonlyMap<string, string>): Worktree {
  const path = facts.get('worktree') ?? '';
  const [isBare, commit] = [facts.has('bare'), facts.get('HEAD') ?? ''];
  const isMissing = !isBare && (facts.has('prunable') || !pathExists(join(path, '.git')));
  const branch = facts.get('branch')?.replace(/^refs\/heads\//, '');
  const gitDir = branch !== undefined || isBare || isMissing ? undefined : gitDirOf(path);
  return { path, commit: /^0*$/.test(commit) ? undefined : commit, branch: branch ?? (gitDir === undefined ? undefined : interruptedBranch({ gitDir })), isBare, isMissing, lock: facts.get('locked') };
}

/** The git directory of the work tree at a folder, without asking git. */
export function gitDirOf(path: string): string {
  const link = /^gitdir: (.*?)\r?\n?$/.exec(readText(join(path, '.git')) ?? '')?.[1];
  return link === undefined ? join(path, '.git') : resolve(path, link);
}

/** Absolute folders of all worktrees that exist, the main one first; of a bare repository the repository itself. */
export function worktreesOf(repository: Repository): string[] {
  return listWorktrees(repository).filter(({ isMissing }) => !isMissing).map(({ path }) => path);
}

/**
 * Makes git forget a worktree, whatever a killed `git worktree add` has left of it. Killed with an empty
 * `commondir` it leaves a repository in which git refuses every command that looks at worktrees, the ones that remove them too.
 */
export function forgetWorktree(repository: Repository, path: string): void {
  if (repository.tryGit(['worktree', 'remove', '--force', '--force', '--', path]).status === 0) return;
  const links = [path, join(realFolder(dirname(path)), basename(path))].map((folder) => join(folder, '.git'));
  const folder = join(repository.commonDir, 'worktrees');
  for (const name of namesIn(folder)) {
    const [common, link = ''] = ['commondir', 'gitdir'].map((file) => readText(join(folder, name, file))?.trim());
    if (common === '' && links.includes(link)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
