import type { Outline, ParsedDocument, Problem } from './document.ts';
import { positionAt } from './fence.ts';
import { referenceOutline } from './outline-reference.ts';
import { scanBody } from './outline-scan.ts';
import type { BodyOutline } from './outline-scan.ts';

/** The reference parser takes more than linear time: longer texts are not given to it, in UTF-16 units. */
const MAX_REFERENCE_LENGTH = 256 * 1024;

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
  const scanned = isScannable(text) ? scanBody(text, start, bodyLine) : undefined;
  if (scanned !== undefined) return { ...scanned, problem: undefined };
  if (text.length <= MAX_REFERENCE_LENGTH) return { ...referenceOutline(text), problem: undefined };
  return { headings: [], opaque: EMPTY, fenced: EMPTY, problem: tooLong(text.length) };
}

/** Lines end with LF or CRLF. */
function isScannable(text: string): boolean {
  return !text.includes('\r') || !/\r(?!\n)/.test(text);
}

function tooLong(length: number): Problem {
  return {
    line: 1,
    column: 1,
    message: `Unexpected length of ${length} characters, expected at most ${MAX_REFERENCE_LENGTH} where the Markdown is more than plain`,
    remedy: 'Split the document, or use plain headings, lists and fenced code without indentation, raw HTML and underlined headings.',
  };
}
