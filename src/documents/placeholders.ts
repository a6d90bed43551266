import type { ParsedDocument } from './document.ts';
import { outlineOf } from './outline.ts';
import { findWord, withoutCode } from './words.ts';

/** A place that still has to be filled in. */
export interface Placeholder {
  readonly line: number;
  readonly column: number;
  /** The mark or word itself, cut to 60 characters. */
  readonly text: string;
}

export const PLACEHOLDER_WORDS: readonly string[] = ['TBD'];

const FILL = '[[fill:';

/**
 * The `[[fill: …]]` marks and the given words of a document, outside code, comments and HTML; words
 * count in this case and as whole words only.
 */
export function placeholdersIn(document: ParsedDocument, words: readonly string[] = PLACEHOLDER_WORDS): Placeholder[] {
  const { text } = document;
  const wanted = words.filter((word) => text.includes(word));
  if (wanted.length === 0 && !text.includes(FILL)) return [];
  const outline = outlineOf(document);
  return outline.lines.flatMap((source, index) => {
    if (outline.opaque.has(index + 1)) return [];
    return placeholdersAt(index + 1 < document.bodyLine ? source : withoutCode(source), wanted).map((found) => ({ line: index + 1, ...found }));
  });
}

/** The first mark or word in a text of one value, such as a key of the frontmatter holds it. */
export function placeholderInText(text: string, words: readonly string[] = PLACEHOLDER_WORDS): string | undefined {
  return text.split('\n').flatMap((line) => placeholdersAt(withoutCode(line), words))[0]?.text;
}

function placeholdersAt(source: string, words: readonly string[]): Omit<Placeholder, 'line'>[] {
  const marks = [...source.matchAll(/\[\[fill:.*?(?:\]\]|$)/g)].map((match) => ({ column: match.index + 1, text: shown(match[0]) }));
  const rest = marks.length > 0 ? source.replace(/\[\[fill:.*?(?:\]\]|$)/g, (mark) => ' '.repeat(mark.length)) : source;
  const found = words.flatMap((word) => {
    const at = findWord(rest, [word])?.at;
    return at === undefined ? [] : [{ column: at + 1, text: word }];
  });
  return [...marks, ...found].sort((a, b) => a.column - b.column);
}

function shown(mark: string): string {
  return mark.length > 60 ? `${mark.slice(0, 59)}…` : mark;
}

/** Whether a document is a scaffold that nobody has finished: it has `[[fill: …]]` marks. */
export function hasFillMarks(document: ParsedDocument): boolean {
  return document.text.includes(FILL) && placeholdersIn(document, []).length > 0;
}
