import { destinationsOf, type Destination } from '../documents/destinations.ts';
import { addressOf, linkTarget } from '../documents/link-target.ts';
import type { ParsedDocument } from '../documents/document.ts';

/** Where what stands at a path stands from now on; the same path where it stays. */
export type Moved = (path: string) => string;

/** A folder with all that is in it, moved. */
export function folderMove(from: string, to: string): Moved {
  return (path) => (path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path);
}

/**
 * The text of a document that stood at `from` and stands at `to`, while what it links to moves as
 * `moved` says: its links, images and reference definitions lead to the same things as before.
 * Headings of its own are linked to as before; where no address has to be another, nothing changes by
 * a byte.
 */
export function relinked(parsed: ParsedDocument, from: string, to: string, moved: Moved = (path) => path): string {
  let { text } = parsed;
  // From the end: places before an edit stay where they are.
  for (const place of destinationsOf(parsed).places.toReversed()) {
    const address = addressNow(place, text.slice(place.from, place.to), { from, to, moved });
    if (address !== undefined) text = text.slice(0, place.from) + address + text.slice(place.to);
  }
  return text;
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly moved: Moved;
}

/** undefined where the address stays. */
function addressNow({ url }: Destination, written: string, { from, to, moved }: Move): string | undefined {
  const target = linkTarget(from, url);
  if (target.leads !== 'inside' || target.path === '' || /^[#?]|^$/.test(url)) return undefined;
  const now = moved(target.path);
  const isRooted = url.startsWith('/');
  if (isRooted ? now === target.path : samePlace(to, url, now)) return undefined;
  const rest = /[?#].*$/s.exec(url)?.[0] ?? '';
  const path = asWritten(isRooted ? `/${addressOf('', now)}` : addressOf(to, now), url.slice(0, url.length - rest.length), written === url);
  return `${path}${target.isDirectory ? '/' : ''}${written === url ? rest : escaped(rest)}`;
}

/** The address with those of its last names that the old one had, too, spelled as they were. */
function asWritten(address: string, old: string, isPlain: boolean): string {
  if (!isPlain) return address;
  const [names, before] = [address.split('/'), old.replace(/\/$/, '').split('/')];
  for (let back = 1; back <= Math.min(names.length, before.length); back += 1) {
    const name = before.at(-back) as string;
    if (name === '' || /^\.{1,2}$/.test(name) || addressOf('', decoded(name)) !== names.at(-back)) break;
    names[names.length - back] = name;
  }
  return names.join('/');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What was written with escapes, for any place where an address may stand. */
function escaped(rest: string): string {
  return rest.replaceAll(/[\s()<>\\&]/g, (found) => (found === '&' ? '&amp;' : `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`));
}

function samePlace(to: string, url: string, path: string): boolean {
  const target = linkTarget(to, url);
  return target.leads === 'inside' && target.path === path;
}
