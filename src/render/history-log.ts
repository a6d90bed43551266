import type { LogEntry } from '../workflow/ticket-log.ts';
import { column, fit, oneLine, WIDTH, widthOf, wrapped } from './columns.ts';
import type { Paint } from './paint.ts';
import { whereText } from './status-words.ts';

const TIME = 'YYYY-MM-DD HH:MM'.length;
const [MOST_SUBJECT, WORD] = [24, 11];
const WORDS: Readonly<Record<string, string>> = { in_progress: 'started', released: 'released' };

/** What was done, a line each, with the reason below it. */
export function historyLog(log: readonly LogEntry[], paint: Paint): string {
  const subject = Math.min(MOST_SUBJECT, Math.max(0, ...log.map((entry) => widthOf(oneLine(entry.subject)))));
  return log.flatMap((entry) => linesOf(entry, subject, paint)).join('\n');
}

function linesOf(entry: LogEntry, subject: number, paint: Paint): string[] {
  const checked = entry.verifiedBy !== undefined && entry.verifiedBy !== entry.by ? `, checked by ${entry.verifiedBy}` : '';
  const left = TIME + 2 + subject + 2 + WORD + 2;
  const line = `${paint('dim', timeText(entry.at))}  ${paint('bold', column(entry.subject, subject))}  ${column(WORDS[entry.to] ?? entry.to, WORD)}  ${fit(entry.by + checked, WIDTH - left)}`;
  const apart = entry.only ? [`only in ${[...new Set(entry.only.map((one) => whereText([one])))].join(', ')}`] : [];
  const notes = [...(entry.why === undefined ? [] : [entry.why]), ...apart];
  return [line, ...notes.flatMap((note) => wrapped(note, WIDTH - TIME - 2)).map((text) => `${' '.repeat(TIME + 2)}${text}`)];
}

/** In UTC, to the minute; as written where it is no time. */
function timeText(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? column(at === '' ? '-' : at, TIME) : new Date(time).toISOString().slice(0, TIME).replace('T', ' ');
}
