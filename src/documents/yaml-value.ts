/** Thrown inside the reader of plain YAML, never out of it: the text is more than the plain subset. */
export const BEYOND = Symbol('beyond the plain subset');

export function beyond(): never {
  throw BEYOND;
}

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...['null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);
const WORD_RUN = /[\w./-]*/y;
const INTEGER = /^[-+]?[0-9]+$/;
const BASED = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const SPECIAL = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;

/** A plain scalar's value by the core schema of YAML 1.2. */
export function resolvePlain(source: string): unknown {
  const code = source.charCodeAt(0);
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  if (isLetter) {
    if (source.length > 5 || source.length < 4) return source;
    const word = WORDS.get(source);
    return word === undefined ? source : word;
  }
  if (source === '' || source === '~') return null;
  if (code > 57 || code < 43) return source;
  if (INTEGER.test(source)) return Number.parseInt(source, 10);
  if (FLOAT.test(source)) return Number.parseFloat(source);
  return BASED.test(source) || SPECIAL.test(source) ? beyond() : source;
}

/**
 * Just after the quote that closes the one at `at`, on the same line. A text with escapes is beyond
 * the plain subset; doubled single quotes are not.
 */
export function closingQuote(text: string, at: number, end: number): number {
  const quote = text.charAt(at);
  for (let from = at + 1; ; from += 2) {
    const close = text.indexOf(quote, from);
    if (close === -1 || close >= end) beyond();
    if (quote === '"') return text.slice(at, close).includes('\\') ? beyond() : close + 1;
    if (text.charCodeAt(close + 1) !== 39) return close + 1;
    from = close;
  }
}

/** Where a plain scalar of a block ends: before white space, a comment or the line's end. */
export function plainEnd(text: string, at: number, end: number): number {
  if (!canBegin(text, at)) beyond();
  let last = at;
  for (let index = at; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 32) continue;
    if (code === 35 && text.charCodeAt(index - 1) === 32) break;
    if (code === 58 && (index + 1 === end || text.charCodeAt(index + 1) === 32)) beyond();
    last = index + 1;
  }
  return last;
}

/** Whether a plain scalar can begin here: no indicator; a minus only before a digit. */
function canBegin(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)) return true;
  if (code === 45) {
    const next = text.charCodeAt(at + 1);
    return next >= 48 && next <= 57;
  }
  return code >= 0xa1 || '$()+./;<=^_~\\'.includes(text.charAt(at));
}

interface Flow {
  readonly value: unknown;
  /** Just after the value. */
  readonly after: number;
}

/** A `[list]` or `{mapping}` that ends on its line. */
export function flowValue(text: string, at: number, end: number, depth: number): Flow {
  if (depth > 20) beyond();
  return text.charCodeAt(at) === 91 ? flowList(text, at, end, depth) : flowMapping(text, at, end, depth);
}

function flowList(text: string, start: number, end: number, depth: number): Flow {
  const items: unknown[] = [];
  let at = skip(text, start + 1);
  if (text.charCodeAt(at) === 93) return { value: items, after: at + 1 };
  for (;;) {
    const { value, after } = flowItem(text, at, end, depth);
    items.push(value);
    at = skip(text, after);
    const code = text.charCodeAt(at);
    if (at < end && code === 93) return { value: items, after: at + 1 };
    if (at >= end || code !== 44) beyond();
    at = skip(text, at + 1);
  }
}

function flowMapping(text: string, start: number, end: number, depth: number): Flow {
  const data: Record<string, unknown> = {};
  let at = skip(text, start + 1);
  if (text.charCodeAt(at) === 125) return { value: data, after: at + 1 };
  for (;;) {
    const colon = flowPlainEnd(text, at, end);
    const key = text.slice(at, colon);
    if (typeof resolvePlain(key) !== 'string' || key === '__proto__' || Object.hasOwn(data, key)) beyond();
    if (text.charCodeAt(colon) !== 58 || text.charCodeAt(colon + 1) !== 32) beyond();
    const { value, after } = flowItem(text, skip(text, colon + 1), end, depth);
    data[key] = value;
    at = skip(text, after);
    const code = text.charCodeAt(at);
    if (at < end && code === 125) return { value: data, after: at + 1 };
    if (at >= end || code !== 44) beyond();
    at = skip(text, at + 1);
  }
}

function flowItem(text: string, at: number, end: number, depth: number): Flow {
  const code = text.charCodeAt(at);
  if (at >= end) beyond();
  if (code === 91 || code === 123) return flowValue(text, at, end, depth + 1);
  if (code === 34 || code === 39) {
    const after = closingQuote(text, at, end);
    const quoted = text.slice(at + 1, after - 1);
    return { value: code === 39 ? quoted.replaceAll("''", "'") : quoted, after };
  }
  const after = flowPlainEnd(text, at, end);
  if (text.charCodeAt(after) === 58) beyond();
  return { value: resolvePlain(text.slice(at, after)), after };
}

/** Where a plain scalar inside brackets ends: before `,`, a bracket, `: ` or the white space before them. */
function flowPlainEnd(text: string, at: number, end: number): number {
  if (!canBegin(text, at)) beyond();
  let last = wordRun(text, at);
  for (let index = last; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 32) continue;
    if (code === 44 || code === 93 || code === 125) return last;
    if (code === 91 || code === 123 || code === 35 || code === 63) beyond();
    if (code === 58 && !isInside(text.charCodeAt(index + 1))) return last === index ? last : beyond();
    last = index + 1;
  }
  return beyond();
}

/** Where the characters end that mean nothing else in a plain scalar: most of them, skipped in one step. */
function wordRun(text: string, at: number): number {
  WORD_RUN.lastIndex = at;
  WORD_RUN.test(text);
  return WORD_RUN.lastIndex;
}

/** Whether a colon before this character is part of a plain scalar inside brackets. */
function isInside(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 47;
}

function skip(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32) at += 1;
  return at;
}
