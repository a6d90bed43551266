import { TICKET_PATTERN } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { namesEverywhere } from '../git/everywhere.ts';
import { crypto } from '../tree/crypto.ts';
import { slugOf } from '../workflow/record-name.ts';
import type { Workspace } from './workspace.ts';

const LONGEST_SLUG = 24;

/**
 * An id for a ticket that no tracker knows: the title's first words and four random characters
 * (`add-auth-k3f9`), so that two clones that know nothing of one another do not choose the same.
 * No ref or work tree has it. Throws a UserError where ids have another form here.
 */
export function freshTicketId({ repository, settings }: Workspace, title: string, fallback: string, option: string): string {
  const { specs, archived } = settings.layout;
  const known = new Set(namesEverywhere(repository, [specs, archived]).flatMap((names) => [...names].map((name) => name.toLowerCase())));
  for (;;) {
    const id = `${shortSlug(title) || fallback}-${suffix()}`;
    if (!new RegExp(TICKET_PATTERN).test(id) || !settings.ticketPattern.test(id)) {
      throw new UserError(`Unexpected absence of ${option}, expected the new ticket’s id: here ids match ${settings.ticketPattern.source}`, `${option} ID, as the tracker says it`, 'ticket-form');
    }
    if (!known.has(id)) return id;
  }
}

/** Begins with a letter, as ids do. */
function shortSlug(title: string): string {
  let slug = '';
  for (const word of slugOf(title).replace(/^[0-9-]+/, '').split('-')) {
    const longer = slug === '' ? word.slice(0, LONGEST_SLUG) : `${slug}-${word}`;
    if (longer.length > LONGEST_SLUG) break;
    slug = longer;
  }
  return slug;
}

function suffix(): string {
  return crypto().randomInt(36 ** 4).toString(36).padStart(4, '0');
}
