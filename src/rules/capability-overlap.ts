import { placeOf, ticketFolder } from '../documents/place.ts';
import { capabilityClaims, isStacked, type CapabilityClaims } from '../workflow/capability-claims.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { ticketFolders, type TicketFolder } from '../workflow/ticket-folders.ts';
import { ticketIn, ticketPaths, type Ticket } from '../workflow/ticket.ts';

/** The rest shows when these are settled. */
const MOST_REPORTS = 20;

export const rule: Rule = {
  id: 'capability-overlap',
  group: 'freeze',
  severity: 'warning',

  summary: (ticket) => capabilityClaims(ticket),

  *across(summaries) {
    yield* overlaps(summaries as CapabilityClaims[]);
  },

  *ref({ before, after }) {
    const { specs } = after.settings.layout;
    if (before.length === 0) return;
    const changed = after.tree.changedFrom(before.map(({ tree }) => tree), [specs]);
    const touched = new Set(changed.flatMap(({ path }) => placeOf(after.settings, path)?.ticket ?? []));
    const own = [...touched].flatMap((id) => openTicket(after, id) ?? []).flatMap((ticket) => capabilityClaims(ticket) ?? []);
    if (own.length === 0) return;
    const others = othersOf(after, ticketFolders(after).filter(({ id, archived }) => !archived && !touched.has(id)));
    yield* overlaps([...others, ...own], touched);
  },
};

function openTicket(after: Snapshot, id: string): Ticket | undefined {
  const folder = ticketFolder(after.settings, id);
  return after.tree.entry(folder) ? ticketIn(after, folder, id, false) : undefined;
}

/** Reads the records of those alone whose specs name a capability. */
function othersOf(after: Snapshot, folders: readonly TicketFolder[]): CapabilityClaims[] {
  after.tree.prefetch(folders.map(({ folder }) => `${folder}/spec.md`));
  const named = folders.filter(({ folder }) => after.tree.read(`${folder}/spec.md`)?.includes('capability:'));
  after.tree.prefetch(named.flatMap(({ folder }) => ticketPaths(folder)));
  return named.flatMap(({ folder, id }) => capabilityClaims(ticketIn(after, folder, id, false)) ?? []);
}

/** Each pair once, at the later one; with `touched`, only pairs with such a ticket. */
function* overlaps(all: readonly CapabilityClaims[], touched?: ReadonlySet<string>): Iterable<Report> {
  let count = 0;
  const earlier = new Map<string, CapabilityClaims[]>();
  for (const claims of all) {
    for (const [key, place] of claims.requirements) {
      const name = JSON.stringify([claims.capability, key]);
      const others = earlier.get(name) ?? [];
      earlier.set(name, [...others, claims]);
      const met = others.filter((other) => !isStacked(claims, other) && (!touched || touched.has(claims.ticket) || touched.has(other.ticket)));
      if (met.length === 0) continue;
      yield report(claims, place, met);
      if (++count === MOST_REPORTS) return;
    }
  }
}

function report({ ticket, capability }: CapabilityClaims, { name, path, line }: { name: string; path: string; line: number }, others: readonly CapabilityClaims[]): Report {
  const first = others[0] as CapabilityClaims;
  return {
    path,
    line,
    message: `Unexpected requirement "${name}" of ${capability} in ${ticket} and in ${others.map((other) => other.ticket).join(', ')}, expected one open ticket to change it at a time`,
    remedy: `agree who goes first: the other is written against what that one leaves (stacked_on: ${first.ticket} in its spec.md), else its archive will be refused`,
    severity: 'warning',
  };
}
