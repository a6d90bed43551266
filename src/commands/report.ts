import type { Command } from './command.ts';
import { answerView, TICKET_OPTION } from './status-view.ts';

export const command: Command = {
  summary: 'the account of a ticket in Markdown: what shipped, what changed, who checked it, what went wrong',
  usage: ['report [TICKET]'],
  options: { ...TICKET_OPTION },
  run: (invocation) => answerView(invocation, 'report'),
};
