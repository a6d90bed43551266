import type { Settings } from '../documents/settings.ts';
import type { NodeState, TicketStatus } from './node-status.ts';
import { waitsByNode } from './precedence.ts';
import { scopeOf, scopesMeet, type Scope } from './scope.ts';
import { leafTypeOf, type TaskNode } from './task-tree.ts';

/** Leaves that are worked on at once, and judged before the next ones begin. */
export interface Wave {
  /** Counted from 1; what its starts say. */
  readonly number: number;
  /** All that began in it and were not given up since, finished ones too, in the order of the tree. */
  readonly members: readonly NodeState[];
  /** What the next wave waits for: in progress, awaiting-qa or failed with retries left. Never empty. */
  readonly open: readonly NodeState[];
}

/** Why a node cannot begin now, though nothing that it depends on is in the way. */
export type WaveRefusal =
  /** It was not ready when the wave under way began, and the next one waits for the verdict on these nodes. */
  | { readonly kind: 'closed'; readonly wave: number; readonly on: readonly string[] }
  /** The wave under way has execution.max_concurrent members. */
  | { readonly kind: 'full'; readonly wave: number; readonly on: readonly string[] }
  /** Another node of the wave, or one that is half done, may change the same paths: its pattern and the one of the node itself. */
  | { readonly kind: 'overlap'; readonly on: readonly string[]; readonly theirs: string; readonly own: string };

export interface Waves {
  /** Undefined where none has begun or the last one is over. What is blocked, escalated, rejected or skipped holds no wave up. */
  readonly underWay: Wave | undefined;
  /** The number that a start has now: of the wave under way, else of the next. */
  readonly number: number;
  /**
   * What can be started now, all of it at once: what is ready or reopened and fits, in the order of
   * the tree. With a wave under way only what may still join it. Nodes of people are among them, and
   * take no place. A failed node is not: its retry belongs to its wave, whatever else is there.
   */
  readonly startable: readonly NodeState[];
  /** Whether a node fits now, beside those that the same call has begun already; undefined when it does. */
  refusal(id: string, alongside?: readonly string[]): WaveRefusal | undefined;
}

/**
 * The waves of a ticket, from its status: a wave is the ready leaves, at most max_concurrent of them,
 * whose scopes do not overlap, and the next one waits until this one is judged. Nothing of it is
 * stored but the number in each start. A node was ready when the wave under way began if nothing
 * that it waits for was completed in that wave. A node without a scope says nothing of its paths and
 * overlaps with none, as in `scope-disjoint`. People decide and change nothing: a node of type human
 * neither holds a wave up nor takes a place in it. Linear in nodes and edges, but for the scopes of
 * those who could be in one wave.
 */
export function wavesOf(status: TicketStatus, settings: Pick<Settings, 'execution' | 'modules'>): Waves {
  const workers = status.nodes.filter(({ node }) => isWorker(node));
  const open = workers.filter(isUnderWay);
  const latest = workers.reduce((highest, state) => Math.max(highest, waveOf(state)), 0);
  const number = open.length > 0 ? Math.max(latest, 1) : latest + 1;
  const members = open.length > 0 ? workers.filter((state) => isMember(state) && (waveOf(state) || 1) === number) : [];
  const taken = workers.filter(({ life: { standing } }) => standing === 'in_progress' || standing === 'failed');
  const isLate = open.length > 0 ? lateIn(number, status) : () => false;
  const limit = settings.execution.maxConcurrent;
  const scopes = new Map<string, Scope | undefined>();
  const scope = (id: string): Scope | undefined => {
    const node = status.byId.get(id)?.node;
    if (!scopes.has(id)) scopes.set(id, node && scopeOf(node, settings.modules));
    return scopes.get(id);
  };
  const refusal = (id: string, alongside: readonly string[] = []): WaveRefusal | undefined => {
    const state = status.byId.get(id);
    if (!state || !isWorker(state.node)) return undefined;
    const places = new Set([...idsOf(members), ...alongside]);
    const belongs = state.life.standing === 'failed' || places.has(id);
    if (!belongs && isLate(state.node)) return { kind: 'closed', wave: number, on: idsOf(open) };
    if (!belongs && places.size >= limit) return { kind: 'full', wave: number, on: open.length > 0 ? idsOf(open) : [...alongside] };
    // What a retry goes on with was in its wave before the others came.
    return overlapOf(id, [...new Set([...idsOf(taken), ...alongside, ...(belongs ? [] : idsOf(members))])], scope);
  };
  return { underWay: open.length > 0 ? { number, members, open } : undefined, number, startable: startable(status.nodes, refusal), refusal };
}

/** A leaf that somebody or something works on; a person's decision is no work. */
function isWorker(node: TaskNode): boolean {
  return node.children.length === 0 && node.data.type !== 'phase' && leafTypeOf(node) !== 'human';
}

function isUnderWay({ status }: NodeState): boolean {
  return status === 'in_progress' || status === 'awaiting-qa' || status === 'failed';
}

function isMember({ life: { standing } }: NodeState): boolean {
  return standing === 'in_progress' || standing === 'complete' || standing === 'failed' || standing === 'escalated' || standing === 'rejected';
}

/** 0: it never began, or nobody wrote when. */
function waveOf({ life }: NodeState): number {
  return life.wave ?? 0;
}

function idsOf(states: readonly NodeState[]): string[] {
  return states.map(({ node }) => node.id);
}

/** Whether a node waited for something that was completed in this wave: then it was not ready when that began. */
function lateIn(number: number, { nodes }: TicketStatus): (node: TaskNode) => boolean {
  const held = new Map<TaskNode, boolean>();
  // From the end everything below a phase is known.
  for (const state of [...nodes].reverse()) {
    const { node, life } = state;
    held.set(node, node.children.length > 0 ? node.children.some((child) => held.get(child)) : isWorker(node) && life.standing === 'complete' && waveOf(state) === number);
  }
  const waits = waitsByNode(nodes.map(({ node }) => node));
  const late = new Map<TaskNode, boolean>();
  for (const { node } of nodes) late.set(node, (node.parent !== undefined && late.get(node.parent) === true) || (waits.get(node) ?? []).some(({ waitsFor }) => held.get(waitsFor)));
  return (node) => late.get(node) === true;
}

function overlapOf(id: string, others: readonly string[], scope: (id: string) => Scope | undefined): WaveRefusal | undefined {
  const own = scope(id);
  if (!own) return undefined;
  for (const other of others) {
    const theirs = other === id ? undefined : scope(other);
    const met = theirs && scopesMeet(own, theirs);
    if (met) return { kind: 'overlap', on: [other], own: met[0].text, theirs: met[1].text };
  }
  return undefined;
}

function startable(states: readonly NodeState[], refusal: Waves['refusal']): NodeState[] {
  const [chosen, beside]: [NodeState[], string[]] = [[], []];
  for (const state of states) {
    const isFree = state.node.children.length === 0 && (state.status === 'ready' || (state.status === 'reopened' && state.waitsFor.length === 0));
    if (!isFree || refusal(state.node.id, beside) !== undefined) continue;
    chosen.push(state);
    if (isWorker(state.node)) beside.push(state.node.id);
  }
  return chosen;
}
