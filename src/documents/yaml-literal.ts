import type { Reader } from './yaml-plain.ts';
import { beyond } from './yaml-value.ts';

/**
 * A literal text, `|` or `|-`, whose header stands on the reader's line in a block at `column`; the
 * reader is left at the text's last line.
 */
export function literalText(reader: Reader, header: number, column: number): string {
  const { text } = reader;
  const mark = text.slice(header, reader.end);
  if (mark !== '|' && mark !== '|-') return beyond();
  const lines: string[] = [];
  let indent = -1;
  let filled = 0;
  for (let line = reader.next; line < text.length; line = reader.next) {
    const lf = text.indexOf('\n', line);
    const end = lf === -1 ? text.length : text.charCodeAt(lf - 1) === 13 && lf > line ? lf - 1 : lf;
    let first = line;
    while (text.charCodeAt(first) === 32) first += 1;
    const width = first - line;
    if (first >= end) {
      if (indent === -1) return beyond();
      lines.push(text.slice(line + indent, Math.max(line + indent, end)));
      if (width > indent) filled = lines.length;
    } else {
      if (indent === -1) indent = width;
      if (width < indent || width <= column) break;
      lines.push(text.slice(line + indent, end));
      filled = lines.length;
    }
    reader.next = lf === -1 ? text.length : lf + 1;
  }
  if (filled === 0) return beyond();
  const joined = lines.slice(0, filled).join('\n');
  return mark === '|' ? `${joined}\n` : joined;
}
