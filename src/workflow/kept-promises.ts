import { destinationsOf } from '../documents/destinations.ts';
import { nameKey } from '../documents/operations.ts';
import { parseDocument } from '../documents/parse.ts';
import { requirementsOf, type Requirement } from '../documents/requirements.ts';
import { withoutTrailer } from '../documents/trailing-comments.ts';
import type { ParsedDocument } from '../documents/document.ts';
import type { EffectiveRequirement } from './effective-spec.ts';

/** What a ticket promises of one requirement of its capability. */
type Promised = Pick<EffectiveRequirement, 'name' | 'key' | 'operation' | 'to' | 'body' | 'path'>;

/** A promise that a living spec does not keep. */
export interface Unkept {
  readonly promise: Promised;
  /** It holds the requirement not at all, with another text, or still. */
  readonly why: 'absent' | 'other' | 'stays';
  /** As it stands there. */
  readonly living: Requirement | undefined;
}

/** A living spec's requirements by name as people compare it. */
export type Living = ReadonlyMap<string, Requirement>;

export function livingIn(document: ParsedDocument): Living {
  return new Map(requirementsOf(document).map((one) => [one.key, one]));
}

/**
 * What of a ticket's effective spec does not stand in the living spec of its capability. Texts are
 * compared without the addresses of their links, which follow what they lead to.
 */
export function unkept(promises: readonly Promised[], living: Living): Unkept[] {
  const given = new Set(promises.flatMap(({ operation, key, to }) => (operation === 'REMOVED' ? [] : operation === 'RENAMED' ? nameKey(to ?? '') : key)));
  return promises.flatMap((promise): Unkept[] => {
    const { operation, key, to, name, body } = promise;
    const there = living.get(key);
    if (operation === 'REMOVED' || operation === 'RENAMED') {
      if (there && !given.has(key)) return [{ promise, why: 'stays', living: there }];
      return operation === 'RENAMED' && to !== undefined && !living.has(nameKey(to)) ? [{ promise, why: 'absent', living: undefined }] : [];
    }
    if (!there) return [{ promise, why: 'absent', living: undefined }];
    return there.name === name && saysSame(there.body, body) ? [] : [{ promise, why: 'other', living: there }];
  });
}

/** Requirements that a living spec held and that it holds no more, or with another text, though none of the promises speaks of them. */
export function unbidden(before: Living, after: Living, promises: readonly Promised[]): { readonly old: Requirement; readonly now: Requirement | undefined }[] {
  const spoken = new Set(promises.flatMap(({ key, to }) => [key, ...(to === undefined ? [] : [nameKey(to)])]));
  return [...before.values()].flatMap((old) => {
    const now = after.get(old.key);
    return spoken.has(old.key) || (now && saysSame(old.body, now.body)) ? [] : [{ old, now }];
  });
}

function saysSame(one: string, other: string): boolean {
  if (one === other) return true;
  const [left, right] = [withoutTrailer(one), withoutTrailer(other)];
  return left === right || (/\]\(|\]:/.test(left) && withoutAddresses(left) === withoutAddresses(right));
}

function withoutAddresses(body: string): string {
  const places = destinationsOf(parseDocument(Buffer.from(body))).places.toReversed();
  return places.reduce((text, { from, to }) => text.slice(0, from) + text.slice(to), body);
}
