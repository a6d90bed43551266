import type { GovernedDocument } from './snapshot.ts';

/** One entry of a record's history, as far as anybody can rely on its form. */
export interface HistoryEntry {
  readonly to?: unknown;
  readonly by?: unknown;
  readonly at?: unknown;
  readonly done?: unknown;
  readonly reason?: unknown;
}

/** The history of a record; empty where it has none. */
export function entriesOf(record: Pick<GovernedDocument, 'data'> | undefined): readonly HistoryEntry[] {
  const history: unknown[] = Array.isArray(record?.data.history) ? record.data.history : [];
  return history.map((entry) => (typeof entry === 'object' && entry !== null ? entry : {}));
}

/** Milliseconds from the first start of the last attempt to the completion, as the history says it; undefined where it does not. */
export function workTime(record: Pick<GovernedDocument, 'data'> | undefined): number | undefined {
  const entries = entriesOf(record);
  const end = entries.findLastIndex(({ to }) => to === 'complete');
  const start = entries.slice(0, Math.max(end, 0)).findLastIndex(({ to, done }) => to === 'in_progress' && done !== true);
  const [from, to] = [Date.parse(String(entries[start]?.at)), Date.parse(String(entries[end]?.at))];
  return Number.isNaN(from) || Number.isNaN(to) || to < from ? undefined : to - from;
}

/** Milliseconds between the earliest and the latest entry of some records; undefined below two times. */
export function spanOf(records: readonly Pick<GovernedDocument, 'data'>[]): number | undefined {
  const times = records.flatMap(entriesOf).map(({ at }) => Date.parse(String(at))).filter((time) => !Number.isNaN(time));
  return times.length < 2 ? undefined : Math.max(...times) - Math.min(...times);
}

/** `2 d 3 h`, `15 min`. */
export function durationText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  return [days > 0 && `${days} d`, hours > 0 && `${hours} h`, (rest > 0 || minutes === 0) && days === 0 && `${rest} min`].filter((part) => part !== false).join(' ');
}
