import { join } from 'node:path';
import { archivedFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { pathExists } from '../git/files.ts';
import type { Tree } from '../tree/tree.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketAnywhere, type Ticket } from '../workflow/ticket.ts';
import type { Invocation } from './command.ts';
import { lineOf } from './inputs.ts';
import { existingTicket, type Workspace } from './workspace.ts';

/** The id of the ticket that a verb only looks at: archived ones too, where `--ticket` names them. */
export function anyTicket(workspace: Workspace, invocation: Pick<Invocation, 'values' | 'program'>): string {
  const { repository, settings } = workspace;
  const asked = lineOf(invocation.values, 'ticket');
  const isArchived = asked !== undefined && settings.ticketPattern.test(asked) && pathExists(join(repository.workRoot, archivedFolder(settings, asked)));
  return isArchived ? asked : existingTicket(workspace, invocation);
}

/** It as a tree has it. Throws a UserError where there is nothing of it to look at. */
export function ticketToShow({ settings }: Workspace, work: Tree, id: string, program: string): Ticket {
  const found = ticketAnywhere(new Snapshot(work, settings), id);
  if (found && (found.tasks || found.spec)) return found;
  throw new UserError(`Unexpected ticket ${id} without spec.md and tasks.md, expected something to show`, `${program} new spec --ticket ${id} --title "WHAT IT DELIVERS"`, 'ticket-empty');
}
