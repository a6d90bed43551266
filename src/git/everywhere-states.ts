import type { Oid } from '../tree/tree.ts';
import type { Holder, WrittenFile } from './everywhere-holders.ts';
import type { NamedEntry, ObjectStore } from './everywhere-objects.ts';

/** Where tickets live, as a WORKSPACE.md says; paths from the root. */
export interface TicketRoots {
  readonly specs: string;
  readonly archived: string;
  /** Folder of the operations, whose runs are tickets. */
  readonly operations?: string;
}

/** One state of a ticket's folder, and all that hold it just so. */
export interface FolderState {
  /** The ticket's id; of a folder among tickets that is none, its name. */
  readonly name: string;
  /** The folder as its holders have it. */
  readonly path: string;
  readonly archived: boolean;
  readonly holders: readonly Holder[];
  /** Held by a work tree where something of this ticket is not committed. */
  readonly dirty: boolean;
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

export interface FindOptions {
  /** Where tickets live for holders whose WORKSPACE.md says nothing. */
  readonly roots: TicketRoots;
  /** What a WORKSPACE.md says; undefined where it cannot be read. */
  readonly rootsIn: (workspace: Buffer) => TicketRoots | undefined;
  /** The id of the run that a path in the folder of all operations is in, and how long its folder's path is. */
  readonly runAt: (operations: string, path: string) => { readonly id: string; readonly end: number } | undefined;
  /** Looks for this ticket alone: its folder while it is open. */
  readonly ticket?: { readonly id: string; readonly folder: (roots: TicketRoots) => string };
  /** Tags hold tickets, too. */
  readonly withTags?: boolean;
  /** Counts what is in no commit in each work tree, of whatever kind. */
  readonly withDirt?: boolean;
}

/** One commit, its trees of tickets, and all who stand at it. */
export interface TicketCommit {
  readonly holders: readonly Holder[];
  readonly roots: TicketRoots;
  /** In the order of `pathsIn`. */
  readonly trees: readonly (Oid | undefined)[];
}

/** What a work tree holds that its HEAD does not. */
export interface Written {
  readonly roots: TicketRoots;
  readonly files: readonly WrittenFile[];
}

type Growing = Omit<FolderState, 'holders' | 'written'> & { readonly holders: Holder[]; readonly written: Map<string, Oid | undefined> };

/** Gathers states: the same folder with the same tree is one. */
export class States {
  readonly byName = new Map<string, Growing[]>();
  readonly #options: FindOptions;
  /** By the folder's parent, then by the entry in it. */
  readonly #known = new Map<string, Map<NamedEntry, Growing>>();
  /** What a single ticket's folder is called, as an entry. */
  readonly #named = new Map<string, NamedEntry>();

  constructor(options: FindOptions) {
    this.#options = options;
  }

  addCommit({ holders, roots, trees: [open, archive, runs] }: TicketCommit, store: ObjectStore): void {
    const { ticket, runAt } = this.#options;
    if (ticket) {
      this.#addAlone(ticket.id, ticket.folder(roots), open, false, holders);
      this.#addAlone(ticket.id, `${roots.archived}/${ticket.id}`, archive, true, holders);
      return;
    }
    this.#addAll(roots.specs, entriesIn(open, store), false, holders, (path, name) => (path === roots.archived ? undefined : name));
    this.#addAll(roots.archived, entriesIn(archive, store), true, holders, (_, name) => name);
    const { operations } = roots;
    if (operations === undefined) return;
    for (const operation of entriesIn(runs, store)) {
      const folder = entriesIn(operation.oid, store).find(({ name }) => name === RUNS);
      this.#addAll(`${operations}/${operation.name}/${RUNS}`, entriesIn(folder?.oid, store), false, holders, (path) => runAt(operations, `${path}/`)?.id);
    }
  }

  #addAlone(name: string, path: string, tree: Oid | undefined, archived: boolean, holders: readonly Holder[]): void {
    if (tree === undefined) return;
    const key = `${path}\0${tree}`;
    const entry = this.#named.get(key) ?? { name, type: 'directory', oid: tree };
    this.#named.set(key, entry);
    this.#add(path, entry, name, archived, holders);
  }

  #addAll(base: string, entries: readonly NamedEntry[], archived: boolean, holders: readonly Holder[], idOf: (path: string, name: string) => string | undefined): void {
    for (const entry of entries) {
      if (entry.type !== 'directory') continue;
      const state = this.#known.get(base)?.get(entry);
      if (state) {
        state.holders.push(...holders);
        continue;
      }
      const path = `${base}/${entry.name}`;
      const id = idOf(path, entry.name);
      if (id !== undefined) this.#add(path, entry, id, archived, holders, base);
    }
  }

  #add(path: string, entry: NamedEntry, name: string, archived: boolean, holders: readonly Holder[], base = path): void {
    const known = this.#known.get(base) ?? new Map<NamedEntry, Growing>();
    this.#known.set(base, known);
    const state = known.get(entry);
    if (state) state.holders.push(...holders);
    else known.set(entry, this.#new({ name, path, archived, tree: entry.oid, dirty: false, holders: [...holders], written: new Map() }));
  }

  #new(state: Growing): Growing {
    const known = this.byName.get(state.name);
    if (known) known.push(state);
    else this.byName.set(state.name, [state]);
    return state;
  }

  /** What is written there takes the place of what its HEAD holds. */
  addWorktree(holder: Holder, { roots, files }: Written, store: ObjectStore): void {
    const byFolder = new Map<string, { readonly id: string; readonly written: WrittenFile[] }>();
    for (const file of files) {
      const found = folderOf(file.path, roots, this.#options);
      if (!found) continue;
      const known = byFolder.get(found.folder);
      if (known) known.written.push(file);
      else byFolder.set(found.folder, { id: found.id, written: [file] });
      if (file.content) store.add(file.oid, file.content);
    }
    for (const [path, { id, written }] of byFolder) {
      const head = this.byName.get(id)?.find((state) => state.path === path && state.holders.includes(holder));
      head?.holders.splice(head.holders.indexOf(holder), 1);
      const inside = new Map(written.map((file) => [file.path.slice(path.length + 1), file.content && file.oid] as const));
      this.#new({ name: id, path, archived: path.startsWith(`${roots.archived}/`), tree: head?.tree, dirty: true, holders: [holder], written: inside });
    }
  }
}

const RUNS = 'runs';

/** The folders of operations and of their runs. */
export async function loadRuns(commits: readonly TicketCommit[], store: ObjectStore): Promise<void> {
  const operations = new Set(commits.flatMap(({ roots, trees: [, , runs] }) => (roots.operations === undefined ? [] : entriesIn(runs, store).map(({ oid }) => oid))));
  await store.load(operations);
  await store.load([...operations].flatMap((oid) => entriesIn(oid, store).flatMap((entry) => (entry.name === RUNS ? [entry.oid] : []))));
}

function entriesIn(tree: Oid | undefined, store: ObjectStore): readonly NamedEntry[] {
  return (tree === undefined ? undefined : store.tree(tree)) ?? [];
}

/** The folder of a ticket that a path is in. */
function folderOf(path: string, { specs, archived, operations }: TicketRoots, { runAt }: FindOptions): { readonly folder: string; readonly id: string } | undefined {
  for (const base of [archived, specs]) {
    if (!path.startsWith(`${base}/`)) continue;
    const end = path.indexOf('/', base.length + 1);
    return end === -1 ? undefined : { folder: path.slice(0, end), id: path.slice(base.length + 1, end) };
  }
  const run = operations === undefined || !path.startsWith(`${operations}/`) ? undefined : runAt(operations, path);
  return run && { folder: path.slice(0, run.end), id: run.id };
}

/** The folders of records that a ticket's state follows from. */
export const RECORD_FOLDERS: readonly string[] = ['changes', 'nodes', 'forks'];

/**
 * Reads what the folders hold: texts, and the records in folders of these names. Files by their path in the folder,
 * for each state; what the tree objects lack is added to `unreadable`.
 */
export async function readStates(states: readonly FolderState[], { store, unreadable }: { readonly store: ObjectStore; readonly unreadable: Unreadable[] }, folders = RECORD_FOLDERS): Promise<Map<FolderState, ReadonlyMap<string, Oid>>> {
  const trees = states.flatMap(({ tree }) => tree ?? []);
  await store.load(trees);
  const records = new Set(trees.flatMap((tree) => (store.tree(tree) ?? []).flatMap((entry) => (isFolder(entry, folders) ? [entry.oid] : []))));
  await store.load(records);
  const read = new Map(states.map((state) => [state, filesOf(state, { store, unreadable, folders })] as const));
  const blobs = new Set<Oid>();
  for (const files of read.values()) for (const oid of files.values()) blobs.add(oid);
  store.fetch(trees, blobs);
  await store.load(blobs);
  return read;
}

function isFolder({ type, name }: NamedEntry, folders: readonly string[]): boolean {
  return type === 'directory' && folders.includes(name);
}

function filesOf({ tree, path, holders, written }: FolderState, { store, unreadable, folders }: { readonly store: ObjectStore; readonly unreadable: Unreadable[]; readonly folders: readonly string[] }): ReadonlyMap<string, Oid> {
  const files = new Map<string, Oid>();
  const add = (oid: Oid, prefix: string) => {
    const entries = store.tree(oid);
    if (!entries) for (const { name } of holders) unreadable.push({ where: name, path: `${path}/${prefix}`, message: 'Unexpected tree object, expected one that git fsck accepts' });
    for (const entry of entries ?? []) {
      if (entry.type === 'file' && entry.name.endsWith('.md')) files.set(prefix + entry.name, entry.oid);
      else if (prefix === '' && isFolder(entry, folders)) add(entry.oid, `${entry.name}/`);
    }
  };
  if (tree !== undefined) add(tree, '');
  for (const [inside, oid] of written) {
    if (oid === undefined) files.delete(inside);
    else if (inside.endsWith('.md') && (!inside.includes('/') || folders.includes(inside.slice(0, inside.indexOf('/'))))) files.set(inside, oid);
  }
  return files;
}
