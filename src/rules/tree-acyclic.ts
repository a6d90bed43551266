import { cyclesOf, type Wait } from '../workflow/precedence.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { dataPathOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';

/** Ids of a longer cycle are left out in its middle. */
const MOST_IDS = 8;

export const rule: Rule = {
  id: 'tree-acyclic',
  group: 'tree',
  severity: 'error',
  kinds: ['tasks'],

  *document(document) {
    const byEdge = new Map<string, Wait[]>();
    for (const cycle of cyclesOf(taskNodes(document.data))) {
      const edge = `${cycle[0]?.node.id} ${cycle[0]?.entry}`;
      if (cycle.length < (byEdge.get(edge)?.length ?? Number.POSITIVE_INFINITY)) byEdge.set(edge, cycle);
    }
    for (const cycle of byEdge.values()) yield report(cycle, document);
  },
};

function report(cycle: readonly Wait[], document: GovernedDocument): Report {
  const [first] = cycle as [Wait, ...Wait[]];
  const place = document.parsed.locate([...dataPathOf(first.node), 'depends_on', first.entry ?? 0]);
  return {
    path: document.path,
    ...place,
    message: `Unexpected cycle ${chain(cycle)}, expected nodes that can be done one after the other${reasons(cycle)}`,
    remedy: `remove ${first.waitsFor.id} from the depends_on of ${first.node.id}, or another edge of the cycle`,
    ...(document.place.archived && { severity: 'warning' as const }),
  };
}

/** `a → b → a`: each waits for the next, or holds it, or is held by it. */
function chain(cycle: readonly Wait[]): string {
  const ids = cycle.flatMap(({ node, waitsFor }) => [node.id, waitsFor.id]).filter((id, index, all) => id !== all[index - 1]);
  if (ids.length === 1 || ids.at(-1) !== ids[0]) ids.push(ids[0] as string);
  if (ids.length <= MOST_IDS) return ids.join(' → ');
  return [...ids.slice(0, MOST_IDS - 2), `… (${ids.length - MOST_IDS} more)`, ...ids.slice(-2)].join(' → ');
}

/** What closes the cycle and stands in no `depends_on`. */
function reasons(cycle: readonly Wait[]): string {
  const inside = cycle.flatMap(({ waitsFor }, index) => {
    const next = (cycle[index + 1] ?? cycle[0] as Wait).node;
    return waitsFor === next ? [] : [holds(waitsFor, next) ? `${next.id} is in ${waitsFor.id}` : `${waitsFor.id} is in ${next.id}`];
  });
  const ordered = cycle.flatMap(({ node, waitsFor, entry }) => (entry === undefined ? [`${node.id} comes after ${waitsFor.id} in a sequential phase`] : []));
  const all = [...new Set([...inside, ...ordered])];
  return all.length === 0 ? '' : ` (${all.slice(0, 3).join(', ')}${all.length > 3 ? ', …' : ''})`;
}

function holds(phase: TaskNode, node: TaskNode): boolean {
  for (let at = node.parent; at; at = at.parent) if (at === phase) return true;
  return false;
}
