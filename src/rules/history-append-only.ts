import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { stable } from '../workflow/stable.ts';

export const rule: Rule = {
  id: 'history-append-only',
  group: 'tree',
  severity: 'error',
  isProtected: true,

  *ticketStep({ before, after }, context) {
    if (after.nodes.length === 0) return;
    const parents = before.map((ticket) => new Map(ticket.nodes.map((record) => [record.place.name, record])));
    for (const record of after.nodes) {
      const versions = parents.flatMap((records) => records.get(record.place.name) ?? []);
      if (versions.every(({ oid }) => oid === record.oid) || record.parsed.data === undefined) continue;
      yield* kept(record, versions, context);
    }
  },
};

function* kept(record: GovernedDocument, versions: readonly GovernedDocument[], context: RuleContext): Iterable<Report> {
  const is = entriesOf(record);
  const lost = versions.filter((version) => !continues(is, entriesOf(version)));
  const broken = lost.find((version) => !versions.some((other) => settles(entriesOf(other), entriesOf(version), is)));
  if (broken) yield changed(record, entriesOf(broken), is, broken, context);
  else for (const version of versions) yield* coveredKept(record, version, context);
}

function continues(is: readonly string[], was: readonly string[]): boolean {
  return was.every((entry, index) => entry === is[index]);
}

/** Two parents went on differently from one another: only one of them can be kept, and it is. */
function settles(other: readonly string[], version: readonly string[], is: readonly string[]): boolean {
  return continues(is, other) && !continues(other, version) && !continues(version, other);
}

function changed({ path, parsed, place }: GovernedDocument, was: readonly string[], is: readonly string[], version: GovernedDocument, { origin }: RuleContext): Report {
  const index = was.findIndex((entry, at) => entry !== is[at]);
  const what = is.includes(was[index] as string) ? 'move' : is.length < was.length ? 'loss' : 'change';
  return {
    path,
    ...parsed.locate(['history', Math.min(index, Math.max(0, is.length - 1))]),
    message: `Unexpected ${what} of entry ${index + 1} (${toOf(version, index)}) of the history of ${place.name}, expected the history only to grow`,
    remedy: `restore the entry (git show ${origin}:${version.path} has it) and append what happened after it`,
  };
}

/** What a node was completed against says whether it has to be done again: it changes with an entry only. */
function* coveredKept({ path, parsed, data, place }: GovernedDocument, version: GovernedDocument, { origin }: RuleContext): Iterable<Report> {
  const isSame = entriesOf({ data }).length === entriesOf(version).length;
  if (!isSame || version.data.covered === undefined || stable(version.data.covered) === stable(data.covered)) return;
  yield {
    path,
    ...parsed.locate(['covered']),
    message: `Unexpected change of what ${place.name} was completed against, expected covered to stay until an entry is appended`,
    remedy: `restore covered (git show ${origin}:${version.path} has it); a node whose requirement has changed is done again`,
  };
}

function entriesOf({ data }: Pick<GovernedDocument, 'data'>): string[] {
  return Array.isArray(data.history) ? data.history.map(stable) : [];
}

function toOf({ data }: GovernedDocument, index: number): string {
  const entry = (data.history as unknown[])[index];
  return typeof entry === 'object' && entry !== null && 'to' in entry ? stable(entry.to).replaceAll('"', '') : 'nothing';
}
