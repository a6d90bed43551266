import { statusOf } from './change-record.ts';
import { ticketStatus } from './node-status.ts';
import { entriesOf, spanOf, workTime } from './node-times.ts';
import type { Ticket } from './ticket.ts';

/** What git says of a ticket's work. */
export interface WorkSize {
  readonly commits: number;
  /** Of what a reviewer reads. */
  readonly files: number;
  readonly lines: number;
}

/** One node, as a look back tells it. */
export interface NodeFigures {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly attempts: number;
  readonly failures: number;
  /** Milliseconds; undefined where the history does not say. */
  readonly time: number | undefined;
}

export interface TicketFigures {
  readonly nodes: readonly NodeFigures[];
  /** By name, as the frontmatter of a look back holds them. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A ticket in figures: from its histories and its records, and what git says. Pure: told again, it is the same. */
export function ticketFigures(ticket: Ticket, size: WorkSize): TicketFigures {
  const leaves = ticketStatus(ticket).nodes.filter(({ node }) => node.children.length === 0 && node.data.type !== 'phase');
  const nodes = leaves.map(({ node, status, record, life }): NodeFigures => ({
    id: node.id,
    title: typeof node.data.title === 'string' ? node.data.title : node.id,
    status,
    attempts: life.starts,
    failures: entriesOf(record).filter(({ to }) => to === 'failed').length,
    time: workTime(record),
  }));
  const times = nodes.flatMap(({ time }) => time ?? []);
  const span = spanOf([...ticket.nodes, ...ticket.changes]);
  const of = (status: string) => nodes.filter((node) => node.status === status).length;
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  const accepted = ticket.changes.filter((record) => statusOf(record) === 'accepted');
  const impact = (name: string) => accepted.filter(({ data }) => data.impact === name).length;
  const entries = ticket.nodes.flatMap(entriesOf);
  const metrics = {
    nodes: nodes.length,
    complete: of('complete'),
    skipped: of('skipped'),
    retries: sum(nodes.map(({ attempts }) => Math.max(0, attempts - 1))),
    failures: sum(nodes.map(({ failures }) => failures)),
    escalations: entries.filter(({ to }) => to === 'escalated').length,
    ...(times.length > 0 && { 'hours-worked': hours(sum(times)) }),
    ...(span !== undefined && { 'hours-elapsed': hours(span) }),
    'changes-additive': impact('additive'),
    'changes-blocking': impact('blocking'),
    'changes-replacing': impact('replacing'),
    forks: ticket.forks.length,
    commits: size.commits,
    'review-files': size.files,
    'review-lines': size.lines,
  };
  return { nodes, metrics };
}

/** To a tenth. */
function hours(milliseconds: number): number {
  return Math.round(milliseconds / 360_000) / 10;
}
