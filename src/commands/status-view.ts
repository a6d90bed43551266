import { UserError } from '../error.ts';
import { moment } from '../git/clock.ts';
import { painter } from '../render/paint.ts';
import { brokenText, statusTable } from '../render/status-table.ts';
import { standingOf } from '../workflow/standing.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { openRealm, ticketsEverywhere } from './everywhere.ts';

export const STATUS_OPTIONS: Command['options'] = {
  ticket: { type: 'string', help: 'this ticket; else what the folder, the branch or the worktree says' },
  all: { type: 'boolean', help: 'finished tickets, and those that only tags hold, too' },
};

export async function answerStatus(invocation: Invocation, as: string): Promise<Outcome> {
  if (as !== 'status') throw new UserError(`Unexpected --as ${as}`, 'x');
  const realm = openRealm(invocation);
  const all = await ticketsEverywhere(realm, {});
  const now = moment();
  const standings = all.tickets.map((one) => standingOf(one, now));
  return { exit: 0, json: {}, text: () => [statusTable(standings, now, painter(invocation.color)), brokenText(all.broken, painter(invocation.color))].filter((part) => part !== '').join('\n\n') };
}
