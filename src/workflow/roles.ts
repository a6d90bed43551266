import { leafTypeOf, type TaskNode } from './task-tree.ts';

/** What the roles that workflows have in common promise. A workflow may name others. */
const DUTIES: ReadonlyMap<string, string> = new Map([
  ['planner', 'writes the spec and the plan, and no product code'],
  ['test-writer', 'writes the tests of the requirements first and sees them fail; writes no product code'],
  ['implementer', 'makes the tests pass with the least code, changes no test to that end, and leaves nothing for later'],
  ['qa', 'checks the work of somebody else and tries to break it: reads and runs, and changes nothing'],
]);

/** The role whose tests have to be seen to fail. */
export const TEST_WRITER = 'test-writer';

/** The role that looks at what others made. */
export const REVIEWER = 'qa';

/** Who does a leaf's work; undefined for what no agent does. */
export function roleOf(node: TaskNode): string | undefined {
  if (typeof node.data.role === 'string') return node.data.role;
  return leafTypeOf(node) === 'agent' && node.children.length === 0 && node.data.type !== 'phase' ? 'implementer' : undefined;
}

/** A node's own role, or that of the nearest phase that has one. */
export function nearestRole(node: TaskNode): unknown {
  let at: TaskNode | undefined = node;
  while (at && at.data.role === undefined) at = at.parent;
  return at?.data.role;
}

/** What a role does and leaves alone; undefined for a role of the workflow's own. */
export function dutyOf(role: string): string | undefined {
  return DUTIES.get(role);
}
