import type { DataPath } from '../documents/document.ts';
import { evidenceProblem } from './evidence.ts';
import { type Covered, type NodeEntry, type NodeRecord, STORED_STATUSES } from './node-record.ts';
import type { LeafType } from './task-tree.ts';
import { nextStatuses, type Standing, type Transition, transitionFor } from './transitions.ts';

/** What a node's history is held against beside the table. */
export interface Law {
  /** How often a failed node may be started again. */
  readonly maxRetries: number;
  readonly type: LeafType;
  /** Whether the node answers for any requirement, so that its completion has to name digests. */
  coversAny(): boolean;
  /** Of a person's decision: who did the work that it is about, as `actorKey` has them. Nobody of others. */
  implementersBefore(): ReadonlySet<string>;
  /** Whether a requirement that was met by these digests can have changed since. */
  mayReopen(covered: Covered | undefined): boolean;
}

/** Why no legal history explains a record, at one place of its frontmatter. */
export interface LifecycleProblem {
  readonly at: DataPath;
  /** `Unexpected X, expected Y`. */
  readonly message: string;
}

/** What a history adds up to. */
export interface Life {
  readonly standing: Standing;
  /** In progress, and the implementer has said the last word. */
  readonly isDone: boolean;
  /** Nodes whose full account (L2) was asked for in this attempt. */
  readonly expanded: readonly string[];
  /** Since the count began: at a reset, a completion, a person's retry. */
  readonly failures: number;
  /** Those who started this attempt or said its last word. */
  readonly implementers: readonly string[];
  /** Of the latest start. */
  readonly wave: number | undefined;
  /** How many starts the history holds. */
  readonly starts: number;
  /** Of the latest completion: who checked it; `pr` is open until the forge's review. */
  readonly verifiedBy: string | undefined;
  /** Of the latest completion. */
  readonly covered: Covered | undefined;
  /** Whether it was ever complete or skipped: what waits for it was free to begin. */
  readonly wasSettled: boolean;
  /** The first thing that no legal history explains: then the rest is what stood before it. */
  readonly problem: LifecycleProblem | undefined;
}

export const UNBORN: Life = { standing: 'none', isDone: false, expanded: [], failures: 0, implementers: [], wave: undefined, starts: 0, verifiedBy: undefined, covered: undefined, wasSettled: false, problem: undefined };

/**
 * Replays a history against the table of transitions, in the order of the list: times are never
 * compared. Stops at the first entry that is not explained. What depends on settings and on the plan
 * of today (retries, what may be reopened) is asked of the last segment only: a reset begins a new one.
 */
export function replay(record: NodeRecord, law: Law): Life {
  const { history, status } = record;
  const segment = history.findLastIndex(({ to }) => to === 'reset');
  let life = UNBORN;
  for (const [index, entry] of history.entries()) {
    const problem = entryProblem(life, entry, { record, index, law, isPast: index <= segment });
    if (problem) return { ...life, problem };
    life = after(life, entry, record, index === history.length - 1);
  }
  const problem = endProblem(life, history.length, law) ?? statusProblem(status, history.at(-1));
  return problem ? { ...life, problem } : life;
}

/** Where in which record an entry stands. */
export interface EntryPlace {
  readonly record: NodeRecord;
  readonly index: number;
  readonly law: Law;
  /** Up to the last reset. */
  readonly isPast: boolean;
}

function entryProblem(life: Life, entry: NodeEntry, place: EntryPlace): LifecycleProblem | undefined {
  const at: DataPath = ['history', place.index, 'to'];
  const row = transitionFor(life.standing, entry.to, markOf(entry));
  if (!row) return { at, message: noRow(life.standing, entry) };
  if (mustEscalate(life, place.law) && entry.to !== 'escalated' && !place.isPast) return { at: ['history', place.index - 1, 'to'], message: overdue(life, place.law) };
  return conditionProblem(row, life, place) ?? evidenceProblem(row, life, entry, place);
}

function noRow(from: Standing, entry: NodeEntry): string {
  const to = shown(entry.to);
  if (!STORED_STATUSES.some((status) => status === to)) return `Unexpected ${to} in the history, expected a status that a record can store: ${STORED_STATUSES.join(', ')}`;
  if (from === 'none') return `Unexpected ${to} as the first entry, expected ${orList(nextStatuses(from))}: nobody has started the node`;
  if (from === 'in_progress' && to === 'in_progress') return 'Unexpected second start of a node that is in progress, expected one claim at a time: `done: true` marks the implementer’s last word, `expanded` an asking for more';
  return `Unexpected ${to} after ${from}, expected ${orList(nextStatuses(from))}`;
}

function conditionProblem({ condition }: Transition, life: Life, { index, law, isPast }: EntryPlace): LifecycleProblem | undefined {
  if (isPast || condition !== 'reopened' || law.mayReopen(life.covered)) return undefined;
  return { at: ['history', index, 'to'], message: 'Unexpected start of a complete node, expected a requirement that it covers to have changed since, or a reset with a reason' };
}

/** The last retry has failed: in the same write the node goes to a person. */
function mustEscalate({ standing, failures }: Life, { maxRetries }: Law): boolean {
  return standing === 'failed' && failures > maxRetries;
}

function overdue({ failures }: Life, { maxRetries }: Law): string {
  return `Unexpected failure number ${failures} without escalation, expected escalated as the next entry: execution.max_retries is ${maxRetries}`;
}

function endProblem(life: Life, length: number, law: Law): LifecycleProblem | undefined {
  return mustEscalate(life, law) ? { at: ['history', length - 1, 'to'], message: overdue(life, law) } : undefined;
}

function statusProblem(status: unknown, last: NodeEntry | undefined): LifecycleProblem | undefined {
  if (status === last?.to && last !== undefined) return undefined;
  const said = status === undefined ? 'absence of a status' : `status ${shown(status)}`;
  if (last === undefined) return { at: ['history'], message: `Unexpected ${said} without a history, expected the entries that led to it` };
  return { at: ['status'], message: `Unexpected ${said}, expected ${shown(last.to)} as the last entry of the history says` };
}

/** What an entry says that leaves a node in progress. */
function markOf({ to, done, expanded }: NodeEntry): Transition['mark'] {
  if (to !== 'in_progress') return undefined;
  return done ? 'done' : expanded && 'expanded';
}

/** The life after an entry that the table explains. */
function after(life: Life, entry: NodeEntry, record: NodeRecord, isLast: boolean): Life {
  const standing = entry.to as Standing;
  const by = entry.by ?? '';
  switch (standing) {
    case 'in_progress': {
      if (entry.done) return { ...life, isDone: true, implementers: [...life.implementers, by] };
      // A record that was written without the entry says the last word by its l0, in the first attempt.
      const isSaid = isLast && record.l0 !== undefined;
      if (entry.expanded) return { ...life, isDone: life.isDone || (isSaid && life.starts === 1), expanded: [...life.expanded, ...entry.expanded] };
      const failures = life.standing === 'escalated' ? 0 : life.failures;
      const isDone = isSaid && life.starts === 0;
      return { ...life, standing, isDone, expanded: [], failures, implementers: [by], wave: entry.wave, starts: life.starts + 1 };
    }
    case 'complete':
      return { ...life, standing, isDone: false, failures: 0, verifiedBy: entry.verifiedBy ?? entry.by, covered: entry.covered ?? (isLast ? record.covered : undefined), wasSettled: true };
    case 'failed':
      return { ...life, standing, isDone: false, failures: life.failures + 1 };
    case 'reset':
      return { ...life, standing, isDone: false, failures: 0 };
    default:
      return { ...life, standing, isDone: false, wasSettled: life.wasSettled || standing === 'skipped' };
  }
}

/** A value of any shape, for a message. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
