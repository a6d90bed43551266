import { TICKET_PATTERN } from '../documents/settings.ts';
import { UserError } from '../error.ts';

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

/**
 * The one ticket that is meant: `--ticket`, else what the folder, the branch (`ID--slug`,
 * `ID--p2-slug`, `feature/ID-x`) and the worktree's name say, else the only open one.
 * Throws a UserError when two of them differ (both are named), when nothing says it, or when the id
 * is not one of this repository's form.
 */
export function inferTicket(clues: TicketClues, names: TicketNames): string {
  if (clues.option !== undefined) return validTicket(clues.option, names);
  const candidates = [
    ['the current folder', clues.folder],
    ['the branch', clues.branch === undefined ? undefined : ticketOfBranch(clues.branch, clues.known)],
    ['the worktree', clues.worktree === undefined ? undefined : ticketAtStart(clues.worktree, clues.known)],
  ].filter((candidate): candidate is [string, string] => candidate[1] !== undefined);
  const [first] = candidates;
  const other = candidates.find(([, id]) => first !== undefined && id.toLowerCase() !== first[1].toLowerCase());
  if (first && other) {
    throw new UserError(`Unexpected two tickets, ${first[1]} (${first[0]}) and ${other[1]} (${other[0]}), expected one`, `say which: --ticket ${first[1]} or --ticket ${other[1]}`, 'ticket-ambiguous');
  }
  if (first) return validTicket(first[1], names);
  const [only] = clues.open;
  if (only !== undefined && clues.open.length === 1) return only;
  if (only === undefined) throw new UserError('Unexpected absence of a ticket, expected --ticket ID', 'say which: --ticket ID', 'ticket-missing');
  throw new UserError(`Unexpected ${clues.open.length} open tickets (${listed(clues.open)}), expected one`, `say which: --ticket ${only}`, 'ticket-ambiguous');
}

/** The id as it is written: a bare number gets the tracker's prefix. Throws a UserError for any other form. */
function validTicket(given: string, names: TicketNames): string {
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
export function ticketOfBranch(branch: string, known: readonly string[]): string | undefined {
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
