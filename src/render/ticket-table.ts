import type { Finding } from '../tree/finding.ts';
import { count, printable } from './plain-text.ts';

/** What a check found in one ticket, or in what is in none. */
export interface TicketRow {
  readonly ticket: string;
  readonly documents: number;
  readonly errors: number;
  readonly warnings: number;
}

const ELSEWHERE = '(in no ticket)';
const WIDTH = 80;

/** One row a ticket, those with errors first, then those with warnings, then by name; last what is in no ticket, if anything is. */
export function ticketRows(tickets: readonly { readonly id: string; readonly folder: string; readonly documents: number }[], findings: readonly Finding[], documents: number): TicketRow[] {
  const errors = new Map<string, number>();
  const warnings = new Map<string, number>();
  const folders = new Set(tickets.map(({ folder }) => folder));
  for (const { path, severity } of findings) {
    const counts = severity === 'error' ? errors : warnings;
    const folder = folderOf(path, folders);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const row = (ticket: string, folder: string, number: number): TicketRow => ({ ticket, documents: number, errors: errors.get(folder) ?? 0, warnings: warnings.get(folder) ?? 0 });
  const rows = tickets.map(({ id, folder, documents: number }) => row(id, folder, number)).sort(byWeight);
  const rest = row(ELSEWHERE, '', Math.max(0, documents - tickets.reduce((sum, one) => sum + one.documents, 0)));
  return rest.documents + rest.errors + rest.warnings > 0 ? [...rows, rest] : rows;
}

/** The nearest of some folders that a path is in or is; '' when it is in none. */
function folderOf(path: string, folders: ReadonlySet<string>): string {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) if (folders.has(at)) return at;
  return '';
}

function byWeight(a: TicketRow, b: TicketRow): number {
  return b.errors - a.errors || b.warnings - a.warnings || (a.ticket < b.ticket ? -1 : 1);
}

/** The rows for a terminal of 80 columns; tickets without findings are one line. */
export function ticketTableText(rows: readonly TicketRow[]): string {
  const tickets = rows.filter(({ ticket }) => ticket !== ELSEWHERE);
  const [found, clean] = [tickets.filter(isMarked), tickets.filter((row) => !isMarked(row))];
  const rest = { ticket: found.length === 0 ? count(clean.length, 'ticket') : `${count(clean.length, 'more ticket')} without findings`, documents: clean.reduce((sum, row) => sum + row.documents, 0), errors: 0, warnings: 0 };
  const shown = [...found, ...(clean.length > 0 ? [rest] : []), ...rows.filter(({ ticket }) => ticket === ELSEWHERE)];
  const lines = [['ticket', 'documents', 'errors', 'warnings'], ...shown.map(({ ticket, documents, errors, warnings }) => [ticket, String(documents), String(errors), String(warnings)])];
  const numbers = '  documents  errors  warnings'.length;
  const width = Math.min(WIDTH - numbers, Math.max(...lines.map(([name = '']) => printable(name).length)));
  return lines.map(([name = '', documents = '', errors = '', warnings = '']) => `${fitted(printable(name), width)}  ${documents.padStart(9)}  ${errors.padStart(6)}  ${warnings.padStart(8)}`).join('\n');
}

function isMarked({ errors, warnings }: TicketRow): boolean {
  return errors + warnings > 0;
}

function fitted(name: string, width: number): string {
  return name.length > width ? `${name.slice(0, width - 1)}…` : name.padEnd(width);
}
