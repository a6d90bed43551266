import type { ParsedDocument } from '../documents/document.ts';
import { outlineOf } from '../documents/outline.ts';
import { sectionNamed, sectionsOf } from '../documents/sections.ts';
import { lessonsIn } from '../workflow/continuity.ts';
import type { UnitedTicket } from '../workflow/everywhere.ts';
import { ticketStatus, type TicketStatus } from '../workflow/node-status.ts';
import { phaseOf } from '../workflow/workflow-phase.ts';
import { fromStart, type DigestPart } from './digest.ts';
import { nameOf } from './elsewhere.ts';
import { oneLine } from './plain-text.ts';

export interface OverviewFacts {
  /** The tickets that are not finished, as all branches hold them. */
  readonly open: readonly UnitedTicket[];
  /** CONTINUITY.md, and the command that prints it. */
  readonly page: { readonly document: ParsedDocument; readonly show: string } | undefined;
  readonly program: string;
}

/** So many tickets are looked into. */
const MOST_TICKETS = 30;
const LINE = 200;

/** What somebody has to know who begins where no ticket is in hand. */
export function overviewParts({ open, page, program }: OverviewFacts): DigestPart[] {
  // What somebody has begun comes first.
  const ordered = [...open.filter(({ ticket }) => ticket.nodes.length > 0), ...open.filter(({ ticket }) => ticket.nodes.length === 0)];
  const lines = ordered.slice(0, MOST_TICKETS).map(ticketLine);
  const sections = page ? sectionsOf(outlineOf(page.document)) : [];
  const saidIn = (name: string) => (sectionNamed(sections, name)?.text ?? '').split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => oneLine(line, LINE));
  return [
    { title: `Open tickets: ${open.length}`, share: 0.5, more: `${program} status`, take: fromStart(lines, open.length) },
    ...(page ? ['Agent check-in', 'Current state', 'Task queue'].map((title) => ({ title, share: 0.12, more: page.show, take: fromStart(saidIn(title)) })) : []),
    ...(page ? [{ title: 'Lessons', share: 0.14, more: page.show, take: fromStart(lessonsIn(page.document).map((line) => oneLine(line, LINE))) }] : []),
  ];
}

function ticketLine({ id, ticket, sightings }: UnitedTicket): string {
  let known: TicketStatus | undefined;
  const status = () => (known ??= ticketStatus(ticket));
  const phase = phaseOf(ticket, status);
  const title = ticket.spec?.data.title;
  const current = known?.current.node;
  const own = sightings.find(({ isOwn }) => isOwn);
  return oneLine(`- ${id}${typeof title === 'string' ? ` ${title}` : ''} [${phase.name}${phase.wave === undefined ? '' : `, wave ${phase.wave}`}]${current === undefined ? '' : ` at ${current}`}${own ? ` in ${nameOf(own)}` : ''}`, LINE);
}
