import type { Workspace } from './workspace.ts';

/** What the tracker that WORKSPACE.md names calls a ticket; undefined where none is named or it does not know. */
export async function trackerTitle(_workspace: Workspace, _ticket: string): Promise<string | undefined> {
  return undefined;
}
