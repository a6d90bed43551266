import type { NodeState } from './node-status.ts';
import { waitsByNode, type Wait } from './precedence.ts';
import type { TaskNode } from './task-tree.ts';

/** A complete leaf, and a node it should have waited for that was never complete nor skipped. */
export interface Premature {
  readonly state: NodeState;
  readonly waitsFor: NodeState;
}

/**
 * Leaves that are complete before their time, each with the first thing it should have waited for.
 * What was settled once and is worked on again since explains them; what is unexplained itself is no
 * second finding.
 */
export function premature(states: readonly NodeState[]): Premature[] {
  const complete = states.filter(({ node, life }) => life.standing === 'complete' && node.children.length === 0 && !life.problem);
  if (complete.length === 0) return [];
  const byNode = new Map(states.map((state) => [state.node, state]));
  const waits = waitsByNode(states.map(({ node }) => node));
  const once = settledOnce(states);
  return complete.flatMap((state) => {
    const early = waitsAbove(state.node, waits).find(({ waitsFor }) => !once.has(waitsFor));
    const waitsFor = early && byNode.get(early.waitsFor);
    return waitsFor ? [{ state, waitsFor }] : [];
  });
}

function settledOnce(states: readonly NodeState[]): Set<TaskNode> {
  const once = new Set<TaskNode>();
  for (const { node, life } of [...states].reverse()) {
    const isOnce = node.children.length > 0 ? node.children.every((child) => once.has(child)) : life.wasSettled || life.problem !== undefined;
    if (isOnce) once.add(node);
  }
  return once;
}

function waitsAbove(node: TaskNode, waits: ReadonlyMap<TaskNode, readonly Wait[]>): Wait[] {
  const all: Wait[] = [];
  for (let at: TaskNode | undefined = node; at; at = at.parent) all.push(...(waits.get(at) ?? []));
  return all;
}
