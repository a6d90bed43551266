import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import type { Ticket } from '../workflow/ticket.ts';
import { dataPathOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'node-id-unique',
  group: 'tree',
  severity: 'error',

  reads: ['tasks.md', 'nodes'],
  *ticket(ticket) {
    const { tasks } = ticket;
    const nodes = tasks ? taskNodes(tasks.data) : [];
    if (tasks && !ticket.isRestJudged) yield* lowered(ticket, duplicates(nodes, tasks));
    yield* lowered(ticket, misspelt(ticket, new Set(nodes.map((node) => node.id))));
  },
};

function* duplicates(nodes: readonly TaskNode[], tasks: GovernedDocument): Iterable<Report> {
  const firsts = new Map<string, TaskNode>();
  let count = 0;
  for (const node of nodes) {
    const first = firsts.get(node.id);
    if (!first) firsts.set(node.id, node);
    else if (count++ < MOST_REPORTS) yield duplicate(node, first, tasks);
  }
}

function duplicate(node: TaskNode, first: TaskNode, tasks: GovernedDocument): Report {
  const places = [first, node].map((one) => tasks.parsed.locate([...dataPathOf(one), 'id'])).sort((a, b) => a.line - b.line || a.column - b.column);
  const [earlier, later] = places as [(typeof places)[0], (typeof places)[0]];
  return {
    path: tasks.path,
    ...later,
    message: `Unexpected second node ${node.id} on line ${later.line}, the first is on line ${earlier.line}, expected every id once in a ticket: both would write nodes/${node.id}.md`,
    remedy: `give one of the two an id of its own; the one that has begun keeps ${node.id}`,
  };
}

/** Records that another file system would take for one file, or for the record of a node they do not belong to. */
function* misspelt(ticket: Ticket, ids: ReadonlySet<string>): Iterable<Report> {
  const names = new Map<string, string>([...ids].map((id) => [id.toLowerCase(), id]));
  for (const { path, place } of ticket.nodes) {
    const name = place.name ?? '';
    const known = names.get(name.toLowerCase());
    if (known !== undefined && known !== name) {
      yield {
        path,
        message: `Unexpected record ${name}.md beside the id ${known}, expected names that differ in more than capital letters: some file systems take them for one`,
        remedy: ids.has(known) ? `git mv ${path} ${ticket.folder}/nodes/${known}.md` : 'keep one of the two records',
      };
    } else if (known === undefined) {
      names.set(name.toLowerCase(), name);
    }
  }
}

/** An archived ticket cannot be mended. */
function* lowered(ticket: Ticket, reports: Iterable<Report>): Iterable<Report> {
  for (const report of reports) yield ticket.archived ? { ...report, severity: 'warning' } : report;
}
