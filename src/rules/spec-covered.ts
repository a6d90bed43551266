import { nearest } from '../documents/nearest.ts';
import { requirementsOf } from '../documents/requirements.ts';
import { deltaOf, statusOf } from '../workflow/change-record.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { coversOf, dataPathOf, leavesOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import { pinOf, type Ticket } from '../workflow/ticket.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'spec-covered',
  group: 'tree',
  severity: 'error',

  reads: ['spec.md', 'tasks.md', 'changes'],
  *ticket(ticket) {
    const { tasks } = ticket;
    if (!tasks) return;
    const leaves = leavesOf(taskNodes(tasks.data));
    const naming = leaves.filter((node) => Array.isArray(coversOf(node)));
    const isAll = leaves.some((node) => coversOf(node) === 'all');
    if (leaves.length === 0 || (isAll && naming.length === 0) || !ticket.spec || ticket.spec.outline().problem) return;
    const names = namesOf(ticket);
    const reports = [...unknown(naming, names, tasks), ...(isAll ? [] : uncovered(naming, names, tasks))];
    const isBinding = pinOf(tasks) !== undefined && !ticket.archived;
    for (const report of reports) yield isBinding ? report : { ...report, severity: 'warning' };
  },
};

interface Names {
  readonly effective: readonly string[];
  /** What proposed records would add. */
  readonly coming: ReadonlySet<string>;
  /** What spec.md or a record says or said, and holds no more: to the change record that tells. */
  readonly gone: ReadonlyMap<string, string>;
  /** Old to new name, by accepted records. */
  readonly renamed: ReadonlyMap<string, string>;
}

function namesOf(ticket: Ticket): Names {
  const effective = effectiveSpec(ticket).requirements.map(({ name }) => name);
  const gone = new Map<string, string>();
  const [coming, renamed] = [new Set<string>(), new Map<string, string>()];
  for (const { name } of ticket.spec ? requirementsOf(ticket.spec.parsed) : []) gone.set(name, ticket.folder);
  for (const record of ticket.changes) {
    const status = statusOf(record);
    for (const { name, operation, to } of deltaOf(record).requirements) {
      if (status === 'proposed' && operation === 'ADDED') coming.add(name);
      if (status === 'proposed' && to !== undefined) coming.add(to);
      if (status === 'accepted' && to !== undefined) renamed.set(name, to);
      for (const said of [name, to]) if (said !== undefined) gone.set(said, record.path);
    }
  }
  for (const name of effective) gone.delete(name);
  return { effective, coming, gone, renamed };
}

/** Names in `covers` that stand for no requirement. What a record took away is only warned about: else none could be accepted. */
function* unknown(naming: readonly TaskNode[], { effective, coming, gone, renamed }: Names, tasks: GovernedDocument): Iterable<Report> {
  const known = new Set([...effective, ...coming]);
  let count = 0;
  for (const node of naming) {
    const covers: unknown[] = Array.isArray(node.data.covers) ? node.data.covers : [];
    for (const [entry, name] of covers.entries()) {
      if (typeof name !== 'string' || known.has(name)) continue;
      if (count++ >= MOST_REPORTS) return;
      const meant = renamed.get(name) ?? nearest(name, [...known]);
      const by = gone.get(name);
      const why = by === undefined ? (meant === undefined ? '' : `: did you mean "${meant}"?`) : renamed.has(name) ? `: ${by} renamed it to "${meant}"` : `: see ${by}`;
      yield {
        path: tasks.path,
        ...tasks.parsed.locate([...dataPathOf(node), 'covers', entry]),
        message: `Unexpected "${name}" in the covers of ${node.id}, expected a requirement of the effective spec${why}`,
        remedy: meant === undefined || (by !== undefined && !renamed.has(name)) ? 'remove it, or write the name as the spec has it' : `write ${meant}`,
        ...(by !== undefined && { severity: 'warning' as const }),
      };
    }
  }
}

function* uncovered(naming: readonly TaskNode[], { effective, renamed }: Names, tasks: GovernedDocument): Iterable<Report> {
  const covered = new Set<string>();
  for (const name of naming.flatMap((node) => coversOf(node))) {
    let next: string | undefined = name;
    while (next !== undefined && !covered.has(next)) {
      covered.add(next);
      next = renamed.get(next);
    }
  }
  for (const name of effective.filter((one) => !covered.has(one)).slice(0, MOST_REPORTS)) {
    yield {
      path: tasks.path,
      ...tasks.parsed.locate(['nodes'], 'key'),
      message: `Unexpected requirement "${name}" that no node covers, expected every requirement of the effective spec in the covers of a leaf`,
      remedy: `add ${JSON.stringify(name)} to the covers of the node that does it, or let one node cover all`,
    };
  }
}
