import { anchorLines } from './anchors.ts';
import type { Outline } from './document.ts';
import { nameKey } from './operations.ts';

/** One heading of an outline with the lines that belong to it: 1-based, the heading's own line the first. */
export interface SectionLines {
  readonly heading: string;
  readonly depth: number;
  readonly start: number;
  readonly end: number;
}

/** The sections of a document at any depth, in its order. */
export function sectionLines({ headings, lines }: Outline): SectionLines[] {
  return headings.map(({ depth, text, line }, index) => {
    const next = headings.find((other, at) => at > index && other.depth <= depth);
    return { heading: text, depth, start: line, end: next ? next.line - 1 : lines.length };
  });
}

/** The section that a contract names, by its heading's text (`#` marks, case and blanks do not count) or by an anchor in it. */
export function sectionMeant(outline: Outline, wanted: string): SectionLines | undefined {
  const name = wanted.replace(/^#+\s*/, '');
  const sections = sectionLines(outline);
  const byText = sections.find(({ heading }) => nameKey(heading) === nameKey(name));
  if (byText) return byText;
  const line = anchorLines(outline).get(name);
  return line === undefined ? undefined : sections.findLast(({ start, end }) => start <= line && line <= end);
}

/** The lines of a section, without blank ones at its end. */
export function sectionText({ lines }: Outline, { start, end }: SectionLines): string {
  return lines.slice(start - 1, end).join('\n').trimEnd();
}
