import type { Command } from './command.ts';
import { answerView, TICKET_OPTION } from './status-view.ts';

export const command: Command = {
  summary: 'the workflow of a ticket as a graph with statuses, for Mermaid or Graphviz',
  usage: ['graph [TICKET] [--dot]'],
  options: { ...TICKET_OPTION, dot: { type: 'boolean', help: 'for Graphviz: treework graph --dot | dot -Tsvg' } },
  run: (invocation) => answerView(invocation, 'graph'),
};
