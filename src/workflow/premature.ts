import type { Life } from './lifecycle.ts';
import { waitsByNode, type Wait } from './precedence.ts';
import type { TaskNode } from './task-tree.ts';

/** A complete leaf, and a node it should have waited for that was never complete nor skipped. */
export interface Premature {
  readonly node: TaskNode;
  readonly waitsFor: TaskNode;
}

/**
 * Those of `leaves` that are complete before their time, each with the first thing it should have
 * waited for. What was settled once and is worked on again since explains them; what is unexplained
 * itself is no second finding. `lifeOf` is asked of no more nodes than it takes.
 */
export function premature(leaves: readonly TaskNode[], nodes: readonly TaskNode[], lifeOf: (node: TaskNode) => Life): Premature[] {
  const complete = leaves.filter((node) => node.children.length === 0 && lifeOf(node).standing === 'complete' && !lifeOf(node).problem);
  if (complete.length === 0) return [];
  const waits = waitsByNode(nodes);
  const known = new Map<TaskNode, boolean>();
  const settledOnce = (node: TaskNode): boolean => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const is = leavesBelow(node).every((leaf) => lifeOf(leaf).wasSettled || lifeOf(leaf).problem !== undefined);
    known.set(node, is);
    return is;
  };
  return complete.flatMap((node) => {
    const early = waitsAbove(node, waits).find(({ waitsFor }) => !settledOnce(waitsFor));
    return early ? [{ node, waitsFor: early.waitsFor }] : [];
  });
}

function leavesBelow(top: TaskNode): TaskNode[] {
  const leaves: TaskNode[] = [];
  const pending = [top];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.children.length === 0) leaves.push(node);
    else pending.push(...node.children);
  }
  return leaves;
}

function waitsAbove(node: TaskNode, waits: ReadonlyMap<TaskNode, readonly Wait[]>): Wait[] {
  const all: Wait[] = [];
  for (let at: TaskNode | undefined = node; at; at = at.parent) all.push(...(waits.get(at) ?? []));
  return all;
}
