import type { GovernedDocument } from '../workflow/snapshot.ts';
import { linesOf } from './extent.ts';
import { mentionsIn, type Mention } from './names.ts';
import type { Range } from './text-edit.ts';

/** What a document names at a position, if anything. */
export function mentionAt(document: GovernedDocument, { line, character }: Range['start']): Mention | undefined {
  const text = linesOf(document.parsed.text)[line] ?? '';
  // Positions in YAML cost: only of names that stand on this line.
  return mentionsIn(document).find((mention) => {
    if (!text.includes(mention.text) && mention.at !== undefined) return false;
    const place = mention.place();
    return place.line === line + 1 && character + 1 >= place.from && character + 1 <= place.to;
  });
}
