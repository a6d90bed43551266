import { removeKey, setValue } from '../documents/edit.ts';
import { keptLines, setKept } from '../documents/kept-block.ts';
import { parseDocument } from '../documents/parse.ts';
import { sectionSpan, setSection } from '../documents/section-edit.ts';
import { statusOf } from '../workflow/change-record.ts';
import type { Checkpoint } from '../workflow/checkpoint.ts';
import type { NodeState, TicketStatus } from '../workflow/node-status.ts';
import type { Ticket } from '../workflow/ticket.ts';
import type { WorkflowPhase } from '../workflow/workflow-phase.ts';
import { fitParts, fromStart, type DigestPart } from './digest.ts';
import { oneLine } from './plain-text.ts';

/** A ticket that is not finished, as all branches hold it. */
export interface OpenTicket {
  readonly ticket: Ticket;
  readonly status: TicketStatus;
  readonly phase: WorkflowPhase;
  readonly checkpoints: readonly Checkpoint[];
}

export interface ContinuityFacts {
  /** In the order of their ids. */
  readonly open: readonly OpenTicket[];
  /** Ids of finished tickets. */
  readonly finished: readonly string[];
  /** Who checks in. */
  readonly by: string;
  /** Now, in ISO 8601. */
  readonly at: string;
  /** What is done and what comes next, in the words of who checks in; undefined: as before. */
  readonly words: string | undefined;
  /** What the page may take, in bytes. */
  readonly bytes: number;
  readonly program: string;
}

/** Sections whose kept blocks are derived, in the order of the page; lessons are people's alone. */
const [CHECK_IN, STATE, QUEUE, LOG] = ['Agent check-in', 'Current state', 'Task queue', 'Session log'] as const;
const LESSONS = 'Lessons';
const LINE = 160;
const MOST_SESSIONS = 20;
/** So much work of one ticket is queued: others wait, too. */
const MOST_OF_ONE = 5;

/**
 * CONTINUITY.md brought up to date: what stands in its kept blocks is written anew from the open
 * tickets, in what room the rest leaves. Everything else stays by the byte; where nothing is new, all of it.
 */
export function continuityPage(text: string, facts: ContinuityFacts): string {
  const emptied = [CHECK_IN, STATE, QUEUE, LOG].reduce((page, section) => setKept(page, section, []), text);
  const whole = sectionSpan(emptied, LESSONS) ? emptied : setSection(emptied, LESSONS, 'None yet.');
  const { by, at, finished } = facts;
  const parts = partsOf(text, facts);
  const sections = fitParts(parts, facts.bytes - Buffer.byteLength(whole) - Buffer.byteLength(by) - at.length - 100);
  const filled = parts.reduce((page, { title, more }) => {
    const { lines, left_out: left } = sections.find((one) => one.title === title) ?? { lines: [NOTHING[title] as string] };
    return setKept(page, title, [...lines, ...(left === undefined ? [] : [`- … ${left} more: \`${more}\``])]);
  }, whole);
  const { ticket } = parseDocument(Buffer.from(filled)).data ?? {};
  const queued = typeof ticket === 'string' && finished.includes(ticket) ? removeKey(filled, ['ticket']) : filled;
  const signed = setValue(queued, ['by'], by);
  return signed === text ? text : setValue(signed, ['at'], at);
}

const NOTHING: Readonly<Record<string, string>> = { [CHECK_IN]: 'Nobody has checked in.', [STATE]: 'No ticket is open.', [QUEUE]: 'Nothing is queued.', [LOG]: 'No session yet.' };

/** Lines of the task queue that people wrote about tickets that are finished: 1-based, theirs to take out. */
export function finishedInQueue(text: string, finished: readonly string[]): { readonly line: number; readonly ticket: string }[] {
  const span = sectionSpan(text, QUEUE);
  if (!span) return [];
  const kept = new Set(keptLines(text, QUEUE));
  const above = text.slice(0, span.from).split(/\r\n|\n|\r/).length;
  const known = new Set(finished);
  return text.slice(span.from, span.to).split(/\r\n|\n|\r/).flatMap((content, index) => {
    const ticket = kept.has(content) ? undefined : content.match(/[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+/g)?.find((word) => known.has(word));
    return ticket === undefined ? [] : [{ line: above + index, ticket }];
  });
}

function partsOf(text: string, { open: all, finished, by, words, program }: ContinuityFacts): DigestPart[] {
  // What somebody has begun comes first.
  const open = [...all.filter(({ ticket }) => ticket.nodes.length > 0), ...all.filter(({ ticket }) => ticket.nodes.length === 0)];
  const part = (title: string, share: number, lines: readonly string[], more: string): DigestPart => ({ title, share, more, take: fromStart(lines) });
  return [
    part(CHECK_IN, 0.2, [checkIn(text, by, words), ...open.flatMap(claims)], `${program} status`),
    part(STATE, 0.25, [...open.map(stateLine), ...(finished.length > 0 ? [`- finished and archived: ${finished.length}`] : [])], `${program} status`),
    part(QUEUE, 0.3, open.flatMap((one) => queueLines(one, program)), `${program} next`),
    part(LOG, 0.25, sessions(text, open).slice(0, MOST_SESSIONS), 'git log -p -- CONTINUITY.md'),
  ];
}

/** The words of who checks in stay until there are others. */
function checkIn(text: string, by: string, words: string | undefined): string {
  const lead = `- **${plain(by)}**`;
  if (words !== undefined) return `${lead}: ${plain(words)}`;
  return keptLines(text, CHECK_IN).find((line) => line === lead || line.startsWith(`${lead}: `)) ?? lead;
}

function claims({ ticket, status }: OpenTicket): string[] {
  const held = leaves(status).filter((state) => state.status === 'in_progress' || state.status === 'awaiting-qa');
  return held.map(({ node, status: standing, life }) => `- ${plain(life.implementers.at(-1) ?? '?')}: ${ticket.id}/${node.id} (${standing}${life.wave === undefined ? '' : `, wave ${life.wave}`})`);
}

function stateLine({ ticket, status, phase }: OpenTicket): string {
  const all = leaves(status);
  const settled = all.filter(({ isSettled }) => isSettled).length;
  return `- ${ticket.id}${titleOf(ticket)}: ${phase.name}${phase.wave === undefined ? '' : `, wave ${phase.wave}`}${all.length > 0 ? `, ${settled} of ${all.length} nodes settled` : ''}`;
}

/** What can be done now: decisions first, then verdicts, then work. Finished work is not in it. */
function queueLines({ ticket, status, phase }: OpenTicket, program: string): string[] {
  const { id } = ticket;
  const decisions = ticket.changes.filter((record) => statusOf(record) === 'proposed').map((record) => `- decide ${id}/${plain(record.place.name ?? '')}: ${plain(String(record.data.title ?? ''))}`);
  if (phase.name === 'drafting' || phase.name === 'specified') return [...decisions, `- plan ${id}${titleOf(ticket)}`];
  if (phase.name === 'done') return [...decisions, `- archive ${id}${titleOf(ticket)}`];
  const todo: readonly (readonly [NodeState['status'], string])[] = [['awaiting-qa', 'review'], ['escalated', 'decide about'], ['failed', 'mend'], ['reopened', 'do again'], ['ready', 'do']];
  const work = todo.flatMap(([standing, verb]) => leaves(status).filter((state) => state.status === standing).map(({ node }) => `- ${verb} ${id}/${node.id}${nodeTitle(node)}${node.data.plan === 'required' ? ' 🗺️' : ''}`));
  const rest = work.length - MOST_OF_ONE;
  return [...decisions, ...work.slice(0, MOST_OF_ONE), ...(rest > 0 ? [`- … ${rest} more of ${id}: \`${program} next --ticket ${id}\``] : [])];
}

/** A line for each checkpoint, and those that are there already; the latest first. */
function sessions(text: string, open: readonly OpenTicket[]): string[] {
  const now = open.flatMap(({ ticket, checkpoints }) =>
    checkpoints.map(({ by, at, node, done, next }) => {
      const said = [...(done === undefined ? [] : [`done: ${done}`]), ...(next === undefined ? [] : [`next: ${next}`])].join(' | ');
      return `- ${at} ${plain(by)}, ${ticket.id}${node === undefined ? '' : `/${node}`}${said === '' ? '' : `: ${plain(said)}`}`;
    }),
  );
  const known = keptLines(text, LOG).filter((line) => /^- \d{4}-/.test(line));
  return [...new Set([...now, ...known])].sort((a, b) => (a < b ? 1 : -1));
}

function leaves({ nodes }: TicketStatus): NodeState[] {
  return nodes.filter(({ node }) => node.children.length === 0 && node.data.type !== 'phase');
}

function titleOf({ spec, tasks }: Ticket): string {
  const title = spec?.data.title ?? (tasks?.data.goal as { title?: unknown } | undefined)?.title;
  return typeof title === 'string' ? ` ${plain(title, 80)}` : '';
}

function nodeTitle({ id, data }: NodeState['node']): string {
  return typeof data.title === 'string' && data.title !== id ? ` ${plain(data.title, 80)}` : '';
}

/** A text of some document as Markdown that is nothing but text: no link, no mark, no place to fill in. */
function plain(text: string, most = LINE): string {
  return oneLine(text, most).replaceAll('<', '&lt;').replaceAll(/[[\]]/g, '\\$&').replaceAll(/\bTBD\b/g, 'T.B.D.');
}
