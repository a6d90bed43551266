import { basename, dirname, resolve } from 'node:path';
import type { Worktree } from '../git/worktrees.ts';
import { placeSlug } from '../workflow/branch-plan.ts';
import type { Workspace } from './workspace.ts';

/** Where WORKSPACE.md puts a branch's worktree, from the main work tree's root; absolute. `worktrees` as `listWorktrees` has them. */
export function worktreePlace({ repository, settings }: Workspace, worktrees: readonly Worktree[], ticket: string, branch: string): string {
  const main = worktrees[0]?.path ?? repository.workRoot;
  // Of /srv/reports.git and /srv/reports/.git: reports.
  const name = /^\.(?:git|bare)$/.test(basename(main)) ? basename(dirname(main)) : basename(main).replace(/\.git$/, '');
  const values = { repo: name, id: ticket, slug: placeSlug(branch, ticket) };
  return resolve(main, settings.worktrees.replaceAll(/\{(repo|id|slug)\}/g, (_, key: keyof typeof values) => values[key]));
}
