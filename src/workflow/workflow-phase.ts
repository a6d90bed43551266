import { hasFillMarks } from '../documents/placeholders.ts';
import { statusOf } from './change-record.ts';
import { isOpenFork } from './fork.ts';
import type { NodeState, TicketStatus } from './node-status.ts';
import { pinOf, type Ticket } from './ticket.ts';

/**
 * How far a ticket has come. `none`: it has no folder; `drafting`: its spec is absent or has unfilled
 * places; `specified`: the spec is written and open; `frozen`: nobody has begun; `working`: nodes are
 * begun or can be; `awaiting-qa`: all that is begun waits for a verdict; `waiting`: for a person;
 * `blocked`: what is left is held up; `done`: everything is settled.
 */
export type PhaseName = 'none' | 'drafting' | 'specified' | 'frozen' | 'working' | 'awaiting-qa' | 'waiting' | 'blocked' | 'done' | 'archived';

export interface WorkflowPhase {
  readonly name: PhaseName;
  /** The highest wave that was started; undefined while none was. */
  readonly wave: number | undefined;
  /** Id of the topmost phase of tasks.md that the current node is in; undefined where it is in none. */
  readonly within: string | undefined;
  /** `one-shot`: no workflow is written down. */
  readonly shape: 'one-shot' | 'workflow' | 'operation';
}

/** The phase of a ticket; undefined: it has no folder. `status` is asked for only where the spec is frozen. */
export function phaseOf(ticket: Ticket | undefined, status: () => TicketStatus): WorkflowPhase {
  const shape = ticket?.tasks === undefined ? 'one-shot' : ticket.tasks.data.shape === 'operation' ? 'operation' : 'workflow';
  const nothing = { wave: undefined, within: undefined, shape } as const;
  if (ticket === undefined) return { name: 'none', ...nothing };
  if (ticket.archived) return { name: 'archived', ...nothing };
  if (pinOf(ticket.tasks) === undefined) return { name: ticket.spec === undefined || hasFillMarks(ticket.spec.parsed) ? 'drafting' : 'specified', ...nothing };
  const known = status();
  const leaves = known.nodes.filter(({ node }) => node.children.length === 0);
  const waves = leaves.flatMap(({ life }) => life.wave ?? []);
  return { name: nameOf(known, leaves), wave: waves.length > 0 ? Math.max(...waves) : undefined, within: withinOf(known), shape };
}

function nameOf({ current }: TicketStatus, leaves: readonly NodeState[]): PhaseName {
  if (leaves.some(({ status }) => status === 'in_progress' || status === 'failed')) return 'working';
  if (leaves.some(({ status }) => status === 'awaiting-qa')) return 'awaiting-qa';
  if (current.reason === 'done' || current.reason === 'blocked' || current.reason === 'waiting') return current.reason;
  return leaves.every(({ record }) => record === undefined) ? 'frozen' : 'working';
}

function withinOf({ current, byId }: TicketStatus): string | undefined {
  let node = current.node === undefined ? undefined : byId.get(current.node)?.node;
  if (node?.parent === undefined) return undefined;
  while (node.parent) node = node.parent;
  return node.id;
}

/** What decides which skills fit. */
export interface Situation {
  /** `trunk`: no ticket is in hand. */
  readonly phase: PhaseName | 'trunk';
  /** A change record waits for its acceptance. */
  readonly isProposed: boolean;
  /** A fork is open. */
  readonly isForked: boolean;
}


export function situationOf(ticket: Ticket | undefined, status: () => TicketStatus): Situation {
  const { name } = phaseOf(ticket, status);
  const isOpen = ticket !== undefined && !ticket.archived;
  return { phase: name, isProposed: isOpen && ticket.changes.some((record) => statusOf(record) === 'proposed'), isForked: isOpen && ticket.forks.some((fork) => isOpenFork(ticket, fork)) };
}
