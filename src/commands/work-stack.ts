import { ticketFolder } from '../documents/place.ts';
import { parseDocument } from '../documents/parse.ts';
import { setValue } from '../documents/edit.ts';
import { applyEdits } from '../git/apply.ts';
import { readBytes } from '../git/files.ts';
import { nodeOfBranch, parentKey } from '../workflow/branch-plan.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import { pinOf } from '../workflow/ticket.ts';
import type { WorkWish } from './work-base.ts';
import type { WorkPlan } from './work-plan.ts';
import { workspaceAt, type Workspace } from './workspace.ts';

/**
 * Writes `stacked_on` into the new worktree's spec.md, where the ticket has one that is not frozen; the
 * parent that git's configuration names is then superfluous. Without such a spec that is where it stays.
 */
export function recordStack(path: string, { parent, worktree }: Pick<Extract<WorkPlan, { kind: 'make' }>, 'parent' | 'worktree'>, { ticket, node, program }: Pick<WorkWish, 'ticket' | 'node' | 'program'>): void {
  if (!parent?.ticket || node !== undefined || parent.ticket.toLowerCase() === ticket.toLowerCase()) return;
  const there = workspaceAt(path, program);
  if (!there) return;
  const folder = ticketFolder(there.settings, ticket);
  const bytes = readBytes(`${path}/${folder}/spec.md`);
  if (!bytes) return;
  const tasks = readBytes(`${path}/${folder}/tasks.md`);
  const isFrozen = tasks !== undefined && pinOf({ data: parseDocument(tasks).data ?? {} }) !== undefined;
  const { data } = parseDocument(bytes);
  if (isFrozen || !data || data.stacked_on !== undefined) return;
  applyEdits(there.repository, [{ path: `${folder}/spec.md`, content: setValue(bytes.toString(), ['stacked_on'], parent.ticket), expect: bytes }]);
  there.repository.tryGit(['config', '--local', '--unset', parentKey(worktree.branch)]);
}

/** The ticket that a ticket is stacked on, as it was recorded when its branch was made; undefined where that is not checked out, or on none. */
export function recordedParent({ repository }: Workspace, ticket: string): string | undefined {
  const { branch } = repository;
  const isSame = (name: string | undefined) => name?.toLowerCase() === ticket.toLowerCase();
  if (branch === undefined || nodeOfBranch(branch) !== undefined || !isSame(ticketOfBranch(branch, [ticket]))) return undefined;
  const parent = repository.config(parentKey(branch));
  const below = parent === undefined ? undefined : ticketOfBranch(parent, []);
  return isSame(below) ? undefined : below;
}
