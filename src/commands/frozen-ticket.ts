import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import type { Tree } from '../tree/tree.ts';
import { Snapshot, type GovernedDocument } from '../workflow/snapshot.ts';
import { pinOf, ticketIn, type Ticket } from '../workflow/ticket.ts';
import type { Workspace } from './workspace.ts';

export interface FrozenTicket {
  readonly ticket: Ticket;
  readonly folder: string;
  readonly tasks: GovernedDocument;
  /** `sha256:<hex>` as tasks.md has it. */
  readonly pin: string;
}

/** A ticket of the work tree whose spec is frozen. Throws a UserError for one that is not. */
export function frozenTicket(workspace: Pick<Workspace, 'settings'>, work: Tree, id: string, program: string): FrozenTicket {
  const folder = ticketFolder(workspace.settings, id);
  const ticket = ticketIn(new Snapshot(work, workspace.settings), folder, id, false);
  const { tasks } = ticket;
  const pin = pinOf(tasks);
  if (tasks && pin !== undefined) return { ticket, folder, tasks, pin };
  if (tasks && tasks.parsed.data === undefined) {
    throw new UserError(`Unexpected ${tasks.path} that cannot be read, expected one whose pin says what is frozen`, `${program} check ${tasks.path} says what to mend`, 'tasks-invalid');
  }
  throw new UserError(`Unexpected change of ${id}, expected a frozen spec: ${folder}/spec.md is not frozen`, `edit ${folder}/spec.md itself; ${tasks ? `${program} freeze --ticket ${id}` : `${program} new tasks --ticket ${id}`} freezes it`, 'not-frozen');
}
