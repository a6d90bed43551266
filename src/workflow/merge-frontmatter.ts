import { isDeepStrictEqual as same } from 'node:util';
import { piecesOf, type Pieces } from '../documents/pieces.ts';
import { readYaml } from '../documents/yaml.ts';
import { ABSENT, mergeData } from './merge-data.ts';
import { mergePieces, threeWay, type Chunk, type Conflict } from './merge-pieces.ts';
import { isMapping, type MergeRules } from './merge-plan.ts';

export interface Merged {
  readonly text: string;
  readonly conflicts: number;
}

/** Writes the lines of both sides with the marks between them. */
export type WriteConflict = (conflict: Conflict) => string[];

export interface FrontmatterRules extends MergeRules {
  /** Whether the data is what its kind says; a merge of two that are must be one too. */
  isSound(data: unknown): boolean;
}

/**
 * Three YAML sources with LF line ends merged as data, their text kept piece by piece. The result is
 * read again: what it says is what a merge of the data alone says, or it is not used. undefined: at
 * least one side cannot be read, or is no block of `key: value` entries.
 */
export function mergeFrontmatter(base: string | undefined, ours: string, theirs: string, rules: FrontmatterRules, write: WriteConflict): Merged | undefined {
  const [b, o, t] = [base === undefined ? undefined : piecesOf(base), piecesOf(ours), piecesOf(theirs)];
  if (!o || !t || (base !== undefined && !b)) return undefined;
  const chunks = mergeRoots(b, o, t, rules);
  const written = chunks && checked(chunks, b, o, t, rules, write);
  return written ?? { text: write({ ours: linesOf(ours), base: linesOf(base ?? ''), theirs: linesOf(theirs) }).join(''), conflicts: 1 };
}

function mergeRoots(base: Pieces | undefined, ours: Pieces, theirs: Pieces, rules: MergeRules): Chunk[] | undefined {
  const column = threeWay(base?.column, ours.column, theirs.column) ?? Math.min(ours.column, theirs.column);
  const entries = mergePieces({ base: base?.pieces ?? [], ours: ours.pieces, theirs: theirs.pieces }, 'map', column, [], rules);
  const tail = threeWay(base?.tail, ours.tail, theirs.tail) ?? rules.lines(base?.tail ?? [], ours.tail, theirs.tail);
  const end: Chunk = tail ? { lines: tail } : { ours: ours.tail, base: base?.tail ?? [], theirs: theirs.tail };
  return entries && [...entries, end];
}

function checked(chunks: readonly Chunk[], base: Pieces | undefined, ours: Pieces, theirs: Pieces, rules: FrontmatterRules, write: WriteConflict): Merged | undefined {
  const conflicts = chunks.filter((chunk) => !('lines' in chunk)).length;
  const resolved = (pick: 'ours' | 'theirs') => {
    const read = readYaml(textOf(chunks.map((chunk) => ('lines' in chunk ? chunk.lines : chunk[pick])))).data;
    const wanted = mergeData(base ? base.data : ABSENT, ours.data, theirs.data, rules, pick);
    return read !== undefined && (wanted.conflicts === conflicts ? same(read, wanted.data) : conflicts > 0) ? read : undefined;
  };
  const data = resolved('ours');
  if (data === undefined || (conflicts > 0 && resolved('theirs') === undefined)) return undefined;
  if (conflicts === 0 && isMapping(data) && rules.isSound(ours.data) && rules.isSound(theirs.data) && !rules.isSound(data)) return undefined;
  return { text: textOf(chunks.map((chunk) => ('lines' in chunk ? chunk.lines : write(withEnds(chunk)).join('').replace(/\n$/, '').split('\n')))), conflicts };
}

function withEnds({ ours, base, theirs }: Conflict): Conflict {
  const ended = (lines: readonly string[]) => lines.map((line) => `${line}\n`);
  return { ours: ended(ours), base: ended(base), theirs: ended(theirs) };
}

function textOf(parts: readonly (readonly string[])[]): string {
  return parts.flatMap((lines) => lines.map((line) => `${line}\n`)).join('');
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
