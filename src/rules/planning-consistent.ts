import type { Report, Rule } from '../workflow/rule.ts';
import { planningDocument, PLANNING_DOCUMENTS, type PlanningDocument, type PlanningEntry } from '../workflow/planning.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 20;

export const rule: Rule = {
  id: 'planning-consistent',
  group: 'document',
  severity: 'error',
  kinds: ['planning'],

  *document(document) {
    const read = readingOf(document);
    if (!read || document.data.status === 'superseded') return;
    const { path } = document;
    const reports: Report[] = [...read.problems, ...read.entries.flatMap(({ problems }) => problems)].map((problem) => ({ path, ...problem }));
    yield* [...reports, ...twice(path, read.entries), ...dangling(path, read), ...circles(path, read.entries)].slice(0, MOST_REPORTS);
  },

  elsewhere(document, _, step) {
    const read = readingOf(document);
    const wanted = read?.name === 'epics' && document.data.status !== 'superseded' ? read.entries.flatMap(({ id, requirements, lines }) => requirements.map((requirement) => ({ id, requirement, line: lines.get('requirements') as number }))) : [];
    if (wanted.length === 0) return undefined;
    const { path } = document;
    const sibling = `${path.slice(0, path.lastIndexOf('/') + 1)}requirements.md`;
    return {
      paths: [sibling],
      *judge() {
        const there = step.after.document(sibling);
        const known = there ? (readingOf(there)?.entries.map(({ id }) => id) ?? []) : [];
        for (const { id, requirement, line } of wanted.slice(0, MOST_REPORTS)) {
          if (known.includes(requirement)) continue;
          yield { path, line, message: `Unexpected ${requirement} in ${id}, expected a requirement of ${sibling}${there ? `: ${known.join(', ') || 'it has none'}` : ', which does not exist'}`, remedy: there ? `write the requirement down in ${sibling}, or correct the id` : `make ${sibling}, or leave the requirements out`, ...(there === undefined && { severity: 'warning' as const }) };
        }
      },
    };
  },
};

function readingOf({ path, data, parsed, isValid }: GovernedDocument): PlanningDocument | undefined {
  const name = PLANNING_DOCUMENTS.find((one) => one === data.document);
  return name !== undefined && isValid ? planningDocument(name, path, parsed) : undefined;
}

function* twice(path: string, entries: readonly PlanningEntry[]): Iterable<Report> {
  const lines = new Map<string, number>();
  for (const { id, line } of entries) {
    const first = lines.get(id);
    if (first === undefined) lines.set(id, line);
    else yield { path, line, message: `Unexpected second ${id}, expected every id once: the first stands on line ${first}`, remedy: `give it the next free number; ids are never used again` };
  }
}

function* dangling(path: string, { name, entries }: PlanningDocument): Iterable<Report> {
  const known = new Set(entries.map(({ id }) => id));
  for (const { id, dependsOn, lines } of entries) {
    for (const other of dependsOn) {
      if (known.has(other)) continue;
      yield { path, line: lines.get('depends on') as number, message: `Unexpected dependency of ${id} on ${other}, expected an id of these ${name}: ${[...known].join(', ')}`, remedy: 'write it down, or correct the id' };
    }
  }
}

/** Each circle once, at the first of its entries. */
function* circles(path: string, entries: readonly PlanningEntry[]): Iterable<Report> {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const open = new Map(entries.map(({ id, dependsOn }) => [id, new Set(dependsOn.filter((other) => byId.has(other)))]));
  const free = entries.filter(({ id }) => open.get(id)?.size === 0).map(({ id }) => id);
  for (const id of free) {
    open.delete(id);
    for (const [other, waits] of open) if (waits.delete(id) && waits.size === 0) free.push(other);
  }
  const [first] = entries.filter(({ id }) => open.has(id));
  if (!first) return;
  const way = [first.id];
  for (let at = nextOf(first.id, open); !way.includes(at); at = nextOf(at, open)) way.push(at);
  const circle = way.slice(way.indexOf(nextOf(way.at(-1) as string, open)));
  const start = byId.get(circle[0] as string) as PlanningEntry;
  yield { path, line: start.lines.get('depends on') ?? start.line, message: `Unexpected circle ${[...circle, circle[0]].join(' → ')}, expected something that can come first`, remedy: 'take one of these dependencies out' };
}

/** What is left after taking away all that can come first waits for something that is left too. */
function nextOf(id: string, open: ReadonlyMap<string, ReadonlySet<string>>): string {
  return [...(open.get(id) as ReadonlySet<string>)].find((other) => open.has(other)) as string;
}
