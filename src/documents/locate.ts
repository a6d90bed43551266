import { yamlAuthority } from './authority.ts';
import type { DataPath, ParsedDocument } from './document.ts';
import { positionAt } from './fence.ts';
import type { Fence } from './fence.ts';
import { readStrictly } from './yaml-strict.ts';
import type { StrictReading } from './yaml-strict.ts';

/** What answers `ParsedDocument.locate` over a text and its fence; reads the text when first asked. */
export function locator(text: string, fence: Fence | undefined): ParsedDocument['locate'] {
  let reading: StrictReading | undefined;
  return (path, what = 'value') => {
    if (fence === undefined) return { line: 1, column: 1 };
    reading ??= readStrictly(text.slice(fence.yamlStart, fence.yamlEnd));
    const offset = reading.document === undefined ? undefined : offsetOf(reading.document.contents, path, what);
    return offset === undefined ? { line: 1, column: 1 } : positionAt(text, fence.yamlStart + offset);
  };
}

/** Offset of the path's key or value; of its nearest existing ancestor's key when it does not exist. */
function offsetOf(root: unknown, path: DataPath, what: 'key' | 'value'): number | undefined {
  const { isMap, isNode, isSeq } = yamlAuthority();
  let node: unknown = root;
  let keyAt: number | undefined;
  for (const step of path) {
    const pair = isMap(node) ? node.items.find(({ key }) => keyText(key) === String(step)) : undefined;
    const item = isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
    if (pair === undefined && item === undefined) return keyAt;
    node = pair === undefined ? item : pair.value;
    keyAt = startOf(pair === undefined ? item : pair.key) ?? keyAt;
  }
  return what === 'value' && isNode(node) && path.length > 0 ? startOf(node) : keyAt;
}

function keyText(key: unknown): string | undefined {
  const { isScalar } = yamlAuthority();
  return isScalar(key) ? String(key.value) : undefined;
}

function startOf(node: unknown): number | undefined {
  const { isNode } = yamlAuthority();
  return isNode(node) ? node.range?.[0] : undefined;
}
