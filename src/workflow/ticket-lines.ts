import type { Standing } from './standing.ts';
import type { Rest } from './stale.ts';
import { phaseOf, type PhaseName } from './workflow-phase.ts';

/** A branch, or a detached work tree, as it may hold a ticket. */
export interface TicketPlace {
  /** Name of the module whose branch it is; undefined: of the workspace's own repository. */
  readonly module?: string;
  /** Full name of the ref; undefined where HEAD is detached. */
  readonly ref: string | undefined;
  /** Folder of the work tree that has it checked out. */
  readonly worktree: string | undefined;
  /** Files there that are in no commit. */
  readonly dirty: number;
  /** What it follows; `isGone`: that is there no more. */
  readonly upstream: (Distance & { readonly ref: string; readonly isGone: boolean }) | undefined;
  /** Against the trunk; undefined where there is none. */
  readonly trunk: Distance | undefined;
  readonly committed: Date | undefined;
}

interface Distance {
  readonly ahead: number;
  readonly behind: number;
}

/** A ticket on one line. */
export interface TicketLine {
  readonly ticket: string;
  readonly title: string;
  readonly phase: PhaseName;
  readonly settled: number;
  readonly total: number;
  readonly current: string | undefined;
  /** The newest entry of its histories; where it has none, the newest commit on a branch of its own. */
  readonly moved: Date | undefined;
  /** Nothing has moved for longer than `stale_days`. */
  readonly stuck: Rest | undefined;
  /** Files that are in no commit in its work trees. */
  readonly dirty: number;
  /** The place to go to: a branch of its own with a work tree, else one without, else who holds its most advanced state. */
  readonly main: TicketPlace | undefined;
  /** Places whose branch carries its id. */
  readonly places: readonly TicketPlace[];
}

export interface TicketLineFacts {
  readonly standings: readonly Standing[];
  /** By the ticket's id in small letters. */
  readonly places: ReadonlyMap<string, readonly TicketPlace[]>;
  /** Who holds the trunk, or anything else that is no ticket's. */
  readonly others: readonly TicketPlace[];
  /** Ids of tickets that nothing but a branch tells of yet, as it writes them. */
  readonly bare: readonly string[];
}

/** Every ticket, those of which there is only a branch too, in the order of their ids. */
export function ticketLines({ standings, places, others, bare }: TicketLineFacts): TicketLine[] {
  const told = standings.map((standing) => lineOf(standing, places.get(standing.united.id.toLowerCase()) ?? [], others));
  return [...told, ...bare.map((id) => bareLine(id, places.get(id.toLowerCase()) ?? []))].sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
}

function lineOf(standing: Standing, own: readonly TicketPlace[], others: readonly TicketPlace[]): TicketLine {
  const { united, title, leaves, settled, status, moved, rest } = standing;
  const folders = new Set(own.map(({ worktree }) => worktree));
  const elsewhere = united.sightings.filter(({ kind, name, dirty }) => kind === 'worktree' && dirty && !folders.has(name)).length;
  const leads = new Set(united.lead.flatMap(({ name, branch }) => [name, branch]));
  const isLead = ({ ref, worktree }: TicketPlace) => leads.has(ref) || leads.has(worktree);
  const here = own.filter(({ module }) => module === undefined);
  const main = mainOf(here.filter(isLead)) ?? mainOf(here) ?? mainOf(others.filter(isLead));
  return {
    ticket: united.id,
    title,
    phase: phaseOf(united.ticket, () => status).name,
    settled,
    total: leaves.length,
    current: status.current.node,
    moved: moved ?? newest(own),
    stuck: rest,
    dirty: sum(own) + elsewhere,
    main,
    places: own,
  };
}

/** A branch `PROJ-7--add-auth` that has no document yet. */
function bareLine(id: string, own: readonly TicketPlace[]): TicketLine {
  const main = mainOf(own.filter(({ module }) => module === undefined)) ?? mainOf(own);
  const slug = main?.ref?.slice(main.ref.toLowerCase().indexOf(id.toLowerCase()) + id.length).replace(/^-+(?:p\d+-)?/, '').replaceAll('-', ' ');
  return { ticket: id, title: slug || id, phase: 'none', settled: 0, total: 0, current: undefined, moved: newest(own), stuck: undefined, dirty: sum(own), main, places: own };
}

function mainOf(places: readonly TicketPlace[]): TicketPlace | undefined {
  const weight = ({ worktree, ref }: TicketPlace) => (worktree !== undefined ? 2 : 0) + (ref?.startsWith('refs/heads/') ? 1 : 0);
  return [...places].sort((a, b) => weight(b) - weight(a) || (b.committed?.getTime() ?? 0) - (a.committed?.getTime() ?? 0))[0];
}

function sum(places: readonly TicketPlace[]): number {
  return places.reduce((total, { dirty }) => total + dirty, 0);
}

function newest(places: readonly TicketPlace[]): Date | undefined {
  const times = places.flatMap(({ committed }) => committed?.getTime() ?? []);
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}
