import type { GovernedDocument } from './snapshot.ts';
import { ticketAnywhere, type Ticket } from './ticket.ts';

/**
 * Whether a fork still holds up its nodes: it is not abandoned, and its sub-workflow is not merged,
 * which shows by that ticket being archived here (the archive is the last commit of its branch).
 */
export function isOpenFork({ snapshot }: Pick<Ticket, 'snapshot'>, fork: GovernedDocument): boolean {
  if (isAbandoned(fork)) return false;
  const { data } = fork;
  const { sub_workflow: id } = data;
  return typeof id !== 'string' || !isTicketName(id) || ticketAnywhere(snapshot, id)?.archived !== true;
}

/** `merged`: its ticket is archived here. */
export type ForkState = 'open' | 'merged' | 'abandoned';

/** What became of a fork, derived. */
export function forkState(ticket: Pick<Ticket, 'snapshot'>, fork: GovernedDocument): ForkState {
  if (isOpenFork(ticket, fork)) return 'open';
  return isAbandoned(fork) ? 'abandoned' : 'merged';
}

/** The nodes that a fork names: the one it grew out of, and the one that goes on after it. */
export function nodesOfFork({ data }: GovernedDocument): readonly string[] {
  return [data.spawned_from, data.return_to].filter((id): id is string => typeof id === 'string');
}

function isAbandoned({ data }: GovernedDocument): boolean {
  return typeof data.abandoned === 'string' && data.abandoned.trim() !== '';
}

/** A name that is one folder and nothing else. */
function isTicketName(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(id);
}
