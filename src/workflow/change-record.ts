import { parseDelta, type Delta } from '../documents/delta.ts';
import { hasFillMarks } from '../documents/placeholders.ts';
import type { Requirement } from '../documents/requirements.ts';
import type { GovernedDocument } from './snapshot.ts';
import type { Ticket } from './ticket.ts';

export type ChangeStatus = 'proposed' | 'accepted' | 'rejected' | 'reverted';

export interface ChangeEntry {
  readonly to: unknown;
  readonly by: string;
}

/** The status a change record claims; undefined when it claims none there is. */
export function statusOf(record: GovernedDocument): ChangeStatus | undefined {
  const { status } = record.data;
  return status === 'proposed' || status === 'accepted' || status === 'rejected' || status === 'reverted' ? status : undefined;
}

/** Decided: its content does not change any more. */
export function isDecided(record: GovernedDocument): boolean {
  const status = statusOf(record);
  return status !== undefined && status !== 'proposed';
}

export function historyOf(record: GovernedDocument): readonly ChangeEntry[] {
  const history: unknown[] = Array.isArray(record.data.history) ? record.data.history : [];
  return history.map((entry) => {
    const { to, by } = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
    return { to, by: typeof by === 'string' ? by : '' };
  });
}

export function deltaOf(record: GovernedDocument): Delta {
  return parseDelta(record.parsed);
}

/** Proposed and not filled in yet: it promises nothing, so nothing of it is refused. */
export function isScaffold(record: GovernedDocument): boolean {
  return statusOf(record) === 'proposed' && hasFillMarks(record.parsed);
}

/** The severity that findings on a record's content are lowered to: what is decided is not mended by an edit. */
export function contentSeverity(ticket: Pick<Ticket, 'archived'>, record: GovernedDocument): { severity: 'warning' } | Record<string, never> {
  return ticket.archived || isDecided(record) || isScaffold(record) ? { severity: 'warning' } : {};
}

/** What a delta writes down: requirements it adds, and modified ones. */
export function writtenBy(record: GovernedDocument): readonly Requirement[] {
  return deltaOf(record).requirements.filter(({ operation }) => operation === 'ADDED' || operation === 'MODIFIED');
}
