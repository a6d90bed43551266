import type { StoredStatus } from './node-record.ts';

/** Where a node's record stands; `none`: there is none yet. */
export type Standing = StoredStatus | 'none';

/** What writes an entry of a history; `approve` is a start and a completion in one write. */
export type NodeVerb = 'start' | 'retry' | 'done' | 'expand' | 'approve' | 'complete' | 'fail' | 'escalate' | 'skip' | 'reject' | 'release' | 'reset';

/** What an entry, or the record that it makes, has to hold. */
export type Evidence =
  /** `spec`: the pin of the text it was started under. */
  | 'pin'
  | 'reason'
  /** `findings`, one at least. */
  | 'findings'
  /** `l0`: what was made. */
  | 'outcome'
  /** A pass by another actor than the implementer, or `verified_by: pr`; of a command its `exit: 0`. */
  | 'verdict'
  /** Digests of the requirements that were met. */
  | 'covered'
  /** `expanded`: whose full account was asked for. */
  | 'expanded'
  /** The retries are used up, or a `reason`. */
  | 'last-retry';

/** What must be so before. */
export type Condition =
  /** Fewer failures than retries allow since the count began. */
  | 'retries-remain'
  /** A requirement that was met has changed since. */
  | 'reopened';

/** One row of the lifecycle: the only ways a record may change. */
export interface Transition {
  readonly verb: NodeVerb;
  readonly from: readonly Standing[];
  readonly to: StoredStatus;
  readonly condition?: Condition;
  readonly evidence: readonly Evidence[];
  /** The transition leaves the node in_progress; its entry says what it was: `done: true`, or the nodes in `expanded`. */
  readonly mark?: 'done' | 'expanded';
}

/** Stood on by a node that nobody works on and nothing was decided about. */
const OPEN: readonly Standing[] = ['none', 'released', 'reset'];

/** The lifecycle of a node, as data; docs/decisions.md tells what it settles beyond the design. */
export const TRANSITIONS: readonly Transition[] = [
  { verb: 'start', from: OPEN, to: 'in_progress', evidence: ['pin'] },
  { verb: 'start', from: ['failed'], to: 'in_progress', condition: 'retries-remain', evidence: ['pin'] },
  { verb: 'start', from: ['complete'], to: 'in_progress', condition: 'reopened', evidence: ['pin'] },
  { verb: 'retry', from: ['escalated'], to: 'in_progress', evidence: ['reason'] },
  { verb: 'done', from: ['in_progress'], to: 'in_progress', mark: 'done', evidence: ['outcome'] },
  { verb: 'expand', from: ['in_progress'], to: 'in_progress', mark: 'expanded', evidence: ['expanded'] },
  { verb: 'complete', from: ['in_progress'], to: 'complete', evidence: ['verdict', 'outcome', 'covered'] },
  { verb: 'fail', from: ['in_progress'], to: 'failed', evidence: ['findings'] },
  { verb: 'escalate', from: ['failed'], to: 'escalated', evidence: ['last-retry'] },
  { verb: 'skip', from: [...OPEN, 'in_progress'], to: 'skipped', evidence: ['reason'] },
  { verb: 'reject', from: ['in_progress'], to: 'rejected', evidence: ['reason'] },
  { verb: 'release', from: ['in_progress'], to: 'released', evidence: ['reason'] },
  { verb: 'reset', from: ['in_progress', 'complete', 'failed', 'escalated', 'skipped', 'rejected', 'reset', 'released'], to: 'reset', evidence: ['reason'] },
];

/** The row that leads from one standing to another; undefined when none does. */
export function transitionFor(from: Standing, to: unknown, mark: Transition['mark']): Transition | undefined {
  return TRANSITIONS.find((row) => row.to === to && row.from.includes(from) && row.mark === mark);
}

/** The statuses that may come next. */
export function nextStatuses(from: Standing): StoredStatus[] {
  return [...new Set(TRANSITIONS.filter((row) => row.from.includes(from)).map((row) => row.to))];
}
