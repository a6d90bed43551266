import { meets } from '../documents/where.ts';
import { trackedBranches } from '../git/tracked-branches.ts';
import { moment } from '../git/clock.ts';
import { optimise } from '../git/v8-flags.ts';
import { painter } from '../render/paint.ts';
import { brokenText } from '../render/status-table.ts';
import { ticketLinesText, whereOf } from '../render/ticket-lines.ts';
import { standingOf } from '../workflow/standing.ts';
import { ticketLines, type TicketLine, type TicketPlace } from '../workflow/ticket-lines.ts';
import type { Invocation, Outcome } from './command.ts';
import { conditionsIn, refuseUnknown, valueAt } from './conditions.ts';
import { openRealm, ticketsEverywhere, type Everywhere } from './everywhere.ts';
import { modulePlaces, openModuleBranches, placesOf } from './list-places.ts';
import { choiceOf } from './status-next.ts';

const KEYS = ['ticket', 'title', 'phase', 'finished', 'progress', 'current', 'moved', 'age', 'stuck', 'dirty', 'pushed', 'ahead', 'behind', 'where', 'worktree'];
const DAY = 86_400_000;

/** All tickets over worktrees and branches; those of which there is only a branch, too. */
export async function listTickets(invocation: Invocation): Promise<Outcome> {
  // What is over in some hundred milliseconds only loses a core to the optimiser.
  optimise(false);
  const conditions = conditionsIn(invocation);
  refuseUnknown(conditions, KEYS, 'a ticket');
  const all = invocation.values.all === true;
  const realm = openRealm(invocation);
  const [everywhere, tips, modules] = await Promise.all([ticketsEverywhere(realm, { all, dirt: true }), trackedBranches(realm.repository), openModuleBranches(realm)]);
  const now = moment();
  const standings = everywhere.tickets.map((united) => standingOf(united, now));
  const known = [...everywhere.tickets.map(({ id }) => id), ...everywhere.finished];
  const { places, others, names } = placesOf(realm, everywhere, tips, known);
  for (const module of modules) for (const [key, own] of modulePlaces(module, known)) places.set(key, [...(places.get(key) ?? []), ...own]);
  const told = new Set(known.map((id) => id.toLowerCase()));
  const lines = ticketLines({ standings, places, others, bare: [...names].flatMap(([key, id]) => (told.has(key) || !realm.settings.ticketPattern.test(id) ? [] : [id])) });
  const rows = lines.map((line) => ({ line, json: lineJson(line, now) })).filter(({ json }) => conditions.every((condition) => meets(valueAt(json, condition.key), condition)));
  const shown = new Set(rows.map(({ json }) => json.ticket));
  const next = invocation.json ? await choiceOf(realm, invocation, standings.filter(({ united }) => shown.has(united.id))) : undefined;
  const paint = painter(invocation.color);
  return {
    exit: 0,
    json: { tickets: rows.map(({ json }) => json), count: lines.length, finished: everywhere.finished.length, trunk: everywhere.trunk ?? null, broken: everywhere.broken, ...(next && { next_action: next }) },
    text: () => [rows.length === 0 ? nothing(invocation.program, lines.length) : ticketLinesText(rows.map(({ line }) => line), now, paint), footer(rows.map(({ line }) => line), everywhere, invocation), brokenText(everywhere.broken, paint)].filter((part) => part !== '').join('\n\n'),
  };
}

function nothing(program: string, count: number): string {
  return count > 0 ? `none of ${count} tickets` : `no ticket is under way\n  ${program} new spec --ticket ID --title "WHAT IT DELIVERS" begins one`;
}

function footer(lines: readonly TicketLine[], { finished }: Everywhere, { program, values }: Invocation): string {
  const dirty = lines.some((line) => line.dirty > 0) ? ['* not committed'] : [];
  const hidden = values.all === true || finished.length === 0 ? [] : [`${finished.length} finished: ${program} list --all`];
  return [...dirty, ...hidden].join('   ');
}

function lineJson({ ticket, title, phase, settled, total, current, moved, stuck, dirty, main, places }: TicketLine, now: Date): Record<string, unknown> {
  return {
    ticket,
    title,
    phase,
    finished: phase === 'archived',
    progress: { settled, total },
    current: current ?? null,
    moved: moved?.toISOString() ?? null,
    age: moved ? Math.max(0, Math.floor((now.getTime() - moved.getTime()) / DAY)) : null,
    stuck: stuck ? { days: stuck.days, since: stuck.since.toISOString(), node: stuck.node ?? null, where: stuck.where } : null,
    dirty,
    ...distanceJson(main),
    where: main ? whereOf(main) : null,
    worktree: main?.worktree ?? null,
    places: places.map((place) => ({ module: place.module ?? null, branch: whereOf(place), worktree: place.worktree ?? null, dirty: place.dirty, ...distanceJson(place), trunk: place.trunk ?? null })),
  };
}

/** Against what it follows; of what was never pushed, against the trunk. */
function distanceJson(place: TicketPlace | undefined): Record<string, unknown> {
  const distance = place?.upstream ?? place?.trunk;
  return { pushed: place?.ref?.startsWith('refs/remotes/') === true || (place?.upstream !== undefined && !place.upstream.isGone), upstream: place?.upstream?.ref ?? null, ahead: distance?.ahead ?? null, behind: distance?.behind ?? null };
}
