import type { NodeState, TicketStatus } from '../workflow/node-status.ts';
import { lineCost, type Taken } from './digest.ts';
import { oneLine } from './plain-text.ts';

const DEEPEST = 8;
const ACTIVE: ReadonlySet<string> = new Set(['in_progress', 'awaiting-qa', 'failed', 'escalated', 'blocked', 'rejected', 'reopened']);

/**
 * The nodes of a workflow that matter now, as an indented list with their statuses, for so many bytes:
 * first the current one with the phases it is in, then all that is in hand or held up, the topmost
 * phases, what can be started, what waits; last what is finished. Always in the order of the tree.
 */
export function shortTree({ nodes, current }: Pick<TicketStatus, 'nodes' | 'current'>, budget: number): Taken {
  const here = nodes.find(({ node }) => node.id === current.node);
  const states = new Map(nodes.map((state) => [state.node, state]));
  const ranked = nodes.map((state, index) => ({ state, index, rank: rankOf(state, here) })).sort((a, b) => a.rank - b.rank || a.index - b.index);
  const chosen = new Set<NodeState>();
  let cost = 0;
  for (const { state } of ranked) {
    const added = withPhases(state, states).filter((one) => !chosen.has(one));
    const more = added.reduce((sum, one) => sum + lineCost(nodeLine(one, one === here)), 0);
    if (cost + more > budget) break;
    cost += more;
    for (const one of added) chosen.add(one);
  }
  return { lines: nodes.filter((state) => chosen.has(state)).map((state) => nodeLine(state, state === here)), leftOut: nodes.length - chosen.size };
}

function rankOf(state: NodeState, here: NodeState | undefined): number {
  const { node, status } = state;
  if (state === here) return 0;
  if (node.children.length > 0) return node.parent === undefined ? 2 : 6;
  if (ACTIVE.has(status)) return 1;
  if (status === 'ready') return 3;
  if (status === 'pending') return node.parent !== undefined && node.parent === here?.node.parent ? 4 : 5;
  return 6;
}

function withPhases(state: NodeState, states: ReadonlyMap<NodeState['node'], NodeState>): NodeState[] {
  const line = [state];
  for (let phase = state.node.parent; phase; phase = phase.parent) line.push(states.get(phase) as NodeState);
  return line;
}

function nodeLine({ node, status, waitsFor, blockedBy, skippedFor, life }: NodeState, isCurrent: boolean): string {
  let depth = 0;
  for (let phase = node.parent; phase; phase = phase.parent) depth += 1;
  const title = typeof node.data.title === 'string' && node.data.title !== node.id ? ` ${oneLine(node.data.title, 60)}` : '';
  const why = [
    ...(node.children.length === 0 && (status === 'in_progress' || status === 'awaiting-qa') ? [`by ${oneLine(life.implementers.at(-1) ?? '?', 40)}`] : []),
    ...(status === 'pending' && waitsFor.length > 0 ? [`after ${waitsFor.slice(0, 3).join(', ')}${waitsFor.length > 3 ? ', …' : ''}`] : []),
    ...(status === 'blocked' ? [blockedBy.join(', ')] : []),
    ...(skippedFor === undefined || status !== 'skipped' ? [] : [`while ${skippedFor} is escalated`]),
  ];
  const said = why.length === 0 ? '' : ` ${oneLine(why.join('; '), 120)}`;
  return `${'  '.repeat(Math.min(depth, DEEPEST))}- ${oneLine(node.id, 60)}${title} [${status}]${said}${isCurrent ? ' <- here' : ''}`;
}
