import type { ParsedDocument } from '../documents/document.ts';
import { outlineOf } from '../documents/outline.ts';
import { sectionNamed, sectionsOf } from '../documents/sections.ts';
import { ticketFolder } from '../documents/place.ts';
import { lessonsIn } from '../workflow/continuity.ts';
import { ticketStatus, type TicketStatus } from '../workflow/node-status.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { ticketIn } from '../workflow/ticket.ts';
import { phaseOf } from '../workflow/workflow-phase.ts';
import { fromStart, type DigestPart } from './digest.ts';
import { oneLine } from './plain-text.ts';

export interface OverviewFacts {
  readonly snapshot: Snapshot;
  /** Ids of the open tickets. */
  readonly open: readonly string[];
  /** CONTINUITY.md, and the command that prints it. */
  readonly page: { readonly document: ParsedDocument; readonly show: string } | undefined;
  readonly program: string;
}

/** So many tickets are looked into. */
const MOST_TICKETS = 30;
const LINE = 200;

/** What somebody has to know who begins where no ticket is in hand. */
export function overviewParts({ snapshot, open, page, program }: OverviewFacts): DigestPart[] {
  const lines = open.slice(0, MOST_TICKETS).map((id) => ticketLine(snapshot, id));
  const sections = page ? sectionsOf(outlineOf(page.document)) : [];
  const saidIn = (name: string) => (sectionNamed(sections, name)?.text ?? '').split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => oneLine(line, LINE));
  return [
    { title: `Open tickets: ${open.length}`, share: 0.5, more: `${program} status`, take: fromStart(lines, open.length) },
    ...(page ? ['Agent check-in', 'Current state', 'Task queue'].map((title) => ({ title, share: 0.12, more: page.show, take: fromStart(saidIn(title)) })) : []),
    ...(page ? [{ title: 'Lessons', share: 0.14, more: page.show, take: fromStart(lessonsIn(page.document).map((line) => oneLine(line, LINE))) }] : []),
  ];
}

function ticketLine(snapshot: Snapshot, id: string): string {
  const ticket = ticketIn(snapshot, ticketFolder(snapshot.settings, id), id, false);
  let known: TicketStatus | undefined;
  const status = () => (known ??= ticketStatus(ticket));
  const phase = phaseOf(ticket, status);
  const title = ticket.spec?.data.title;
  const current = known?.current.node;
  return oneLine(`- ${id}${typeof title === 'string' ? ` ${title}` : ''} [${phase.name}${phase.wave === undefined ? '' : `, wave ${phase.wave}`}]${current === undefined ? '' : ` at ${current}`}`, LINE);
}
