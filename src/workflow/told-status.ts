import { clipped } from './fit.ts';
import type { NodeState, TicketStatus } from './node-status.ts';

export interface ToldStatus {
  /** Whether it can be started as things stand; places in a wave are not counted. */
  readonly isReady: boolean;
  /** One sentence for people and agents. */
  readonly text: string;
}

/** Where a node stands, and for one that cannot be started: why not. */
export function toldStatus(state: NodeState, { byId }: TicketStatus, maxRetries: number): ToldStatus {
  const { status, waitsFor, blockedBy, skippedFor, life, changed } = state;
  const waits = `waits for ${waitsFor.map((id) => `${id} (${byId.get(id)?.status ?? 'unknown'})`).join(', ')}`;
  const told = (text: string, isReady = false): ToldStatus => ({ isReady, text });
  if (state.node.children.length > 0 || state.node.data.type === 'phase') return told(`A phase, ${status}: the nodes in it are started${waitsFor.length > 0 ? `; it ${waits}` : ''}.`);
  switch (status) {
    case 'ready':
      return told('Ready to start.', true);
    case 'pending':
      return told(`Not ready: ${waits}.`);
    case 'blocked':
      return told(`Not ready: held up by ${blockedBy.join(', ')}.`);
    case 'in_progress':
      return told(`In progress${by(life.implementers)}.`);
    case 'awaiting-qa':
      return told(`Done${by(life.implementers)}; somebody else’s verdict is awaited.`);
    case 'complete':
      return told(`Complete${life.verifiedBy === undefined ? '' : `, verified by ${clipped(life.verifiedBy, 80)}`}.`);
    case 'reopened':
      return waitsFor.length > 0 ? told(`Reopened, and not ready: ${waits}.`) : told(`Reopened: ${changed.map((name) => `"${clipped(name, 80)}"`).slice(0, 10).join(', ')} changed since it was complete. Ready to start again.`, true);
    case 'failed':
      return told(`Failed; attempt ${life.failures + 1} of ${maxRetries + 1} can start.`, true);
    case 'escalated':
      return told('Not ready: escalated to a person after its last attempt.');
    case 'skipped':
      return told(skippedFor === undefined ? 'Skipped by a person.' : `Not ready: skipped while ${skippedFor} is escalated.`);
    case 'rejected':
      return told('Rejected by a person.');
  }
}

function by(actors: readonly string[]): string {
  const last = actors.at(-1);
  return last === undefined ? '' : ` by ${clipped(last, 80)}`;
}
