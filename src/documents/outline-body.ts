import { nextLine } from './fence.ts';
import { referenceOutline } from './outline-reference.ts';
import { isHeadingAt, newScan, scanLines } from './outline-scan.ts';
import type { BodyOutline, Place, Scan, Stop } from './outline-scan.ts';

/**
 * The reference parser takes more than linear time on hostile text, so it is given no more than
 * this: for one stretch between headings, and for all stretches of a document together.
 */
const STRETCH = { length: 64 * 1024, lines: 2_000 };
const ALL = { length: 256 * 1024, lines: 10_000 };

/** Fifty quotes or lists, one in the other, at the start of a line. */
const TOO_DEEP = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))){50}/m;

/**
 * The outline of the body that begins at a place. The scanner reads it; where the scanner stops,
 * the stretch from the last heading to the next one goes to the reference parser, and scanning goes
 * on after that: a top-level heading closes whatever was open, so what stands before it and what
 * stands after it can be read apart. A place instead of an outline: there is too much for the
 * reference parser, beginning there.
 */
export function readBody(text: string, start: Place): BodyOutline | Place {
  const scan = newScan();
  if (hasLoneReturn(text)) return readStretch(scan, text, start, undefined) === undefined ? start : scan;
  const spent = { length: 0, lines: 0 };
  let place: Place | undefined = start;
  while (place !== undefined) {
    const stop: Stop | undefined = scanLines(scan, text, place);
    if (stop === undefined) return scan;
    forget(scan, stop.clean.line, stop.stopped.line);
    place = readOn(scan, text, stop);
    if (place === undefined) return stop.stopped;
    spent.length += place.at - stop.clean.at;
    spent.lines += place.line - stop.clean.line;
    if (spent.length > ALL.length || spent.lines > ALL.lines) return stop.stopped;
    if (place.at >= text.length) return scan;
  }
  return scan;
}

function hasLoneReturn(text: string): boolean {
  return text.includes('\r') && /\r(?!\n)/.test(text);
}

/** Reads from the clean place to a heading after the stop, or to the end; each try is twice as long as the last. */
function readOn(scan: Scan, text: string, { stopped, clean }: Stop): Place | undefined {
  let { at, line } = stopped;
  let least = at;
  for (;;) {
    const next = text.indexOf('\n', at) + 1;
    if (next === 0 || next >= text.length) return readStretch(scan, text, clean, undefined);
    at = next;
    line += 1;
    if (at < least || !isHeadingAt(text, at)) continue;
    const after = readStretch(scan, text, clean, { at, line });
    if (after !== 'inside') return after;
    least = clean.at + 2 * (at - clean.at);
  }
}

/**
 * Gives the stretch up to a heading's line (or the text's end) to the reference parser and takes
 * over what it says. `inside` when that is no top-level heading after all, undefined when the
 * stretch is too much.
 */
function readStretch(scan: Scan, text: string, from: Place, heading: Place): Place | 'inside' | undefined;
function readStretch(scan: Scan, text: string, from: Place, heading: undefined): Place | undefined;
function readStretch(scan: Scan, text: string, from: Place, heading: Place | undefined): Place | 'inside' | undefined {
  const end = heading === undefined ? -1 : nextLine(text, heading.at);
  const stretch = text.slice(from.at, end === -1 ? text.length : end);
  if (stretch.length > STRETCH.length || TOO_DEEP.test(stretch)) return undefined;
  const lines = heading === undefined ? countLines(stretch) : heading.line - from.line;
  if (lines > STRETCH.lines) return undefined;
  const outline = referenceOutline(stretch, from.line);
  if (heading !== undefined && outline.headings.at(-1)?.line !== heading.line) return 'inside';
  for (const found of outline.headings) scan.headings.push(found);
  for (const line of outline.opaque) scan.opaque.add(line);
  for (const line of outline.fenced) scan.fenced.add(line);
  Object.assign(scan, { before: 'nothing', list: false, fence: '', comment: false, blanks: [] });
  return heading === undefined || end === -1 ? { at: text.length, line: from.line + lines } : { at: end, line: heading.line + 1 };
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = nextLine(text, 0); at !== -1; at = nextLine(text, at)) lines += 1;
  return lines;
}

/** Takes back what was said of the lines from one to another. */
function forget(scan: Scan, from: number, to: number): void {
  while ((scan.headings.at(-1)?.line ?? 0) >= from) scan.headings.pop();
  for (let line = from; line <= to; line += 1) {
    scan.opaque.delete(line);
    scan.fenced.delete(line);
  }
}
