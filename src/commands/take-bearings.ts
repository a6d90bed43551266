import { trunkBranch, whereabouts } from '../git/whereabouts.ts';
import { bearingsOf, type Bearings } from '../workflow/bearings.ts';
import { contradicting, validTicket } from '../workflow/infer-ticket.ts';
import type { Invocation } from './command.ts';
import { ticketClues, type Workspace } from './workspace.ts';

/** Where the caller stands: right at a work tree's root, in any folder of it, on a branch or on none. Starts git three times at most. */
export function takeBearings(workspace: Workspace, invocation: Pick<Invocation, 'values'>): Bearings {
  const { repository, settings } = workspace;
  return bearingsOf(whereabouts(repository), ticketClues(workspace, invocation), settings, trunkBranch(repository, settings.trunk));
}

/** The ticket that bearings name; undefined where nothing does. Throws a UserError where two contradict each other, and for an id of another form. */
export function ticketAt({ ticket }: Pick<Bearings, 'ticket'>, { settings }: Pick<Workspace, 'settings'>): string | undefined {
  if (ticket.id !== undefined) return ticket.from === 'only' ? ticket.id : validTicket(ticket.id, settings);
  const [first, other] = ticket.candidates;
  if (first && other) throw contradicting(first, other);
  return undefined;
}
