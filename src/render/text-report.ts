import type { Finding } from '../tree/finding.ts';
import { painter, type Paint } from './paint.ts';
import { count, printable } from './plain-text.ts';

export interface Reported {
  readonly findings: readonly Finding[];
  readonly waived: readonly unknown[];
  readonly documents: number;
  readonly tickets: number;
  /** What the baseline knows. */
  readonly known?: readonly unknown[];
  /** How many findings are left out, since what they are about has not changed. */
  readonly leftOut?: number;
}

const WIDTH = 160;

/** Findings for a person: place, offending line, what is wrong, what to do; a summary last. */
export function textReport(result: Reported, textOf: (path: string) => string | undefined, color: boolean): string {
  const paint = painter(color);
  const blocks = result.findings.map((finding) => block(finding, textOf, paint));
  return [...blocks, summary(result, paint)].join('\n');
}

/** Findings that were made in one place of a history. */
export interface FindingGroup {
  /** Which branch and commit. */
  readonly heading: string;
  readonly findings: readonly Finding[];
  /** What holds for all of them. */
  readonly note?: string;
  textOf(path: string): string | undefined;
}

/** Findings of several commits and branches for a person: a heading for each, a summary last. */
export function rangeReport(result: Reported, groups: readonly FindingGroup[], color: boolean): string {
  const paint = painter(color);
  const parts = groups.map(({ heading, findings, note, textOf }) => [paint('bold', printable(heading)), ...findings.map((finding) => block(finding, textOf, paint)), ...(note === undefined ? [] : [`${note}\n`])].join('\n'));
  return [...parts, summary(result, paint)].join('\n');
}

function block(finding: Finding, textOf: (path: string) => string | undefined, paint: Paint): string {
  const place = paint('bold', `${printable(finding.path)}:${finding.line}:${finding.column}`);
  const severity = paint(finding.severity === 'error' ? 'red' : 'yellow', finding.severity);
  const lines = [`${place}  ${severity}  ${paint('dim', finding.rule)}`, `  ${printable(finding.message)}`];
  const source = textOf(finding.path)?.split(/\r?\n/)[finding.line - 1];
  if (source !== undefined && source.trim() !== '') lines.push(...quoted(finding, source, paint));
  lines.push(`  ${paint('cyan', 'mend:')} ${printable(finding.remedy)}`, '');
  return lines.join('\n');
}

function quoted(finding: Finding, source: string, paint: Paint): string[] {
  const start = finding.column > WIDTH ? finding.column - WIDTH / 2 : 0;
  const shown = printable(source.slice(start, start + WIDTH));
  const number = String(finding.line);
  const lines = [`  ${paint('dim', `${number} |`)} ${shown}`];
  if (finding.column > 1) lines.push(`  ${paint('dim', `${' '.repeat(number.length)} |`)} ${' '.repeat(finding.column - 1 - start)}${paint('red', '^')}`);
  return lines;
}

/** The last line of a report, without colour. */
export function verdictLine(result: Reported): string {
  return summary(result, (_, text) => text);
}

function summary(result: Reported, paint: Paint): string {
  const errors = result.findings.filter((finding) => finding.severity === 'error').length;
  const warnings = result.findings.length - errors;
  const checked = `${count(result.documents, 'document')} in ${count(result.tickets, 'ticket')} checked`;
  const waived = [
    ...(result.waived.length > 0 ? [`, ${result.waived.length} waived`] : []),
    ...(result.known?.length ? [`, ${count(result.known.length, 'known finding')} in the baseline`] : []),
    ...(result.leftOut ? [`, ${result.leftOut} left out on lines that have not changed`] : []),
  ].join('');
  if (result.findings.length === 0) return paint('green', `ok: ${checked}${waived}`);
  return `${paint(errors > 0 ? 'red' : 'yellow', `${count(errors, 'error')}, ${count(warnings, 'warning')}`)}${waived} (${checked})`;
}
