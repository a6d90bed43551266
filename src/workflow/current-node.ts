import type { NodeState } from './node-status.ts';

/** One specific leaf, or none and why. */
export type Current =
  | { readonly node: string; readonly reason: undefined }
  | {
      readonly node: undefined;
      /** `done`: everything is settled; `blocked`: what is left is held up; `waiting`: for a person, who decides about `on`; `empty`: there are no leaves. */
      readonly reason: 'done' | 'blocked' | 'waiting' | 'empty';
      /** Ids of the nodes that this is about. */
      readonly on: readonly string[];
    };

/**
 * The leaf to look at: the most recently started one that is open, else the first that can be
 * started. Later means a higher wave, and of one wave the last in the tree: times are never compared.
 */
export function currentNode(states: readonly NodeState[]): Current {
  const leaves = states.filter(({ node }) => node.children.length === 0);
  const started = leaves.filter(({ status }) => status === 'in_progress' || status === 'awaiting-qa' || status === 'failed');
  const latest = started.reduce<NodeState | undefined>((last, state) => (last && waveOf(last) > waveOf(state) ? last : state), undefined);
  const next = latest ?? leaves.find(canStart);
  if (next) return { node: next.node.id, reason: undefined };
  const open = leaves.filter(({ isSettled }) => !isSettled);
  if (open.length === 0) return { node: undefined, reason: leaves.length > 0 ? 'done' : 'empty', on: [] };
  const blocked = open.filter(({ status }) => status === 'blocked');
  const asked = open.filter(({ status }) => status === 'escalated' || status === 'rejected');
  if (asked.length > 0 || blocked.length === 0) return { node: undefined, reason: 'waiting', on: idsOf(asked.length > 0 ? asked : open) };
  return { node: undefined, reason: 'blocked', on: idsOf(blocked) };
}

function canStart({ status, waitsFor }: NodeState): boolean {
  return status === 'ready' || (status === 'reopened' && waitsFor.length === 0);
}

function waveOf({ life }: NodeState): number {
  return life.wave ?? 0;
}

function idsOf(states: readonly NodeState[]): string[] {
  return states.map(({ node }) => node.id);
}
