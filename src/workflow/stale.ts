import { ticketStatus, type TicketStatus } from './node-status.ts';
import type { Ticket } from './ticket.ts';

const DAY = 86_400_000;

/** An open workflow in which nothing has moved for longer than `stale_days`. */
export interface Rest {
  /** Whole days since the last transition. */
  readonly days: number;
  /** When that was. */
  readonly since: Date;
  /** The node to look at: the current one, else the first of those it is held up at. */
  readonly node: string | undefined;
  /** Where it stands, for people: `the current node is build (in_progress)`. */
  readonly where: string;
}

/**
 * How long a ticket has been at rest; undefined where it moved within `staleDays`, was never begun,
 * or has nothing left to do. As old as the newest entry of its histories: of nodes, change records
 * and forks. Times inform and nothing is refused for them. Pass the status where it is known.
 */
export function restOf(ticket: Ticket, now: Date, staleDays = ticket.snapshot.settings.staleDays, status?: TicketStatus): Rest | undefined {
  if (ticket.archived || !ticket.tasks) return undefined;
  const newest = lastMove(ticket);
  if (newest === undefined) return undefined;
  const days = Math.floor((now.getTime() - newest.getTime()) / DAY);
  if (days <= staleDays) return undefined;
  const { current, byId } = status ?? ticketStatus(ticket);
  if (current.node !== undefined) return { days, since: newest, node: current.node, where: `the current node is ${current.node} (${byId.get(current.node)?.status})` };
  if (current.reason === 'done' || current.reason === 'empty') return undefined;
  return { days, since: newest, node: current.on[0], where: `it is ${current.reason} at ${current.on.join(', ')}` };
}

/** When the newest entry of a ticket's histories was written; undefined where none tells a time. */
export function lastMove({ nodes, changes, forks }: Pick<Ticket, 'nodes' | 'changes' | 'forks'>): Date | undefined {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { data } of [...nodes, ...changes, ...forks]) for (const moment of momentsIn(data.history)) newest = Math.max(newest, moment);
  return Number.isFinite(newest) ? new Date(newest) : undefined;
}

/** When entries were written, in milliseconds; what is no time is left out. */
function momentsIn(history: unknown): number[] {
  const entries: unknown[] = Array.isArray(history) ? history : [];
  return entries.map((entry) => Date.parse(String((entry as { at?: unknown } | null)?.at))).filter((moment) => !Number.isNaN(moment));
}
