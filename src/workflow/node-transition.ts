import { type Law, type Life, replay, UNBORN } from './lifecycle.ts';
import { nodeRecordOf } from './node-record.ts';
import { type NodeVerb, type Standing, TRANSITIONS } from './transitions.ts';

type Data = Readonly<Record<string, unknown>>;

/** What is done to a node: who, when, and the evidence as an entry of the history holds it. */
export interface NodeStep {
  readonly verb: NodeVerb;
  readonly by: string;
  /** ISO 8601 with its offset. */
  readonly at: string;
  /** `spec`, `scope`, `wave`, `reason`, `findings`, `verdict`, `verified_by`, `command`, `exit`, `red`, `covered`, `expanded`. */
  readonly evidence?: Data;
  /** Of a person's decision about a node that nobody has begun: what its start holds, written with it. */
  readonly begin?: Data;
  /** The outcome: of `done`, and of a `complete` that no `done` went before. */
  readonly l0?: string;
  readonly l1?: Data;
}

/** How a record's frontmatter changes; in this order every edit of it is made in one write. */
export interface RecordChange {
  readonly appended: readonly Data[];
  readonly set: Data;
  readonly removed: readonly string[];
  /** The frontmatter as it is then. */
  readonly data: Data;
  readonly life: Life;
}

/** Standing in the way of a step: `Unexpected X, expected Y`. */
export interface Refusal {
  readonly refused: string;
}

/**
 * Applies a step to a node's record, or says why the table does not allow it. `data` is the record's
 * frontmatter, undefined when there is none. The last failure that retries allow escalates in the
 * same change. Whether what the node waits for is settled is not judged here.
 */
export function applyStep(node: string, data: Data | undefined, step: NodeStep, law: Law): RecordChange | Refusal {
  const life = data ? replay(nodeRecordOf(data), law) : UNBORN;
  if (life.problem) return { refused: `${life.problem.message} (in the record of ${node})` };
  const verb = step.verb === 'retry' && life.standing === 'failed' ? 'start' : step.verb;
  const isGivenUp = verb === 'escalate' && life.standing === 'in_progress';
  const isDecision = law.type === 'human' && (verb === 'approve' || verb === 'reject') && (life.standing === 'in_progress' || mayDo('start', life.standing));
  if (!isGivenUp && !isDecision && !mayDo(verb, life.standing)) return { refused: notNow(node, step.verb, life.standing) };
  const change = changeOf(node, data, entriesFor(verb, step, life, law), outcomeOf(isDecision && life.standing !== 'in_progress' ? 'start' : verb, step));
  const next = replay(nodeRecordOf(change.data), law);
  return next.problem ? { refused: next.problem.message } : { ...change, life: next };
}

function mayDo(verb: NodeVerb, standing: Standing): boolean {
  return TRANSITIONS.some((row) => row.verb === verb && row.from.includes(standing));
}

function notNow(node: string, verb: NodeVerb, standing: Standing): string {
  const isApproval = verb === 'approve';
  const from = [...(isApproval ? ['in_progress'] : []), ...new Set(TRANSITIONS.filter((row) => row.verb === (isApproval ? 'start' : verb)).flatMap((row) => row.from))];
  const verbs = [...new Set(TRANSITIONS.filter((row) => row.from.includes(standing)).map((row) => row.verb))];
  const names = from.map((one) => (one === 'none' ? 'not begun' : one)).join(' or ');
  return `Unexpected ${verb} of ${node}, which ${standing === 'none' ? 'nobody has begun' : `is ${standing}`}, expected it to be ${names}; what can be done now: ${verbs.join(', ')}`;
}

/** The entries of one write. */
function entriesFor(verb: NodeVerb, { by, at, evidence = {}, begin }: NodeStep, life: Life, law: Law): Data[] {
  const to = (status: string, more: Data = evidence) => ({ to: status, by, at, ...more });
  const row = TRANSITIONS.find((one) => one.verb === verb);
  if (verb === 'approve' || (verb === 'reject' && life.standing !== 'in_progress')) {
    const decided = to(verb === 'approve' ? 'complete' : 'rejected');
    return life.standing === 'in_progress' ? [decided] : [to('in_progress', begin), decided];
  }
  if (verb === 'fail') return [to('failed'), ...(life.failures >= law.maxRetries ? [to('escalated', {})] : [])];
  if (verb === 'escalate' && life.standing === 'in_progress') return [to('failed', { findings: evidence.findings ?? [evidence.reason] }), to('escalated', { reason: evidence.reason })];
  return [to(row?.to ?? verb, row?.mark === 'done' ? { done: true, ...evidence } : evidence)];
}

/** What a step says of the outcome: undefined values take a key out. A new start is a new attempt, and a reset a new beginning. */
function outcomeOf(verb: NodeVerb, { l0, l1 }: NodeStep): Data {
  if (verb === 'start' || verb === 'retry' || verb === 'reset') return { l0: undefined, l1: undefined, covered: undefined };
  return { ...(l0 !== undefined && { l0 }), ...(l1 !== undefined && { l1 }) };
}

function changeOf(node: string, data: Data | undefined, appended: readonly Data[], outcome: Data): Omit<RecordChange, 'life'> {
  const said = Object.entries(outcome).filter(([, value]) => value !== undefined);
  const removed = Object.keys(outcome).filter((key) => outcome[key] === undefined && data?.[key] !== undefined);
  const set = { ...(data === undefined && { node }), status: appended.at(-1)?.to, ...Object.fromEntries(said) };
  const kept = Object.entries(data ?? {}).filter(([key]) => !removed.includes(key) && key !== 'history');
  const history: unknown[] = Array.isArray(data?.history) ? data.history : [];
  return { appended, set, removed, data: { ...Object.fromEntries(kept), ...set, history: [...history, ...appended] } };
}
