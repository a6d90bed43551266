import type { TaskNode } from '../workflow/task-tree.ts';

const MOST_NODES = 200;
const DEEPEST = 20;

/**
 * The nodes of a plan as a tree of text: a line each, with its title and what `statusOf` says of it. Bounded in
 * length and depth; what is left out is counted.
 */
export function planTree(nodes: readonly TaskNode[], statusOf: (id: string) => string | undefined): string[] {
  const lines: string[] = [];
  const pending = listed(nodes.filter((node) => !node.parent), '', 0);
  for (let next = pending.pop(); next && lines.length < MOST_NODES; next = pending.pop()) {
    const { node, indent, isLast, depth } = next;
    lines.push(`${indent}${isLast ? '└─ ' : '├─ '}${labelOf(node, statusOf(node.id))}`);
    if (depth < DEEPEST) pending.push(...listed(node.children, `${indent}${isLast ? '   ' : '│  '}`, depth + 1));
  }
  return nodes.length > lines.length ? [...lines, `… and ${nodes.length - lines.length} more`] : lines;
}

/** Siblings, the first one last: they are taken from the end. */
function listed(siblings: readonly TaskNode[], indent: string, depth: number) {
  return siblings.map((node, index) => ({ node, indent, depth, isLast: index === siblings.length - 1 })).reverse();
}

function labelOf({ id, data, dependsOn }: TaskNode, status: string | undefined): string {
  const title = typeof data.title === 'string' && data.title !== id ? `  ${data.title}` : '';
  return `${id}${title}${status === undefined ? '' : `  [${status}]`}${dependsOn.length > 0 ? `  after ${dependsOn.join(', ')}` : ''}`;
}
