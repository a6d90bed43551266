import { tokensIn } from '../documents/tokens.ts';
import { deltaOf, statusOf } from './change-record.ts';
import { clipped, grouped, item, paragraph, type Part, type Piece } from './fit.ts';
import type { About } from './micro-spec.ts';
import { dutyOf, roleOf } from './roles.ts';
import { withPhases } from './routed-input.ts';
import { leafTypeOf, textsIn, type TaskNode } from './task-tree.ts';
import type { Ticket } from './ticket.ts';

/** Findings of the last check, and nodes of a phase, that are shown at most. */
const MOST_ITEMS = 20;

/** What is to be reached, and for whom; what the last attempt lacked. */
export function objectivePart({ ticket, status, state, role, covered }: About): Part {
  const { node } = state;
  const goal = (ticket.tasks?.data.goal ?? {}) as Readonly<Record<string, unknown>>;
  const phases = [...withPhases(node)].slice(1).reverse();
  const pieces: Piece[] = [
    paragraph(`**${clipped(titleOf(node), 300)}**${phases.length > 0 ? `, in ${phases.map((one) => clipped(titleOf(one), 80)).join(' › ')}` : ''}.`),
    paragraph(`Goal of ${ticket.id}: ${clipped(textOf(goal.title) ?? 'none is written', 200)}${textOf(goal.why) === undefined ? '' : `. Why: ${clipped(goal.why as string, 400)}`}`),
  ];
  if (role !== undefined) {
    // What meets no requirement has no tests to go by.
    const isMeant = role !== roleOf(node) || node.data.role !== undefined || covered.length > 0;
    pieces.push(paragraph(roleLine(role, isMeant ? dutyOf(role) : undefined, ticket.snapshot.settings.models)));
  }
  if (leafTypeOf(node) === 'command' && typeof node.data.command === 'string') pieces.push(paragraph(`Command: ${code(clipped(node.data.command, 600))}`));
  if (leafTypeOf(node) === 'human') pieces.push(paragraph('A person decides; no agent may.'));
  if (node.children.length > 0) pieces.push(paragraph(`Nodes in it${node.sequential ? ', in this order' : ''}:`), ...node.children.slice(0, MOST_ITEMS).map((child) => item(`${child.id} (${status.byId.get(child.id)?.status ?? 'unknown'}): ${clipped(titleOf(child), 120)}`)), ...moreThan(node.children.length));
  return { title: 'Objective', pieces: [...pieces, ...feedbackOf(state.record?.data)] };
}

function roleLine(role: string, duty: string | undefined, models: ReadonlyMap<string, string>): string {
  const model = models.get(role) ?? models.get('default');
  return `Role: **${clipped(role, 60)}**${model === undefined ? '' : ` (model ${clipped(model, 60)})`}${duty === undefined ? '' : `: ${duty}`}.`;
}

/** What the latest attempt is to mend: the findings of the check before it, and the reason of a retry. */
function feedbackOf(record: Readonly<Record<string, unknown>> | undefined): Piece[] {
  const history = (Array.isArray(record?.history) ? record.history : []).filter((entry): entry is Readonly<Record<string, unknown>> => typeof entry === 'object' && entry !== null);
  const renewed = history.findLastIndex(({ to }) => to === 'complete' || to === 'reset');
  const failed = history.findLastIndex(({ to }, index) => to === 'failed' && index > renewed);
  const found = failed === -1 ? [] : textsIn(history[failed]?.findings);
  const reasons = history.slice(Math.max(failed, renewed) + 1).flatMap(({ to, reason }) => (to === 'in_progress' && textOf(reason) !== undefined ? [clipped(reason as string, 300)] : []));
  if (found.length === 0 && reasons.length === 0) return [];
  return [
    ...(found.length > 0 ? [paragraph('The last check found:'), ...found.slice(0, MOST_ITEMS).map((one): Piece => ({ name: 'a finding', forms: [`- ${clipped(one, 4000)}\n`, `- ${clipped(one, 120)}\n`], rank: 5 })), ...moreThan(found.length)] : []),
    ...reasons.map((reason) => paragraph(`Begun again because: ${reason}`)),
  ];
}

function moreThan(count: number): Piece[] {
  return count > MOST_ITEMS ? [item(`and ${count - MOST_ITEMS} more`)] : [];
}

/** The texts that the node answers for, as accepted change records have them. */
export function requirementsPart({ ticket, state, covered, unknown }: About): Part {
  const title = 'Requirements';
  const missing = unknown.map((name) => item(`"${clipped(name, 120)}" is in its covers, and the effective spec has no such requirement`));
  if (covered.length + missing.length === 0) return { title, pieces: [paragraph(state.node.children.length > 0 ? 'Those of the nodes in it.' : ticket.spec ? 'It answers for none.' : `There is no spec: ${ticket.folder}/spec.md is absent.`)] };
  const pieces = covered.map((requirement): Piece => {
    const { text, path, name } = requirement;
    const from = path === ticket.spec?.path ? '' : `(as ${path.slice(ticket.folder.length + 1)} has it)\n\n`;
    const changed = state.changed.includes(name) ? '**Changed since the node was complete.**\n\n' : '';
    const full = `\n${headingOf(text)}\n\n${changed}${from}${bodyOf(text)}\n`;
    return {
      name: `requirement "${name}"`,
      forms: [full, `\n### Requirement: ${clipped(name, 120)}\n\nLeft out here (${grouped(tokensIn(Buffer.from(text)))} tokens): ${path} has it.\n`, ''],
      rank: changed === '' ? 11 : 10,
    };
  });
  return { title, pieces: [...(missing.length > 0 ? [paragraph('Missing:')] : []), ...missing, ...pieces, ...proposals(ticket, covered)], rest: (count) => `\nAnd ${count} more requirements: ${ticket.folder}/spec.md and its accepted change records have them\n` };
}

/** Records that nobody has accepted yet, and that would change what the node answers for: the work may be asked for again. */
function proposals(ticket: Ticket, covered: About['covered']): Piece[] {
  const names = new Set(covered.map(({ name }) => name));
  const open = ticket.changes.filter((record) => statusOf(record) === 'proposed').flatMap((record) => {
    const touched = deltaOf(record).requirements.filter(({ name, operation }) => operation !== 'ADDED' && names.has(name));
    return touched.length > 0 ? [`${record.path.slice(ticket.folder.length + 1)} would change ${touched.slice(0, 5).map(({ name }) => `"${clipped(name, 80)}"`).join(', ')}`] : [];
  });
  return open.length === 0 ? [] : [paragraph('Proposed, and not accepted yet:'), ...open.slice(0, MOST_ITEMS).map((line) => item(line)), ...moreThan(open.length)];
}

function headingOf(text: string): string {
  return text.split('\n', 1)[0] as string;
}

function bodyOf(text: string): string {
  return text.slice(headingOf(text).length).replace(/^\n+/, '');
}

/** What people call a node. */
export function titleOf(node: TaskNode): string {
  return textOf(node.data.title) ?? node.id;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A text of one line as code. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return longest === 0 ? `${marks}${text}${marks}` : `${marks} ${text} ${marks}`;
}
