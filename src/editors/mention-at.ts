import type { View } from './desk.ts';
import { linesOf } from './extent.ts';
import { mentionsIn, type Mention } from './names.ts';
import type { Range } from './text-edit.ts';

/** What a document names at a position, if anything. */
export function mentionAt({ document, settings }: View, { line, character }: Range['start']): Mention | undefined {
  if (!document) return undefined;
  const text = linesOf(document.parsed.text)[line] ?? '';
  // Positions in YAML cost: only of names that stand on this line.
  return mentionsIn(document, settings).find((mention) => {
    if (!text.includes(mention.text) && mention.at !== undefined) return false;
    const place = mention.place();
    return place.line === line + 1 && character + 1 >= place.from && character + 1 <= place.to;
  });
}
