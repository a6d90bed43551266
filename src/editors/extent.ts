import type { Position } from '../tree/finding.ts';

/** Where a finding begins and ends, 1-based; the end is the first column after it. */
export interface Extent {
  readonly start: Position;
  readonly end: Position;
}

/** What begins a word in frontmatter, quoted or not, up to what ends it there. */
const WORD = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,[\]{}"']+)/;

/** The lines of a text as editors count them. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** What of a line a finding is about: the line's text when it is about the line, else the word that stands there. */
export function extentAt(lines: readonly string[], { line, column }: Position): Extent {
  const text = lines[line - 1] ?? '';
  const start = { line, column: Math.min(column, text.length + 1) };
  const rest = text.slice(start.column - 1);
  const length = column > 1 ? (WORD.exec(rest)?.[0].length ?? rest.trimEnd().length) : rest.trimEnd().length;
  return { start, end: { line, column: start.column + length } };
}
