import { UserError } from '../error.ts';
import type { Heading } from './document.ts';
import { outlineOf } from './outline.ts';
import { parseDocument } from './parse.ts';
import { sectionNamed, sectionsOf } from './sections.ts';

/** Where a section's content stands in a text: after its heading's line, up to the next heading that is not below it. */
interface SectionSpan {
  readonly heading: Heading;
  /** Offsets in the text. */
  readonly from: number;
  readonly to: number;
}

/** The first section whose heading begins with these words; undefined where there is none. Throws a UserError where the outline cannot be read. */
export function sectionSpan(text: string, name: string): SectionSpan | undefined {
  const outline = outlineOf(parseDocument(Buffer.from(text)));
  if (outline.problem) throw new UserError(`${outline.problem.message} (line ${outline.problem.line})`, outline.problem.remedy, 'outline');
  const heading = sectionNamed(sectionsOf(outline), name)?.heading;
  if (!heading) return undefined;
  const next = outline.headings.find((one) => one.line > heading.line && one.depth <= heading.depth);
  const starts = lineStarts(text);
  return { heading, from: starts[heading.line] ?? text.length, to: next ? (starts[next.line - 1] as number) : text.length };
}

/**
 * The text with other content in a section, which is made at the end where there is none: a blank line
 * before and after. Where the section says just that already, and everywhere else, nothing changes by a byte.
 */
export function setSection(text: string, name: string, content: string): string {
  const eol = eolOf(text);
  const block = content.trim().split(/\r\n|\n|\r/).join(eol);
  const span = sectionSpan(text, name);
  if (!span) return `${text.trimEnd()}${eol}${eol}## ${name}${eol}${eol}${block}${eol}`;
  if (text.slice(span.from, span.to).trim() === block) return text;
  const opens = span.from > 0 && text[span.from - 1] !== '\n' ? eol : '';
  const after = span.to === text.length ? '' : eol;
  return `${text.slice(0, span.from)}${opens}${eol}${block}${eol}${after}${text.slice(span.to)}`;
}

/** How the lines of a text end. */
export function eolOf(text: string): '\r\n' | '\n' {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Offsets at which lines begin, as outlines count them. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
}
