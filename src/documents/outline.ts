import type { Heading, Outline, ParsedDocument, Problem } from './document.ts';
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
  const outline = new OutlineOfText(text, outlineFrom(text, text.length - body.length, bodyLine));
  document[MEMO] = outline;
  return outline;
}

class OutlineOfText implements Outline {
  readonly headings: readonly Heading[];
  readonly opaque: ReadonlySet<number>;
  readonly problem: Problem | undefined;
  readonly #text: string;
  #lines: readonly string[] | undefined;

  constructor(text: string, { headings, opaque, problem }: Pick<Outline, 'headings' | 'opaque' | 'problem'>) {
    this.headings = headings;
    this.opaque = opaque;
    this.problem = problem;
    this.#text = text;
  }

  get lines(): readonly string[] {
    this.#lines ??= this.#text.split(this.#text.includes('\r') ? /\r\n|\n|\r/ : '\n');
    return this.#lines;
  }
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
