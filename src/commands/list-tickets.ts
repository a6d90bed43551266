import { setFlagsFromString } from 'node:v8';
import { meets } from '../documents/where.ts';
import { trackedBranches, type TrackedBranch } from '../git/tracked-branches.ts';
import { moment } from '../git/clock.ts';
import { distancesOf, type Distance } from '../git/distances.ts';
import { painter } from '../render/paint.ts';
import { brokenText } from '../render/status-table.ts';
import { ticketLinesText, whereOf } from '../render/ticket-lines.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import { standingOf } from '../workflow/standing.ts';
import { ticketLines, type TicketLine, type TicketPlace } from '../workflow/ticket-lines.ts';
import type { Invocation, Outcome } from './command.ts';
import { conditionsIn, refuseUnknown, valueAt } from './conditions.ts';
import { openRealm, ticketsEverywhere, type Everywhere, type Realm } from './everywhere.ts';
import { choiceOf } from './status-next.ts';

const KEYS = ['ticket', 'title', 'phase', 'finished', 'progress', 'current', 'moved', 'age', 'stuck', 'dirty', 'pushed', 'ahead', 'behind', 'where', 'worktree'];
const DAY = 86_400_000;

/** All tickets over worktrees and branches; those of which there is only a branch, too. */
export async function listTickets(invocation: Invocation): Promise<Outcome> {
  // What is over in some hundred milliseconds only loses a core to the optimiser.
  setFlagsFromString('--no-opt');
  const conditions = conditionsIn(invocation);
  refuseUnknown(conditions, KEYS, 'a ticket');
  const all = invocation.values.all === true;
  const realm = openRealm(invocation);
  const [everywhere, tips] = await Promise.all([ticketsEverywhere(realm, { all, dirt: true }), trackedBranches(realm.repository)]);
  const now = moment();
  const standings = everywhere.tickets.map((united) => standingOf(united, now));
  const known = [...everywhere.tickets.map(({ id }) => id), ...everywhere.finished];
  const { places, others, names } = placesBy(realm, everywhere, tips, known);
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

/** Every branch and work tree with how far it is from what it follows and from the trunk, by the ticket that it carries. */
function placesBy({ repository }: Realm, { held, dirt, trunk }: Everywhere, tips: readonly TrackedBranch[], known: readonly string[]) {
  const byRef = new Map(tips.map((tip) => [tip.ref, tip] as const));
  const trees = new Map(held.flatMap(({ kind, name, branch }) => (kind === 'worktree' && branch !== undefined ? [[branch, name] as const] : [])));
  const base = trunk === undefined ? undefined : (byRef.get(trunk) ?? byRef.get(trunk.replace('refs/heads/', 'refs/remotes/origin/')))?.commit;
  const owned = tips.map((tip) => ({ tip, ticket: ticketOfBranch(shortOf(tip.ref), known) }));
  const wanted = owned.filter(({ ticket }) => ticket !== undefined);
  const upstreams = wanted.map(({ tip }) => upstreamOf(tip, byRef, trunk));
  const pairs = wanted.flatMap(({ tip }, index) => [[tip.commit, byRef.get(upstreams[index] ?? '')?.commit ?? tip.commit] as const, [tip.commit, base ?? tip.commit] as const]);
  const distances = distancesOf(repository, pairs);
  const [places, names] = [new Map<string, TicketPlace[]>(), new Map<string, string>()];
  for (const [index, { tip, ticket = '' }] of wanted.entries()) {
    const key = ticket.toLowerCase();
    const isTwin = tip.ref.startsWith('refs/remotes/') && byRef.has(`refs/heads/${shortOf(tip.ref)}`);
    if (isTwin) continue;
    const worktree = trees.get(tip.ref);
    const ref = upstreams[index];
    const upstream = ref === undefined ? undefined : { ref, isGone: !byRef.has(ref), ...(distances[2 * index] as Distance) };
    const place: TicketPlace = { ref: tip.ref, worktree, dirty: worktree === undefined ? 0 : (dirt.get(worktree) ?? 0), upstream, trunk: base === undefined ? undefined : (distances[2 * index + 1] as Distance), committed: tip.committed };
    if (!names.has(key)) names.set(key, ticket);
    places.set(key, [...(places.get(key) ?? []), place]);
  }
  const others = held.filter(({ kind, name, branch }) => kind !== 'tag' && !wanted.some(({ tip }) => tip.ref === (kind === 'worktree' ? branch : name)));
  return { places, names, others: others.map(({ kind, name, branch }): TicketPlace => ({ ref: kind === 'worktree' ? branch : name, worktree: kind === 'worktree' ? name : undefined, dirty: 0, upstream: undefined, trunk: undefined, committed: undefined })) };
}

/** Where a branch was pushed to: what it follows, unless that is only where it began; else the remote's branch of its name. */
function upstreamOf({ ref, upstream }: TrackedBranch, byRef: ReadonlyMap<string, TrackedBranch>, trunk: string | undefined): string | undefined {
  if (upstream?.startsWith('refs/remotes/') && `refs/heads/${shortOf(upstream)}` !== trunk) return upstream;
  const same = `refs/remotes/origin/${shortOf(ref)}`;
  return ref !== same && byRef.has(same) ? same : undefined;
}

function shortOf(ref: string): string {
  return ref.replace(/^refs\/(?:heads|remotes\/[^/]+)\//, '');
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
    places: places.map((place) => ({ branch: whereOf(place), worktree: place.worktree ?? null, dirty: place.dirty, ...distanceJson(place), trunk: place.trunk ?? null })),
  };
}

/** Against what it follows; of what was never pushed, against the trunk. */
function distanceJson(place: TicketPlace | undefined): Record<string, unknown> {
  const distance = place?.upstream ?? place?.trunk;
  return { pushed: place?.ref?.startsWith('refs/remotes/') === true || (place?.upstream !== undefined && !place.upstream.isGone), upstream: place?.upstream?.ref ?? null, ahead: distance?.ahead ?? null, behind: distance?.behind ?? null };
}
