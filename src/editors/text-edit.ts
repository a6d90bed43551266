/** A place as editors count: lines and UTF-16 code units from 0. */
export interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

/** The range of 1-based columns on one 1-based line. */
export function rangeOn(line: number, from: number, to: number): Range {
  return { start: { line: line - 1, character: from - 1 }, end: { line: line - 1, character: to - 1 } };
}

/** One edit, of whole lines, that makes one text of the other; none when they are the same. */
export function editBetween(from: string, to: string): TextEdit[] {
  if (from === to) return [];
  const [was, is] = [endedLines(from), endedLines(to)];
  let first = 0;
  while (first < was.length && first < is.length && was[first] === is[first]) first += 1;
  let last = 0;
  while (last < was.length - first && last < is.length - first && was.at(-1 - last) === is.at(-1 - last)) last += 1;
  const changed = was.slice(first, was.length - last);
  const end = changed.at(-1) ?? '';
  const isEnded = changed.length === 0 || /[\r\n]$/.test(end);
  const endLine = first + changed.length - (isEnded ? 0 : 1);
  return [{ range: { start: { line: first, character: 0 }, end: { line: endLine, character: isEnded ? 0 : end.length } }, newText: is.slice(first, is.length - last).join('') }];
}

/** The lines of a text with what ends them. */
function endedLines(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}
