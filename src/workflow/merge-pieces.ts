import { isDeepStrictEqual as same } from 'node:util';
import { atColumn, type Branch, type Piece } from '../documents/pieces.ts';
import { entryLines, itemLines } from '../documents/render-yaml.ts';
import { ABSENT, mergeData, statusFrom } from './merge-data.ts';
import { mergeFlows } from './merge-flow.ts';
import { planOfLists, planOfMappings, type Mapping, type MergeRules } from './merge-plan.ts';

/** Merged lines, or the lines of all sides where they cannot be merged. */
export type Chunk = { readonly lines: readonly string[] } | Conflict;

export interface Conflict {
  readonly ours: readonly string[];
  readonly base: readonly string[];
  readonly theirs: readonly string[];
}

interface Sides<T> {
  readonly base: T;
  readonly ours: T;
  readonly theirs: T;
}

/** What changed nowhere or on one side, undefined where both changed it. */
export function threeWay<T>(base: T | undefined, ours: T, theirs: T): T | undefined {
  if (same(ours, theirs) || (base !== undefined && same(base, theirs))) return ours;
  return base !== undefined && same(base, ours) ? theirs : undefined;
}

/** The entries of three mappings or lists put together at a column; undefined where their order or their histories contradict each other. */
export function mergePieces(sides: Sides<readonly Piece[]>, kind: Branch['kind'], column: number, steps: readonly string[], rules: MergeRules, isSequential = false): Chunk[] | undefined {
  const { base, ours, theirs } = sides;
  const data = (pieces: readonly Piece[]) => pieces.map((piece) => piece.data);
  const mapping = (pieces: readonly Piece[]): Mapping => Object.fromEntries(pieces.map((piece) => [piece.key as string, piece.data]));
  const plan = kind === 'map' ? planOfMappings(mapping(base), mapping(ours), mapping(theirs)) : planOfLists({ base: data(base), ours: data(ours), theirs: data(theirs) }, steps, rules, isSequential);
  if (plan === undefined) return undefined;
  const orders = [ours, theirs].map((pieces) => pieces.find((piece) => piece.key === 'order')?.data);
  const context: Context = { column, steps, rules, isSequential: orders.includes('sequential'), isItem: kind === 'list' };
  const status = kind === 'map' && steps.length === 0 ? statusFrom(mapping(base), mapping(ours), mapping(theirs)) : undefined;
  const dropped = plan.base.filter((id) => !plan.order.includes(id)).flatMap((id) => droppedComments(at(plan.base, base, id), at(plan.ours, ours, id), at(plan.theirs, theirs, id), column));
  const chunks = plan.order.flatMap((id): Chunk[] => {
    const [b, o, t] = [at(plan.base, base, id), at(plan.ours, ours, id), at(plan.theirs, theirs, id)];
    const settled = id === 'status' && status ? { ours: o, theirs: t }[status] : undefined;
    return settled ? [{ lines: printed(settled, column) }] : mergePiece(b, o, t, context);
  });
  return [...chunks, ...dropped];
}

/** An entry that one side deleted and the other only wrote a comment to: the comment is not for us to drop. */
function droppedComments(base: Piece | undefined, ours: Piece | undefined, theirs: Piece | undefined, column: number): Conflict[] {
  const side = ours ?? theirs;
  if (base === undefined || side === undefined) return [];
  const known = commentsIn(base);
  if (commentsIn(side).every((comment) => known.includes(comment))) return [];
  return [{ ours: printed(ours, column), base: printed(base, column), theirs: printed(theirs, column) }];
}

function at(ids: readonly string[], pieces: readonly Piece[], id: string): Piece | undefined {
  const index = ids.indexOf(id);
  return index === -1 ? undefined : pieces[index];
}

interface Context {
  readonly column: number;
  /** Keys that lead to the collection. */
  readonly steps: readonly string[];
  readonly rules: MergeRules;
  /** Of a mapping: its `nodes` are done one after the other. */
  readonly isSequential: boolean;
  readonly isItem: boolean;
}

function mergePiece(base: Piece | undefined, ours: Piece | undefined, theirs: Piece | undefined, context: Context): Chunk[] {
  const { column, rules } = context;
  if (ours === undefined || theirs === undefined) {
    const side = ours ?? theirs;
    if (side === undefined || base === undefined) return side === undefined ? [] : [{ lines: printed(side, column) }];
    return [{ ours: printed(ours, column), base: printed(base, column), theirs: printed(theirs, column) }];
  }
  const lead = threeWay(base?.lead, ours.lead, theirs.lead) ?? rules.lines(base?.lead ?? [], ours.lead, theirs.lead);
  const above: Chunk = lead ? { lines: atColumn(lead, column) } : conflictOf(base?.lead ?? [], ours.lead, theirs.lead, column);
  return [above, ...mergeOwn(base, ours, theirs, context)];
}

function mergeOwn(base: Piece | undefined, ours: Piece, theirs: Piece, context: Context): Chunk[] {
  const { column } = context;
  const lines = threeWay(base?.lines, ours.lines, theirs.lines) ?? leafLines(base, ours, theirs, context);
  if (lines !== undefined) return [{ lines: atColumn(lines, column) }];
  return mergeBranches(base, ours, theirs, context) ?? reformatted(base, ours, theirs, context) ?? [conflictOf(base?.lines ?? [], ours.lines, theirs.lines, column)];
}

/** One-line entries by their parts, texts of several lines by their lines. */
function leafLines(base: Piece | undefined, ours: Piece, theirs: Piece, { steps, rules, isItem, isSequential }: Context): readonly string[] | undefined {
  if (base?.isBlockText && ours.isBlockText && theirs.isBlockText) return rules.lines(base.lines, ours.lines, theirs.lines);
  if (ours.branch || theirs.branch || !ours.parts || !theirs.parts || (base && !base.parts)) return undefined;
  const before = threeWay(base?.parts?.before, ours.parts.before, theirs.parts.before);
  const after = threeWay(base?.parts?.after, ours.parts.after, theirs.parts.after);
  const value = threeWay(base?.parts?.value, ours.parts.value, theirs.parts.value) ?? changedValue(base, ours, theirs);
  if (before === undefined || after === undefined) return undefined;
  if (value !== undefined) return [before + value + after];
  if (!ours.flow || !theirs.flow || (base ? !base.flow : isItem)) return undefined;
  const key = ours.key === undefined ? [] : [ours.key];
  const flow = mergeFlows(base?.flow, ours.flow, theirs.flow, [...steps, ...key], rules, isSequential && ours.key === 'nodes');
  return flow === undefined ? undefined : [`${before} ${flow}${after}`];
}

/** The text of the side that changed the value, when the other only wrote it otherwise. */
function changedValue(base: Piece | undefined, ours: Piece, theirs: Piece): string | undefined {
  const [mine, other] = [ours.parts?.value ?? '', theirs.parts?.value ?? ''];
  if (same(ours.data, theirs.data)) return mine < other ? mine : other;
  if (base && same(base.data, theirs.data)) return mine;
  return base && same(base.data, ours.data) ? other : undefined;
}

function mergeBranches(base: Piece | undefined, ours: Piece, theirs: Piece, context: Context): Chunk[] | undefined {
  const [b, o, t] = [base?.branch, ours.branch, theirs.branch];
  if (!o || !t || o.kind !== t.kind || o.isInline !== t.isInline || (base ? b?.kind !== o.kind || b.isInline !== o.isInline : context.isItem)) return undefined;
  const head = threeWay(b?.head, o.head, t.head);
  if (head === undefined) return undefined;
  const { column, rules } = context;
  const indent = o.isInline ? head.length : (threeWay(b?.indent, o.indent, t.indent) ?? Math.min(o.indent, t.indent));
  const steps = ours.key === undefined ? context.steps : [...context.steps, ours.key];
  const sides = { base: b?.pieces ?? [], ours: o.pieces, theirs: t.pieces };
  const chunks = mergePieces(sides, o.kind, column + indent, steps, rules, context.isSequential && ours.key === 'nodes');
  const above = atColumn([head], column);
  if (!o.isInline) return [{ lines: above }, ...(chunks ?? middleConflict(sides, column + indent))];
  const all = chunks?.filter((chunk) => !('lines' in chunk) || chunk.lines.length > 0);
  const first = all?.[0];
  if (!all || !first || !('lines' in first) || /^\s*(?:#|$)/.test(first.lines[0] ?? '')) return undefined;
  return [{ lines: [above.join('') + (first.lines[0] ?? '').slice(column + indent), ...first.lines.slice(1)] }, ...all.slice(1)];
}

/** A list that cannot be merged, without the items that both sides begin and end with. */
function middleConflict({ base, ours, theirs }: Sides<readonly Piece[]>, column: number): Chunk[] {
  const text = (piece: Piece | undefined) => printed(piece, column).join('\n');
  const length = Math.min(ours.length, theirs.length);
  let start = 0;
  while (start < length && text(ours[start]) === text(theirs[start])) start += 1;
  let end = 0;
  while (end < length - start && text(ours.at(-1 - end)) === text(theirs.at(-1 - end))) end += 1;
  const lines = (pieces: readonly Piece[]) => pieces.flatMap((piece) => printed(piece, column));
  const isTrimmed = base.length >= start + end && [...base.keys()].every((index) => (index >= start && index < base.length - end) || text(base[index]) === text(index < start ? ours[index] : ours.at(index - base.length)));
  return [
    { lines: lines(ours.slice(0, start)) },
    { ours: lines(ours.slice(start, ours.length - end)), base: lines(isTrimmed ? base.slice(start, base.length - end) : base), theirs: lines(theirs.slice(start, theirs.length - end)) },
    { lines: lines(ours.slice(ours.length - end)) },
  ];
}

/** Where one side only wrote the entry in another form, the other's change stands; where both changed it in different forms, it is written anew. */
function reformatted(base: Piece | undefined, ours: Piece, theirs: Piece, { column, steps, rules, isItem }: Context): Chunk[] | undefined {
  const chosen = (piece: Piece, other: Piece) => (commentsIn(other).every((comment) => commentsIn(piece).includes(comment)) ? [{ lines: atColumn(piece.lines, column) }] : undefined);
  if (same(ours.data, theirs.data)) return ours.lines.join('\n') < theirs.lines.join('\n') ? chosen(ours, theirs) : chosen(theirs, ours);
  if (base && same(base.data, ours.data)) return chosen(theirs, ours);
  if (base && same(base.data, theirs.data)) return chosen(ours, theirs);
  if ([base, ours, theirs].some((piece) => piece && commentsIn(piece).length > 0) || isText(ours.data) || isText(theirs.data)) return undefined;
  if (isItem && !base) return undefined;
  const key = ours.key;
  const { data, conflicts } = mergeData(base ? base.data : ABSENT, ours.data, theirs.data, rules, 'ours', key === undefined ? steps : [...steps, key]);
  if (conflicts > 0) return undefined;
  return [{ lines: atColumn(key === undefined ? itemLines(data) : entryLines(key, data), column) }];
}

function isText(data: unknown): boolean {
  return typeof data === 'string';
}

/** Whatever may be a comment, above the entry or in it. */
function commentsIn({ lead, lines }: Piece): string[] {
  return [...lead, ...lines].flatMap((line) => /(?:^|\s)(#.*)$/.exec(line)?.[1] ?? []);
}

function conflictOf(base: readonly string[], ours: readonly string[], theirs: readonly string[], column: number): Conflict {
  return { ours: atColumn(ours, column), base: atColumn(base, column), theirs: atColumn(theirs, column) };
}

function printed(piece: Piece | undefined, column: number): string[] {
  return piece ? atColumn([...piece.lead, ...piece.lines], column) : [];
}
