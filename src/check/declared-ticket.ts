import type { Rule, TicketPart } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import type { Ticket } from '../workflow/ticket.ts';

/** The ticket as far as a rule declares to read it: a rule that reads more would be skipped wrongly. */
export function declared(ticket: Ticket, { id, reads }: Rule, twin: Snapshot | undefined): Ticket {
  if (!reads) return ticket;
  const part = <T>(name: TicketPart, value: () => T): T => {
    if (!reads.includes(name)) throw new Error(`rule ${id} reads ${name} and does not declare it`);
    return value();
  };
  const { id: name, folder, archived, snapshot } = ticket;
  return {
    id: name,
    folder,
    archived,
    snapshot,
    get spec() {
      return part('spec.md', () => ticket.spec);
    },
    get tasks() {
      return part('tasks.md', () => ticket.tasks);
    },
    get changes() {
      return part('changes', () => ticket.changes);
    },
    get nodes() {
      return part('nodes', () => ticket.nodes);
    },
    get nodesToJudge() {
      const nodes = part('nodes', () => ticket.nodes);
      return twin ? nodes.filter(({ path, oid }) => twin.tree.entry(path)?.oid !== oid) : nodes;
    },
    isRestJudged: twin !== undefined,
    get forks() {
      return part('forks', () => ticket.forks);
    },
  };
}
