import { dataPathOf, taskNodes, type TaskNode } from './task-tree.ts';

/** What a change of these requirements means for the nodes of tasks.md, as a change record says it under `## Task impact`. */
export function taskImpact(tasks: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  const leaves = taskNodes(tasks).filter((node) => node.children.length === 0);
  const covering = leaves.map((node) => ({ id: node.id, covered: coveredBy(tasks, node, names) })).filter(({ covered }) => covered.length > 0);
  if (covering.length === 0) return 'No node covers what changes.';
  return ['Covered by these nodes, which are done again where they were complete:', '', ...covering.map(({ id, covered }) => `- ${id}: ${covered.join(', ')}`)].join('\n');
}

function coveredBy(tasks: Readonly<Record<string, unknown>>, node: TaskNode, names: readonly string[]): readonly string[] {
  const data = dataPathOf(node).reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], tasks);
  const { covers } = data as { readonly covers?: unknown };
  if (covers === undefined || covers === 'all') return names;
  return Array.isArray(covers) ? names.filter((name) => covers.includes(name)) : [];
}
