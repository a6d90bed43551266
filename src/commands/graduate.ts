import { CADENCES } from '../workflow/period.ts';
import type { Command } from './command.ts';

/**
 * Asked before a ticket is put away: will this recur? `graduate --recurs yes|no` writes the answer
 * into tasks.md (`workflow-done` wants it), `--as` makes of it what it becomes.
 */
export const command: Command = {
  summary: 'will this recur? writes the answer, and makes a skill or an operation of what came back',
  usage: ['graduate [--ticket ID]', 'graduate --recurs yes|no', 'graduate --as skill|operation [--name NAME] [--period PERIOD] [--first]'],
  options: {
    ticket: { type: 'string', help: 'the ticket, open or archived; else what the folder, the branch or the worktree says' },
    recurs: { type: 'string', help: 'the answer: yes or no' },
    as: { type: 'string', help: 'what it becomes: skill (how it is done) or operation (the same tree for every period); answers yes' },
    name: { type: 'string', help: 'what that is called: small letters, digits and hyphens; else from the goal' },
    period: { type: 'string', help: `operation: how often it is due: ${CADENCES.join(', ')} (on-demand)` },
    first: { type: 'boolean', help: 'although there has been no second instance yet' },
    'dry-run': { type: 'boolean', help: 'show what would be written, and write nothing' },
    commit: { type: 'boolean', help: 'commit what is written, and nothing else, through the hooks' },
  },
  async run(invocation) {
    return (await import('./graduate-ticket.ts')).graduateTicket(invocation);
  },
};
