import type { Life, EntryPlace, LifecycleProblem } from './lifecycle.ts';
import { actorKey, type NodeEntry } from './node-record.ts';
import type { Evidence, Transition } from './transitions.ts';

/** The forge's review: open until it is there. */
const REVIEW = 'pr';

/** What an entry, or the record that it made, lacks of the evidence of its transition. */
export function evidenceProblem({ evidence }: Transition, life: Life, entry: NodeEntry, place: EntryPlace): LifecycleProblem | undefined {
  if (entry.by === undefined) return lacks(place, entry, 'expected by: who did it');
  for (const one of evidence) {
    const problem = CHECKS[one](life, entry, place);
    if (problem) return problem;
  }
  return undefined;
}

const SKIP_REASON = 'expected the reason of a person who decided so: what waits for an escalated node is skipped by itself, comes back by itself, and is never stored';

type Check = (life: Life, entry: NodeEntry, place: EntryPlace) => LifecycleProblem | undefined;

const CHECKS: Readonly<Record<Evidence, Check>> = {
  pin: (_, entry, place) => (entry.spec ? undefined : lacks(place, entry, 'expected spec: the pin of the text it was started under')),
  reason: (_, entry, place) => (entry.reason ? undefined : lacks(place, entry, entry.to === 'skipped' ? SKIP_REASON : 'expected a reason')),
  findings: (_, entry, place) => (entry.findings > 0 ? undefined : lacks(place, entry, 'expected findings: what was wrong')),
  outcome,
  verdict,
  covered,
  expanded: (_, entry, place) => (entry.expanded?.length ? undefined : lacks(place, entry, 'expected expanded: the nodes whose full account was asked for')),
  'last-retry': (life, entry, place) =>
    life.failures > place.law.maxRetries || place.isPast || entry.reason ? undefined : lacks(place, entry, `expected a reason, since retries remain (${life.failures} of ${place.law.maxRetries + 1} attempts failed)`),
};

/** Only what a record says of its last entry can be seen: a new start takes l0 out. */
function outcome(_: Life, entry: NodeEntry, place: EntryPlace): LifecycleProblem | undefined {
  const { record, index, law } = place;
  if (law.type !== 'agent' || index < record.history.length - 1 || record.l0 !== undefined) return undefined;
  return { at: entry.to === 'complete' ? ['status'] : ['history', index, 'to'], message: `Unexpected ${entry.to === 'complete' ? 'complete' : 'last word'} without l0, expected the outcome in one line, as the implementer wrote it` };
}

function verdict({ implementers }: Life, entry: NodeEntry, place: EntryPlace): LifecycleProblem | undefined {
  const at = (key: string) => ['history', place.index, key];
  if (place.law.type === 'command') {
    if (entry.exit === 0) return undefined;
    return entry.exit === undefined ? lacks(place, entry, 'expected exit: 0, the status of the command that was run') : { at: at('exit'), message: `Unexpected exit ${JSON.stringify(entry.exit)} of the command of a complete node, expected 0` };
  }
  if (place.law.type === 'human') return decision(entry, place);
  const isReview = actorKey(entry.verifiedBy ?? '') === REVIEW;
  if (entry.verdict !== 'pass' && !(isReview && entry.verdict === undefined)) {
    return entry.verdict === undefined ? lacks(place, entry, 'expected verdict: pass by another actor than the implementer, or verified_by: pr') : { at: at('verdict'), message: `Unexpected verdict ${JSON.stringify(entry.verdict)} of a complete node, expected pass` };
  }
  const verifier = entry.verifiedBy ?? (entry.by as string);
  if (isReview || !implementers.some((one) => actorKey(one) === actorKey(verifier))) return undefined;
  return { at: at(entry.verifiedBy === undefined ? 'by' : 'verified_by'), message: `Unexpected verdict by ${verifier}, who did the work, expected another actor` };
}

/** A person's: nobody decides about work of their own, whoever writes it down. */
function decision(entry: NodeEntry, place: EntryPlace): LifecycleProblem | undefined {
  const at = (key: string) => ['history', place.index, key];
  const isReview = actorKey(entry.verifiedBy ?? '') === REVIEW;
  if (entry.verdict === undefined && !isReview) return lacks(place, entry, 'expected verdict: pass by a person who did nothing of the work that it is about, or verified_by: pr');
  if (entry.verdict !== undefined && entry.verdict !== 'pass') return { at: at('verdict'), message: `Unexpected verdict ${JSON.stringify(entry.verdict)} of a complete node, expected pass` };
  if (isReview || place.isPast) return undefined;
  const before = place.law.implementersBefore();
  for (const [key, who] of [['by', entry.by], ['verified_by', entry.verifiedBy]] as const) {
    if (who !== undefined && before.has(actorKey(who))) return { at: at(key), message: `Unexpected approval by ${who}, who did work that it is about, expected another actor` };
  }
  return undefined;
}

function covered(_: Life, entry: NodeEntry, place: EntryPlace): LifecycleProblem | undefined {
  const { record, index, law, isPast } = place;
  const isSaid = entry.covered !== undefined || record.covered !== undefined;
  if (isSaid || isPast || index < record.history.length - 1 || !law.coversAny()) return undefined;
  return lacks(place, entry, 'expected covered: the digests of the requirements that were met');
}

function lacks({ index }: EntryPlace, { to }: NodeEntry, expected: string): LifecycleProblem {
  return { at: ['history', index, 'to'], message: `Unexpected ${String(to)} without its evidence, ${expected}` };
}
