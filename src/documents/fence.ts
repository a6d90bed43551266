import type { Position } from '../tree/finding.ts';

/** Where frontmatter stands in a text, as UTF-16 offsets. */
export interface Fence {
  /** The first character after the opening fence's line. */
  readonly yamlStart: number;
  /** The first character of the closing fence's line. */
  readonly yamlEnd: number;
  /** The first character after the closing fence's line. */
  readonly bodyStart: number;
}

/**
 * Frontmatter as micromark-extension-frontmatter's `yaml` preset sees it: `---` and nothing but
 * spaces and tabs, at the very start (after a byte order mark), up to the next such line.
 */
export function findFence(text: string): Fence | 'absent' | 'unclosed' {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const yamlStart = afterFenceLine(text, start);
  if (yamlStart === -1 || !isLineEnd(text, yamlStart - 1)) return 'absent';
  for (let at = text.indexOf('---', yamlStart); at !== -1; at = text.indexOf('---', at + 1)) {
    if (!isLineEnd(text, at - 1)) continue;
    const bodyStart = afterFenceLine(text, at);
    if (bodyStart !== -1) return { yamlStart, yamlEnd: at, bodyStart };
  }
  return 'unclosed';
}

/** The place of an offset in a text: lines end with LF, CRLF or a lone CR, as in CommonMark. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (;;) {
    const next = nextLine(text, start);
    if (next === -1 || next > offset) return { line, column: offset - start + 1 };
    line += 1;
    start = next;
  }
}

/** The start of the line after the one that holds `offset`, or -1 when there is no line end. */
export function nextLine(text: string, offset: number): number {
  for (let at = offset; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10) return at + 1;
    if (code === 13) return text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
  }
  return -1;
}

/** The offset after a fence's line that starts at `line`, or -1 when that line is no fence. */
function afterFenceLine(text: string, line: number): number {
  if (!text.startsWith('---', line)) return -1;
  let at = line + 3;
  for (let code = text.charCodeAt(at); code === 32 || code === 9; code = text.charCodeAt(at)) at += 1;
  if (at === text.length) return at;
  if (text.charCodeAt(at) === 10) return at + 1;
  if (text.charCodeAt(at) !== 13) return -1;
  return text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
}

function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 10 || code === 13;
}
