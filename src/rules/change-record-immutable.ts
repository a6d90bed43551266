import { historyOf, isDecided, statusOf, type ChangeEntry } from '../workflow/change-record.ts';
import type { Report, Rule, RuleContext, TicketStep } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { stable } from '../workflow/stable.ts';
import type { Ticket } from '../workflow/ticket.ts';

const NEXT: Readonly<Record<string, readonly string[]>> = {
  '': ['proposed'],
  proposed: ['accepted', 'rejected'],
  accepted: ['reverted'],
};

export const rule: Rule = {
  id: 'change-record-immutable',
  group: 'freeze',
  severity: 'error',
  isProtected: true,

  reads: ['changes'],
  *ticket(ticket, context) {
    for (const record of ticket.changes) yield* decisions(record, context);
  },

  *ticketStep(step, context) {
    yield* kept(step, context);
  },
};

/** A history that could not have come about by deciding. */
function* decisions(record: GovernedDocument, context: RuleContext): Iterable<Report> {
  const { path, parsed } = record;
  if (parsed.data === undefined) {
    yield { path, message: 'Unexpected unreadable change record, expected one whose status can be read: the effective spec depends on it', remedy: 'mend the frontmatter (see frontmatter-valid)' };
    return;
  }
  const history = historyOf(record);
  let last = '';
  for (const [index, { to }] of history.entries()) {
    const allowed = NEXT[last] ?? [];
    if (!allowed.includes(String(to))) {
      const expected = allowed.length > 0 ? `${allowed.join(' or ')} ${last === '' ? 'first' : `after ${last}`}` : `nothing after ${last}`;
      yield { path, ...parsed.locate(['history', index, 'to']), message: `Unexpected ${String(to)} in the history, expected ${expected}`, remedy: last === 'accepted' || NEXT[last] ? 'restore the history: decisions are only ever appended' : 'what was decided stays; propose the change anew as a record of its own' };
      return;
    }
    last = String(to);
  }
  if (history.length > 0 && record.data.status !== last) {
    yield { path, ...parsed.locate(['status']), message: `Unexpected status ${String(record.data.status)}, expected ${last} as the last entry of the history says`, remedy: `write status: ${last}; a decision is made by the verbs of treework change, which write both` };
  }
  yield* selfAccepted(record, history, context);
}

function* selfAccepted({ path, parsed, place }: GovernedDocument, history: readonly ChangeEntry[], context: RuleContext): Iterable<Report> {
  const index = ownAcceptance(history);
  if (index === -1) return;
  yield {
    path,
    ...parsed.locate(['history', index, 'by']),
    message: `Unexpected acceptance by ${history[index]?.by}, expected another actor than the author, ${history[0]?.by}`,
    remedy: `somebody else accepts: ${context.program} change accept ${place.name} --ticket ${place.ticket} --by NAME; an acceptance that is written down already is taken out first (status: proposed, without its entry)`,
  };
}

/** The index of an acceptance by the author; -1 when there is none. */
function ownAcceptance(history: readonly ChangeEntry[]): number {
  const index = history.findIndex(({ to }) => to === 'accepted');
  return index !== -1 && actorKey(history[0]?.by ?? '') === actorKey(history[index]?.by ?? '') ? index : -1;
}

function actorKey(actor: string): string {
  return actor.trim().toLowerCase();
}

/** What a step may not do to records that its parents hold. */
function* kept({ before, after }: TicketStep, context: RuleContext): Iterable<Report> {
  const parents = before.map((ticket) => new Map(ticket.changes.map((record) => [record.place.name ?? '', record])));
  const now = new Map(after.changes.map((record) => [record.place.name ?? '', record]));
  for (const name of new Set(parents.flatMap((records) => [...records.keys()]))) {
    const versions = parents.flatMap((records) => records.get(name) ?? []);
    const record = now.get(name);
    if (record && record.parsed.data === undefined) continue;
    const broken = versions.find((version) => breach(version, record) !== undefined && !versions.some((other) => settles(other, version, record)));
    if (broken) yield toReport(after, broken, record, context);
  }
}

/** Parents that decided differently cannot both be kept: one of them has to be. */
function settles(other: GovernedDocument, version: GovernedDocument, record: GovernedDocument | undefined): boolean {
  return other !== version && breach(other, record) === undefined && breach(version, other) !== undefined && breach(other, version) !== undefined;
}

type Breach = { readonly what: 'gone' | 'body' | 'history' } | { readonly what: 'key'; readonly key: string };

/** How `record` fails to go on from `version`; undefined when it does, or takes an acceptance by the author back. */
function breach(version: GovernedDocument, record: GovernedDocument | undefined): Breach | undefined {
  const own = ownAcceptance(historyOf(version));
  const isRepair = own !== -1 && record !== undefined && statusOf(record) === 'proposed' && entriesOf(record).length === own;
  const decided = isDecided(version) && !isRepair;
  if (!record) return decided ? { what: 'gone' } : undefined;
  const [was, is] = [entriesOf(version).slice(0, isRepair ? own : undefined), entriesOf(record)];
  if (was.some((entry, index) => entry !== is[index])) return { what: 'history' };
  if (!decided) return undefined;
  const key = [...new Set([...Object.keys(version.data), ...Object.keys(record.data)])].find(
    (one) => one !== 'status' && one !== 'history' && stable(version.data[one]) !== stable(record.data[one]),
  );
  if (key !== undefined) return { what: 'key', key };
  return bodyOf(version) === bodyOf(record) ? undefined : { what: 'body' };
}

function toReport(after: Ticket, version: GovernedDocument, record: GovernedDocument | undefined, context: RuleContext): Report {
  const found = breach(version, record) as Breach;
  const name = version.place.name ?? '';
  const path = record?.path ?? `${after.folder}/changes/${name}.md`;
  const status = statusOf(version);
  const anew = `restore it: git checkout ${context.origin} -- ${version.path}; then ${context.program} change revert ${name} --ticket ${after.id}, or propose another record`;
  if (!record || found.what === 'gone') return { path, message: `Unexpected removal of change record ${name}, which is ${status}, expected it to stay under its name`, remedy: anew };
  if (found.what === 'history') {
    const entries = entriesOf(record);
    const index = entriesOf(version).findIndex((entry, at) => entry !== entries[at]);
    const what = index < entries.length ? 'change' : 'loss';
    return {
      path,
      ...record.parsed.locate(['history', index]),
      message: `Unexpected ${what} of entry ${index + 1} (${String(historyOf(version)[index]?.to)}) of the history of ${name}, expected the history only to grow`,
      remedy: `restore the entry (git show ${context.origin}:${version.path} has it) and append what was decided`,
    };
  }
  const what = found.what === 'key' ? found.key : 'text';
  const place = found.what === 'key' ? record.parsed.locate([found.key], 'key') : { line: firstDifference(version, record) };
  return { path, ...place, message: `Unexpected change of the ${what} of ${name}, which is ${status}, expected it as it was decided`, remedy: anew };
}

function entriesOf(record: GovernedDocument): string[] {
  const { history } = record.data;
  return Array.isArray(history) ? history.map(stable) : [];
}

function bodyOf({ parsed }: GovernedDocument): string {
  return parsed.body.replaceAll('\r\n', '\n');
}

function firstDifference(version: GovernedDocument, record: GovernedDocument): number {
  const [was, is] = [bodyOf(version).split('\n'), bodyOf(record).split('\n')];
  const at = is.findIndex((line, index) => line !== was[index]);
  return record.parsed.bodyLine + (at === -1 ? Math.max(0, is.length - 1) : at);
}
