import { nameKey } from '../documents/operations.ts';
import { placeOf, ticketFolder } from '../documents/place.ts';
import { requirementsOf } from '../documents/requirements.ts';
import { deltaOf, statusOf } from '../workflow/change-record.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { ticketFolders, type TicketFolder } from '../workflow/ticket-folders.ts';
import { ticketIn, ticketPaths, type Ticket } from '../workflow/ticket.ts';

/** The rest shows when these are settled. */
const MOST_REPORTS = 20;

/** What one open ticket does to the requirements of a capability. */
interface Claims {
  readonly ticket: string;
  readonly capability: string;
  readonly stackedOn: string | undefined;
  /** By the requirement's name as people compare it: where the ticket says so first. */
  readonly requirements: ReadonlyMap<string, { readonly name: string; readonly path: string; readonly line: number }>;
}

export const rule: Rule = {
  id: 'capability-overlap',
  group: 'freeze',
  severity: 'warning',

  summary: claimsOf,

  *across(summaries) {
    yield* overlaps(summaries as Claims[]);
  },

  *ref({ before, after }) {
    const { specs } = after.settings.layout;
    if (before.length === 0) return;
    const changed = after.tree.changedFrom(before.map(({ tree }) => tree), [specs]);
    const touched = new Set(changed.flatMap(({ path }) => placeOf(after.settings, path)?.ticket ?? []));
    const own = [...touched].flatMap((id) => openTicket(after, id) ?? []).flatMap((ticket) => claimsOf(ticket) ?? []);
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
function othersOf(after: Snapshot, folders: readonly TicketFolder[]): Claims[] {
  after.tree.prefetch(folders.map(({ folder }) => `${folder}/spec.md`));
  const named = folders.filter(({ folder }) => after.tree.read(`${folder}/spec.md`)?.includes('capability:'));
  after.tree.prefetch(named.flatMap(({ folder }) => ticketPaths(folder)));
  return named.flatMap(({ folder, id }) => claimsOf(ticketIn(after, folder, id, false)) ?? []);
}

function claimsOf(ticket: Ticket): Claims | undefined {
  const { spec } = ticket;
  const capability = spec?.data.capability;
  if (!spec || typeof capability !== 'string') return undefined;
  const records = ticket.changes.filter((record) => ['accepted', 'proposed'].includes(statusOf(record) ?? ''));
  const requirements: [string, { name: string; path: string; line: number }][] = [];
  for (const { path, entries } of [{ path: spec.path, entries: requirementsOf(spec.parsed) }, ...records.map((record) => ({ path: record.path, entries: deltaOf(record).requirements }))]) {
    for (const { name, key, to, line } of entries) {
      requirements.push([key, { name, path, line }], ...(to === undefined ? [] : [[nameKey(to), { name: to, path, line }] as [string, { name: string; path: string; line: number }]]));
    }
  }
  const { stacked_on: stackedOn } = spec.data;
  return { ticket: ticket.id, capability, stackedOn: typeof stackedOn === 'string' ? stackedOn : undefined, requirements: new Map(requirements.reverse()) };
}

/** Each pair once, at the later one; with `touched`, only pairs with such a ticket. */
function* overlaps(all: readonly Claims[], touched?: ReadonlySet<string>): Iterable<Report> {
  let count = 0;
  const earlier = new Map<string, Claims[]>();
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

/** One of them is written on top of the other. */
function isStacked(one: Claims, other: Claims): boolean {
  return one.stackedOn === other.ticket || other.stackedOn === one.ticket;
}

function report({ ticket, capability }: Claims, { name, path, line }: { name: string; path: string; line: number }, others: readonly Claims[]): Report {
  const first = others[0] as Claims;
  return {
    path,
    line,
    message: `Unexpected requirement "${name}" of ${capability} in ${ticket} and in ${others.map((other) => other.ticket).join(', ')}, expected one open ticket to change it at a time`,
    remedy: `agree who goes first: the other is written against what that one leaves (stacked_on: ${first.ticket} in its spec.md), else its archive will be refused`,
    severity: 'warning',
  };
}
