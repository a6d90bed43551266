import type { Command } from './command.ts';
import { ALL_OPTION, answerView, TICKET_OPTION } from './status-view.ts';

export const command: Command = {
  summary: 'what was done, by whom and why, over every branch and work tree',
  usage: ['log [TICKET] [--all]'],
  options: { ...TICKET_OPTION, ...ALL_OPTION },
  run: (invocation) => answerView(invocation, 'log'),
};
