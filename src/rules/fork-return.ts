import { ticketFolder } from '../documents/place.ts';
import { nearest } from '../documents/nearest.ts';
import { isOpenFork } from '../workflow/fork.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument, Snapshot } from '../workflow/snapshot.ts';
import { taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import { ticketAnywhere, type Ticket } from '../workflow/ticket.ts';

export const rule: Rule = {
  id: 'fork-return',
  group: 'tree',
  severity: 'error',

  reads: ['tasks.md', 'nodes', 'forks'],
  *ticket(ticket, context) {
    if (ticket.archived || ticket.forks.length === 0) return;
    const nodes = taskNodes(ticket.tasks?.data ?? {});
    for (const fork of ticket.forks) {
      if (!isOpenFork(ticket, fork)) continue;
      yield* named(fork, nodes);
      yield* subWorkflow(ticket, fork, context);
      yield* complete(ticket, fork, nodes);
    }
  },
};

/** Both nodes are there: one tells why the fork is, the other where work goes on. */
function* named({ path, parsed, data }: GovernedDocument, nodes: readonly TaskNode[]): Iterable<Report> {
  const ids = nodes.map(({ id }) => id);
  for (const key of ['spawned_from', 'return_to'] as const) {
    const id = data[key];
    if (typeof id !== 'string' || ids.includes(id)) continue;
    const meant = nearest(id, ids);
    yield { path, ...parsed.locate([key]), message: `Unexpected ${key} ${id}, expected a node of tasks.md${meant === undefined ? '' : `: did you mean ${meant}?`}`, remedy: meant === undefined ? `write one of ${ids.slice(0, 8).join(', ') || '(tasks.md has no nodes)'}` : `write ${meant}` };
  }
}

function* subWorkflow(ticket: Ticket, { path, parsed, data }: GovernedDocument, { program }: RuleContext): Iterable<Report> {
  const { sub_workflow: id } = data;
  if (!isTicket(ticket.snapshot, id)) return;
  const there = ticketAnywhere(ticket.snapshot, id);
  if (id === ticket.id) yield { path, ...parsed.locate(['sub_workflow']), message: `Unexpected fork of ${id} into itself, expected another ticket`, remedy: 'name the ticket that does the work, or make it a node of this one' };
  else if (!there) {
    yield {
      path,
      ...parsed.locate(['sub_workflow']),
      message: `Unexpected sub_workflow ${id}, expected a ticket of this tree: ${ticketFolder(ticket.snapshot.settings, id)} is not here, and the node waits until it is archived`,
      remedy: `${program} new spec --ticket ${id}, or leave it for now where its folder is on a branch of its own`,
      severity: 'warning',
    };
  } else {
    const chain = wayBack(ticket, there);
    if (chain) yield { path, ...parsed.locate(['sub_workflow']), message: `Unexpected circle of forks ${[ticket.id, ...chain].join(' -> ')}, expected one that ends: each of them waits for the next`, remedy: 'abandon one of these forks: write abandoned: and why' };
  }
}

/** Tickets from `start` along open forks back to the ticket; undefined when none leads there. */
function wayBack(ticket: Ticket, start: Ticket): string[] | undefined {
  const seen = new Set<string>();
  const pending: { at: Ticket; chain: string[] }[] = [{ at: start, chain: [start.id] }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { at, chain } = next;
    if (at.archived || seen.has(at.id)) continue;
    seen.add(at.id);
    for (const fork of at.forks) {
      const { sub_workflow: id } = fork.data;
      if (!isTicket(at.snapshot, id) || !isOpenFork(at, fork)) continue;
      if (id === ticket.id) return [...chain, id];
      const sub = ticketAnywhere(at.snapshot, id);
      if (sub) pending.push({ at: sub, chain: [...chain, id] });
    }
  }
  return undefined;
}

/** What waits for the fork cannot be complete. */
function* complete(ticket: Ticket, fork: GovernedDocument, nodes: readonly TaskNode[]): Iterable<Report> {
  const records = new Map(ticket.nodes.map((record) => [record.place.name, record]));
  for (const id of new Set([fork.data.spawned_from, fork.data.return_to])) {
    const leaves = leavesOf(nodes.find((node) => node.id === id));
    const record = records.get(leaves.at(-1)?.id);
    if (!record || !leaves.every((leaf) => records.get(leaf.id)?.data.status === 'complete')) continue;
    yield {
      path: record.path,
      ...record.parsed.locate(['status']),
      message: `Unexpected complete ${String(id)} while its fork ${fork.place.name} is open, expected the fork to be closed first`,
      remedy: `archive ${String(fork.data.sub_workflow)}, or write abandoned: and why into ${fork.path}`,
    };
  }
}

function leavesOf(node: TaskNode | undefined): TaskNode[] {
  const leaves: TaskNode[] = [];
  const pending = node ? [node] : [];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.children.length === 0) leaves.push(next);
    for (const child of next.children.toReversed()) pending.push(child);
  }
  return leaves;
}

function isTicket({ settings }: Snapshot, id: unknown): id is string {
  return typeof id === 'string' && !id.includes('/') && settings.ticketPattern.test(id);
}
