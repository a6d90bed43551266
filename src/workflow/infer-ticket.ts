import { TICKET_PATTERN } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { withoutStamp } from './branch-names.ts';

/** What says which ticket a verb acts on. */
export interface TicketClues {
  /** `--ticket`. */
  readonly option: string | undefined;
  /** Names of the folder from the specs' root on, when the verb runs inside one: `PROJ-7`. */
  readonly folder: string | undefined;
  readonly branch: string | undefined;
  /** Name of a linked worktree's folder; undefined in the main one. */
  readonly worktree: string | undefined;
  /** Ids of tickets that have a folder, archived or not. */
  readonly known: readonly string[];
  /** Those that are not archived. */
  readonly open: readonly string[];
}

export interface TicketNames {
  readonly ticketPattern: RegExp;
  readonly ticketPrefix: string | undefined;
}

/** How trackers name issues: a clue even where no such ticket has a folder yet. */
const TRACKER_ID = /^[A-Z][A-Z0-9]*-\d+(?=-|$)/;

/** A ticket that something names. */
export interface TicketCandidate {
  readonly id: string;
  /** What names it; `only`: no other ticket is open. */
  readonly from: 'option' | 'folder' | 'branch' | 'worktree' | 'only';
}

const SOURCES: Readonly<Record<TicketCandidate['from'], string>> = { option: '--ticket', folder: 'the current folder', branch: 'the branch', worktree: 'the worktree', only: 'the only open one' };

/**
 * What `--ticket`, else the folder, the branch (`ID--slug`, `ID--p2-slug`, `feature/ID-x`, `feature/TIMESTAMP_ID--slug`) and the
 * worktree's name say, else the only open ticket: one candidate for each ticket that is named, in this
 * order. More than one: they contradict each other; none: nothing says it.
 */
export function ticketCandidates({ option, folder, branch, worktree, known, open }: TicketClues): TicketCandidate[] {
  if (option !== undefined) return [{ id: option, from: 'option' }];
  const named = [
    { id: folder, from: 'folder' },
    { id: branch === undefined ? undefined : ticketOfBranch(branch, known), from: 'branch' },
    { id: worktree === undefined ? undefined : ticketAtStart(worktree, known), from: 'worktree' },
  ].filter((candidate): candidate is TicketCandidate => candidate.id !== undefined);
  const [only] = open;
  if (named.length === 0) return only !== undefined && open.length === 1 ? [{ id: only, from: 'only' }] : [];
  return named.filter(({ id }, index) => named.findIndex((other) => other.id.toLowerCase() === id.toLowerCase()) === index);
}

/**
 * The one ticket that is meant, see `ticketCandidates`. Throws a UserError when two of them differ
 * (both are named), when nothing says it, or when the id is not one of this repository's form.
 */
export function inferTicket(clues: TicketClues, names: TicketNames): string {
  const [first, other] = ticketCandidates(clues);
  if (first && other) throw contradicting(first, other);
  if (first) return first.from === 'only' ? first.id : validTicket(first.id, names);
  const [some] = clues.open;
  if (some === undefined) throw new UserError('Unexpected absence of a ticket, expected --ticket ID', 'say which: --ticket ID', 'ticket-missing');
  throw new UserError(`Unexpected ${clues.open.length} open tickets (${listed(clues.open)}), expected one`, `say which: --ticket ${some}`, 'ticket-ambiguous');
}

/** The refusal to choose between two tickets, each with what names it. */
export function contradicting(first: TicketCandidate, other: TicketCandidate): UserError {
  return new UserError(`Unexpected two tickets, ${first.id} (${SOURCES[first.from]}) and ${other.id} (${SOURCES[other.from]}), expected one`, `say which: --ticket ${first.id} or --ticket ${other.id}`, 'ticket-ambiguous');
}

/** The id as it is written: a bare number gets the tracker's prefix. Throws a UserError for any other form. */
export function validTicket(given: string, names: TicketNames): string {
  const id = /^#?\d+$/.test(given) && names.ticketPrefix ? `${names.ticketPrefix}-${given.replace('#', '')}` : given;
  if (new RegExp(TICKET_PATTERN).test(id) && names.ticketPattern.test(id)) return id;
  const form = names.ticketPattern.source === TICKET_PATTERN ? 'letters and digits in parts joined by hyphens, such as PROJ-7 or add-auth-k3f9' : `one that matches ${names.ticketPattern.source}`;
  const hint = /^#?\d+$/.test(given) ? `write tickets: {prefix: GH} in WORKSPACE.md to use bare numbers, or say --ticket GH-${given.replace('#', '')}` : 'say --ticket ID';
  throw new UserError(`Unexpected ticket ${JSON.stringify(given)}, expected ${form}`, hint, 'ticket-form');
}

/** An id among `known` that differs from this one only by case; undefined when there is none. */
export function caseTwin(id: string, known: readonly string[]): string | undefined {
  return known.find((other) => other !== id && other.toLowerCase() === id.toLowerCase());
}

/** The ticket that a branch's name carries, as it is written among `known`; undefined where it carries none. */
export function ticketOfBranch(name: string, known: readonly string[]): string | undefined {
  const branch = withoutStamp(name);
  const double = branch.indexOf('--');
  const before = branch.slice(0, double);
  if (double > 0 && new RegExp(TICKET_PATTERN).test(before)) return asKnown(before, known);
  return ticketAtStart(branch.slice(branch.lastIndexOf('/') + 1), known);
}

function ticketAtStart(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const starts = known.filter((id) => lower === id.toLowerCase() || lower.startsWith(`${id.toLowerCase()}-`));
  const longest = starts.sort((a, b) => b.length - a.length)[0];
  return longest ?? TRACKER_ID.exec(name)?.[0];
}

function asKnown(id: string, known: readonly string[]): string {
  return known.find((other) => other.toLowerCase() === id.toLowerCase()) ?? id;
}

function listed(ids: readonly string[]): string {
  return ids.length > 8 ? `${ids.slice(0, 8).join(', ')}, …` : ids.join(', ');
}
