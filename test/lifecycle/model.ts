import type { Law } from '../../src/workflow/lifecycle.ts';

/** The lifecycle once more, as the design's table reads, and as plainly as can be: what the replay is held against. */

export interface ModelEntry {
  readonly to?: string;
  readonly by?: string;
  readonly at?: string;
  readonly done?: boolean;
  readonly spec?: string;
  readonly reason?: string;
  readonly findings?: readonly string[];
  readonly verdict?: string;
  readonly verified_by?: string;
  readonly exit?: number;
  readonly covered?: unknown;
}

export interface ModelRecord {
  readonly status: string | undefined;
  readonly l0: string | undefined;
  readonly history: readonly ModelEntry[];
}

const ARROWS = new Set(
  `-:in_progress released:in_progress reset:in_progress failed:in_progress complete:in_progress escalated:in_progress in_progress:done
   in_progress:complete in_progress:failed failed:escalated in_progress:rejected in_progress:released
   -:skipped released:skipped reset:skipped in_progress:skipped
   in_progress:reset complete:reset failed:reset escalated:reset skipped:reset rejected:reset reset:reset released:reset`.split(/\s+/),
);

const filled = (text: unknown) => typeof text === 'string' && text.trim() !== '';
const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

export function explains({ status, l0, history }: ModelRecord, law: Law): boolean {
  if (history.length === 0 || status !== history.at(-1)?.to) return false;
  if (!history.every((_, index) => isLegal(history, index, l0, law))) return false;
  return !(history.at(-1)?.to === 'failed' && failuresBefore(history, history.length) > law.maxRetries);
}

/** Whether an entry may stand where it stands, after those before it. */
function isLegal(history: readonly ModelEntry[], index: number, l0: string | undefined, law: Law): boolean {
  const entry = history[index] as ModelEntry;
  const from = history[index - 1]?.to ?? '-';
  const isDone = entry.to === 'in_progress' && entry.done === true;
  const isLast = index === history.length - 1;
  const isToday = !history.slice(index).some(({ to }) => to === 'reset');
  const failures = failuresBefore(history, index);
  if (!ARROWS.has(`${from}:${isDone ? 'done' : entry.to}`) || !filled(entry.by)) return false;
  if (isToday && from === 'failed' && failures > law.maxRetries && entry.to !== 'escalated') return false;
  if (isDone) return law.type !== 'agent' || !isLast || filled(l0);
  switch (entry.to) {
    case 'in_progress':
      if (from === 'escalated') return filled(entry.reason);
      return filled(entry.spec) && (from !== 'complete' || !isToday || law.mayReopen(undefined));
    case 'complete':
      return isPassed(history, index, law) && (!isLast || ((law.type !== 'agent' || filled(l0)) && (!law.coversAny() || isMapping(entry.covered))));
    case 'failed':
      return (entry.findings ?? []).some(filled);
    case 'escalated':
      return filled(entry.reason) || failures > law.maxRetries || !isToday;
    default:
      return filled(entry.reason);
  }
}

function isPassed(history: readonly ModelEntry[], index: number, { type, implementersBefore }: Law): boolean {
  const { verdict, verified_by: verifier, exit, by = '' } = history[index] as ModelEntry;
  if (type === 'command') return exit === 0;
  if (verifier !== undefined && same(verifier, 'pr')) return verdict === undefined || verdict === 'pass';
  if (type === 'human') {
    const isToday = !history.slice(index).some(({ to }) => to === 'reset');
    return verdict === 'pass' && !(isToday && [...implementersBefore()].some((one) => same(one, by) || (filled(verifier) && same(one, verifier as string))));
  }
  const start = history.findLastIndex(({ to, done }, at) => at < index && to === 'in_progress' && done !== true);
  const implementers = history.slice(start, index).map((entry) => entry.by ?? '');
  return verdict === 'pass' && !implementers.some((one) => same(one, filled(verifier) ? (verifier as string) : by));
}

/** Since the last reset, completion or a person's retry. */
function failuresBefore(history: readonly ModelEntry[], end: number): number {
  let failures = 0;
  for (let at = 0; at < end; at += 1) {
    const { to, done } = history[at] as ModelEntry;
    if (to === 'failed') failures += 1;
    else if (to === 'reset' || to === 'complete' || (to === 'in_progress' && done !== true && history[at - 1]?.to === 'escalated')) failures = 0;
  }
  return failures;
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const by = 'impl-1';
const at = '2026-11-20T10:00:00Z';
const ENTRIES: readonly ModelEntry[] = [
  { to: 'in_progress', by, at, spec: 'sha256:x' },
  { to: 'in_progress', by, at, done: true },
  { to: 'in_progress', by: 'ada', at, reason: 'it is up again' },
  { to: 'complete', by, at, verdict: 'pass', verified_by: 'review-1', exit: 0, covered: {} },
  { to: 'complete', by: 'review-1', at, verdict: 'pass', exit: 0, covered: {} },
  { to: 'complete', by, at, verified_by: 'pr', exit: 0, covered: {} },
  { to: 'failed', by: 'review-1', at, findings: ['no tests'] },
  { to: 'escalated', by: 'review-1', at },
  { to: 'escalated', by: 'ada', at, reason: 'it cannot work' },
  ...['skipped', 'rejected', 'reset', 'released'].map((to) => ({ to, by: 'ada', at, reason: 'why' })),
];

/** The entries that may come next. */
export function nextEntries(history: readonly ModelEntry[], law: Law): ModelEntry[] {
  return ENTRIES.filter((entry) => isLegal([...history, entry], history.length, 'Made', law));
}
