import { placeholderInText } from '../documents/placeholders.ts';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';

/** A run of a command, as a record tells it. */
export interface CommandRun {
  readonly command: string;
  readonly exit: number | undefined;
  readonly signal: string | undefined;
  readonly isOverdue: boolean;
  readonly seconds: number;
  /** Where the time limit stood. */
  readonly limit: number;
  readonly output: { readonly head: string; readonly tail: string; readonly bytes: number; readonly dropped: number };
}

const HEADING = 'Output';
/** What a record keeps of an output: enough to see why, little enough to read. */
const MOST_CHARACTERS = 4000;
const MOST_LINES = 80;
const FINDING_LINES = 3;
const FINDING_CHARACTERS = 200;

/** How a command ended, in a few words. */
export function endOf({ exit, signal, isOverdue, limit }: Pick<CommandRun, 'exit' | 'signal' | 'isOverdue' | 'limit'>): string {
  if (isOverdue) return `ended at its time limit of ${limit} s`;
  if (exit === undefined) return `ended by ${signal ?? 'a signal'}`;
  return exit === 127 ? 'exit 127: a program that it needs is not there' : `exit ${exit}`;
}

/** What is wrong with a command that did not pass: how it ended, and its last lines. */
export function commandFindings(run: CommandRun): string[] {
  const lines = plainLines(run.output.tail || run.output.head).map((line) => line.trim()).filter((line) => line !== '');
  // A word for what is not written yet would bar the record from ever being complete.
  const last = lines.filter((line) => placeholderInText(line) === undefined).slice(-FINDING_LINES);
  return [`${endOf(run)}: ${oneLine(run.command)}`, ...last.map((line) => cut(line, FINDING_CHARACTERS))];
}

/** The record with the end of what the command printed in its section `Output`, in place of that of an earlier run. */
export function withOutput(record: string, run: CommandRun): string {
  const eol = record.includes('\r\n') ? '\r\n' : '\n';
  const section = sectionOf(run).join(eol);
  const { before, after } = aroundSection(record);
  const rest = after.trim() === '' ? '' : `${eol}${after}`;
  return `${before.trimEnd()}${eol}${eol}${section}${eol}${rest}`;
}

/** The lines of an output as a terminal would leave them: without colours, carriage returns overwrite. */
export function plainLines(output: string): string[] {
  const lines = output.replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '').split(/\r?\n/);
  return lines.map((line) => line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffd]/g, ''));
}

/** The last lines that fit, and whether any are left out. */
export function lastLines({ head, tail, dropped }: CommandRun['output'], lines = MOST_LINES, characters = MOST_CHARACTERS): { readonly lines: readonly string[]; readonly isCut: boolean } {
  const all = plainLines(tail || head);
  while (all.at(-1)?.trim() === '') all.pop();
  const kept: string[] = [];
  let room = characters;
  for (const line of all.toReversed()) {
    const short = cut(line, characters / 4);
    if (kept.length === lines || short.length + 1 > room) break;
    kept.unshift(short);
    room -= short.length + 1;
  }
  return { lines: kept, isCut: kept.length < all.length || dropped > 0 };
}

function sectionOf(run: CommandRun): string[] {
  const { lines, isCut } = lastLines(run.output);
  const fence = '`'.repeat(Math.max(3, ...[...[...lines, run.command].join('\n').matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  const kept = isCut ? `; the last ${lines.length} lines of ${run.output.bytes} bytes` : '';
  return [`## ${HEADING}`, '', `${endOf(run)} after ${run.seconds.toFixed(1)} s${kept}`, '', `${fence}text`, ...plainLines(run.command).map((line, index) => (index === 0 ? `$ ${line}` : `> ${line}`)), ...lines, fence];
}

/** A record's text before its section and after it. */
function aroundSection(record: string): { before: string; after: string } {
  const { headings } = outlineOf(parseDocument(Buffer.from(record)));
  const at = headings.findIndex(({ text, depth }) => depth === 2 && text === HEADING);
  if (at === -1) return { before: record, after: '' };
  const end = headings.slice(at + 1).find(({ depth }) => depth <= 2);
  const starts = lineStarts(record);
  return { before: record.slice(0, starts[(headings[at]?.line ?? 1) - 1]), after: end ? record.slice(starts[end.line - 1]) : '' };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}

function oneLine(text: string): string {
  return cut(plainLines(text).map((line) => line.trim()).filter((line) => line !== '').join(' ⏎ '), FINDING_CHARACTERS);
}

function cut(line: string, most: number): string {
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}
