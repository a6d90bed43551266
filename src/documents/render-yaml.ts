/**
 * Values written as YAML that readers of YAML 1.1 and 1.2 read alike: `no`, `1:20`, `0o17` and
 * dates are quoted, and so is everything that does not begin with a letter.
 */

export type QuoteStyle = 'plain' | 'single' | 'double';

/** Words that YAML 1.1 or 1.2 takes for something else than text. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const PLAIN_BREAK = /: | #|:$| $/;
const FLOW_BREAK = /[[\]{},:#?]/;
/** What JSON leaves as it is and YAML does not. */
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A document's frontmatter, fences included, LF line ends, in block style and in the order of its keys. */
export function renderFrontmatter(data: Record<string, unknown>): string {
  const lines = Object.keys(data).length === 0 ? ['{}'] : blockLines(data);
  return `---\n${lines.join('\n')}\n---\n`;
}

/** A value on one line. `inFlow` says that it stands inside `[]` or `{}`. */
export function renderInline(value: unknown, inFlow = false, style: QuoteStyle = 'plain'): string {
  if (typeof value === 'string') return renderText(value, inFlow, style);
  if (Array.isArray(value)) return `[${value.map((item) => renderInline(item, true)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `${renderText(key, true, 'plain')}: ${renderInline(item, true)}`);
    return `{${pairs.join(', ')}}`;
  }
  if (typeof value === 'number') return renderNumber(value);
  return String(value);
}

function renderNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf';
  if (Object.is(value, -0)) return '-0';
  // YAML 1.1 knows an exponent only after a fraction.
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

function renderText(text: string, inFlow: boolean, style: QuoteStyle): string {
  if (style === 'plain' && isPlainText(text, inFlow)) return text;
  if (style === 'single' && isPrintable(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isPlainText(text: string, inFlow: boolean): boolean {
  return /^[\p{L}_/](?:[^\p{C}\p{Z}]| (?! ))*$/u.test(text) && !PLAIN_BREAK.test(text) && !WORD.test(text) && !(inFlow && FLOW_BREAK.test(text));
}

function isPrintable(text: string): boolean {
  return /^(?:[^\p{C}\p{Z}]| )*$/u.test(text);
}

/** The lines of a mapping or list that is not empty, without indentation. */
export function blockLines(value: object): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item));
  return Object.entries(value).flatMap(([key, item]) => entryLines(key, item));
}

/** `key: value`, and what belongs to it indented by two. */
export function entryLines(key: string, value: unknown): string[] {
  const name = renderText(key, false, 'plain');
  if (isBlock(value)) return [`${name}:`, ...indented(blockLines(value))];
  const literal = literalLines(value);
  return literal === undefined ? [`${name}: ${renderInline(value)}`] : [`${name}: ${literal[0]}`, ...indented(literal.slice(1))];
}

/** `- value`, and what belongs to it indented by two. */
export function itemLines(value: unknown): string[] {
  const [first = '', ...rest] = isBlock(value) ? blockLines(value) : (literalLines(value) ?? [renderInline(value)]);
  return [`- ${first}`, ...indented(rest)];
}

/** Whether a value takes lines of its own in block style. */
export function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** A text of several lines as a literal block: its header, then its lines; undefined when it cannot be one. */
export function literalLines(value: unknown): string[] | undefined {
  if (typeof value !== 'string') return undefined;
  const lines = value.split('\n');
  const ended = lines.at(-1) === '';
  const content = ended ? lines.slice(0, -1) : lines;
  const first = content[0] ?? '';
  if (lines.length < 2 || first === '' || first.startsWith(' ') || (content.at(-1) ?? '') === '') return undefined;
  if (!content.every((line) => isPrintable(line) && !line.endsWith(' '))) return undefined;
  return [ended ? '|' : '|-', ...content];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
