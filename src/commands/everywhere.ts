import { join } from 'node:path';
import { trunkName } from '../check/steps.ts';
import { parseDocument } from '../documents/parse.ts';
import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { runAt, runId } from '../documents/run.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import type { Holder } from '../git/everywhere-holders.ts';
import { readStates, RECORD_FOLDERS, type FolderState, type TicketRoots } from '../git/everywhere-states.ts';
import { findTickets, type FoundTickets } from '../git/everywhere-tickets.ts';
import { readBytes } from '../git/files.ts';
import { Repository } from '../git/repository.ts';
import { optimise } from '../git/v8-flags.ts';
import type { BrokenDocument, Sighting, TicketState, UnitedTicket } from '../workflow/everywhere.ts';
import { uniteTickets } from '../workflow/everywhere.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import type { Invocation } from './command.ts';

/** So many documents take longer to read than code takes to optimise. */
const WORTH_OPTIMISING = 5_000;

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
  /** Those themselves. */
  readonly held: readonly Holder[];
  /** With `dirt`: how many files of each work tree are in no commit, by its folder. */
  readonly dirt: ReadonlyMap<string, number>;
}

export interface EverywhereOptions {
  /** This ticket alone, finished or not. */
  readonly ticket?: string;
  /** Finished tickets, and those that only tags hold, too. */
  readonly all?: boolean;
  /** Their checkpoints, too. */
  readonly checkpoints?: boolean;
  /** What is not committed of anything else, too. */
  readonly dirt?: boolean;
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
export async function ticketsEverywhere({ repository, settings, broken = [] }: Pick<Realm, 'repository' | 'settings'> & Partial<Realm>, options: EverywhereOptions = {}): Promise<Everywhere> {
  const { ticket: id, all = false } = options;
  const ticket = id === undefined ? undefined : { id, folder: (layout: TicketRoots) => ticketFolder({ layout: { ...settings.layout, ...layout } }, id) };
  const find = async (alone: boolean) => {
    const found = await findTickets(repository, { roots: settings.layout, rootsIn, runAt: runHere, withTags: all, withDirt: options.dirt === true, ...(alone && ticket && { ticket }) });
    try {
      return await unite(found, settings, options, broken);
    } finally {
      found.close();
    }
  };
  const alone = await find(true);
  // What a fork waits for is another ticket: whether that one is finished has to be known.
  return ticket && alone.tickets.some(({ documents }) => [...documents.keys()].some((path) => path.startsWith('forks/'))) ? find(false) : alone;
}

async function unite(found: FoundTickets, settings: Settings, { ticket, all = false, checkpoints = false }: EverywhereOptions, broken: readonly BrokenDocument[]): Promise<Everywhere> {
  const trunk = trunkOf(found, settings);
  const onTrunk = new Set(found.holders.filter(({ kind, name }) => trunk !== undefined && kind !== 'worktree' && (name === trunk || name.replace(/^refs\/remotes\/[^/]+\//, 'refs/heads/') === trunk)));
  const isFinal = ({ archived, holders }: FolderState) => archived && holders.some((holder) => onTrunk.has(holder));
  const named = [...found.states].filter(([name]) => settings.ticketPattern.test(name));
  const finished = new Set(named.flatMap(([id, states]) => (states.some(isFinal) ? [id] : [])));
  // What is finished is as the trunk archived it, whatever an old branch still holds.
  const wanted = named.filter(([id]) => (ticket === undefined ? all || !finished.has(id) : id === ticket)).map(([id, states]) => [id, states.filter((state) => (finished.has(id) ? isFinal(state) : state.holders.length > 0))] as const);
  const files = await readStates(wanted.flatMap(([, states]) => states), found, checkpoints ? [...RECORD_FOLDERS, 'checkpoints'] : RECORD_FOLDERS);
  if (found.store.size > WORTH_OPTIMISING) optimise(true);
  const sightings = sightingsOf(found, named.map(([id]) => id), onTrunk);
  const tickets = uniteTickets(
    wanted.flatMap(([id, states]) => {
      const held = states.map((state): TicketState => ({ path: state.path, archived: state.archived, files: files.get(state) ?? new Map<string, string>(), sightings: sightings(id, state) })).filter((state) => state.files.size > 0);
      return held.length > 0 ? [{ id, archived: finished.has(id), states: held }] : [];
    }),
    { settings, read: (oid) => found.store.blob(oid), folders: [...finished].map((id) => archivedFolder(settings, id)) },
  );
  return {
    trunk,
    tickets: tickets.sort((a, b) => (a.id < b.id ? -1 : 1)),
    finished: [...finished].sort(),
    broken: [...broken, ...found.unreadable.map((one) => ({ ...one, line: 1 })), ...tickets.flatMap((one) => one.broken)],
    holders: found.holders.length,
    held: found.holders,
    dirt: found.dirt,
  };
}

/** The run that a path is in, as a ticket. */
function runHere(operations: string, path: string) {
  const run = runAt(operations, path);
  return run && { id: runId(run), end: run.end };
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

/** Who holds a state of a ticket; the same object for the same holder, since one may hold hundreds of tickets. */
function sightingsOf({ holders }: FoundTickets, known: readonly string[], onTrunk: ReadonlySet<Holder>): (id: string, state: FolderState) => Sighting[] {
  const facts = new Map<Holder, { readonly ticket: string | undefined; readonly forms: Map<string, Sighting> }>();
  for (const holder of holders) facts.set(holder, { ticket: ticketOf(holder, known), forms: new Map() });
  return (id, { holders: seen, dirty }) => {
    const key = id.toLowerCase();
    return seen.map((holder) => {
      const { ticket, forms } = facts.get(holder) as { ticket: string | undefined; forms: Map<string, Sighting> };
      const isOwn = ticket === key;
      const form = `${dirty} ${isOwn}`;
      let sighting = forms.get(form);
      if (!sighting) {
        const { kind, name, branch } = holder;
        forms.set(form, (sighting = { kind, name, branch, dirty, isTrunk: onTrunk.has(holder), isOwn }));
      }
      return sighting;
    });
  };
}

/** The ticket that a holder's branch carries in its name, in small letters. */
function ticketOf({ kind, name, branch }: Holder, known: readonly string[]): string | undefined {
  const ref = kind === 'worktree' ? branch : name;
  return ref === undefined ? undefined : ticketOfBranch(ref.replace(/^refs\/(heads\/|remotes\/[^/]+\/|tags\/)/, ''), known)?.toLowerCase();
}
