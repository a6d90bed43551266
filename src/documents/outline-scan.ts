import type { Heading } from './document.ts';

/** Headings and opaque lines of a body, as either parser gives them. */
export interface BodyOutline {
  readonly headings: readonly Heading[];
  readonly opaque: ReadonlySet<number>;
  /** Those of the opaque lines that belong to fenced code. */
  readonly fenced: ReadonlySet<number>;
}

export interface Scan {
  readonly headings: Heading[];
  readonly opaque: Set<number>;
  readonly fenced: Set<number>;
  /** What the line before can be continued as. */
  before: 'nothing' | 'text' | 'code';
  /** A list may be open: indentation may belong to one of its items. */
  list: boolean;
  /** The closing fence that is waited for, else the empty string. */
  fence: string;
  comment: boolean;
  /** Blank lines that belong to indented code if more of it follows. */
  blanks: number[];
}

/** Thematic breaks that are nothing else, whatever stands before them but text. */
const BREAK = /^(?:-{3,}|\*{3,}|_{3,}) *$/;
const HEADING = /^#{1,6}(?:[ \t\r\n]|$)/;
/** A list item whose content begins with a character that can begin nothing but a paragraph. */
const ITEM = /^(?:[-+*]|\d{1,9}[.)]) {1,4}(?:[^\s\d`~<>#=+*_|:&\\-]|\*\*?[\p{L}\d]|`[^`]|__?[\p{L}\d]|\d+(?:[^\d.)]|$))/u;
const ITEM_START = /^(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
/** A quoted paragraph. */
const QUOTE = /^> ?[\p{L}(["']/u;
/** Text that begins a paragraph or goes on with one, wherever it stands. */
const TEXT = /^(?:[^\s\d`~<>#=+*_-]|\*\*?[\p{L}\d]|__?[\p{L}\d]|`{1,2}[^`]|\d+(?:[^\d.)]|$))/u;
const UNDERLINE = /^(?:=+|-+)[ \t]*$/;

export function newScan(): Scan {
  return { headings: [], opaque: new Set(), fenced: new Set(), before: 'nothing', list: false, fence: '', comment: false, blanks: [] };
}

/** Where a scan has got to: the offset that begins the line of that number. */
export interface Place {
  readonly at: number;
  readonly line: number;
}

/** Where a scan stopped, and the last place before it at which nothing was open. */
export interface Stop {
  readonly stopped: Place;
  readonly clean: Place;
}

/**
 * One pass over the lines from a place at which nothing is open. It stops at the first line whose
 * meaning depends on more of CommonMark than is tracked here; undefined when there is none. What
 * it says of the lines before the clean place equals what the reference parser says
 * (`test/documents/outline.test.ts`).
 */
export function scanLines(scan: Scan, text: string, start: Place): Stop | undefined {
  let { at } = start;
  let clean = start;
  for (let line = start.line; at < text.length; line += 1) {
    const lf = text.indexOf('\n', at);
    const next = lf === -1 ? text.length : lf + 1;
    const end = lf === -1 ? text.length : lf > at && text.charCodeAt(lf - 1) === 13 ? lf - 1 : lf;
    const headings = scan.headings.length;
    if (!scanLine(scan, text, at, end, line)) return { stopped: { at, line }, clean };
    at = next;
    if (scan.headings.length > headings) clean = { at, line: line + 1 };
  }
  return undefined;
}

/** Whether an ATX heading begins at an offset that begins a line, if nothing is open there. */
export function isHeadingAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === 35 && HEADING.test(text.slice(at, at + 8));
}

/** Takes one line in; false when its meaning is not certain. */
function scanLine(scan: Scan, text: string, at: number, end: number, number: number): boolean {
  let first = at;
  while (first < end && text.charCodeAt(first) === 32) first += 1;
  const indent = first - at;
  if (scan.fence !== '') return insideFence(scan, text.slice(first, end), indent, number);
  if (scan.comment) return insideComment(scan, text.slice(at, end), number);
  if (first === end) {
    // Spaces after indented code may or may not be code themselves.
    return scan.before === 'code' && indent > 0 ? false : blank(scan, number);
  }
  const code = text.charCodeAt(first);
  if (code === 9) return false;
  if (indent >= 4 && !scan.list && scan.before !== 'text') return indentedCode(scan, number);
  // Most lines begin with a letter: nothing but text.
  if (isLetter(code)) return plainText(scan, indent);
  const content = text.slice(first, end);
  if (indent >= 4 && !scan.list) return true;
  if (indent === 0) return flowLine(scan, content, number);
  return indentedLine(scan, content, indent);
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function insideFence(scan: Scan, content: string, indent: number, number: number): boolean {
  scan.opaque.add(number);
  scan.fenced.add(number);
  if (indent < 4 && content.startsWith(scan.fence) && closes(content, scan.fence.charAt(0))) scan.fence = '';
  return true;
}

/** Whether the line holds nothing but the mark and white space after it. */
function closes(content: string, mark: string): boolean {
  let at = 0;
  while (content[at] === mark) at += 1;
  return /^[ \t]*$/.test(content.slice(at));
}

function insideComment(scan: Scan, content: string, number: number): boolean {
  scan.opaque.add(number);
  if (content.includes('-->')) scan.comment = false;
  return true;
}

function blank(scan: Scan, number: number): boolean {
  if (scan.before === 'code') scan.blanks.push(number);
  else scan.before = 'nothing';
  return true;
}

function indentedCode(scan: Scan, number: number): boolean {
  for (const line of scan.blanks) scan.opaque.add(line);
  scan.blanks = [];
  scan.opaque.add(number);
  scan.before = 'code';
  return true;
}

function plainText(scan: Scan, indent: number): boolean {
  if (scan.before !== 'text') {
    if (indent >= 4) return false;
    if (indent === 0) scan.list = false;
  }
  return leaf(scan, 'text');
}

function leaf(scan: Scan, before: 'nothing' | 'text'): true {
  scan.before = before;
  if (scan.blanks.length > 0) scan.blanks = [];
  return true;
}

/** A line without indentation that begins with something else than a letter. */
function flowLine(scan: Scan, content: string, number: number): boolean {
  if (HEADING.test(content)) {
    scan.headings.push({ depth: depthOf(content), text: headingText(content), line: number });
    scan.list = false;
    return leaf(scan, 'nothing');
  }
  if (content.startsWith('```') || content.startsWith('~~~')) return openFence(scan, content, number);
  if (content.startsWith('<!--')) return openComment(scan, content, number);
  if (QUOTE.test(content)) return leaf(scan, 'text');
  if (UNDERLINE.test(content) && scan.before === 'text') return false;
  if (BREAK.test(content) && scan.before !== 'text') {
    scan.list = false;
    return leaf(scan, 'nothing');
  }
  return itemOrText(scan, content, 0);
}

function indentedLine(scan: Scan, content: string, indent: number): boolean {
  if (indent >= 4 && scan.before !== 'text') return false;
  return itemOrText(scan, content, indent);
}

function itemOrText(scan: Scan, content: string, indent: number): boolean {
  if (ITEM_START.test(content)) {
    if (!ITEM.test(content)) return false;
    scan.list = true;
    return leaf(scan, 'text');
  }
  return TEXT.test(content) ? plainText(scan, indent) : false;
}

function openFence(scan: Scan, content: string, number: number): boolean {
  const mark = content.charAt(0);
  let length = 3;
  while (content[length] === mark) length += 1;
  if (mark === '`' && content.includes('`', length)) return false;
  scan.opaque.add(number);
  scan.fenced.add(number);
  scan.fence = mark.repeat(length);
  scan.list = false;
  return leaf(scan, 'nothing');
}

function openComment(scan: Scan, content: string, number: number): boolean {
  if (/^<!--+>/.test(content)) return false;
  scan.opaque.add(number);
  scan.comment = !content.includes('-->', 4);
  scan.list = false;
  return leaf(scan, 'nothing');
}

function depthOf(content: string): Heading['depth'] {
  let depth = 1;
  while (content[depth] === '#') depth += 1;
  return depth as Heading['depth'];
}

/** A heading's content: without its marks and its closing sequence. */
function headingText(content: string): string {
  let end = trimEnd(content, content.length);
  let marks = end;
  while (marks > 0 && content[marks - 1] === '#') marks -= 1;
  if (marks > 0 && (content[marks - 1] === ' ' || content[marks - 1] === '\t')) end = trimEnd(content, marks);
  let start = depthOf(content) as number;
  while (start < end && (content[start] === ' ' || content[start] === '\t')) start += 1;
  return content.slice(start, Math.max(start, end));
}

function trimEnd(content: string, from: number): number {
  let end = from;
  while (end > 0 && (content[end - 1] === ' ' || content[end - 1] === '\t')) end -= 1;
  return end;
}
