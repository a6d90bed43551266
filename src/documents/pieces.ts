import type { CST, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { yamlAuthority } from './authority.ts';
import { columnOf, contentEnd, lineAfter, pairEnd, rangeOf } from './splice.ts';
import { readStrictly } from './yaml-strict.ts';

/**
 * A frontmatter taken apart into the lines of its entries, so that it can be put together again
 * without losing a comment, an order or a quote. Lines are without the column of their collection;
 * one that stands further left keeps itself, marked by `VERBATIM`.
 */
export interface Piece {
  /** Of a pair; an item of a list has none. */
  readonly key: string | undefined;
  readonly data: unknown;
  /** The comments and blank lines above it. */
  readonly lead: readonly string[];
  /** All lines of its own; the first begins with the key or the dash. */
  readonly lines: readonly string[];
  /** The value's own pieces, where it is a block. */
  readonly branch: Branch | undefined;
  /** `key:`, ` value` and what follows on the line, where it has one line. */
  readonly parts: { readonly before: string; readonly value: string; readonly after: string } | undefined;
  /** The value's own pieces, where it is `[list]` or `{mapping}` on one line. */
  readonly flow: Flow | undefined;
  /** The value is a text of several lines, `|` or `>`. */
  readonly isBlockText: boolean;
}

export interface Branch {
  readonly kind: 'map' | 'list';
  /** The line before the first child, or (then `isInline`) what stands before it on its line. */
  readonly head: string;
  readonly isInline: boolean;
  /** How much further right the children stand. */
  readonly indent: number;
  readonly pieces: readonly Piece[];
}

export interface Flow {
  readonly kind: 'map' | 'list';
  readonly isPadded: boolean;
  readonly pieces: readonly FlowPiece[];
}

export interface FlowPiece {
  readonly key: string | undefined;
  readonly data: unknown;
  /** Pair or item as a whole. */
  readonly text: string;
  /** The pair's key with its colon; '' for an item. */
  readonly prefix: string;
  readonly flow: Flow | undefined;
}

/** As much as is read with positions: on hostile text that takes seconds for more. */
const LONGEST = 256 * 1024;
/** Begins a line that is put back as it is. */
const VERBATIM = '\0';

export interface Pieces {
  readonly data: Record<string, unknown>;
  readonly column: number;
  readonly pieces: readonly Piece[];
  /** Lines after the last entry. */
  readonly tail: readonly string[];
}

/** The pieces of a YAML source with LF line ends that ends with one; undefined when it cannot be read or is not a plain block of `key: value` entries. */
export function piecesOf(source: string): Pieces | undefined {
  if (source.length > LONGEST) return undefined;
  const { data, document } = readStrictly(source);
  const root = document?.contents;
  if (data === undefined || !yamlAuthority().isMap(root) || root.flow === true || source.includes('\r') || source.includes(VERBATIM)) return undefined;
  const column = columnOf(source, startsOf(root as Block)[0] ?? 0);
  const read = childrenOf(source, root as Block, data, 0, column);
  return read && { data, column, pieces: read.pieces, tail: dedented(source.slice(read.end), column) };
}

type Block = YAMLMap<Node, Node | null> | YAMLSeq<Node>;

function childrenOf(source: string, node: Block, data: unknown, from: number, column: number): { pieces: Piece[]; end: number } | undefined {
  const pieces: Piece[] = [];
  const starts = startsOf(node);
  let cursor = from;
  for (const [index, start] of starts.entries()) {
    const lineStart = start - columnOf(source, start);
    const isInline = index === 0 && lineStart < cursor;
    if (columnOf(source, start) !== column || (!isInline && source.slice(lineStart, start).trim() !== '')) return undefined;
    const piece = pieceOf(source, node, index, data, start, isInline ? '' : source.slice(cursor, lineStart));
    if (piece === undefined) return undefined;
    pieces.push(piece.piece);
    cursor = piece.end;
  }
  return { pieces, end: cursor };
}

/** Where the entries of a block begin: at their keys or dashes. Empty when one of them is of an unusual form. */
function startsOf(node: Block): number[] {
  const { isMap } = yamlAuthority();
  const starts = isMap(node)
    ? node.items.map((pair) => ((pair as Pair<Node>).srcToken?.start.some(({ type }) => type === 'explicit-key-ind') ? undefined : rangeOf(pair.key as Node)[0]))
    : ((node.srcToken as CST.BlockSequence | undefined)?.items.map(({ start }) => start.find(({ type }) => type === 'seq-item-ind')?.offset) ?? []);
  return starts.length !== node.items.length || starts.includes(undefined) ? [] : (starts as number[]);
}

function pieceOf(source: string, node: Block, index: number, data: unknown, start: number, lead: string): { piece: Piece; end: number } | undefined {
  const { isMap, isPair, isScalar } = yamlAuthority();
  const item = node.items[index] as Node | Pair<Node, Node | null>;
  const pair = isMap(node) ? (item as Pair<Node, Node | null>) : undefined;
  if (!pair && isPair(item)) return undefined;
  const value = pair ? pair.value : (item as Node);
  const key = pair && isScalar(pair.key) ? String(pair.key.value) : undefined;
  const own = pair ? (data as Record<string, unknown>)[key as string] : (data as unknown[])[index];
  const contentsEnd = pair ? pairEnd(pair) : Math.max(contentEnd(value as Node), start + 1);
  const end = lineAfter(source, contentsEnd);
  const column = columnOf(source, start);
  const lines = ownLines(source.slice(start, end), column);
  const branch = isBlock(value) ? branchOf(source, value, own, start, column) : undefined;
  if (branch === null) return undefined;
  const flow = value && isFlow(value) ? flowOf(source, value, own) : undefined;
  const afterKey = pair ? (pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind')?.offset ?? -1) + 1 : start + 1;
  const isOneLine = lines.length === 1 && branch === undefined && afterKey > 0;
  return {
    end,
    piece: {
      key,
      data: own,
      lead: dedented(lead, column),
      lines,
      branch,
      flow: isOneLine ? flow : undefined,
      parts: isOneLine ? { before: source.slice(start, afterKey), value: source.slice(afterKey, Math.max(afterKey, contentsEnd)), after: source.slice(Math.max(afterKey, contentsEnd), end).replace(/\n$/, '') } : undefined,
      isBlockText: isScalar(value) && (value.type === 'BLOCK_LITERAL' || value.type === 'BLOCK_FOLDED'),
    },
  };
}

/** null: of a form that is not taken apart. */
function branchOf(source: string, value: Block, data: unknown, start: number, column: number): Branch | null {
  const first = startsOf(value)[0];
  if (first === undefined) return null;
  const kind = yamlAuthority().isMap(value) ? 'map' : 'list';
  const isInline = !source.slice(start, first).includes('\n');
  const headEnd = isInline ? first : source.indexOf('\n', start) + 1;
  const children = childrenOf(source, value, data, headEnd, columnOf(source, first));
  return children === undefined ? null : { kind, head: source.slice(start, isInline ? first : headEnd - 1), isInline, indent: columnOf(source, first) - column, pieces: children.pieces };
}

/** undefined when it is written over several lines. */
function flowOf(source: string, node: Block, data: unknown): Flow | undefined {
  const { isMap, isPair, isScalar } = yamlAuthority();
  const [from, to] = rangeOf(node);
  const text = source.slice(from, to);
  if (/[\n]/.test(text)) return undefined;
  const pieces: FlowPiece[] = [];
  for (const [index, item] of node.items.entries()) {
    const pair = isMap(node) ? (item as Pair<Node, Node | null>) : undefined;
    if (!pair && isPair(item)) return undefined;
    const value = pair ? pair.value : (item as Node);
    const key = pair && isScalar(pair.key) ? String(pair.key.value) : undefined;
    const own = pair ? (data as Record<string, unknown>)[key as string] : (data as unknown[])[index];
    const start = rangeOf(pair ? pair.key : (item as Node))[0];
    const end = pair ? pairEnd(pair) : rangeOf(item as Node)[1];
    const nested = value && isFlow(value) ? flowOf(source, value, own) : undefined;
    pieces.push({ key, data: own, text: source.slice(start, end), prefix: nested ? source.slice(start, rangeOf(value as Node)[0]) : '', flow: nested });
  }
  return { kind: isMap(node) ? 'map' : 'list', isPadded: /^[[{] .* [\]}]$/.test(text), pieces };
}

function isBlock(node: Node | null): node is Block {
  const { isMap, isSeq } = yamlAuthority();
  return (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0;
}

function isFlow(node: Node): node is Block {
  const { isMap, isSeq } = yamlAuthority();
  return (isMap(node) || isSeq(node)) && node.flow === true;
}

/** An entry's own lines: the first begins at its column. */
function ownLines(text: string, column: number): string[] {
  const end = text.indexOf('\n');
  return [end === -1 ? text : text.slice(0, end), ...dedented(end === -1 ? '' : text.slice(end + 1), column)];
}

/** Whole lines without the column they stand at. */
function dedented(text: string, column: number): string[] {
  if (text === '') return [];
  const margin = ' '.repeat(column);
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line) => (line.startsWith(margin) ? line.slice(column) : line === '' ? line : VERBATIM + line));
}

/** The lines put back at a column. */
export function atColumn(lines: readonly string[], column: number): string[] {
  const margin = ' '.repeat(column);
  return lines.map((line) => (line.startsWith(VERBATIM) ? line.slice(1) : line === '' ? line : margin + line));
}
