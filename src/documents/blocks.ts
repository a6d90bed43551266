import type { Heading, Outline, ParsedDocument } from './document.ts';
import { announcementIn, oneLine, PREAMBLE, type Announcement } from './operations.ts';
import { outlineOf } from './outline.ts';

/** A `##` heading with what stands under it, or what stands before the first one. Lines are 1-based and inclusive. */
export interface Block {
  /** The heading's text on one line, `(preamble)` before the first heading. */
  readonly name: string;
  /** What the heading says of a delta; undefined when it announces nothing. */
  readonly announced: Announcement | undefined;
  readonly isPreamble: boolean;
  /** The heading's line; of the preamble, its first. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** Headings of other depths inside. */
  readonly headings: readonly Heading[];
}

const MEMO = Symbol('blocks');

/**
 * Cuts a body at its `##` headings. Every line of the body but those headings is in exactly one
 * block. The same array for the same document.
 */
export function blocksOf(document: ParsedDocument & { [MEMO]?: readonly Block[] }): readonly Block[] {
  return (document[MEMO] ??= cut(outlineOf(document), document.bodyLine));
}

function cut({ headings, lines }: Outline, bodyLine: number): Block[] {
  const blocks: Block[] = [];
  let above: Heading | undefined;
  let at = 0;
  do {
    const first = at;
    while (at < headings.length && headings[at]?.depth !== 2) at += 1;
    const next = headings[at];
    blocks.push(blockOf(above, bodyLine, lines, (next?.line ?? lines.length + 1) - 1, headings.slice(first, at)));
    above = next;
    at += 1;
  } while (above);
  return blocks;
}

function blockOf(above: Heading | undefined, bodyLine: number, lines: readonly string[], end: number, headings: readonly Heading[]): Block {
  if (!above) return { name: PREAMBLE, announced: undefined, isPreamble: true, line: bodyLine, start: bodyLine, end, headings };
  const name = oneLine(above.text);
  return { name, announced: announcementIn(name), isPreamble: false, line: above.line, start: contentLine(lines, above), end, headings };
}

/** Lines `start` to `end` without trailing blanks and without blank lines at either end, joined by LF. */
export function canonicalLines(lines: readonly string[], start: number, end: number): string {
  let first = start;
  let last = end;
  while (first <= last && isBlank(lines[first - 1] as string)) first += 1;
  while (last > first && isBlank(lines[last - 1] as string)) last -= 1;
  if (first >= last) return first === last ? withoutTrailingBlanks(lines[first - 1] as string) : '';
  return lines.slice(first - 1, last).map(withoutTrailingBlanks).join('\n');
}

function isBlank(text: string): boolean {
  return text === '' || withoutTrailingBlanks(text) === '';
}

function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

/** The line after a heading, which is underlined when it has no `#` marks. */
function contentLine(lines: readonly string[], heading: Heading): number {
  let line = heading.line;
  if (lines[line - 1]?.startsWith('## ') || /^ {0,3}#{1,6}(?:[ \t]|$)/.test(lines[line - 1] as string)) return line + 1;
  while (line < lines.length && !/^ {0,3}(?:=+|-+)[ \t]*$/.test(lines[line] as string)) line += 1;
  return line + 2;
}
