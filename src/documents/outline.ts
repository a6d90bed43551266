import type { Outline, ParsedDocument, Problem } from './document.ts';
import { positionAt } from './fence.ts';
import { readBody } from './outline-body.ts';
import type { BodyOutline } from './outline-scan.ts';

const EMPTY: ReadonlySet<number> = new Set<number>();

const MEMO = Symbol('outline');

/**
 * The headings and lines of a document, as CommonMark has them; the same object for the same
 * document. Never throws.
 */
export function outlineOf(document: ParsedDocument & { [MEMO]?: Outline }): Outline {
  const known = document[MEMO];
  if (known !== undefined) return known;
  const { text, body, bodyLine } = document;
  const found = outlineFrom(text, text.length - body.length, bodyLine);
  let lines: readonly string[] | undefined;
  const outline: Outline = {
    headings: found.headings,
    opaque: found.opaque,
    problem: found.problem,
    get lines() {
      lines ??= text.split(/\r\n|\n|\r/);
      return lines;
    },
  };
  Object.defineProperty(document, MEMO, { value: outline });
  return outline;
}

/** The same of a text whose body begins at an offset. */
export function scanOutline(text: string, bodyStart: number): BodyOutline {
  return outlineFrom(text, bodyStart, positionAt(text, bodyStart).line);
}

function outlineFrom(text: string, bodyStart: number, bodyLine: number): BodyOutline & { problem: Problem | undefined } {
  const start = bodyStart === 0 && text.charCodeAt(0) === 0xfeff ? 1 : bodyStart;
  const outline = readBody(text, { at: start, line: bodyLine });
  if ('opaque' in outline) return { ...outline, problem: undefined };
  return { headings: [], opaque: EMPTY, fenced: EMPTY, problem: tooMuch(outline.line) };
}

function tooMuch(line: number): Problem {
  return {
    line,
    column: 1,
    message: 'Unexpected length of a section whose Markdown is more than plain, expected at most 64 KB, 2,000 lines and 50 levels from heading to heading',
    remedy: 'Divide the section by headings, or use plain lists and fenced code without indentation, raw HTML and underlined headings.',
  };
}
