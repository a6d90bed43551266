import type { GovernedDocument } from './snapshot.ts';
import { ticketAnywhere, type Ticket } from './ticket.ts';

/**
 * Whether a fork still holds up its nodes: it is not abandoned, and its sub-workflow is not merged,
 * which shows by that ticket being archived here (the archive is the last commit of its branch).
 */
export function isOpenFork({ snapshot }: Pick<Ticket, 'snapshot'>, { data }: GovernedDocument): boolean {
  if (typeof data.abandoned === 'string' && data.abandoned.trim() !== '') return false;
  const { sub_workflow: id } = data;
  return typeof id !== 'string' || !isTicketName(id) || ticketAnywhere(snapshot, id)?.archived !== true;
}

/** The nodes that a fork names: the one it grew out of, and the one that goes on after it. */
export function nodesOfFork({ data }: GovernedDocument): readonly string[] {
  return [data.spawned_from, data.return_to].filter((id): id is string => typeof id === 'string');
}

/** A name that is one folder and nothing else. */
function isTicketName(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(id);
}
