import type { Finding } from '../tree/finding.ts';
import type { RequirementChange } from '../workflow/spec-difference.ts';
import { cell, codeSpan, fenced } from './markdown-data.ts';
import { count } from './plain-text.ts';
import type { TicketRow } from './ticket-table.ts';
import { verdictLine, type Reported } from './text-report.ts';

/** A change record that the judged step brings or alters. */
export interface RecordSummary {
  readonly name: string;
  readonly title: string;
  readonly impact: string;
  readonly status: string;
  readonly history: readonly Act[];
}

/** One entry of a history, and how it is known whose it is. */
export interface Act {
  readonly to: string;
  readonly by: string;
  /** The principal whose key signed the commit that brought it; undefined: declared. */
  readonly attested?: string;
  /** Left to the forge's review. */
  readonly awaitsReview?: boolean;
}

/** A verdict on a node, or a person's decision, that the judged step brings. */
export interface VerdictSummary extends Act {
  readonly node: string;
}

/** What a reviewer wants to know of one ticket. */
export interface TicketSummary {
  readonly id: string;
  readonly title: string;
  /** Lines of a tree. */
  readonly plan: readonly string[];
  readonly requirements: readonly RequirementChange[];
  readonly records: readonly RecordSummary[];
  readonly verdicts: readonly VerdictSummary[];
}

export interface StepSummary {
  readonly result: Reported;
  readonly rows: readonly TicketRow[];
  readonly tickets: readonly TicketSummary[];
}

/** A step's summary may have 1 MiB (GitHub drops it otherwise); what is left out is named in so many bytes. */
const NOTE_BYTES = 300;
const MOST_ROWS = 100;
const MOST_FINDINGS = 200;
const LONGEST_LINE = 1_000;
const LONGEST_TEXT = 100;

/** A summary in Markdown of at most so many bytes, most important things first. Nothing that stands in documents is read as Markdown. */
export function stepSummary({ result, rows, tickets }: StepSummary, bytes: number): string {
  const blocks = [verdict(result), ticketTable(rows), findingsBlock(result.findings), ...tickets.map(ticketBlock)].filter((block) => block !== '');
  const kept: string[] = [];
  let left = bytes - NOTE_BYTES;
  for (const block of blocks) {
    left -= Buffer.byteLength(block) + 2;
    if (left < 0) break;
    kept.push(block);
  }
  const missing = blocks.length - kept.length;
  return `${[...kept, ...(missing > 0 ? [`_${count(missing, 'section')} left out: GitHub shows a summary of 1 MB at most. \`treework check\` says everything._`] : [])].join('\n\n')}\n`;
}

function verdict(result: Reported): string {
  const failed = result.findings.some(({ severity }) => severity === 'error');
  return `## treework: ${failed ? 'refused' : 'passed'}\n\n${verdictLine(result)}`;
}

function ticketTable(rows: readonly TicketRow[]): string {
  if (rows.length === 0) return '';
  const shown = rows.slice(0, MOST_ROWS).map(({ ticket, documents, errors, warnings }) => `| ${cell(ticket)} | ${documents} | ${errors} | ${warnings} |`);
  const more = rows.length > MOST_ROWS ? [`\n${count(rows.length - MOST_ROWS, 'more ticket')}.`] : [];
  return ['| ticket | documents | errors | warnings |', '| --- | ---: | ---: | ---: |', ...shown, ...more].join('\n');
}

function findingsBlock(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const ordered = [...findings.filter(({ severity }) => severity === 'error'), ...findings.filter(({ severity }) => severity !== 'error')];
  const lines = ordered.slice(0, MOST_FINDINGS).flatMap(({ rule, severity, path, line, column, message, remedy }) => [`${path}:${line}:${column}  ${severity}  ${rule}`, `  ${message}`, `  mend: ${remedy}`, '']);
  const more = findings.length > MOST_FINDINGS ? [`… and ${findings.length - MOST_FINDINGS} more`] : [];
  return `### Findings\n\n${code([...lines.slice(0, more.length > 0 ? undefined : -1), ...more])}`;
}

function ticketBlock({ id, title, plan, requirements, records, verdicts }: TicketSummary): string {
  const parts = [`### ${codeSpan(id)} ${codeSpan(title.slice(0, LONGEST_LINE))}`];
  if (plan.length > 0) parts.push(code(plan));
  if (records.length > 0) parts.push(['**Change records** (who is declared, but where a signed commit attests it):', ...records.map(recordLine)].join('\n'));
  if (verdicts.length > 0) parts.push(['**Verdicts and approvals** (declared, but where a signed commit attests them):', ...verdicts.slice(0, LONGEST_TEXT).map(({ node, ...act }) => `- ${codeSpan(node)}: ${actText(act)}`)].join('\n'));
  if (verdicts.length > LONGEST_TEXT) parts.push(`${count(verdicts.length - LONGEST_TEXT, 'more verdict')}.`);
  if (requirements.length > 0) parts.push('**The effective spec**', ...requirements.slice(0, LONGEST_TEXT).map(requirementBlock));
  if (requirements.length > LONGEST_TEXT) parts.push(`${count(requirements.length - LONGEST_TEXT, 'more requirement')}.`);
  if (parts.length === 1) parts.push('Nothing that its spec demands has changed.');
  return parts.join('\n\n');
}

function recordLine({ name, title, impact, status, history }: RecordSummary): string {
  const acts = history.slice(-10).map(actText);
  return `- ${codeSpan(name)} ${codeSpan(title.slice(0, LONGEST_LINE))}, ${codeSpan(impact)}, ${codeSpan(status)}: ${acts.join(', ') || 'no history'}`;
}

function actText({ to, by, attested, awaitsReview }: Act): string {
  if (awaitsReview) return `${codeSpan(to)}, open until the forge's review`;
  return `${codeSpan(to)} by ${codeSpan(by || '(nobody)')} (${attested === undefined ? 'declared' : `attested by the key of ${codeSpan(attested)}`})`;
}

function requirementBlock({ kind, name, old, now }: RequirementChange): string {
  const lines = marked(old?.split('\n') ?? [], now?.split('\n') ?? []);
  const more = lines.length > LONGEST_TEXT ? [`… and ${count(lines.length - LONGEST_TEXT, 'more line')}`] : [];
  return `${kind}: ${codeSpan(name.slice(0, LONGEST_LINE))}\n\n${code([...lines.slice(0, LONGEST_TEXT), ...more], 'diff')}`;
}

/** Lines as a diff: what both begin and end with is context. */
function marked(old: readonly string[], now: readonly string[]): string[] {
  const shortest = Math.min(old.length, now.length);
  let start = 0;
  while (start < shortest && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shortest - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const middle = (lines: readonly string[], mark: string) => lines.slice(start, lines.length - end).map((line) => mark + line);
  const context = (lines: readonly string[]) => lines.map((line) => ` ${line}`);
  return [...context(old.slice(0, start)), ...middle(old, '-'), ...middle(now, '+'), ...context(old.slice(old.length - end))];
}

function code(lines: readonly string[], language?: string): string {
  return fenced(lines.map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line)), language);
}
