import { hash } from '../documents/digest.ts';
import { statusOf } from '../workflow/change-record.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import { ticketStatus, type NodeState } from '../workflow/node-status.ts';
import { durationText, entriesOf, workTime } from '../workflow/node-times.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import type { Ticket } from '../workflow/ticket.ts';
import { cell, codeSpan } from './markdown-data.ts';
import { printable } from './plain-text.ts';

/** The part of as-built.md that is made from a ticket's records; everything around it is people's. */
export interface AsBuilt {
  readonly heading: string;
  /** Markdown, LF. */
  readonly text: string;
}

/**
 * Planned against built: the nodes with what came of them, what differs from the plan, and figures
 * from the histories. A pure function of the ticket's folder, so that telling it again changes nothing.
 */
export function asBuilt(ticket: Ticket): AsBuilt {
  const { nodes } = ticketStatus(ticket);
  const leaves = nodes.filter(({ node }) => node.children.length === 0 && node.data.type !== 'phase');
  const parts = [table(leaves), `### Deviations\n\n${list([...specDeviations(ticket), ...nodeDeviations(leaves)], 'None: it was built as it was planned.')}`, `### Figures\n\n${list(figures(ticket, leaves), 'None.')}`];
  const title = ticket.spec?.data.title;
  return { heading: `${ticket.id}${typeof title === 'string' ? `: ${line(title)}` : ''}`, text: parts.join('\n\n') };
}

function table(leaves: readonly NodeState[]): string {
  const rows = leaves.map(({ node, status, record, life }) => {
    const epic = typeof node.data['x-epic'] === 'string' ? ` (${node.data['x-epic']})` : '';
    const made = typeof record?.data.l0 === 'string' ? record.data.l0 : '';
    return [`${codeSpan(node.id).replaceAll('|', '\\|')}${cell(epic)}`, cell(String(node.data.title ?? node.id)), cell(status.replaceAll('_', ' ')), cell(made), life.starts === 0 ? '' : String(life.starts), timeOf(record)];
  });
  return ['| node | planned | came out | built | attempts | time |', '|---|---|---|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

function specDeviations(ticket: Ticket): string[] {
  const accepted = ticket.changes.filter((record) => statusOf(record) === 'accepted');
  const changes = accepted.map(({ data, place }) => `${codeSpan(place.name ?? '')} ${cell(String(data.title ?? ''))} (${cell(String(data.impact ?? ''))})${typeof data.reason === 'string' ? `: ${cell(data.reason)}` : ''}`);
  const forks = ticket.forks.map(({ data, place }) => `fork ${codeSpan(place.name ?? '')} by way of ${cell(String(data.sub_workflow ?? ''))}: ${cell(String(data.reason ?? ''))}`);
  return [...changes, ...forks];
}

function nodeDeviations(leaves: readonly NodeState[]): string[] {
  return leaves.flatMap(({ node, status, record, life, skippedFor }) => {
    const last = entriesOf(record).at(-1);
    const why = typeof last?.reason === 'string' ? `: ${cell(last.reason)}` : '';
    if (status === 'skipped') return [`${codeSpan(node.id)} was skipped${skippedFor === undefined ? why : `, since ${codeSpan(skippedFor)} is escalated`}`];
    if (status !== 'complete') return [`${codeSpan(node.id)} is ${status.replaceAll('_', ' ')}${life.wasSettled ? ', though it was complete once' : ''}`];
    const failures = entriesOf(record).filter(({ to }) => to === 'failed').length;
    return failures > 0 ? [`${codeSpan(node.id)} failed ${failures === 1 ? 'once' : `${failures} times`} before it passed`] : [];
  });
}

function figures(ticket: Ticket, leaves: readonly NodeState[]): string[] {
  const count = (status: string) => leaves.filter((leaf) => leaf.status === status).length;
  const entries = leaves.flatMap(({ record }) => entriesOf(record));
  const failures = entries.filter(({ to }) => to === 'failed').length;
  const starts = leaves.reduce((sum, { life }) => sum + life.starts, 0);
  const times = entries.map(({ at }) => Date.parse(String(at))).filter((time) => !Number.isNaN(time));
  const [before, now] = [effectiveSpec({ spec: ticket.spec, changes: [] }).requirements.length, effectiveSpec(ticket).requirements.length];
  const waves = Math.max(0, ...leaves.map(({ life }) => life.wave ?? 0));
  const actors = new Set(entries.flatMap(({ by }) => (typeof by === 'string' ? [by.trim().toLowerCase()] : [])));
  return [
    `${several(leaves.length, 'node')} planned: ${count('complete')} complete, ${count('skipped')} skipped, ${leaves.length - count('complete') - count('skipped')} open`,
    `${several(before, 'requirement')} planned, ${now} now`,
    `${several(starts, 'attempt')}, ${several(failures, 'failure')}${waves > 0 ? `, ${several(waves, 'wave')}` : ''}, ${several(actors.size, 'actor')}`,
    ...(times.length > 1 ? [`${durationText(Math.max(...times) - Math.min(...times))} from the first start to the last entry`] : []),
  ];
}

function timeOf(record: GovernedDocument | undefined): string {
  const time = workTime(record);
  return time === undefined ? '' : durationText(time);
}

function several(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function list(items: readonly string[], none: string): string {
  return items.length === 0 ? none : items.map((item) => `- ${item}`).join('\n');
}

function line(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').replaceAll(/[<>&*_`[\]#|]/g, (sign) => `&#${sign.charCodeAt(0)};`).trim();
}

/** What stands between its marks, which hold its digest, so that an edit in there is noticed. */
const BLOCK = (id: string) => new RegExp(`<!-- as-built ${id} (sha256:[0-9a-f]{64}) -->(\\r?\\n)([^]*?)\\r?\\n<!-- /as-built ${id} -->`);

export type Placed = { readonly text: string } | { readonly edited: true };

/**
 * The document with a ticket's part put in: at its end where it has none, else in place of the one
 * between its marks. Everything else stays byte by byte. `edited` where somebody has written inside.
 */
export function placeAsBuilt(document: string, id: string, { heading, text }: AsBuilt): Placed {
  const eol = document.includes('\r\n') ? '\r\n' : '\n';
  const part = `<!-- as-built ${id} ${hash(text)} -->${eol}${text.replaceAll('\n', eol)}${eol}<!-- /as-built ${id} -->`;
  const found = BLOCK(id).exec(document);
  if (!found) {
    const gap = document === '' || document.endsWith(`${eol}${eol}`) ? '' : document.endsWith(eol) ? eol : eol + eol;
    return { text: `${document}${gap}## ${heading}${eol}${eol}${part}${eol}` };
  }
  const [whole, digest, , inside = ''] = found as unknown as [string, string, string, string];
  if (hash(inside.replaceAll('\r\n', '\n')) !== digest) return { edited: true };
  return { text: document.slice(0, found.index) + part + document.slice(found.index + whole.length) };
}
