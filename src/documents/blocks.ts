import type { Heading, Outline } from './document.ts';
import { oneLine, PREAMBLE } from './operations.ts';

/** A `##` heading with what stands under it, or what stands before the first one. Lines are 1-based and inclusive. */
export interface Block {
  /** The heading's text on one line, `(preamble)` before the first heading. */
  readonly name: string;
  readonly isPreamble: boolean;
  /** The heading's line; of the preamble, its first. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** Headings of other depths inside. */
  readonly headings: readonly Heading[];
}

/** Cuts a body at its `##` headings. Every line of the body but those headings is in exactly one block. */
export function blocksOf(outline: Outline, bodyLine: number): Block[] {
  const last = outline.lines.length;
  const cuts = outline.headings.filter((heading) => heading.depth === 2);
  const starts = [
    { name: PREAMBLE, isPreamble: true, line: bodyLine, start: bodyLine },
    ...cuts.map((heading) => ({ name: oneLine(heading.text), isPreamble: false, line: heading.line, start: contentLine(outline.lines, heading) })),
  ];
  let at = 0;
  return starts.map((block, index) => {
    const end = (starts[index + 1]?.line ?? last + 1) - 1;
    const headings: Heading[] = [];
    for (; at < outline.headings.length; at += 1) {
      const heading = outline.headings[at] as Heading;
      if (heading.line > end) break;
      if (heading.depth !== 2) headings.push(heading);
    }
    return { ...block, end, headings };
  });
}

/** Lines `start` to `end` without trailing blanks and without blank lines at either end, joined by LF. */
export function canonicalLines(lines: readonly string[], start: number, end: number): string {
  const kept: string[] = [];
  for (let line = start; line <= end; line += 1) {
    const text = withoutTrailingBlanks(lines[line - 1] as string);
    if (text !== '' || kept.length > 0) kept.push(text);
  }
  while (kept.length > 0 && kept[kept.length - 1] === '') kept.pop();
  return kept.join('\n');
}

function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

/** The line after a heading, which is underlined when it has no `#` marks. */
function contentLine(lines: readonly string[], heading: Heading): number {
  let line = heading.line;
  if (/^ {0,3}#{1,6}(?:[ \t]|$)/.test(lines[line - 1] as string)) return line + 1;
  while (line < lines.length && !/^ {0,3}(?:=+|-+)[ \t]*$/.test(lines[line] as string)) line += 1;
  return line + 2;
}
