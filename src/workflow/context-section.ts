import { eolOf } from '../documents/section-edit.ts';
import type { Ticket } from './ticket.ts';
import { inline, planLines } from './ticket-readme.ts';

const MOST_NODES = 60;
const OPEN = /<!-- plan of ([A-Za-z][A-Za-z0-9-]*), kept by treework[^>]*-->/g;

/** Ids of the tickets whose plans a text shows between marks, in its order. */
export function plansIn(text: string): string[] {
  return [...text.matchAll(OPEN)].flatMap(([, id]) => (id !== undefined && spanOf(text, id) ? [id] : []));
}

/**
 * The text with a ticket's plan between its marks: in place of the one that is there, else at the end.
 * Nothing else changes by a byte. Like the ticket's README the plan holds no status, no count and no
 * pointer, which would merge cleanly and be wrong. `linkTo` makes the address of a path.
 */
export function withPlan(text: string, ticket: Ticket, linkTo: (path: string) => string): string {
  const eol = eolOf(text);
  const block = planBlock(ticket, linkTo).join(eol);
  const span = spanOf(text, ticket.id);
  if (span) return text.slice(0, span.from) + block + text.slice(span.to);
  const lead = text === '' || text.endsWith('\n\n') || text.endsWith('\r\n\r\n') ? '' : text.endsWith('\n') ? eol : eol + eol;
  return `${text}${lead}${block}${eol}`;
}

function spanOf(text: string, id: string): { readonly from: number; readonly to: number } | undefined {
  const opens = [...text.matchAll(OPEN)].find(([, one]) => one === id);
  if (!opens) return undefined;
  const close = closing(id);
  const closes = text.indexOf(close, opens.index);
  return closes === -1 ? undefined : { from: opens.index, to: closes + close.length };
}

function closing(id: string): string {
  return `<!-- /plan of ${id} -->`;
}

function planBlock({ id, spec, tasks, folder, archived }: Ticket, linkTo: (path: string) => string): string[] {
  const goal = (typeof tasks?.data.goal === 'object' && tasks.data.goal !== null ? tasks.data.goal : {}) as { readonly title?: unknown; readonly why?: unknown };
  const [title, aim, why] = [textOf(spec?.data.title) ?? textOf(goal.title), textOf(goal.title), textOf(goal.why)];
  const { lines, isWhole } = planLines(tasks?.data ?? {}, MOST_NODES);
  const links = [...(spec ? [`[specification](${linkTo(spec.path)})`] : []), ...(tasks ? [`[workflow](${linkTo(tasks.path)})`] : [])];
  const far = archived ? 'Finished: it is in the archive.' : `How far it has come: \`treework status --ticket ${id}\`.`;
  return [
    `<!-- plan of ${id}, kept by treework: \`treework new section --context\` writes it anew -->`,
    `## ${id}${title === undefined ? '' : `: ${inline(title, 200)}`}`,
    '',
    ...(aim === undefined || aim === title ? [] : [`**${inline(aim, 200)}**`, '']),
    ...(why === undefined ? [] : [inline(why, 500), '']),
    `${links.length > 0 ? `The ${links.join(' and the ')}. ` : `[${id}](${linkTo(folder)}). `}${far}`,
    ...(lines.length > 0 ? ['', ...lines, ...(isWhole ? [] : ['- … and more in the workflow'])] : []),
    '',
    closing(id),
  ];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
