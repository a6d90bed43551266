import { join } from 'node:path';
import type { Entry, Oid } from '../tree/tree.ts';
import { refHolders, worktreeHolders, writtenIn, type Holder, type WrittenFile } from './everywhere-holders.ts';
import { nameObjects, ObjectStore, type Named } from './everywhere-objects.ts';
import { readBytes } from './files.ts';
import type { Repository } from './repository.ts';

/** Where tickets live, as a WORKSPACE.md says; paths from the root. */
export interface TicketRoots {
  readonly specs: string;
  readonly archived: string;
}

/** Somebody who holds one state of a ticket's folder. */
export interface FolderHolder extends Holder {
  /** A work tree where something of this ticket is not committed. */
  readonly dirty: boolean;
}

/** One state of a ticket's folder, and all that hold it just so. */
export interface FolderState {
  /** The folder's name: a ticket's id, where it is one. */
  readonly name: string;
  /** The folder as its holders have it. */
  readonly path: string;
  readonly archived: boolean;
  readonly holders: readonly FolderHolder[];
  /** The tree object of what is committed of it; undefined where nothing is. */
  readonly tree: Oid | undefined;
  /** What is written but not committed: paths in the folder, and their blobs; undefined: deleted. */
  readonly written: ReadonlyMap<string, Oid | undefined>;
}

/** Something that could not be read, and where. */
export interface Unreadable {
  readonly where: string;
  readonly path: string;
  readonly message: string;
}

export interface FoundTickets {
  /** By folder name, then one state each. */
  readonly states: ReadonlyMap<string, readonly FolderState[]>;
  readonly holders: readonly Holder[];
  /** Symbolic refs and what they point at. */
  readonly symbolic: ReadonlyMap<string, string>;
  readonly unreadable: readonly Unreadable[];
  readonly store: ObjectStore;
}

export interface FindOptions {
  /** Where tickets live for holders whose WORKSPACE.md says nothing. */
  readonly roots: TicketRoots;
  /** What a WORKSPACE.md says; undefined where it cannot be read. */
  readonly rootsIn: (workspace: Buffer) => TicketRoots | undefined;
  /** Looks for this ticket alone. */
  readonly ticket?: string;
  /** Tags hold tickets, too. */
  readonly withTags?: boolean;
}

/**
 * Every ticket's folder in every state that a branch (local or remote-tracking) or a linked work tree
 * holds, what is not committed there included. Nothing is checked out, and no history is walked: one
 * `for-each-ref`, one `worktree list`, one `status` for each work tree, and a `cat-file` for each
 * level; a tree that many hold is read once.
 */
export async function findTickets(repository: Repository, options: FindOptions): Promise<FoundTickets> {
  const [{ holders: refs, symbolic }, worktrees] = await Promise.all([refHolders(repository, options.withTags === true), worktreeHolders(repository)]);
  const store = new ObjectStore(repository.options);
  const unreadable: Unreadable[] = [];
  const looking = worktrees.map((holder) => lookInto(holder, repository, options, unreadable));
  const commits = commitsOf([...refs, ...worktrees], repository, options, store, unreadable);
  const states = new States(options.ticket);
  for (const commit of commits) states.addCommit(commit, store);
  for (const [index, written] of (await Promise.all(looking)).entries()) states.addWorktree(worktrees[index] as Holder, written, store);
  return { states: states.byName, holders: [...refs, ...worktrees], symbolic, unreadable, store };
}

interface Written {
  readonly roots: TicketRoots;
  readonly files: readonly WrittenFile[];
}

async function lookInto(holder: Holder, { objectFormat }: Repository, { roots, rootsIn, ticket }: FindOptions, unreadable: Unreadable[]): Promise<Written> {
  const workspace = readBytes(join(holder.name, 'WORKSPACE.md'));
  const own = (workspace && rootsIn(workspace)) ?? roots;
  const paths = ticket === undefined ? [own.specs, own.archived] : [`${own.specs}/${ticket}`, `${own.archived}/${ticket}`];
  try {
    return { roots: own, files: await writtenIn(holder.name, paths, objectFormat) };
  } catch (error) {
    unreadable.push({ where: holder.name, path: '', message: `Unexpected work tree that git cannot compare (${(error as Error).message}), expected git status to answer` });
    return { roots: own, files: [] };
  }
}

/** One commit, its trees of tickets, and all who stand at it. */
interface TicketCommit {
  readonly holders: readonly Holder[];
  readonly roots: TicketRoots;
  readonly specs: Oid | undefined;
  readonly archived: Oid | undefined;
}

function commitsOf(holders: readonly Holder[], repository: Repository, options: FindOptions, store: ObjectStore, unreadable: Unreadable[]): TicketCommit[] {
  const byCommit = new Map<Oid, Holder[]>();
  for (const holder of holders) {
    const known = byCommit.get(holder.commit);
    if (known) known.push(holder);
    else if (holder.commit !== '') byCommit.set(holder.commit, [holder]);
  }
  const oids = [...byCommit.keys()];
  const named = nameObjects(oids.flatMap((oid) => [`${oid}^{tree}`, `${oid}:WORKSPACE.md`, ...pathsIn(options.roots, options).map((path) => `${oid}:${path}`)]), repository.options);
  const rows = oids.map((oid, index) => ({ oid, held: byCommit.get(oid) as Holder[], root: named[4 * index], workspace: named[4 * index + 1], specs: named[4 * index + 2], archived: named[4 * index + 3] }));
  store.load(rows.flatMap(({ workspace, specs, archived }) => oidsOf([workspace, specs, archived])));
  const commits: TicketCommit[] = [];
  const others: { oid: Oid; held: Holder[]; roots: TicketRoots }[] = [];
  for (const { oid, held, root, workspace, specs, archived } of rows) {
    if (!root) unreadable.push(...held.map(({ name }) => ({ where: name, path: '', message: `Unexpected absence of the commit ${oid}, expected what the ref names` })));
    const text = workspace?.type === 'blob' ? store.blob(workspace.oid) : undefined;
    const said = text && options.rootsIn(text);
    if (text && !said) unreadable.push(...held.map(({ name }) => ({ where: name, path: 'WORKSPACE.md', message: 'Unexpected frontmatter, expected one that can be read: the layout of the asking side is used' })));
    const roots = said ?? options.roots;
    if (isSame(roots, options.roots)) commits.push({ holders: held, roots, specs: treeOf(specs), archived: treeOf(archived) });
    else others.push({ oid, held, roots });
  }
  return [...commits, ...commitsElsewhere(others, repository, options, store)];
}

/** Commits whose WORKSPACE.md names other folders. */
function commitsElsewhere(others: readonly { oid: Oid; held: Holder[]; roots: TicketRoots }[], repository: Repository, options: FindOptions, store: ObjectStore): TicketCommit[] {
  const named = nameObjects(others.flatMap(({ oid, roots }) => pathsIn(roots, options).map((path) => `${oid}:${path}`)), repository.options);
  store.load(oidsOf(named));
  return others.map(({ held, roots }, index) => ({ holders: held, roots, specs: treeOf(named[2 * index]), archived: treeOf(named[2 * index + 1]) }));
}

/** What is asked for of one commit: the two folders of all tickets, or this ticket's in each. */
function pathsIn({ specs, archived }: TicketRoots, { ticket }: FindOptions): [string, string] {
  return ticket === undefined ? [specs, archived] : [`${specs}/${ticket}`, `${archived}/${ticket}`];
}

function isSame(a: TicketRoots, b: TicketRoots): boolean {
  return a.specs === b.specs && a.archived === b.archived;
}

function treeOf(named: Named): Oid | undefined {
  return named?.type === 'tree' ? named.oid : undefined;
}

function oidsOf(named: readonly Named[]): Oid[] {
  return named.flatMap((one) => one?.oid ?? []);
}

type Growing = Omit<FolderState, 'holders' | 'written'> & { readonly holders: FolderHolder[]; readonly written: Map<string, Oid | undefined> };

/** Gathers states: the same folder with the same tree is one. */
class States {
  readonly byName = new Map<string, Growing[]>();
  readonly #ticket: string | undefined;
  readonly #byKey = new Map<string, Growing>();
  /** What each work tree's HEAD holds, by the folder's path. */
  readonly #ofWorktree = new Map<string, Map<string, Growing>>();

  constructor(ticket: string | undefined) {
    this.#ticket = ticket;
  }

  addCommit({ holders, roots, specs, archived }: TicketCommit, store: ObjectStore): void {
    for (const [base, tree, isArchive] of [[roots.specs, specs, false], [roots.archived, archived, true]] as const) {
      for (const [name, oid] of this.#folders(tree, store)) {
        const path = `${base}/${name}`;
        if (path !== roots.archived) this.#add({ name, path, archived: isArchive, tree: oid }, holders);
      }
    }
  }

  #folders(tree: Oid | undefined, store: ObjectStore): Iterable<readonly [string, Oid]> {
    if (tree === undefined) return [];
    if (this.#ticket !== undefined) return [[this.#ticket, tree]];
    return (store.tree(tree) ?? []).flatMap((entry: Entry) => (entry.type === 'directory' ? [[entry.path, entry.oid] as const] : []));
  }

  #add(facts: { name: string; path: string; archived: boolean; tree: Oid }, holders: readonly Holder[]): void {
    const key = `${facts.path}\0${facts.tree}`;
    let state = this.#byKey.get(key);
    if (!state) {
      state = { ...facts, holders: [], written: new Map() };
      this.#byKey.set(key, state);
      this.#name(state);
    }
    for (const holder of holders) {
      state.holders.push({ ...holder, dirty: false });
      if (holder.kind !== 'worktree') continue;
      const own = this.#ofWorktree.get(holder.name) ?? new Map<string, Growing>();
      this.#ofWorktree.set(holder.name, own.set(facts.path, state));
    }
  }

  #name(state: Growing): void {
    const known = this.byName.get(state.name);
    if (known) known.push(state);
    else this.byName.set(state.name, [state]);
  }

  /** What is written there takes the place of what its HEAD holds. */
  addWorktree(holder: Holder, { roots, files }: Written, store: ObjectStore): void {
    const byFolder = new Map<string, WrittenFile[]>();
    for (const file of files) {
      const folder = folderOf(file.path, roots);
      if (folder !== undefined) byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
      if (file.content) store.add(file.oid, file.content);
    }
    for (const [path, written] of byFolder) {
      const head = this.#ofWorktree.get(holder.name)?.get(path);
      head?.holders.splice(head.holders.findIndex((one) => one.kind === 'worktree' && one.name === holder.name), 1);
      const inside = new Map(written.map((file) => [file.path.slice(path.length + 1), file.content && file.oid] as const));
      this.#name({ name: path.slice(path.lastIndexOf('/') + 1), path, archived: path.startsWith(`${roots.archived}/`), tree: head?.tree, holders: [{ ...holder, dirty: true }], written: inside });
    }
  }
}

/** The folder of a ticket that a path is in. */
function folderOf(path: string, { specs, archived }: TicketRoots): string | undefined {
  for (const base of [archived, specs]) {
    if (!path.startsWith(`${base}/`)) continue;
    const end = path.indexOf('/', base.length + 1);
    return end === -1 ? undefined : path.slice(0, end);
  }
  return undefined;
}

const RECORD_FOLDERS = ['changes', 'nodes', 'forks'];

/**
 * Reads what the folders hold: texts and records, not attachments. Files by their path in the folder,
 * for each state; what the tree object lacks is said in `unreadable`.
 */
export function readStates(states: readonly FolderState[], store: ObjectStore, unreadable: Unreadable[]): Map<FolderState, ReadonlyMap<string, Oid>> {
  store.load(states.flatMap(({ tree }) => tree ?? []));
  store.load(states.flatMap(({ tree }) => (tree === undefined ? [] : (store.tree(tree) ?? []).flatMap((entry) => (entry.type === 'directory' && RECORD_FOLDERS.includes(entry.path) ? [entry.oid] : [])))));
  const read = new Map(states.map((state) => [state, filesOf(state, store, unreadable)] as const));
  store.load([...read.values()].flatMap((files) => [...files.values()]));
  return read;
}

function filesOf({ tree, path, holders, written }: FolderState, store: ObjectStore, unreadable: Unreadable[]): ReadonlyMap<string, Oid> {
  const files = new Map<string, Oid>();
  const add = (oid: Oid, prefix: string) => {
    const entries = store.tree(oid);
    if (!entries) for (const { name } of holders) unreadable.push({ where: name, path: `${path}/${prefix}`, message: 'Unexpected tree object, expected one that git fsck accepts' });
    for (const entry of entries ?? []) {
      if (entry.type === 'file' && entry.path.endsWith('.md')) files.set(prefix + entry.path, entry.oid);
      else if (entry.type === 'directory' && prefix === '' && RECORD_FOLDERS.includes(entry.path)) add(entry.oid, `${entry.path}/`);
    }
  };
  if (tree !== undefined) add(tree, '');
  for (const [inside, oid] of written) {
    if (oid === undefined) files.delete(inside);
    else if (inside.endsWith('.md') && (!inside.includes('/') || RECORD_FOLDERS.includes(inside.slice(0, inside.indexOf('/'))))) files.set(inside, oid);
  }
  return files;
}
