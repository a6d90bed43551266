import type { Command } from './command.ts';
import { ALL_OPTION, answerView, TICKET_OPTION } from './status-view.ts';

export const command: Command = {
  summary: 'the nodes of a ticket as a tree, each with its status, over every branch and work tree',
  usage: ['tree [TICKET] [--all]'],
  options: { ...TICKET_OPTION, ...ALL_OPTION },
  run: (invocation) => answerView(invocation, 'tree'),
};
