import { addressPlace, lineStarts } from '../documents/link-address.ts';
import { addressOf, linkTarget } from '../documents/link-target.ts';
import { linksOf } from '../documents/links.ts';
import type { ParsedDocument } from '../documents/document.ts';

/** The body of a document as it reads at another path: what it links to stays the same. Headings of its own are linked to as before. */
export function rebasedBody(parsed: ParsedDocument, from: string, to: string): string {
  const { text, body } = parsed;
  const starts = lineStarts(text);
  let moved = text;
  const links = [...linksOf(parsed).links].sort((a, b) => b.line - a.line || b.column - a.column);
  for (const { url, line, column } of links) {
    const target = linkTarget(from, url);
    if (url.startsWith('/') || target.leads !== 'inside' || /^[#?]|^$/.test(url)) continue;
    const place = addressPlace(moved, (starts[line - 1] ?? 0) + column - 1, url);
    if (place === undefined) continue;
    const address = `${addressOf(to, target.path)}${target.isDirectory ? '/' : ''}${/[?#].*$/s.exec(url)?.[0] ?? ''}`;
    moved = moved.slice(0, place) + address + moved.slice(place + url.length);
  }
  return moved.slice(text.length - body.length);
}
