import { destinationsOf, type Destination } from '../documents/destinations.ts';
import type { DataPath, ParsedDocument } from '../documents/document.ts';
import { linkTarget } from '../documents/link-target.ts';
import { namedPath, pathEnds, standsThere, withValues, type Followed } from './followed-paths.ts';

/**
 * Whether a document at a path differs from what it was only in addresses, of its links, images and
 * reference definitions and of files in its frontmatter, each of which leads to nothing any more and
 * now to something: the document's part of a move.
 */
export function isAddressChange(path: string, was: ParsedDocument, now: ParsedDocument, isThere: (path: string) => boolean): boolean {
  return sameData(path, was, now, isThere) && sameBody(path, was, now, isThere);
}

function sameBody(path: string, was: ParsedDocument, now: ParsedDocument, isThere: (path: string) => boolean): boolean {
  if (was.body === now.body) return true;
  const [old, links] = [destinationsOf(was), destinationsOf(now)];
  if (old.isPartial || links.isPartial || withoutPlaces(was, old.places) !== withoutPlaces(now, links.places)) return false;
  const leads = (url: string) => {
    const target = linkTarget(path, url);
    return target.leads === 'inside' && isThere(target.path);
  };
  return old.places.every((place, index) => {
    const other = links.places[index] as Destination;
    return was.text.slice(place.from, place.to) === now.text.slice(other.from, other.to) || (!leads(place.url) && leads(other.url));
  });
}

/** NUL stands in no text: as many places, between the same words. */
function withoutPlaces({ text, body }: ParsedDocument, places: readonly Destination[]): string {
  let at = text.length - body.length;
  const kept = places.map(({ from, to }) => {
    const before = text.slice(at, from);
    at = to;
    return before;
  });
  return [...kept, text.slice(at)].join('\0');
}

function sameData(path: string, was: ParsedDocument, now: ParsedDocument, isThere: (path: string) => boolean): boolean {
  const heads = [was, now].map(({ text, body }) => text.slice(0, text.length - body.length));
  if (heads[0] === heads[1]) return true;
  const changed = was.data && now.data ? differences(was.data, now.data, []) : undefined;
  if (!changed || !changed.every((one) => hasMoved(path, one, isThere))) return false;
  return withValues(was, changed)?.slice(0, heads[1]?.length) === heads[1];
}

/** Strings that differ; undefined where anything else does. */
function differences(was: unknown, now: unknown, at: DataPath): Followed[] | undefined {
  if (was === now) return [];
  if (typeof was === 'string' && typeof now === 'string') return [{ at, old: was, now }];
  if (typeof was !== 'object' || typeof now !== 'object' || was === null || now === null || Array.isArray(was) !== Array.isArray(now)) return undefined;
  const [old, entries] = [Object.entries(was), Object.entries(now)];
  if (old.length !== entries.length) return undefined;
  const found = old.map(([key, value], index) => (entries[index]?.[0] === key ? differences(value, entries[index][1], [...at, Array.isArray(was) ? index : key]) : undefined));
  return found.includes(undefined) ? undefined : found.flatMap((one) => one ?? []);
}

function hasMoved(path: string, { old, now }: Followed, isThere: (path: string) => boolean): boolean {
  const leads = (value: string) => {
    const target = namedPath(path, value);
    return target !== undefined && target !== '' && standsThere(target, isThere);
  };
  return pathEnds(old).some((end) => {
    const rest = old.slice(end);
    return now.endsWith(rest) && !leads(old.slice(0, end)) && leads(now.slice(0, now.length - rest.length));
  });
}
