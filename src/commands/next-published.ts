import { resolve } from 'node:path';
import { mergedInto } from '../git/merged.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { shellCommand } from '../render/shell.ts';
import { contextOf, verbAction } from './actions.ts';
import type { Invocation, NextAction } from './command.ts';
import { openConversations } from './open-conversations.ts';
import type { Workspace } from './workspace.ts';

/** What comes after a ticket was archived and published: its merge, and after that its work tree goes. By what was fetched last. */
export function afterPublish(workspace: Workspace, invocation: Invocation, { ticket, branch, remote }: { readonly ticket: string; readonly branch: string; readonly remote: string }): NextAction {
  const { repository, settings } = workspace;
  const context = contextOf(workspace, ticket);
  const target = repository.commit(`refs/remotes/${remote}/${trunkBranch(repository, settings.trunk) ?? 'main'}`);
  const tip = repository.commit(`refs/heads/${branch}`);
  const merged = target === undefined || tip === undefined ? undefined : mergedInto(repository, target, [{ tip, branch }])[0];
  if (merged) return verbAction(invocation, ['prune', ticket], { description: `${branch} is merged: take its work tree away`, context });
  const open = openConversations(workspace, ticket).length;
  if (open > 0) return verbAction(invocation, ['review', '--list', '--ticket', ticket], { description: `${branch} waits for its merge, and ${open} ${open === 1 ? 'conversation' : 'conversations'} about it for an answer: read what is said`, context });
  const line = (...words: string[]) => shellCommand([...invocation.program.split(' '), ...words]);
  return {
    action: 'human:approve',
    cwd: resolve(invocation.cwd),
    description: `${branch} waits for its reviewers and its merge: on_fail shows what they say, on_pass comes after the merge`,
    context,
    on_pass: line('prune', ticket),
    on_fail: line('review', '--list', '--ticket', ticket),
  };
}
