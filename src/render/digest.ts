/** What of a part of a digest is said. */
export interface Taken {
  readonly lines: readonly string[];
  /** How many things are not. */
  readonly leftOut: number;
}

/** A part of a digest, which says as much as there is room for. */
export interface DigestPart {
  readonly title: string;
  /** What it may take of the room that all parts have, from 0 to 1, before what others leave is given away. */
  readonly share: number;
  /** The command that shows what was left out. */
  readonly more: string;
  /** As many lines as cost no more than the budget, by `lineCost`; all of them for Infinity. */
  take(budget: number): Taken;
}

export interface DigestSection {
  readonly title: string;
  readonly lines: readonly string[];
  readonly left_out?: number;
  readonly more?: string;
}

/** Bytes of a line in a list of JSON, which is never less than it takes as text. */
export function lineCost(line: string): number {
  return Buffer.byteLength(JSON.stringify(line)) + 1;
}

/** The first of some lines, for as long as they fit. */
export function fromStart(lines: readonly string[], left = lines.length): DigestPart['take'] {
  return (budget) => {
    let cost = 0;
    const end = lines.findIndex((line) => (cost += lineCost(line)) > budget);
    const shown = end === -1 ? lines : lines.slice(0, end);
    return { lines: shown, leftOut: Math.max(left, lines.length) - shown.length };
  };
}

/**
 * Divides so many bytes among the parts: each gets its share as far as it needs it, what is left
 * goes to the first that need more. Parts without lines are left out. The same parts give the same bytes.
 */
export function fitParts(parts: readonly DigestPart[], budget: number): DigestSection[] {
  const wanted = parts.map((part) => ({ part, need: costOf(part.take(Infinity).lines) })).filter(({ need }) => need > 0);
  const room = budget - wanted.reduce((sum, { part }) => sum + frameCost(part), 0);
  const given = wanted.map(({ part, need }) => Math.max(0, Math.min(need, Math.floor(room * part.share))));
  let left = room - given.reduce((sum, one) => sum + one, 0);
  return wanted.flatMap(({ part, need }, index) => {
    const extra = Math.max(0, Math.min(left, need - (given[index] as number)));
    left -= extra;
    return section(part, (given[index] as number) + extra);
  });
}

function section(part: DigestPart, budget: number): DigestSection[] {
  const { title, more } = part;
  const { lines, leftOut } = part.take(budget);
  return [{ title, lines, ...(leftOut > 0 && { left_out: leftOut, more }) }];
}

function costOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + lineCost(line), 0);
}

function frameCost({ title, more }: DigestPart): number {
  return lineCost(JSON.stringify({ title, lines: [], left_out: 1_000_000, more }));
}

/** A section as Markdown. */
export function sectionText({ title, lines, left_out: leftOut, more }: DigestSection): string {
  const rest = leftOut === undefined ? [] : [`… ${leftOut} more: ${more}`];
  return [`## ${title}`, ...lines, ...rest].join('\n');
}
