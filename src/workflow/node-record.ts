import type { GovernedDocument } from './snapshot.ts';

/** What a record can say of a node; everything else is derived. */
export type StoredStatus = 'in_progress' | 'complete' | 'failed' | 'escalated' | 'skipped' | 'rejected' | 'reset' | 'released';

export const STORED_STATUSES: readonly StoredStatus[] = ['in_progress', 'complete', 'failed', 'escalated', 'skipped', 'rejected', 'reset', 'released'];

/** Requirement name to the digest of the text that was met. */
export type Covered = Readonly<Record<string, string>>;

/** One entry of a history, read from any data: what is absent or of another form is undefined. */
export interface NodeEntry {
  readonly to: unknown;
  readonly by: string | undefined;
  /** The implementer's last word. */
  readonly done: boolean;
  /** Nodes before it whose full account was asked for; undefined in an entry of another kind. */
  readonly expanded: readonly string[] | undefined;
  readonly spec: string | undefined;
  readonly wave: number | undefined;
  readonly reason: string | undefined;
  readonly findings: number;
  readonly verdict: unknown;
  readonly verifiedBy: string | undefined;
  readonly exit: unknown;
  readonly covered: Covered | undefined;
}

/** A node's record, as far as the lifecycle goes by it. */
export interface NodeRecord {
  readonly status: unknown;
  readonly history: readonly NodeEntry[];
  readonly l0: string | undefined;
  readonly covered: Covered | undefined;
}

/** Reads a record's frontmatter of any shape; never throws. */
export function nodeRecordOf(data: Readonly<Record<string, unknown>>): NodeRecord {
  const history: unknown[] = Array.isArray(data.history) ? data.history : [];
  return { status: data.status, history: history.map(entryOf), l0: text(data.l0), covered: coveredIn(data.covered) };
}

/** The last entry's status, if it is one that there is. */
export function lastStatus({ data }: Pick<GovernedDocument, 'data'>): StoredStatus | undefined {
  const to = nodeRecordOf(data).history.at(-1)?.to;
  return STORED_STATUSES.find((status) => status === to);
}

/** Whether an entry of a history, of any shape, began an attempt: others leave the node in progress. */
export function isStart(entry: unknown): boolean {
  const { to, done, expanded } = (entry ?? {}) as { readonly to?: unknown; readonly done?: unknown; readonly expanded?: unknown };
  return to === 'in_progress' && done !== true && !Array.isArray(expanded);
}

/** Actors are the same in any case and with any blanks around them. */
export function actorKey(actor: string): string {
  return actor.trim().toLowerCase();
}

/** Who began the latest attempt or said its last word, as `actorKey` has them. */
export function implementersOf({ history }: NodeRecord): string[] {
  const acts = history.filter(({ to, expanded }) => to === 'in_progress' && expanded === undefined);
  const start = acts.findLastIndex(({ done }) => !done);
  return start === -1 ? [] : acts.slice(start).map(({ by }) => actorKey(by ?? ''));
}

function entryOf(value: unknown): NodeEntry {
  const data = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return {
    to: data.to,
    by: text(data.by),
    done: data.done === true,
    expanded: Array.isArray(data.expanded) ? data.expanded.filter((id): id is string => typeof id === 'string') : undefined,
    spec: text(data.spec),
    wave: typeof data.wave === 'number' ? data.wave : undefined,
    reason: text(data.reason),
    findings: Array.isArray(data.findings) ? data.findings.filter((finding) => text(finding) !== undefined).length : 0,
    verdict: data.verdict,
    verifiedBy: text(data.verified_by),
    exit: data.exit,
    covered: coveredIn(data.covered),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function coveredIn(value: unknown): Covered | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Covered) : undefined;
}
