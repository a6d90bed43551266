import type { AttestedApproval } from '../workflow/approvals.ts';
import type { NodeState } from '../workflow/node-status.ts';
import { mappingOf, textOf, type Standing } from '../workflow/standing.ts';
import { textsIn } from '../workflow/task-tree.ts';
import type { LogEntry } from '../workflow/ticket-log.ts';
import { howText } from './approvals-text.ts';
import { oneLine, WIDTH, wrapped } from './columns.ts';
import { holderName, statusWord, whereText } from './status-words.ts';

/** A ticket's account in Markdown: what it is for, what shipped, what changed, who checked it, what went wrong, what is open. */
export function ticketReport(standing: Standing, log: readonly LogEntry[], approvals: readonly AttestedApproval[]): string {
  const { united, title, goal, why, leaves, settled } = standing;
  const shipped = leaves.filter(({ status }) => status === 'complete' || status === 'reopened' || status === 'awaiting-qa');
  const left = leaves.filter(({ isSettled }) => !isSettled);
  const dropped = leaves.filter(({ status, skippedFor }) => status === 'skipped' && skippedFor === undefined);
  const parts = [
    `# ${united.id}: ${oneLine(title)}`,
    ...(goal === undefined || goal === title ? [] : [paragraph(`**${oneLine(goal)}**`)]),
    ...(why === undefined ? [] : [paragraph(why)]),
    paragraph(`${united.ticket.archived ? 'Finished: ' : ''}${settled} of ${leaves.length} nodes settled${united.lead.length > 0 ? `, as ${whereText(united.lead)} has it` : ''}.`),
    section('What shipped', shipped.map((state) => shippedText(state, log, approvals.find(({ kind, name }) => kind === 'node' && name === state.node.id)))),
    section('Changes of the spec', united.ticket.changes.map(({ place, data }) => changeText(place.name ?? '', data, log, approvals.find(({ kind, name }) => kind === 'change' && name === place.name)))),
    section('What went wrong', troubleLines(log)),
    section('Decided not to do', dropped.map(({ node }) => item(`${node.id}: ${log.findLast((entry) => entry.subject === node.id)?.why ?? 'a phase above it was skipped'}`))),
    section('Forks', united.ticket.forks.map(({ place, data }) => item(`${place.name}: ${oneLine(String(data.reason))}, in ${oneLine(String(data.sub_workflow))}${textOf(data.abandoned) === undefined ? '' : `, given up: ${String(data.abandoned)}`}`))),
    section(united.ticket.archived ? 'Left undone' : 'Open', left.map((state) => item(openText(state)))),
    section('Histories that went apart', united.diverged.map((path) => item(`${path}: ${(united.documents.get(path)?.others ?? []).map(({ sightings }) => whereText(sightings)).join(', ')} has another`))),
    section('Cannot be read', united.broken.map(({ where, path, line, message }) => item(`${holderName(where)}:${path}:${line}: ${message}`))),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function shippedText({ node, status, record, life }: NodeState, log: readonly LogEntry[], approval: AttestedApproval | undefined): string {
  const data = record?.data ?? {};
  const title = textOf(node.data.title);
  const l1 = mappingOf(data.l1);
  const facts = (['decisions', 'contracts', 'files'] as const).flatMap((key) => {
    const texts = textsIn(l1[key]);
    return texts.length === 0 ? [] : [`- ${key}:`, ...texts.flatMap((text) => wrapped(text, WIDTH - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`))];
  });
  const by = life.implementers.at(0) ?? 'nobody';
  const failures = log.filter((entry) => entry.kind === 'node' && entry.subject === node.id && entry.to === 'failed').length;
  const checked = status === 'awaiting-qa' ? 'nobody has checked it yet' : approval === undefined ? 'who checked it is not said' : `checked by ${howText(approval)}`;
  const retries = failures === 0 ? '' : `, after ${failures} ${failures === 1 ? 'failure' : 'failures'}`;
  return [`### ${node.id}${title === undefined || title === node.id ? '' : `: ${oneLine(title)}`}`, '', paragraph(textOf(data.l0) ?? 'No outcome was written.'), '', ...facts, ...wrapped(`- ${statusWord(status)}, by ${by}${retries}; ${checked}`, WIDTH)].join('\n');
}

function changeText(name: string, data: Readonly<Record<string, unknown>>, log: readonly LogEntry[], approval: AttestedApproval | undefined): string {
  const own = log.filter((entry) => entry.kind === 'change' && entry.subject === name);
  const steps = own.map(({ to, by, why }) => `${to} by ${by}${to !== 'proposed' && why !== undefined ? ` (${why})` : ''}`).join(', ');
  return item(`${name}: ${textOf(data.title) ?? ''} (${String(data.impact)}, ${String(data.status)}); ${steps}${approval ? `; ${howText(approval)}` : ''}`);
}

function troubleLines(log: readonly LogEntry[]): string[] {
  const said: Readonly<Record<string, string>> = { failed: 'failed', escalated: 'escalated', rejected: 'rejected', reset: 'was begun anew', released: 'was given up' };
  return log.flatMap(({ subject, to, by, why }) => (said[to] === undefined || (to === 'rejected' && subject.match(/^\d/)) ? [] : [item(`${subject} ${said[to]}, says ${by}${why === undefined ? '' : `: ${why}`}`)]));
}

function openText({ node, status, waitsFor, blockedBy, skippedFor, changed }: NodeState): string {
  const why = skippedFor !== undefined ? `while ${skippedFor} is escalated` : blockedBy.length > 0 ? `by ${blockedBy.join(', ')}` : changed.length > 0 ? `changed: ${changed.join(', ')}` : waitsFor.length > 0 ? `after ${waitsFor.join(', ')}` : '';
  return `${node.id}: ${statusWord(status)}${why === '' ? '' : ` ${why}`}`;
}

function section(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const between = items.some((text) => text.startsWith('#')) ? '\n\n' : '\n';
  return `## ${title}\n\n${items.join(between)}`;
}

function item(text: string): string {
  return wrapped(text, WIDTH - 2).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`).join('\n');
}

function paragraph(text: string): string {
  return wrapped(text, WIDTH).join('\n');
}
