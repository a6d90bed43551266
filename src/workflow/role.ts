import type { TaskNode } from './task-tree.ts';

/** The role whose tests have to be seen to fail. */
export const TEST_WRITER = 'test-writer';

/** Which kind of agent does a node: its own role, or that of the nearest phase that has one. */
export function roleOf(node: TaskNode): unknown {
  let at: TaskNode | undefined = node;
  while (at && at.data.role === undefined) at = at.parent;
  return at?.data.role;
}
