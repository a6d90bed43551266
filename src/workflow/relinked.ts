import { addressPlace, lineStarts } from '../documents/link-address.ts';
import { addressOf, linkTarget } from '../documents/link-target.ts';
import { linksOf } from '../documents/links.ts';
import type { ParsedDocument } from '../documents/document.ts';

/** Where what stands at a path stands from now on; the same path where it stays. */
export type Moved = (path: string) => string;

/** A folder with all that is in it, moved. */
export function folderMove(from: string, to: string): Moved {
  return (path) => (path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path);
}

/**
 * The text of a document that stood at `from` and stands at `to`, while what it links to moves as
 * `moved` says: its links lead to the same things as before. Headings of its own are linked to as
 * before; where no address has to be another, nothing changes by a byte.
 */
export function relinked(parsed: ParsedDocument, from: string, to: string, moved: Moved = (path) => path): string {
  const starts = lineStarts(parsed.text);
  let text = parsed.text;
  // From the end: places before an edit stay where they are.
  const links = [...linksOf(parsed).links].sort((a, b) => b.line - a.line || b.column - a.column);
  for (const { url, line, column } of links) {
    const address = addressNow(url, from, to, moved);
    const place = address === undefined ? undefined : addressPlace(text, (starts[line - 1] ?? 0) + column - 1, url);
    if (address !== undefined && place !== undefined) text = text.slice(0, place) + address + text.slice(place + url.length);
  }
  return text;
}

/** undefined where the address stays. */
function addressNow(url: string, from: string, to: string, moved: Moved): string | undefined {
  const target = linkTarget(from, url);
  if (target.leads !== 'inside' || target.path === '' || /^[#?]|^$/.test(url)) return undefined;
  const now = moved(target.path);
  if (url.startsWith('/') ? now === target.path : samePlace(to, url, now)) return undefined;
  const rest = /[?#].*$/s.exec(url)?.[0] ?? '';
  const address = url.startsWith('/') ? `/${addressOf('', now)}` : addressOf(to, now);
  return `${address}${target.isDirectory ? '/' : ''}${rest}`;
}

function samePlace(to: string, url: string, path: string): boolean {
  const target = linkTarget(to, url);
  return target.leads === 'inside' && target.path === path;
}
