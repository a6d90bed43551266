import type { Link } from 'mdast';
import type { CompileContext, Token } from 'mdast-util-from-markdown';
import { markdownAuthority } from './authority.ts';
import type { ParsedDocument } from './document.ts';
import { lineStarts } from './link-address.ts';
import { outlineOf } from './outline.ts';

/** The reference parser takes more than linear time on hostile text: longer parts (in UTF-16 code units) go unread. */
const MOST = 32 * 1024;

/** Where the address of an inline link, an image or a reference definition stands in a document. */
export interface Destination {
  /** Offsets in the document's text, without angle brackets. */
  readonly from: number;
  readonly to: number;
  /** Where it leads, escapes and character references resolved. */
  readonly url: string;
}

export interface Destinations {
  /** In the order of the text. */
  readonly places: readonly Destination[];
  /** Set when a part from heading to heading was too long to be read. */
  readonly isPartial: boolean;
}

const MEMO = Symbol('destinations');

/**
 * All addresses of a body that can be written otherwise without changing what it shows: those of
 * inline links, images and reference definitions, as CommonMark has them; what stands in code or HTML
 * is none. Slow, since it needs the reference parser: for what is rare alone. The same object for the
 * same document. Never throws.
 */
export function destinationsOf(document: ParsedDocument & { [MEMO]?: Destinations }): Destinations {
  return (document[MEMO] ??= read(document));
}

function read(document: ParsedDocument): Destinations {
  const { text } = document;
  const places: Destination[] = [];
  let isPartial = false;
  for (const [from, to] of partsOf(document)) {
    const part = text.slice(from, to);
    if (!part.includes('](') && !part.includes(']:')) continue;
    if (part.length > MOST) isPartial = true;
    else places.push(...destinationsIn(part).map((place) => ({ ...place, from: from + place.from, to: from + place.to })));
  }
  return { places, isPartial };
}

/** The body as a whole, or cut at the headings of its top level, which end whatever was open. */
function partsOf(document: ParsedDocument): [number, number][] {
  const { text, body } = document;
  const start = Math.max(text.length - body.length, text.startsWith('\uFEFF') ? 1 : 0);
  const outline = body.length > MOST ? outlineOf(document) : undefined;
  if (!outline || outline.problem) return [[start, text.length]];
  const starts = lineStarts(text);
  const cuts = [start, ...outline.headings.flatMap(({ line }) => (line === document.bodyLine ? [] : [starts[line - 1] ?? start]))];
  return cuts.map((cut, index) => [cut, cuts[index + 1] ?? text.length]);
}

function destinationsIn(source: string): Destination[] {
  // A blank line before it keeps the parser from dropping a byte order mark, which would shift offsets.
  const shifted = `\n${source}`;
  const found: { readonly from: number; readonly to: number; readonly node: { readonly url?: string } }[] = [];
  function note(this: CompileContext, { start, end }: Token): void {
    // The text of an image shows no links.
    if (this.tokenStack.slice(0, -1).some(([{ type }]) => type === 'image')) return;
    const isBracketed = shifted[start.offset] === '<';
    found.push({ from: start.offset - 1 + Number(isBracketed), to: end.offset - 1 - Number(isBracketed), node: this.stack.at(-1) as Link });
  }
  const enter = { resourceDestinationLiteral: note, resourceDestinationRaw: note, definitionDestinationLiteral: note, definitionDestinationRaw: note };
  markdownAuthority().fromMarkdown(shifted, { mdastExtensions: [{ enter }] });
  return found.map(({ from, to, node }) => ({ from, to, url: node.url ?? '' }));
}
