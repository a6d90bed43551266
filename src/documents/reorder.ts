import { isDeepStrictEqual } from 'node:util';
import { findFence } from './fence.ts';
import { piecesOf, type Piece } from './pieces.ts';
import { readYaml } from './yaml.ts';

/** The first key that stands before one that comes earlier in `order`; undefined when all are in order. Keys that are not in it may stand anywhere. */
export function firstOutOfOrder(keys: readonly string[], order: readonly string[]): { readonly key: string; readonly before: string } | undefined {
  const known = keys.filter((key) => order.includes(key));
  for (const [index, key] of known.entries()) {
    const next = known.slice(index + 1).find((other) => order.indexOf(other) < order.indexOf(key));
    if (next !== undefined) return { key, before: next };
  }
  return undefined;
}

/**
 * A document with the keys of its frontmatter in order, each with the comments above it; keys that
 * are not in `order` stay behind the key that they follow. undefined where it cannot be done without
 * a doubt (an unusual form, CRLF, or a comment at the top that may be about everything), or is done already.
 */
export function reordered(text: string, order: readonly string[]): string | undefined {
  const fence = findFence(text);
  if (typeof fence === 'string') return undefined;
  const source = text.slice(fence.yamlStart, fence.yamlEnd);
  const read = piecesOf(source);
  if (!read || read.column !== 0 || read.pieces[0]?.lead.some((line) => line.trim() !== '')) return undefined;
  const lines = inOrder(read.pieces, order).flatMap(({ lead, lines: own }) => [...lead, ...own]);
  const yaml = [...lines, ...read.tail].map((line) => `${line.replace('\0', '')}\n`).join('');
  const [before, after] = [readYaml(source), readYaml(yaml)];
  const isSame = after.faults.length === 0 && isDeepStrictEqual(before.data, after.data) && yaml.split('\n').sort().join('\n') === source.split('\n').sort().join('\n');
  return isSame && yaml !== source ? text.slice(0, fence.yamlStart) + yaml + text.slice(fence.yamlEnd) : undefined;
}

function inOrder(pieces: readonly Piece[], order: readonly string[]): Piece[] {
  const groups: { rank: number; pieces: Piece[] }[] = [];
  for (const piece of pieces) {
    const rank = order.indexOf(piece.key ?? '');
    if (rank === -1 && groups.length > 0) groups.at(-1)?.pieces.push(piece);
    else groups.push({ rank, pieces: [piece] });
  }
  return groups.sort((a, b) => a.rank - b.rank).flatMap((group) => group.pieces);
}
