import type { Sighting, UnitedTicket } from './everywhere.ts';
import { nodeRecordOf } from './node-record.ts';
import { ticketStatus, type NodeState, type TicketStatus } from './node-status.ts';
import { lastMove, restOf, type Rest } from './stale.ts';
import type { TaskNode } from './task-tree.ts';

/** Somebody's work on a node, under way or waiting for its verdict. */
export interface Claim {
  readonly state: NodeState;
  /** As declared. */
  readonly by: string;
  /** When the node was started, as its record says. */
  readonly at: string | undefined;
  /** Who holds the record that says so. */
  readonly sightings: readonly Sighting[];
}

/** Where a ticket stands, over all its branches and work trees. */
export interface Standing {
  readonly united: UnitedTicket;
  readonly title: string;
  readonly goal: string | undefined;
  readonly why: string | undefined;
  readonly status: TicketStatus;
  /** Nodes that carry work. */
  readonly leaves: readonly NodeState[];
  /** How many of them are complete, or skipped by a person. */
  readonly settled: number;
  readonly claims: readonly Claim[];
  /** Nodes with a record that the plan shown does not name: another branch plans them, or a plan was restructured. */
  readonly unplanned: readonly string[];
  readonly moved: Date | undefined;
  /** Set when nothing has moved for longer than `stale_days`. */
  readonly rest: Rest | undefined;
}

/** What people and programs are told of a ticket; everything derived, nothing stored. */
export function standingOf(united: UnitedTicket, now: Date): Standing {
  const { ticket, id } = united;
  const status = ticketStatus(ticket);
  const goal = mappingOf(ticket.tasks?.data.goal);
  const leaves = status.nodes.filter(({ node }) => isLeaf(node));
  return {
    united,
    title: textOf(ticket.spec?.data.title) ?? textOf(goal.title) ?? id,
    goal: textOf(goal.title),
    why: textOf(goal.why),
    status,
    leaves,
    settled: leaves.filter(({ isSettled }) => isSettled).length,
    claims: leaves.flatMap((state) => claimOf(state, united) ?? []),
    unplanned: ticket.nodes.flatMap(({ place: { name = '' } }) => (status.byId.has(name) ? [] : [name])),
    moved: lastMove(ticket),
    rest: restOf(ticket, now, undefined, status),
  };
}

/** Carries work: no phase, empty or not. */
export function isLeaf({ children, data }: TaskNode): boolean {
  return children.length === 0 && data.type !== 'phase';
}

function claimOf(state: NodeState, { documents }: UnitedTicket): Claim | undefined {
  if (!state.record || (state.status !== 'in_progress' && state.status !== 'awaiting-qa')) return undefined;
  const { history } = nodeRecordOf(state.record.data);
  const start = history.findLastIndex(({ to, done }) => to === 'in_progress' && !done);
  const entries: unknown[] = Array.isArray(state.record.data.history) ? state.record.data.history : [];
  return { state, by: history[start]?.by ?? 'nobody', at: textOf(mappingOf(entries[start]).at), sightings: documents.get(`nodes/${state.node.id}.md`)?.sightings ?? [] };
}

/** A text that says something, of any value. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A mapping, of any value. */
export function mappingOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
