import { tokensIn } from '../documents/tokens.ts';

/** A piece of a text that may be shortened so that the whole fits. */
export interface Piece {
  /** What it is called where it is cut; undefined: it is never cut. */
  readonly name: string | undefined;
  /** How it reads, the longest form first; each ends with a line break, or is '' to leave the piece out. */
  readonly forms: readonly [string, ...string[]];
  /** It stands for something that is left out whatever room there is. */
  readonly isCut?: true;
  /** Room is given to lower ranks first. */
  readonly rank: number;
}

/** A heading with pieces below it. */
export interface Part {
  readonly title: string;
  readonly pieces: readonly Piece[];
  /** Says of so many pieces that they were left out. */
  readonly rest?: (count: number) => string;
}

export interface FittedPart {
  readonly title: string;
  /** Markdown, its heading included. */
  readonly text: string;
  readonly tokens: number;
  /** Names of the pieces that are not there in full. */
  readonly cut: readonly string[];
}

/**
 * Gives every piece its shortest form, and then, by rank, each the longest one that there is room for
 * in so many bytes. More than that comes out only where the shortest forms need it.
 */
export function fit(written: readonly Part[], bytes: number): FittedPart[] {
  const parts = written.map(printable);
  const pieces = parts.flatMap((part) => part.pieces);
  const chosen = new Map(pieces.map((piece) => [piece, piece.forms.at(-1) as string]));
  const headings = parts.map((part) => headingOf(part) + (part.rest?.(part.pieces.length) ?? ''));
  let left = bytes - [...headings, ...chosen.values()].reduce((sum, text) => sum + sizeOf(text), 0);
  for (const piece of [...pieces].sort((a, b) => a.rank - b.rank)) {
    const shortest = sizeOf(chosen.get(piece) as string);
    const form = piece.forms.find((text) => sizeOf(text) - shortest <= left);
    if (form === undefined) continue;
    left -= sizeOf(form) - shortest;
    chosen.set(piece, form);
  }
  return parts.map((part) => fitted(part, chosen));
}

/** Texts of documents end up in terminals: what is no text is shown as such. */
function printable(part: Part): Part {
  return { ...part, pieces: part.pieces.map((piece) => ({ ...piece, forms: piece.forms.map(withoutControls) as [string, ...string[]] })) };
}

function withoutControls(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

function fitted(part: Part, chosen: ReadonlyMap<Piece, string>): FittedPart {
  const cut = part.pieces.filter((piece) => piece.name !== undefined && (piece.isCut || chosen.get(piece) !== piece.forms[0]));
  const gone = cut.filter((piece) => chosen.get(piece) === '').length;
  const rest = gone > 0 ? (part.rest?.(gone) ?? '') : '';
  const text = headingOf(part) + part.pieces.map((piece) => chosen.get(piece)).join('') + rest;
  return { title: part.title, text, tokens: tokensIn(Buffer.from(text)), cut: cut.map((piece) => piece.name as string) };
}

function headingOf({ title }: Part): string {
  return `\n## ${title}\n`;
}

function sizeOf(text: string): number {
  return Buffer.byteLength(text);
}

/** A paragraph that always stands. */
export function paragraph(text: string): Piece {
  return { name: undefined, forms: [`\n${text}\n`], rank: 0 };
}

/** An item of a list that always stands. */
export function item(text: string): Piece {
  return { name: undefined, forms: [`- ${text}\n`], rank: 0 };
}

/** Text on one line, at most so many characters of it. */
export function clipped(text: string, length: number): string {
  const line = withoutControls(text.replace(/\s+/g, ' ').trim());
  const characters = Array.from(line.slice(0, 2 * length + 2));
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

/** A text in a fence that nothing in it closes. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}\n`;
}

/** A number as people read it: `2,000`. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
