import { linesOf } from './extent.ts';
import type { Range } from './text-edit.ts';

/** Where in a frontmatter somebody types, told from its lines: it need not be YAML yet. */
export interface FrontmatterContext {
  /** Keys from the top; `[]` for an item of a list. At a value, its own key is the last. */
  readonly path: readonly string[];
  readonly at: 'key' | 'value';
  /** What is typed of it so far, and where that begins on the line, 0-based. */
  readonly typed: string;
  readonly start: number;
  /** Keys that the same mapping has. */
  readonly siblings: readonly string[];
}

/** One line: where its dash stands, if any, its content, and the key that begins it. */
interface Line {
  readonly dash: number | undefined;
  readonly column: number;
  readonly key: string | undefined;
}

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s#:,[\]{}"'&*!|>%@`-][^:#,[\]{}]*?|[^\s:])) *:(?= |$)/;

/** undefined outside of the frontmatter. */
export function frontmatterContext(text: string, { line, character }: Range['start']): FrontmatterContext | undefined {
  const lines = linesOf(text);
  if (!/^\uFEFF?---[ \t]*$/.test(lines[0] ?? '')) return undefined;
  const close = lines.findIndex((one, index) => index > 0 && /^---[ \t]*$/.test(one));
  if (line < 1 || (close !== -1 && line >= close)) return undefined;
  const inner = lines.slice(1, close === -1 ? lines.length : close);
  const head = (lines[line] ?? '').slice(0, character);
  const { dash, column } = lineFacts(head);
  const path = pathAbove(inner.slice(0, line - 1), { dash, column });
  const content = head.slice(column);
  const key = KEY.exec(content);
  const flowStart = key ? key[0].length : 0;
  const flow = flowAt(content.slice(flowStart));
  const above = key ? [...path, keyIn(key)] : path;
  if (flow.depth > 0) return { path: [...above, ...flow.path], at: flow.at, typed: flow.typed, start: character - flow.typed.length, siblings: flow.keys };
  if (key) return { path: above, at: 'value', typed: content.slice(flowStart).trimStart(), start: character - content.slice(flowStart).trimStart().length, siblings: [] };
  const isItem = dash !== undefined;
  const siblings = siblingsOf(inner, line - 1, column);
  // What follows a dash may be a value or the first key of a mapping: both are offered there.
  return { path: above, at: isItem && siblings.length === 0 ? 'value' : 'key', typed: content, start: character - content.length, siblings };
}

function lineFacts(text: string): Line {
  const indent = /^ */.exec(text)?.[0].length ?? 0;
  const dash = /^- */.exec(text.slice(indent))?.[0].length;
  const column = indent + (dash ?? 0);
  const key = KEY.exec(text.slice(column));
  return { dash: dash === undefined ? undefined : indent, column, key: key ? keyIn(key) : undefined };
}

function keyIn(match: RegExpExecArray): string {
  return match[1] ?? match[2] ?? match[3] ?? '';
}

/** The keys and lists that hold a place, from the lines above it. */
function pathAbove(lines: readonly string[], { dash, column }: Omit<Line, 'key'>): string[] {
  const path: string[] = dash === undefined ? [] : ['[]'];
  let [limit, isList] = [dash ?? column, dash !== undefined];
  for (let index = lines.length - 1; index >= 0 && (limit > 0 || isList); index -= 1) {
    const text = lines[index] as string;
    if (/^ *(#|$)/.test(text)) continue;
    const one = lineFacts(text);
    const isParent = one.key !== undefined && (one.column < limit || (isList && one.dash === undefined && one.column === limit));
    const isFirstKey = !isList && one.dash !== undefined && one.column === limit;
    if (!isParent && !isFirstKey) continue;
    if (isParent) path.unshift(one.key as string);
    if (one.dash !== undefined) path.unshift('[]');
    [limit, isList] = [one.dash ?? one.column, one.dash !== undefined];
  }
  return path;
}

/** Keys of the block mapping that a line is in, but its own. */
function siblingsOf(lines: readonly string[], at: number, column: number): string[] {
  const keys: string[] = [];
  for (const step of [-1, 1]) {
    for (let index = at + step; index >= 0 && index < lines.length; index += step) {
      const text = lines[index] as string;
      if (/^ *(#|$)/.test(text)) continue;
      const one = lineFacts(text);
      if (one.column < column || (step === 1 && one.dash !== undefined && one.dash < column)) break;
      if (one.column === column && one.key !== undefined) keys.push(one.key);
      if (one.dash !== undefined && one.dash < column && one.column === column) break;
    }
    if (step === -1 && lineFacts(lines[at] ?? '').dash !== undefined) break;
  }
  return keys;
}

interface Frame {
  readonly isMap: boolean;
  readonly keys: string[];
  key: string | undefined;
}

/** Where a text ends inside of `[` and `{`; depth 0 outside of any. */
function flowAt(text: string): { depth: number; path: string[]; at: 'key' | 'value'; typed: string; keys: string[] } {
  const frames: Frame[] = [];
  let token = '';
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|:(?= |$)|./g)) {
    const top = frames.at(-1);
    if (part === '[' || part === '{') frames.push({ isMap: part === '{', keys: [], key: undefined });
    else if (part === ']' || part === '}') frames.pop();
    else if (part === ',' && top) top.key = undefined;
    else if (part === ':' && top?.isMap) top.keys.push((top.key = token.trim().replace(/^(["'])(.*)\1$/, '$2')));
    else {
      token += part;
      continue;
    }
    token = '';
  }
  const top = frames.at(-1);
  const path = frames.flatMap((frame) => (frame.isMap ? (frame.key === undefined ? [] : [frame.key]) : ['[]']));
  return { depth: frames.length, path, at: top?.isMap && top.key === undefined ? 'key' : 'value', typed: token.trimStart(), keys: top?.isMap ? top.keys : [] };
}
