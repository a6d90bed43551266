import { literalText } from './yaml-literal.ts';
import { BEYOND, beyond, closingQuote, flowValue, plainEnd, resolvePlain } from './yaml-value.ts';

/** Where reading has got to: the line that holds the next key or dash. */
export interface Reader {
  readonly text: string;
  /** Start of the line; `text.length` when there are no more. */
  line: number;
  /** First character that is no space, end of the line without its line end, start of the next line. */
  first: number;
  end: number;
  next: number;
}

type Data = Record<string, unknown>;

/** Characters of which YAML parsers and versions disagree, or that are no text. */
const STRANGE = /[\0-\x08\t\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/;

const MAX_PLAIN_DEPTH = 50;

/**
 * Reads the YAML that people write in frontmatter: mappings and lists in block style, values on one
 * line, literal texts, comments. Undefined for anything else, be it valid or not; what it does
 * answer, the `yaml` package answers too (`test/documents/yaml.test.ts` holds them equal).
 */
export function readPlain(text: string): Data | undefined {
  if (STRANGE.test(text)) return undefined;
  const reader: Reader = { text, line: 0, first: 0, end: 0, next: 0 };
  try {
    advance(reader);
    if (reader.line === text.length || startsItem(reader)) return undefined;
    const data = mapping(reader, reader.first - reader.line, 0);
    return reader.line === text.length ? data : undefined;
  } catch (error) {
    if (error === BEYOND) return undefined;
    throw error;
  }
}

/** To the next line that is neither blank nor a comment. */
function advance(reader: Reader): void {
  const { text } = reader;
  for (let line = reader.next; line < text.length; line = reader.next) {
    const lf = text.indexOf('\n', line);
    reader.next = lf === -1 ? text.length : lf + 1;
    reader.end = lf === -1 ? text.length : text.charCodeAt(lf - 1) === 13 && lf > line ? lf - 1 : lf;
    let first = line;
    while (text.charCodeAt(first) === 32) first += 1;
    if (first >= reader.end || text.charCodeAt(first) === 35) continue;
    reader.line = line;
    reader.first = first;
    return;
  }
  reader.line = text.length;
  reader.first = text.length;
}

function startsItem(reader: Reader): boolean {
  if (reader.text.charCodeAt(reader.first) !== 45) return false;
  return reader.first + 1 === reader.end || reader.text.charCodeAt(reader.first + 1) === 32;
}

/** The mapping whose keys stand at a column, from the reader's line on. */
function mapping(reader: Reader, column: number, depth: number): Data {
  const { text } = reader;
  const data: Data = {};
  let at = reader.first;
  do {
    const colon = keyEnd(text, at, reader.end);
    const key = text.slice(at, colon);
    if (typeof resolvePlain(key) !== 'string' || key === '__proto__' || Object.hasOwn(data, key)) beyond();
    const value = skipSpaces(text, colon + 1);
    data[key] = isOver(reader, value, colon) ? below(reader, column, depth, true) : inline(reader, value, column);
    at = reader.first;
    if (reader.line === text.length) return data;
    const indent = at - reader.line;
    if (indent > column) beyond();
    if (indent < column) return data;
    if (startsItem(reader)) beyond();
  } while (at < text.length);
  return data;
}

/** The list whose dashes stand at a column. */
function list(reader: Reader, column: number, depth: number): unknown[] {
  const { text } = reader;
  const items: unknown[] = [];
  while (startsItem(reader)) {
    const at = skipSpaces(text, reader.first + 1);
    if (isOver(reader, at, reader.first)) items.push(below(reader, column, depth, false));
    else if (isKey(text, at, reader.end)) {
      if (depth > MAX_PLAIN_DEPTH) beyond();
      const inner = at - reader.line;
      reader.first = at;
      items.push(mapping(reader, inner, depth + 1));
    } else items.push(inline(reader, at, column));
    if (reader.line === text.length) return items;
    const indent = reader.first - reader.line;
    if (indent > column) beyond();
    if (indent < column) return items;
  }
  return items;
}

/** What stands in the lines below a key or a dash that has nothing beside it. */
function below(reader: Reader, column: number, depth: number, inMapping: boolean): unknown {
  if (depth > MAX_PLAIN_DEPTH) beyond();
  advance(reader);
  if (reader.line === reader.text.length) return null;
  const indent = reader.first - reader.line;
  if (startsItem(reader)) return indent > column || (inMapping && indent === column) ? list(reader, indent, depth + 1) : null;
  return indent > column ? mapping(reader, indent, depth + 1) : null;
}

/** A value that begins on the reader's line; the reader goes on to the line after it. */
function inline(reader: Reader, at: number, column: number): unknown {
  const { text, end } = reader;
  const code = text.charCodeAt(at);
  if (code === 124) {
    const value = literalText(reader, at, column);
    advance(reader);
    return value;
  }
  let value: unknown;
  let after: number;
  if (code === 34 || code === 39) {
    after = closingQuote(text, at, end);
    const quoted = text.slice(at + 1, after - 1);
    value = code === 39 ? quoted.replaceAll("''", "'") : quoted;
  } else if (code === 91 || code === 123) {
    const flow = flowValue(text, at, end, 0);
    value = flow.value;
    after = flow.after;
  } else {
    after = plainEnd(text, at, end);
    value = resolvePlain(text.slice(at, after));
  }
  if (!isRest(reader, after)) beyond();
  advance(reader);
  return value;
}

/** Whether nothing but white space and a comment follows. */
function isRest(reader: Reader, after: number): boolean {
  const at = skipSpaces(reader.text, after);
  return at >= reader.end || (at > after && reader.text.charCodeAt(at) === 35);
}

function isOver(reader: Reader, value: number, mark: number): boolean {
  return value >= reader.end || (value > mark + 1 && reader.text.charCodeAt(value) === 35);
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32) at += 1;
  return at;
}

function isKey(text: string, at: number, end: number): boolean {
  return wordEnd(text, at, end) !== -1;
}

/** The offset of the colon after a key that is a plain word. */
function keyEnd(text: string, at: number, end: number): number {
  const colon = wordEnd(text, at, end);
  return colon === -1 ? beyond() : colon;
}

/** The same, or -1 when there is no such key. */
function wordEnd(text: string, from: number, end: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); isWord(code, at > from); code = text.charCodeAt(at)) at += 1;
  if (at === from || at >= end || text.charCodeAt(at) !== 58) return -1;
  return at + 1 === end || text.charCodeAt(at + 1) === 32 ? at : -1;
}

/** Letters and `_`; further on also digits, `-`, `.` and `/`. */
function isWord(code: number, inside: boolean): boolean {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95) return true;
  return inside && code >= 45 && code <= 57;
}
