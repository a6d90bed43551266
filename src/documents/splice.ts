import type { CST, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { yamlAuthority } from './authority.ts';
import { nextLine } from './fence.ts';
import { blockLines, entryLines, isBlock, itemLines, literalLines, renderInline } from './render-yaml.ts';
import type { QuoteStyle } from './render-yaml.ts';

/** A replacement of `[from, to)` in a YAML source. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** A YAML source whose lines all end, and how its lines end. */
export interface Source {
  readonly text: string;
  readonly eol: string;
}

/** Where a value stands: after its key or its dash, and in what. */
export interface Slot {
  readonly node: Node | null;
  /** Just after the colon or the dash, or after a key without a colon (then `colon` is missing). */
  readonly after: number;
  readonly missing: '' | ':';
  readonly inFlow: boolean;
  /** Column of the key or of the dash: the block that belongs to it is indented by two more. */
  readonly column: number;
}

/** Ways to put another value into a slot, the most natural first. */
export function replaceValue(source: Source, slot: Slot, value: unknown): Splice[] {
  const { node } = slot;
  const inline = renderInline(value, slot.inFlow, styleOf(node));
  if (node === null || isEmpty(node)) return [...blockAfter(source, slot, value), insertAt(slot.after, `${slot.missing} ${inline}`)];
  const [from, end] = rangeOf(node);
  if (slot.inFlow || isFlow(node)) return [{ from, to: end, insert: inline }];
  const to = contentEnd(node);
  if (isBlockText(node)) return overBlockText(source, slot, value, inline);
  if (!isCollection(node)) return [...blockAfter(source, slot, value, to), { from, to, insert: inline }];
  const kept = source.text.slice(slot.after, from).trimEnd();
  const ending = source.text[to - 1] === '\n' ? source.eol : '';
  const oneLine = inPlaceOfBlock(source, slot, to, ` ${inline}${kept}`, kept !== '');
  if (!isBlock(value)) return [oneLine];
  const column = columnOf(source.text, from);
  return [{ from, to, insert: joined(source, blockLines(value), column) + ending }, oneLine];
}

/** A value on its key's line instead of the block below it; no comment of before or after the block is lost. */
function inPlaceOfBlock(source: Source, slot: Slot, to: number, insert: string, commented: boolean): Splice {
  const { text, eol } = source;
  if (text[to - 1] === '\n') return { from: slot.after, to, insert: insert + eol };
  const rest = text.slice(to, endOfLine(text, to));
  if (!commented || rest.trim() === '') return { from: slot.after, to, insert };
  return { from: slot.after, to: to + rest.length, insert: insert + eol + ' '.repeat(slot.column + 2) + rest.trim() };
}

/** The new value as a block after the key's line, where nothing but the old value stands on it. */
function blockAfter(source: Source, slot: Slot, value: unknown, to = slot.after): Splice[] {
  const literal = literalLines(value);
  if (slot.inFlow || slot.missing !== '' || (!isBlock(value) && literal === undefined)) return [];
  const lineEnd = endOfLine(source.text, to);
  if (source.text.slice(to, lineEnd).trim() !== '') return [];
  if (literal !== undefined) {
    const lines = joined(source, ['', ...literal.slice(1)], slot.column + 2);
    return [{ from: slot.after, to: lineEnd, insert: ` ${literal[0] ?? ''}${lines}` }];
  }
  const lines = ['', ...blockLines(value as object)];
  return [{ from: slot.after, to: lineEnd, insert: joined(source, lines, slot.column + 2) }];
}

function overBlockText(source: Source, slot: Slot, value: unknown, inline: string): Splice[] {
  const [, end] = rangeOf(slot.node as Node);
  const ending = source.text[end - 1] === '\n' ? source.eol : '';
  const literal = literalLines(value);
  const lines = literal === undefined ? [] : [joined(source, [literal[0] ?? '', ...literal.slice(1)], slot.column + 2)];
  const block = literal === undefined && isBlock(value) ? [joined(source, ['', ...blockLines(value)], slot.column + 2)] : [];
  return [
    ...lines.map((text) => ({ from: slot.after, to: end, insert: ` ${text}${ending}` })),
    ...block.map((text) => ({ from: slot.after, to: end, insert: text + ending })),
    { from: slot.after, to: end, insert: ` ${inline}${ending}` },
  ];
}

/** A further key in a mapping. */
export function addKey(source: Source, map: YAMLMap, key: string, value: unknown): Splice[] {
  const last = map.items.at(-1);
  const flow = `${renderInline(key, true)}: ${renderInline(value, true)}`;
  if (map.flow) return [last ? insertAt(pairEnd(last as Pair<Node, Node | null>), `, ${flow}`) : insertAt(rangeOf(map)[0] + 1, flow)];
  if (last === undefined) return [];
  const at = lineAfter(source.text, pairEnd(last as Pair<Node, Node | null>));
  const column = columnOf(source.text, rangeOf(map)[0]);
  const short = `${renderInline(key)}: ${renderInline(value)}`;
  return [entryLines(key, value), [short]].map((lines) => insertAt(at, wholeLines(source, lines, column)));
}

/** A further item at the end of a list. */
export function addItem(source: Source, list: YAMLSeq, value: unknown): Splice[] {
  if (list.items.length > 0) return addItemAfter(source, list, list.items.length - 1, value);
  return list.flow ? [insertAt(rangeOf(list)[0] + 1, renderInline(value, true))] : [];
}

/** A further item just after one that there is, or with the index -1 at the top of the list, whose key ends at `keyEnd`: comments above the next item stay with that. */
export function addItemAfter(source: Source, list: YAMLSeq, index: number, value: unknown, keyEnd = 0): Splice[] {
  const { isPair } = yamlAuthority();
  const item = list.items[index] as Node | Pair<Node, Node | null> | undefined;
  const end = item === undefined ? keyEnd : isPair(item) ? pairEnd(item as Pair<Node, Node | null>) : contentEnd(item);
  const flow = renderInline(value, true);
  if (list.flow) return [item === undefined ? insertAt(rangeOf(list)[0] + 1, `${flow}, `) : insertAt(end, `, ${flow}`)];
  const token = list.srcToken as CST.BlockSequence | undefined;
  const dash = token?.items[index]?.start.find(({ type }) => type === 'seq-item-ind');
  const at = lineAfter(source.text, Math.max(end, (dash?.offset ?? 0) + 1));
  const column = columnOf(source.text, rangeOf(list)[0]);
  return [itemLines(value), [`- ${renderInline(value)}`]].map((lines) => insertAt(at, wholeLines(source, lines, column)));
}

/** A mapping without one of its keys; it must hold another. */
export function dropPair(source: Source, map: YAMLMap, index: number): Splice[] {
  const pairs = map.items as Pair<Node, Node | null>[];
  const pair = pairs[index] as Pair<Node, Node | null>;
  const from = rangeOf(pair.key)[0];
  const end = pairEnd(pair);
  const following = pairs[index + 1];
  const preceding = pairs[index - 1];
  if (map.flow && following !== undefined) return [cut(from, rangeOf(following.key)[0])];
  if (map.flow) return preceding === undefined ? [] : [cut(pairEnd(preceding), end)];
  const lineStart = from - columnOf(source.text, from);
  const next = lineAfter(source.text, end);
  if (source.text.slice(lineStart, from).trim() === '') return [cut(lineStart, next)];
  let first = next;
  while (source.text[first] === ' ') first += 1;
  return [cut(from, first)];
}

function cut(from: number, to: number): Splice {
  return { from, to, insert: '' };
}

function insertAt(at: number, insert: string): Splice {
  return { from: at, to: at, insert };
}

function wholeLines(source: Source, lines: readonly string[], column: number): string {
  return ' '.repeat(column) + joined(source, lines, column) + source.eol;
}

/** Lines one under the other at a column; the first stands where it is put. */
function joined(source: Source, lines: readonly string[], column: number): string {
  return lines.map((line, at) => (at === 0 || line === '' ? line : ' '.repeat(column) + line)).join(source.eol);
}

function styleOf(node: Node | null): QuoteStyle {
  const { isScalar } = yamlAuthority();
  if (!isScalar(node)) return 'plain';
  if (node.type === 'QUOTE_SINGLE') return 'single';
  return node.type === 'QUOTE_DOUBLE' ? 'double' : 'plain';
}

function isCollection(node: Node): node is YAMLMap | YAMLSeq {
  const { isMap, isSeq } = yamlAuthority();
  return isMap(node) || isSeq(node);
}

function isFlow(node: Node): boolean {
  return isCollection(node) && node.flow === true;
}

function isBlockText(node: Node): boolean {
  const { isScalar } = yamlAuthority();
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
}

function isEmpty(node: Node): boolean {
  const { isScalar } = yamlAuthority();
  return isScalar(node) && node.value === null && (node.source ?? '') === '';
}

export function rangeOf(node: Node): [number, number] {
  const range = node.range ?? [0, 0];
  return [range[0], range[1]];
}

/** Where a node's own text ends: comments and blank lines after it are not its own. */
export function contentEnd(node: Node): number {
  const { isPair } = yamlAuthority();
  if (!isCollection(node) || isFlow(node)) return rangeOf(node)[1];
  const last = node.items.at(-1) as Node | Pair<Node, Node | null> | undefined;
  if (last === undefined) return rangeOf(node)[1];
  if (isPair(last)) return pairEnd(last as Pair<Node, Node | null>);
  const token = node.srcToken as CST.BlockSequence | undefined;
  const dash = token?.items.at(-1)?.start.find(({ type }) => type === 'seq-item-ind');
  return isEmpty(last) ? (dash?.offset ?? 0) + 1 : contentEnd(last);
}

export function pairEnd(pair: Pair<Node, Node | null>): number {
  const colon = colonEnd(pair);
  if (pair.value !== null && !isEmpty(pair.value)) return contentEnd(pair.value);
  return colon ?? rangeOf(pair.key)[1];
}

/** Just after the colon between key and value, or undefined where there is none. */
export function colonEnd(pair: Pair<Node, Node | null>): number | undefined {
  const colon = pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
  return colon === undefined ? undefined : colon.offset + 1;
}

export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function endOfLine(text: string, offset: number): number {
  const lf = text.indexOf('\n', offset);
  if (lf === -1) return text.length;
  return lf > offset && text[lf - 1] === '\r' ? lf - 1 : lf;
}

export function lineAfter(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const next = nextLine(text, offset);
  return next === -1 ? text.length : next;
}

