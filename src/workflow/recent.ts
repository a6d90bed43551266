import { nodeRecordOf } from './node-record.ts';
import type { TicketStatus } from './node-status.ts';
import type { Ticket } from './ticket.ts';

/** One entry of a history, for people. */
export interface Said {
  /** ISO 8601 as written; '' where nothing can be read. */
  readonly at: string;
  /** The node's id, or the change record's file name without `.md`. */
  readonly what: string;
  readonly kind: 'node' | 'change';
  readonly to: string;
  readonly by: string;
  /** Why, the first of what was found, or the outcome in one line. */
  readonly text: string | undefined;
}

/** What a ticket's histories say, the latest first as their times tell; of the same time, the later in the tree and in its list. */
export function saidLately(ticket: Ticket, { nodes }: Pick<TicketStatus, 'nodes'>): Said[] {
  const said: Said[] = [];
  for (const { node, record } of nodes) {
    if (record) said.push(...entriesOf(record.data, node.id, 'node'));
  }
  for (const record of ticket.changes) said.push(...entriesOf(record.data, record.place.name ?? record.path, 'change'));
  return said.map((one, index) => ({ one, index, time: timeOf(one.at) })).sort((a, b) => b.time - a.time || b.index - a.index).map(({ one }) => one);
}

function entriesOf(data: Readonly<Record<string, unknown>>, what: string, kind: Said['kind']): Said[] {
  const { history: entries, l0 } = nodeRecordOf(data);
  const outcome = entries.findLastIndex(({ to, done }) => done || to === 'complete');
  const raw = data.history as readonly unknown[];
  return entries.map(({ to, by, done, reason, verifiedBy }, index) => {
    const { at, findings } = raw[index] as Readonly<Record<string, unknown>> ?? {};
    const found: unknown = Array.isArray(findings) ? findings.find((one) => typeof one === 'string') : undefined;
    return { at: textOf(at), what, kind, to: done ? 'done' : textOf(to), by: verifiedBy ?? by ?? '', text: reason ?? (textOf(found) || (index === outcome ? l0 : undefined)) };
  });
}

function timeOf(at: string): number {
  const time = Date.parse(at);
  return Number.isNaN(time) ? 0 : time;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
