import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { refHolders, worktreeHolders, writtenFiles, type Holder } from './everywhere-holders.ts';
import { ObjectStore } from './everywhere-objects.ts';
import { loadRuns, States, type FindOptions, type FolderState, type TicketCommit, type TicketRoots, type Unreadable, type Written } from './everywhere-states.ts';
import { readBytes } from './files.ts';
import { ObjectReader, type Named } from './object-reader.ts';
import type { Repository } from './repository.ts';
import { statusesOf } from './statuses.ts';
import { attempt } from './work-root.ts';

export interface FoundTickets {
  /** By folder name, then one state each. */
  readonly states: ReadonlyMap<string, readonly FolderState[]>;
  readonly holders: readonly Holder[];
  /** How many files of each work tree are in no commit, where `withDirt` asked for it; by its folder. */
  readonly dirt: ReadonlyMap<string, number>;
  /** Symbolic refs and what they point at. */
  readonly symbolic: ReadonlyMap<string, string>;
  readonly unreadable: Unreadable[];
  readonly store: ObjectStore;
  /** To be called when nothing is read any more. */
  close(): void;
}

/**
 * Every ticket's folder in every state that a branch (local or remote-tracking) or a linked work tree
 * holds, what is not committed there included. Nothing is checked out, and no history is walked: one
 * `for-each-ref`, one `worktree list`, one `status` for each work tree, and one `cat-file`; a tree that
 * many hold is read once.
 */
export async function findTickets(repository: Repository, options: FindOptions): Promise<FoundTickets> {
  const reader = new ObjectReader(repository.options);
  try {
    const [{ holders: refs, symbolic }, worktrees] = await Promise.all([refHolders(repository, options.withTags === true), worktreeHolders(repository)]);
    const store = new ObjectStore(reader, repository.options);
    const unreadable: Unreadable[] = [];
    const dirt = new Map<string, number>();
    const looking = lookInto(worktrees, repository, options, { unreadable, dirt });
    const states = new States(options);
    const commits = await commitsOf([...refs, ...worktrees], options, store, unreadable);
    await loadRuns(commits, store);
    for (const commit of commits) states.addCommit(commit, store);
    for (const [index, written] of (await looking).entries()) states.addWorktree(worktrees[index] as Holder, written, store);
    return { states: states.byName, holders: [...refs, ...worktrees], dirt, symbolic, unreadable, store, close: () => reader.close() };
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** What the work trees hold that their HEADs do not, each by its own layout. */
async function lookInto(holders: readonly Holder[], { objectFormat }: Repository, options: FindOptions, { unreadable, dirt }: { readonly unreadable: Unreadable[]; readonly dirt: Map<string, number> }): Promise<Written[]> {
  const roots = holders.map(({ name }) => {
    const workspace = attempt(() => readBytes(join(name, 'WORKSPACE.md')));
    return (workspace && options.rootsIn(workspace)) ?? options.roots;
  });
  const limits = roots.map((own) => pathsIn(own, options));
  const answers = await statusesOf(holders.map(({ name }, at) => ({ root: name, paths: options.withDirt ? [] : (limits[at] as readonly string[]) })));
  return holders.map(({ name }, at) => {
    const [answer, own] = [answers[at], roots[at] as TicketRoots];
    if (!answer || 'error' in answer) {
      unreadable.push({ where: name, path: '', message: `Unexpected work tree that git cannot compare (${answer?.error.message}), expected git status to answer` });
      return { roots: own, files: [] };
    }
    if (options.withDirt) dirt.set(name, answer.items.length);
    const items = options.withDirt ? answer.items.filter((item) => limits[at]?.some((path) => item.startsWith(`${path}/`, 3))) : answer.items;
    return { roots: own, files: writtenFiles(name, items, objectFormat) };
  });
}

async function commitsOf(holders: readonly Holder[], options: FindOptions, store: ObjectStore, unreadable: Unreadable[]): Promise<TicketCommit[]> {
  const byCommit = new Map<Oid, Holder[]>();
  for (const holder of holders) {
    const known = byCommit.get(holder.commit);
    if (known) known.push(holder);
    else if (holder.commit !== '') byCommit.set(holder.commit, [holder]);
  }
  const oids = [...byCommit.keys()];
  const asked = pathsIn(options.roots, options);
  const named = await store.name(oids.flatMap((oid) => [`${oid}^{tree}`, `${oid}:WORKSPACE.md`, ...asked.map((path) => `${oid}:${path}`)]));
  await store.load(oidsOf(named.filter((_, index) => index % (asked.length + 2) !== 0)));
  const commits: TicketCommit[] = [];
  const others: Elsewhere[] = [];
  for (const [index, oid] of oids.entries()) {
    const held = byCommit.get(oid) as Holder[];
    const [root, workspace, ...trees] = named.slice(index * (asked.length + 2), (index + 1) * (asked.length + 2));
    if (!root) unreadable.push(...held.map(({ name }) => ({ where: name, path: '', message: `Unexpected absence of the commit ${oid}, expected what the ref names` })));
    const text = workspace?.type === 'blob' ? store.blob(workspace.oid) : undefined;
    const said = text && options.rootsIn(text);
    if (text && !said) unreadable.push(...held.map(({ name }) => ({ where: name, path: 'WORKSPACE.md', message: 'Unexpected frontmatter, expected one that can be read: the layout of the asking side is used' })));
    const roots = said ?? options.roots;
    if (isSame(roots, options.roots)) commits.push({ holders: held, roots, trees: trees.map(treeOf) });
    else others.push({ oid, held, roots, paths: pathsIn(roots, options) });
  }
  return [...commits, ...(await commitsElsewhere(others, store))];
}

interface Elsewhere {
  readonly oid: Oid;
  readonly held: readonly Holder[];
  readonly roots: TicketRoots;
  readonly paths: readonly string[];
}

/** Commits whose WORKSPACE.md names other folders. */
async function commitsElsewhere(others: readonly Elsewhere[], store: ObjectStore): Promise<TicketCommit[]> {
  const named = await store.name(others.flatMap(({ oid, paths }) => paths.map((path) => `${oid}:${path}`)));
  await store.load(oidsOf(named));
  return others.map(({ held, roots, paths }) => ({ holders: held, roots, trees: named.splice(0, paths.length).map(treeOf) }));
}

/** What is asked for of one commit: the folders of all tickets, or this ticket's in each. */
function pathsIn(roots: TicketRoots, { ticket }: FindOptions): readonly string[] {
  const { specs, archived, operations } = roots;
  if (ticket !== undefined) return [ticket.folder(roots), `${archived}/${ticket.id}`];
  return [specs, archived, ...(operations === undefined ? [] : [operations])];
}

function isSame(a: TicketRoots, b: TicketRoots): boolean {
  return a.specs === b.specs && a.archived === b.archived && a.operations === b.operations;
}

function treeOf(named: Named): Oid | undefined {
  return named?.type === 'tree' ? named.oid : undefined;
}

function oidsOf(named: readonly Named[]): Oid[] {
  return named.flatMap((one) => one?.oid ?? []);
}

