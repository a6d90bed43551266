import type { Command } from './command.ts';
import { answerStatus, STATUS_OPTIONS } from './status-view.ts';

export const command: Command = {
  summary: 'where all tickets stand, or one, over every branch and work tree',
  usage: ['status [TICKET] [--all]', 'status [TICKET] --as tree|log|report|graph|html'],
  options: { ...STATUS_OPTIONS, as: { type: 'string', help: 'the same as a tree, log, report, graph or html page; treework tree and the like are short for it' } },
  run: (invocation) => answerStatus(invocation, typeof invocation.values.as === 'string' ? invocation.values.as : 'status'),
};
