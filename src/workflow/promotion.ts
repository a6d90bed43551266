import { hash } from '../documents/digest.ts';
import type { ParsedDocument } from '../documents/document.ts';
import { editRequirements } from '../documents/living-text.ts';
import { nameKey } from '../documents/operations.ts';
import { requirementsOf, textOf, type Requirement } from '../documents/requirements.ts';
import { withoutTrailer } from '../documents/trailing-comments.ts';
import type { EffectiveRequirement } from './effective-spec.ts';

/** What a ticket says of one requirement of its capability. */
export type Claim = Pick<EffectiveRequirement, 'name' | 'key' | 'operation' | 'was' | 'to' | 'body' | 'path'>;

/** One change of living behaviour. */
export interface Promoted {
  readonly kind: 'added' | 'modified' | 'removed' | 'renamed';
  readonly name: string;
  /** Its name from now on, where it gets another one. */
  readonly to?: string;
}

/** Why a promise does not fit the living spec: it is not swapped. */
export interface PromotionConflict {
  readonly kind: 'exists' | 'no-target' | 'no-was' | 'other-was' | 'taken' | 'twice';
  readonly promise: Claim;
  /** What stands there now; undefined where nothing does. */
  readonly living: { readonly name: string; readonly text: string; readonly digest: string; readonly line: number } | undefined;
}

/** A living spec with a ticket's promises swapped in, each compared first. */
export interface Promotion {
  /** The living spec from now on; as it was where nothing changes or something does not fit. */
  readonly text: string;
  readonly changes: readonly Promoted[];
  /** Names of what stands there already just so. */
  readonly settled: readonly string[];
  readonly conflicts: readonly PromotionConflict[];
}

/** A requirement of the living spec on its way. */
interface Slot {
  readonly old: Requirement;
  readonly name: string;
  readonly body: string;
  readonly isGone: boolean;
}

interface State {
  readonly slots: readonly Slot[];
  readonly added: readonly Claim[];
  readonly changes: readonly Promoted[];
  readonly settled: readonly string[];
  readonly conflicts: readonly PromotionConflict[];
}

/**
 * Compare-and-swap of a ticket's effective spec onto the living spec of its capability, requirement by
 * requirement: what it adds must not stand there with another text, what it modifies, removes or
 * renames must stand there with the text it was written against. What stands there already as
 * promised is left alone. One conflict, and nothing is swapped. Pure.
 */
export function promote(document: ParsedDocument, promises: readonly Claim[]): Promotion {
  const living = requirementsOf(document);
  const of = (operation: Requirement['operation']) => promises.filter((promise) => promise.operation === operation);
  let state: State = { slots: living.map((old) => ({ old, name: old.name, body: old.body, isGone: false })), added: [], changes: [], settled: [], conflicts: doubled(living, promises) };
  for (const promise of of('REMOVED')) state = remove(state, promise);
  state = renameAll(state, of('RENAMED'), of('MODIFIED'));
  for (const promise of of('MODIFIED')) state = modify(state, promise);
  for (const promise of of('ADDED')) state = add(state, promise);
  const { slots, added, changes, settled, conflicts } = state;
  if (conflicts.length > 0 || changes.length === 0) return { text: document.text, changes: [], settled, conflicts };
  const edits = slots.flatMap(({ old, name, body, isGone }) => (isGone || name !== old.name || body !== old.body ? [{ requirement: old, name: isGone ? undefined : name, body: body === old.body ? undefined : body }] : []));
  return { text: editRequirements(document, edits, added), changes, settled, conflicts };
}

/** A name that the living spec has twice names nothing that could be swapped. */
function doubled(living: readonly Requirement[], promises: readonly Claim[]): PromotionConflict[] {
  return promises.flatMap((promise) => {
    const [, second] = living.filter(({ key }) => key === promise.key);
    return second ? [{ kind: 'twice' as const, promise, living: shown({ old: second, name: second.name, body: second.body, isGone: false }) }] : [];
  });
}

function remove(state: State, promise: Claim): State {
  const slot = slotOf(state, promise.key);
  if (!slot) return settle(state, promise);
  const conflict = stale(slot, promise);
  return conflict ? refuse(state, conflict) : swap(state, slot, { ...slot, isGone: true }, { kind: 'removed', name: promise.name });
}

/** All at once: two requirements may exchange their names. */
function renameAll(state: State, promises: readonly Claim[], modified: readonly Claim[]): State {
  const leaving = new Set(promises.map(({ key }) => key));
  const before = state;
  return promises.reduce((now, promise) => {
    if (promise.to === undefined) return now;
    const key = nameKey(promise.to);
    const slot = slotOf(before, promise.key);
    if (!slot) {
      const there = slotOf(before, key);
      const isThere = there && (hash(textOf(promise.name, there.body)) === promise.was || modified.some((other) => other.key === key && isSame(there, other)));
      return isThere ? settle(now, promise) : refuse(now, { kind: 'no-target', promise, living: there && shown(there) });
    }
    const conflict = stale(slot, promise);
    if (conflict) return refuse(now, conflict);
    const taken = before.slots.find((other) => !other.isGone && other !== slot && nameKey(other.name) === key && !leaving.has(key)) ?? now.slots.find((other) => !before.slots.includes(other) && nameKey(other.name) === key);
    if (taken) return refuse(now, { kind: 'taken', promise, living: shown(taken) });
    return swap(now, slot, { ...slot, name: promise.to }, { kind: 'renamed', name: promise.name, to: promise.to });
  }, state);
}

function modify(state: State, promise: Claim): State {
  const slot = slotOf(state, promise.key);
  if (!slot) return refuse(state, { kind: 'no-target', promise, living: undefined });
  if (isSame(slot, promise)) return settle(state, promise);
  const conflict = stale(slot, promise);
  return conflict ? refuse(state, conflict) : swap(state, slot, { ...slot, name: promise.name, body: promise.body }, { kind: 'modified', name: promise.name });
}

function add(state: State, promise: Claim): State {
  const slot = slotOf(state, promise.key);
  if (slot) return isSame(slot, promise) ? settle(state, promise) : refuse(state, { kind: 'exists', promise, living: shown(slot) });
  return { ...state, added: [...state.added, promise], changes: [...state.changes, { kind: 'added', name: promise.name }] };
}

function slotOf({ slots }: State, key: string): Slot | undefined {
  return slots.find((slot) => !slot.isGone && nameKey(slot.name) === key);
}

/** Comments at the end of a requirement are about what follows as often as not. */
function isSame(slot: Slot, { name, body }: Claim): boolean {
  return slot.name === name && withoutTrailer(slot.body) === withoutTrailer(body);
}

/** Why what stands there is not what the promise was written against. */
function stale(slot: Slot, promise: Claim): PromotionConflict | undefined {
  if (promise.was === undefined) return { kind: 'no-was', promise, living: shown(slot) };
  return hash(textOf(slot.name, slot.body)) === promise.was ? undefined : { kind: 'other-was', promise, living: shown(slot) };
}

function shown({ old, name, body }: Slot): PromotionConflict['living'] {
  const text = textOf(name, body);
  return { name, text, digest: hash(text), line: old.line };
}

function settle(state: State, { name }: Claim): State {
  return { ...state, settled: [...state.settled, name] };
}

function refuse(state: State, conflict: PromotionConflict): State {
  return { ...state, conflicts: [...state.conflicts, conflict] };
}

function swap(state: State, slot: Slot, now: Slot, change: Promoted): State {
  return { ...state, slots: state.slots.map((one) => (one.old === slot.old ? now : one)), changes: [...state.changes, change] };
}
