import { actionText } from './actions.ts';
import type { Command } from './command.ts';
import { nextActionOf } from './next-action.ts';
import { openWorkspace } from './workspace.ts';

export const command: Command = {
  summary: 'the one next step of a ticket: a command, or what an agent or a person does',
  usage: ['next [--ticket ID]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const action = await nextActionOf(workspace, invocation);
    return { exit: 0, json: { next_action: action }, text: () => actionText(action) };
  },
};
