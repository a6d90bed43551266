import type { NodeState, NodeStatus } from './node-status.ts';

/** What a phase shows before anything else, where one of its nodes is so. */
const FIRST: readonly NodeStatus[] = ['escalated', 'rejected', 'failed'];
const UNDER_WAY: readonly NodeStatus[] = ['in_progress', 'awaiting-qa', 'reopened'];

/** The status of a phase from those of the nodes in it: never stored, never set; `complete` only when all are settled. */
export function rollUp(children: readonly Pick<NodeState, 'status' | 'isSettled'>[]): NodeStatus {
  const open = children.filter(({ isSettled }) => !isSettled).map(({ status }) => status);
  if (open.length === 0) return children.some(({ status }) => status === 'complete') ? 'complete' : 'skipped';
  const urgent = FIRST.find((status) => open.includes(status));
  if (urgent) return urgent;
  const hasBegun = open.length < children.length && children.some(({ status }) => status === 'complete');
  const [one] = open as [NodeStatus, ...NodeStatus[]];
  if (open.every((status) => status === one) && !(hasBegun && (one === 'pending' || one === 'ready'))) return one;
  if (hasBegun || open.some((status) => UNDER_WAY.includes(status))) return 'in_progress';
  return (['ready', 'blocked'] as const).find((status) => open.includes(status)) ?? 'pending';
}
