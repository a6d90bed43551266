import type { Command } from './command.ts';
import { WRITE_OPTIONS } from './inputs.ts';
import { stepNodes } from './node-step.ts';

export const command: Command = {
  summary: 'start a failed or escalated node once more; what waits for it comes back by itself',
  usage: ['retry NODE… --reason WHY [--by ACTOR]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    by: { type: 'string', help: 'who does it; else TREEWORK_ACTOR, else git’s email and the worktree' },
    reason: { type: 'string', help: 'why it can work now' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    return stepNodes(invocation, 'retry', invocation.positionals);
  },
};
