import { join } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { workTrees } from '../git/everywhere.ts';
import { pathExists } from '../git/files.ts';
import type { Workspace } from './workspace.ts';

/** The other work tree that holds a ticket's folder, where this one does not: `fork open --worktree` puts it there. */
export function workTreeWith({ repository, settings }: Workspace, ticket: string): string | undefined {
  const folder = ticketFolder(settings, ticket);
  if (pathExists(join(repository.workRoot, folder))) return undefined;
  return workTrees(repository).find((root) => root !== repository.workRoot && pathExists(join(root, folder)));
}
