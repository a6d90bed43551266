import { printable } from './plain-text.ts';

/** Columns of a terminal that nobody has widened. */
export const WIDTH = 80;

/** Scripts and signs that take two columns (Unicode, East Asian Width W and F), and what is shown as a picture. */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const ASCII = /^[\x20-\x7e]*$/;

/** The columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const sign of signsOf(text)) width += columnsOf(sign);
  return width;
}

/** A text on one line, its controls made visible, cut with `…` to at most so many columns. */
export function fit(text: string, width: number): string {
  return cut(oneLine(text), width);
}

/** A line cut with `…` to at most so many columns. */
export function cut(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  let kept = '';
  let left = width - 1;
  for (const sign of signsOf(line)) {
    left -= columnsOf(sign);
    if (left < 0) break;
    kept += sign;
  }
  return width < 1 ? '' : `${kept.trimEnd()}…`;
}

/** A text of exactly so many columns. */
export function column(text: string, width: number): string {
  const shown = fit(text, width);
  return shown + ' '.repeat(Math.max(0, width - widthOf(shown)));
}

/** A text of any length on lines of at most so many columns, broken between words; a longer word is a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Blanks of all sorts are one space; what would drive the terminal is shown. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/gu, ' ').trim());
}

function columnsOf(sign: string): number {
  return WIDE.test(sign) ? 2 : NO_WIDTH.test(sign) ? 0 : 1;
}

/** What a reader takes for one sign, whatever it is made of. */
function signsOf(text: string): string[] {
  return ASCII.test(text) ? [...text] : Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}
