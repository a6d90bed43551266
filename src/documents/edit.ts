import { isDeepStrictEqual } from 'node:util';
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { UserError } from '../error.ts';
import { yamlAuthority } from './authority.ts';
import type { DataPath } from './document.ts';
import { findFence, positionAt } from './fence.ts';
import type { Fence } from './fence.ts';
import { blockLines } from './render-yaml.ts';
import { addItem, addItemAfter, addKey, colonEnd, columnOf, dropPair, rangeOf, replaceValue } from './splice.ts';
import type { Slot, Source, Splice } from './splice.ts';
import { EMPTY, readStrictly } from './yaml-strict.ts';

export { renderFrontmatter } from './render-yaml.ts';

type Data = Record<string, unknown>;
type TextPair = Pair<Node, Node | null>;

/** What an edit knows of the frontmatter before it. */
interface Before {
  readonly fence: Fence;
  readonly source: Source;
  readonly root: Node | null;
  readonly data: Data;
}

/**
 * The text with another value at a path: replaced where there is one, else added to its mapping,
 * which is made too if it is absent. Nothing else changes by a byte. The value is data as JSON has
 * it. Throws UserError, when the frontmatter cannot be read or the edit cannot be made.
 */
export function setValue(text: string, path: DataPath, value: unknown): string {
  const before = readForEdit(text);
  const expected = structuredClone(before.data);
  assign(expected, path, value);
  return apply(text, before, expected, path, () => placesFor(before, path, value));
}

/** The text with one more item at the end of the list at a path, which is made if it is absent. */
export function appendItem(text: string, path: DataPath, value: unknown): string {
  const before = readForEdit(text);
  const list = valueAt(before.data, path);
  if (list === undefined || list === null) return setValue(text, path, [value]);
  if (!Array.isArray(list)) throw noPlace(path, 'a list');
  return setValue(text, [...path, list.length], value);
}

/** The text with one more item in the list at a path, before the one with an index: at its length, at the end. An absent list is made. */
export function insertItem(text: string, path: DataPath, index: number, value: unknown): string {
  const before = readForEdit(text);
  const list = valueAt(before.data, path);
  if (!Array.isArray(list) || index >= list.length) return appendItem(text, path, value);
  const expected = structuredClone(before.data);
  (valueAt(expected, path) as unknown[]).splice(index, 0, structuredClone(value));
  return apply(text, before, expected, path, () => {
    const parent = nodeAt(before.root, path.slice(0, -1));
    const slot = parent === null ? undefined : slotAt(before.source, parent, path.at(-1) ?? '', false);
    return slot ? addItemAfter(before.source, slot.node as YAMLSeq, index - 1, value, slot.after) : [];
  });
}

/** The text without the key at a path; unchanged when there is none. */
export function removeKey(text: string, path: DataPath): string {
  const before = readForEdit(text);
  const parent = valueAt(before.data, path.slice(0, -1));
  const key = path.at(-1);
  if (key === undefined || typeof parent !== 'object' || parent === null || Array.isArray(parent)) throw noPlace(path, 'a mapping');
  if (!Object.hasOwn(parent, String(key))) return text;
  const expected = structuredClone(before.data);
  delete (valueAt(expected, path.slice(0, -1)) as Data)[String(key)];
  return apply(text, before, expected, path, () => {
    const map = nodeAt(before.root, path.slice(0, -1)) as YAMLMap;
    if (map.items.length === 1) return placesFor(before, path.slice(0, -1), {});
    return dropPair(before.source, map, map.items.findIndex((pair) => keyText(pair as TextPair) === String(key)));
  });
}

function readForEdit(text: string): Before {
  const fence = findFence(text);
  if (typeof fence === 'string') {
    throw new UserError('Unexpected document without frontmatter, expected a first line `---` and a closing one', 'Add the frontmatter first.', 'frontmatter-missing');
  }
  const yaml = text.slice(fence.yamlStart, fence.yamlEnd);
  const source = { text: yaml, eol: text[fence.yamlStart - 2] === '\r' ? '\r\n' : '\n' };
  const { data, document, faults } = readStrictly(yaml);
  if (data !== undefined) return { fence, source, root: document?.contents ?? null, data };
  if (faults[0] === EMPTY) return { fence, source, root: null, data: {} };
  const fault = faults[0];
  const { line } = positionAt(text, fence.yamlStart + (fault?.offset ?? 0));
  throw new UserError(`${fault?.message ?? 'Unexpected frontmatter'} (line ${line})`, fault?.remedy ?? 'Mend the frontmatter.', 'frontmatter-invalid');
}

/** The first of the proposed changes after which the text says exactly what was asked for. */
function apply(text: string, before: Before, expected: Data, path: DataPath, propose: () => Splice[]): string {
  if (isDeepStrictEqual(before.data, expected)) return text;
  const { fence, source } = before;
  for (const { from, to, insert } of propose()) {
    const yaml = source.text.slice(0, from) + insert + source.text.slice(to);
    const edited = text.slice(0, fence.yamlStart) + yaml + text.slice(fence.yamlEnd);
    const after = findFence(edited);
    if (typeof after === 'string' || after.yamlEnd !== fence.yamlStart + yaml.length) continue;
    if (isDeepStrictEqual(readStrictly(yaml).data, expected)) return edited;
  }
  throw new UserError(
    `Unexpected form of the frontmatter around \`${path.join('.')}\`, expected one that can be edited without touching the rest`,
    'Make this change by hand, or write the surrounding lines as plain `key: value`.',
    'edit-refused',
  );
}

/** The ways to make a value stand at a path, given what stands there now. */
function placesFor(before: Before, path: DataPath, value: unknown): Splice[] {
  const { isMap, isSeq } = yamlAuthority();
  const { root, source } = before;
  if (root === null) {
    const lines = blockLines(nested(path, value) as object);
    const at = source.text.length;
    return [{ from: at, to: at, insert: lines.join(source.eol) + source.eol }];
  }
  if (path.length === 0) return [{ from: rangeOf(root)[0], to: source.text.length, insert: `{}${source.eol}` }];
  let slot: Slot | undefined;
  let node: Node | null = root;
  for (let depth = 0; depth < path.length; depth += 1) {
    const next: Slot | undefined = slotAt(source, node, path[depth] ?? '', slot?.inFlow ?? false);
    if (next !== undefined) {
      slot = next;
      node = next.node;
      continue;
    }
    const inner = nested(path.slice(depth + 1), value);
    if (isMap(node)) return addKey(source, node, String(path[depth]), inner);
    if (isSeq(node)) return addItem(source, node, inner);
    return slot === undefined ? [] : replaceValue(source, slot, nested(path.slice(depth), value));
  }
  return slot === undefined ? [] : replaceValue(source, slot, value);
}

/** Where the value at one step below a node stands, if there is one. */
function slotAt(source: Source, node: Node | null, step: string | number, inFlow: boolean): Slot | undefined {
  const { isMap, isNode, isSeq } = yamlAuthority();
  if (isMap(node)) {
    const pair = node.items.find((item) => keyText(item as TextPair) === String(step)) as TextPair | undefined;
    if (pair === undefined) return undefined;
    const colon = colonEnd(pair);
    return {
      node: pair.value,
      after: colon ?? rangeOf(pair.key)[1],
      missing: colon === undefined ? ':' : '',
      inFlow: inFlow || node.flow === true,
      column: columnOf(source.text, rangeOf(pair.key)[0]),
    };
  }
  if (!isSeq(node) || typeof step !== 'number') return undefined;
  const item = node.items[step];
  if (!isNode(item)) return undefined;
  const tokens = node.srcToken?.type === 'block-seq' ? node.srcToken.items[step]?.start : undefined;
  const dash = tokens?.find(({ type }) => type === 'seq-item-ind');
  const after = dash === undefined ? rangeOf(item)[0] : dash.offset + 1;
  return { node: item, after, missing: '', inFlow: inFlow || node.flow === true, column: columnOf(source.text, after - 1) };
}

function nodeAt(root: Node | null, path: DataPath): Node | null {
  const { isMap, isSeq } = yamlAuthority();
  let node: unknown = root;
  for (const step of path) {
    if (isMap(node)) node = node.items.find((pair) => keyText(pair as TextPair) === String(step))?.value;
    else if (isSeq(node)) node = node.items[Number(step)];
  }
  return (node ?? null) as Node | null;
}

function keyText(pair: TextPair): string | undefined {
  const { isScalar } = yamlAuthority();
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

/** The value wrapped in the mappings that a path names: `{goal: {title: value}}`. */
function nested(path: DataPath, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, step) => (typeof step === 'number' ? [inner] : ownKey({}, step, inner)), value);
}

function ownKey(data: Data, key: string, value: unknown): Data {
  return Object.defineProperty(data, key, { value, enumerable: true, configurable: true, writable: true });
}

function valueAt(data: unknown, path: DataPath): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Makes the data what it is to be; absent and empty values on the way become mappings. */
function assign(data: Data, path: DataPath, value: unknown): void {
  let parent: unknown = data;
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1;
    const present = valueAt(parent, [step]);
    const next = isLast ? structuredClone(value) : (present ?? (typeof path[depth + 1] === 'number' ? [] : {}));
    if (Array.isArray(parent) && typeof step === 'number' && step <= parent.length) parent[step] = next;
    else if (typeof parent === 'object' && parent !== null && !Array.isArray(parent)) ownKey(parent as Data, String(step), next);
    else throw noPlace(path.slice(0, depth + 1), Array.isArray(parent) ? 'an index up to its length' : 'a mapping');
    parent = next;
  }
  if (path.length === 0) throw noPlace(path, 'a key');
}

function noPlace(path: DataPath, expected: string): UserError {
  return new UserError(`Unexpected path \`${path.join('.')}\`, expected ${expected} there`, 'Look at the document: the path does not lead where it should.', 'edit-path');
}
