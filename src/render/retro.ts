import { renderFrontmatter, setValue } from '../documents/edit.ts';
import { setKept } from '../documents/kept-block.ts';
import { addressOf } from '../documents/link-target.ts';
import { parseDocument } from '../documents/parse.ts';
import { durationText } from '../workflow/node-times.ts';
import { textsIn } from '../workflow/task-tree.ts';
import type { TicketFigures } from '../workflow/ticket-metrics.ts';
import { cell, codeSpan } from './markdown-data.ts';
import { printable } from './plain-text.ts';

/** A note that came out of a ticket. */
export interface Lesson {
  readonly path: string;
  readonly title: string;
}

export interface RetroInputs {
  readonly path: string;
  readonly ticket: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly figures: TicketFigures;
  /** All of them, in their order. */
  readonly lessons: readonly Lesson[];
}

/** The look back with its figures as they are now, and every lesson linked; what people wrote in it stays byte by byte. */
export function retroText(old: string | undefined, { path, ticket, by, at, figures, lessons }: RetroInputs): string {
  const begun = old ?? `${renderFrontmatter({ ticket, by, at })}# Looking back at ${ticket}\n`;
  const data = parseDocument(Buffer.from(begun)).data ?? {};
  const metrics = { ...(typeof data.metrics === 'object' && data.metrics !== null ? data.metrics : {}), ...figures.metrics };
  const measured = JSON.stringify(data.metrics) === JSON.stringify(metrics) ? begun : setValue(begun, ['metrics'], metrics);
  const listed = lessons.map((lesson) => lesson.path);
  const named = listed.length === 0 || JSON.stringify(textsIn(data.lessons)) === JSON.stringify(listed) ? measured : setValue(measured, ['lessons'], listed);
  const told = setKept(named, 'Figures', table(figures));
  return lessons.length === 0 ? told : setKept(told, 'Lessons', lessons.map((lesson) => `- [${printable(lesson.title).replaceAll(/[\\`*_[\]<>&]/g, '\\$&')}](${addressOf(path, lesson.path)})`));
}

function table({ nodes }: TicketFigures): string[] {
  const rows = nodes.map(({ id, title, status, attempts, failures, time }) => [codeSpan(id).replaceAll('|', '\\|'), cell(title), cell(status.replaceAll('_', ' ')), attempts === 0 ? '' : String(attempts), failures === 0 ? '' : String(failures), time === undefined ? '' : durationText(time)]);
  return ['| node | what | came out | attempts | failures | time |', '|---|---|---|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)];
}
