import { ticketFolder } from '../documents/place.ts';
import type { Tree } from '../tree/tree.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import type { Workspace } from './workspace.ts';

/** An open ticket as a tree of the work tree holds it. */
export function ticketOfWork({ settings }: Workspace, work: Tree, id: string): Ticket {
  return ticketIn(new Snapshot(work, settings), ticketFolder(settings, id), id, false);
}
