import { nearest } from '../documents/nearest.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { dataPathOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'node-dependency',
  group: 'tree',
  severity: 'error',
  kinds: ['tasks'],

  *document(document) {
    const nodes = taskNodes(document.data);
    const ids = new Set(nodes.map((node) => node.id));
    const unknown = nodes.flatMap((node) => node.dependsOn.flatMap((id, entry) => (ids.has(id) ? [] : [{ node, id, entry }])));
    for (const one of unknown.slice(0, MOST_REPORTS)) yield report(document, one, [...ids]);
  },
};

function report(document: GovernedDocument, { node, id, entry }: { node: TaskNode; id: string; entry: number }, ids: readonly string[]): Report {
  const meant = nearest(id, ids);
  return {
    path: document.path,
    ...document.parsed.locate([...dataPathOf(node), 'depends_on', entry]),
    message: `Unexpected ${id} in the depends_on of ${node.id}, expected a node of this tasks.md${meant ? `: did you mean ${meant}?` : ''}`,
    remedy: meant ? `write ${meant}` : `remove it, or add a node with the id ${id}`,
    ...(document.place.archived && { severity: 'warning' as const }),
  };
}
