import { join } from 'node:path';
import { trunkName } from '../check/steps.ts';
import { parseDocument } from '../documents/parse.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { findTickets, readStates, type FolderHolder, type FolderState, type FoundTickets, type Unreadable } from '../git/everywhere-tickets.ts';
import { readBytes } from '../git/files.ts';
import { Repository } from '../git/repository.ts';
import type { BrokenDocument, Sighting, TicketState, UnitedTicket } from '../workflow/everywhere.ts';
import { uniteTickets } from '../workflow/everywhere.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import type { Invocation } from './command.ts';

/** A repository that treework governs, with or without a work tree. */
export interface Realm {
  readonly repository: Repository;
  readonly settings: Settings;
  /** What is wrong with WORKSPACE.md here; then the defaults hold. */
  readonly broken: readonly BrokenDocument[];
}

/** All tickets of a repository, over all its branches and work trees. */
export interface Everywhere {
  /** Full name of the trunk's branch; undefined when none can be told. */
  readonly trunk: string | undefined;
  /** By id. Finished ones only where they were asked for. */
  readonly tickets: readonly UnitedTicket[];
  /** Ids of tickets that are archived on the trunk: no branch brings them back. */
  readonly finished: readonly string[];
  /** Documents, refs and work trees that cannot be read, of whatever ticket. */
  readonly broken: readonly BrokenDocument[];
  /** How many branches and work trees were looked at. */
  readonly holders: number;
}

export interface EverywhereOptions {
  /** This ticket alone, finished or not. */
  readonly ticket?: string;
  /** Finished tickets, and those that only tags hold, too. */
  readonly all?: boolean;
}

/**
 * Opens a repository for verbs that only read: bare ones too, by what the branch that HEAD names
 * holds. A broken WORKSPACE.md is said, and the defaults hold. Throws a UserError where nothing is
 * governed.
 */
export function openRealm(invocation: Pick<Invocation, 'cwd' | 'program'>): Realm {
  const repository = Repository.open(invocation.cwd);
  const own = repository.root === undefined ? undefined : readBytes(join(repository.root, WORKSPACE_PATH));
  const bytes = own ?? (repository.commit('HEAD') === undefined ? undefined : repository.treeOf('HEAD').read(WORKSPACE_PATH));
  if (!bytes) throw new UserError('Unexpected repository without WORKSPACE.md, expected one that treework governs', `${invocation.program} init`, 'not-governed');
  const { data, problems } = parseDocument(bytes);
  const [problem] = data === undefined ? problems : [];
  return { repository, settings: settingsOf(data), broken: problem ? [{ where: repository.root ?? 'HEAD', path: WORKSPACE_PATH, line: problem.line, message: problem.message }] : [] };
}

/** Every ticket as all branches (local and remote-tracking) and linked work trees hold it, what is not committed included. Nothing is checked out. */
export async function ticketsEverywhere({ repository, settings, broken }: Pick<Realm, 'repository' | 'settings'> & Partial<Realm>, options: EverywhereOptions = {}): Promise<Everywhere> {
  const { ticket, all = false } = options;
  const found = await findTickets(repository, { roots: settings.layout, rootsIn, withTags: all, ...(ticket !== undefined && { ticket }) });
  const trunk = trunkOf(found, settings);
  const isTrunk = (holder: FolderHolder) => trunk !== undefined && holder.kind !== 'worktree' && (holder.name === trunk || holder.name.replace(/^refs\/remotes\/[^/]+\//, 'refs/heads/') === trunk);
  const unreadable: Unreadable[] = [...found.unreadable];
  const named = [...found.states].filter(([name]) => settings.ticketPattern.test(name)).map(([id, states]) => ({ id, states: states.filter(({ holders }) => holders.length > 0) }));
  const finished = new Set(named.flatMap(({ id, states }) => (states.some((state) => state.archived && state.holders.some(isTrunk)) ? [id] : [])));
  const wanted = named.filter(({ id }) => all || id === ticket || !finished.has(id));
  const files = readStates(wanted.flatMap(({ states }) => states), found.store, unreadable);
  const ownTicket = ticketsOfBranches(found, named.map(({ id }) => id));
  const stateOf = (id: string, state: FolderState): TicketState => ({ path: state.path, archived: state.archived, files: files.get(state) ?? new Map<string, string>(), sightings: state.holders.map((holder) => sightingOf(holder, id, ownTicket, isTrunk(holder))) });
  const tickets = uniteTickets(
    wanted.flatMap(({ id, states }) => {
      const held = statesOf(states, finished.has(id), isTrunk).map((state) => stateOf(id, state)).filter((state) => state.files.size > 0);
      return held.length > 0 ? [{ id, archived: finished.has(id), states: held }] : [];
    }),
    { settings, read: (oid) => found.store.blob(oid), folders: [...finished].map((id) => `${settings.layout.archived}/${id}`) },
  );
  return {
    trunk,
    tickets: tickets.sort((a, b) => (a.id < b.id ? -1 : 1)),
    finished: [...finished].sort(),
    broken: [...(broken ?? []), ...unreadable.map((one) => ({ ...one, line: 1 })), ...tickets.flatMap((one) => one.broken)],
    holders: found.holders.length,
  };
}

/** What is finished is as the trunk archived it: whatever an old branch still holds. */
function statesOf(states: readonly FolderState[], isFinished: boolean, isTrunk: (holder: FolderHolder) => boolean): readonly FolderState[] {
  return isFinished ? states.filter(({ archived, holders }) => archived && holders.some(isTrunk)) : states;
}

/** undefined where the frontmatter cannot be read. */
function rootsIn(workspace: Buffer) {
  const { data } = parseDocument(workspace);
  return data && settingsOf(data).layout;
}

/** By WORKSPACE.md, else a remote's default branch, else main or master; as a local branch's full name. */
function trunkOf({ holders, symbolic }: FoundTickets, settings: Settings): string | undefined {
  const short = holders.flatMap(({ kind, name }) => (kind === 'branch' ? [name.slice('refs/heads/'.length)] : kind === 'remote' ? [name.replace(/^refs\/remotes\/[^/]+\//, '')] : []));
  const head = symbolic.get('refs/remotes/origin/HEAD') ?? [...symbolic].find(([name]) => /^refs\/remotes\/[^/]+\/HEAD$/.test(name))?.[1];
  const name = trunkName({ configured: settings.trunk, head: head?.replace(/^refs\/remotes\/[^/]+\//, ''), existing: short, arriving: [] });
  return name === undefined ? undefined : `refs/heads/${name}`;
}

/** The ticket that each branch's name carries, in lower case; each name is looked at once. */
function ticketsOfBranches({ holders }: FoundTickets, known: readonly string[]): (ref: string | undefined) => string | undefined {
  const names = new Set(holders.flatMap((holder) => refOf(holder) ?? []));
  const tickets = new Map([...names].map((ref) => [ref, ticketOfBranch(ref.replace(/^refs\/(heads\/|remotes\/[^/]+\/)/, ''), known)?.toLowerCase()] as const));
  return (ref) => (ref === undefined ? undefined : tickets.get(ref));
}

function refOf({ kind, name, branch }: Pick<FolderHolder, 'kind' | 'name' | 'branch'>): string | undefined {
  return kind === 'worktree' ? branch : name;
}

function sightingOf(holder: FolderHolder, id: string, ownTicket: (ref: string | undefined) => string | undefined, isTrunk: boolean): Sighting {
  const { kind, name, branch, dirty } = holder;
  return { kind, name, branch, dirty, isTrunk, isOwn: ownTicket(refOf(holder)) === id.toLowerCase() };
}
