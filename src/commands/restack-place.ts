import { basename, resolve } from 'node:path';
import { worktreesOf } from '../git/worktrees.ts';
import { slugOf } from '../workflow/record-name.ts';
import type { Workspace } from './workspace.ts';

/** Where the conflicts of a branch that is checked out nowhere are mended: beside the worktrees of tickets. */
export function mendPath({ repository, settings }: Workspace, branch: string): string {
  const main = worktreesOf(repository)[0] ?? repository.workRoot;
  const values = { repo: basename(main).replace(/\.git$/, ''), id: 'restack', slug: slugOf(branch) || 'branch' };
  return resolve(main, settings.worktrees.replaceAll(/\{(repo|id|slug)\}/g, (_, key: keyof typeof values) => values[key]));
}
