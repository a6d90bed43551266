import { parseDocument } from '../documents/parse.ts';
import { staticPrefix } from '../documents/path-pattern.ts';
import type { Settings } from '../documents/settings.ts';
import type { Tree } from '../tree/tree.ts';
import { textsIn, type TaskNode } from './task-tree.ts';

/** Where plans stand while no kind of that name says otherwise. */
export const PLANS = '.plans';

/** A document that says what will be done before it is done. */
export interface Plan {
  readonly path: string;
  readonly isApproved: boolean;
  readonly ticket: string | undefined;
  readonly node: string | undefined;
  readonly creates: readonly string[];
}

/** Whether an approved plan has to exist before a node makes a new file: a phase's mark holds for every node in it. */
export function asksForPlan(node: TaskNode): boolean {
  return node.data.plan === 'required' || (node.parent !== undefined && asksForPlan(node.parent));
}

export function plansIn(tree: Tree, { kinds }: Pick<Settings, 'kinds'>): Plan[] {
  const kind = kinds.find(({ name }) => name === 'plan');
  const paths = tree.walk([kind ? staticPrefix(kind.path) : PLANS]).map((entry) => entry.path).filter((path) => (kind ? kind.matches(path) : path.endsWith('.md')));
  tree.prefetch(paths);
  return paths.flatMap((path) => {
    const bytes = tree.read(path);
    const data = bytes && parseDocument(bytes).data;
    if (!data) return [];
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
    return [{ path, isApproved: data.status === 'approved', ticket: text(data.ticket), node: text(data.node), creates: textsIn(data.creates) }];
  });
}

/** Whether a plan is about a node: one that names no ticket or no node is about all of them. */
export function isPlanFor(plan: Plan, ticket: string, node: TaskNode): boolean {
  return (plan.ticket === undefined || plan.ticket.toLowerCase() === ticket.toLowerCase()) && (plan.node === undefined || plan.node === node.id);
}
