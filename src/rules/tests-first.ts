import { isStart } from '../workflow/node-record.ts';
import { precedenceOf } from '../workflow/precedence.ts';
import { nearestRole, TEST_WRITER } from '../workflow/roles.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { coversOf, dataPathOf, leavesOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'tests-first',
  group: 'tree',
  severity: 'error',

  reads: ['tasks.md', 'nodes'],
  *ticket(ticket, { program }) {
    const { tasks } = ticket;
    const nodes = tasks ? taskNodes(tasks.data) : [];
    const leaves = leavesOf(nodes);
    const writers = leaves.filter((node) => nearestRole(node) === TEST_WRITER);
    if (!tasks || writers.length === 0) return;
    const records = new Map(ticket.nodes.map((record) => [record.place.name, record]));
    const precedes = precedenceOf(nodes);
    const found: Report[] = [];
    for (const writer of writers) found.push(...withoutRed(writer, records.get(writer.id), ticket, program));
    for (const node of leaves.filter(isImplementing)) {
      const before = writers.filter((writer) => precedes(writer, node));
      found.push(...(before.length === 0 ? [unordered(node, writers, tasks)] : tooEarly(node, before, records, program)));
    }
    for (const report of found.slice(0, MOST_REPORTS)) yield ticket.archived ? { ...report, severity: 'warning' } : report;
  },
};

/** An agent that makes what requirements ask for: whoever says no role does, unless he covers none. */
function isImplementing(node: TaskNode): boolean {
  const { type } = node.data;
  if (type !== undefined && type !== 'agent') return false;
  const role = nearestRole(node);
  return role === 'implementer' || (role === undefined && coversOf(node) !== 'none');
}

function unordered(node: TaskNode, writers: readonly TaskNode[], tasks: GovernedDocument): Report {
  const [writer] = writers as [TaskNode];
  return {
    path: tasks.path,
    ...tasks.parsed.locate([...dataPathOf(node), 'id']),
    message: `Unexpected ${node.id} that no ${TEST_WRITER} precedes, expected tests before what they test: ${writers.map(({ id }) => id).join(', ')} may come later`,
    remedy: `write depends_on: [${writer.id}] at ${node.id}, or put both into a phase with order: sequential`,
  };
}

/** A completed test-writer without a red run in its last attempt: tests that nobody saw fail prove nothing. */
function* withoutRed(writer: TaskNode, record: GovernedDocument | undefined, { id }: Ticket, program: string): Iterable<Report> {
  const history = record ? entriesOf(record) : [];
  const last = history.length - 1;
  if (!record || history[last]?.to !== 'complete') return;
  const start = history.findLastIndex(isStart);
  if (history.slice(Math.max(start, 0)).some(isRed)) return;
  const empty = history.findLastIndex(({ red }, index) => index >= start && red !== undefined);
  yield {
    path: record.path,
    ...record.parsed.locate(empty === -1 ? ['history', last] : ['history', empty, 'red']),
    message: `Unexpected completion of ${writer.id} ${empty === -1 ? 'without a red run' : 'with a red run in which no test failed'}, expected red: {failing: N} with at least one failing test: tests that were never seen to fail may test nothing`,
    remedy: `run the new tests before what they test is there: ${program} gate --red ${writer.id} --ticket ${id}, and complete the node again`,
  };
}

/** What began while a test-writer before it was not complete and had never shown a failing test. */
function* tooEarly(node: TaskNode, writers: readonly TaskNode[], records: ReadonlyMap<string | undefined, GovernedDocument>, program: string): Iterable<Report> {
  const record = records.get(node.id);
  const start = record ? entriesOf(record).findIndex(({ to }) => to === 'in_progress') : -1;
  if (!record || start === -1) return;
  for (const writer of writers) {
    const history = entriesOf(records.get(writer.id));
    const to = history.at(-1)?.to;
    if (to === 'complete' || to === 'skipped' || history.some(isRed)) continue;
    yield {
      path: record.path,
      ...record.parsed.locate(['history', start]),
      message: `Unexpected start of ${node.id} before ${writer.id} has shown a failing test, expected tests first, seen red`,
      remedy: `first ${program} gate --red ${writer.id} and ${program} node complete ${writer.id}; a person may skip ${writer.id} with a reason`,
    };
  }
}

interface Entry {
  readonly to?: unknown;
  readonly red?: unknown;
}

function entriesOf(record: GovernedDocument | undefined): readonly Entry[] {
  const history: unknown[] = Array.isArray(record?.data.history) ? record.data.history : [];
  return history.map((entry) => (typeof entry === 'object' && entry !== null ? entry : {}));
}

function isRed({ red }: Entry): boolean {
  const failing = (red as { failing?: unknown } | null | undefined)?.failing;
  return typeof failing === 'number' && failing >= 1;
}
