import type { ParsedDocument } from '../documents/document.ts';
import { relinked } from './relinked.ts';

/** The body of a document as it reads at another path: what it links to stays the same. Headings of its own are linked to as before. */
export function rebasedBody(parsed: ParsedDocument, from: string, to: string): string {
  const moved = relinked(parsed, from, to);
  return moved.slice(parsed.text.length - parsed.body.length);
}
