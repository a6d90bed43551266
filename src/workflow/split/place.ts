import type { Settings } from '../../documents/settings.ts';
import { isWithin } from '../contract.ts';
import { precedenceOf } from '../precedence.ts';
import { isInScope, scopeOf, type Scope } from '../scope.ts';
import { leavesOf, type TaskNode } from '../task-tree.ts';
import { nodeTrailers } from '../trailers.ts';
import type { Change, Histories } from './changes.ts';

/** What a stack is cut along: a ticket's workflow and where its documents are. */
export interface Workflow {
  readonly ticket: string;
  readonly nodes: readonly TaskNode[];
  /** The ticket's folders, open and archived. */
  readonly folders: readonly string[];
  readonly modules: Settings['modules'];
}

/** The first part of a ticket with a workflow: its documents, which everything else refers to. */
const PLAN = 'plan';

/** Changes with the part that each is for, and what could not be told from trailers and scopes. */
export interface Placement {
  /** Names of parts, the lowest first; some may be for nothing. */
  readonly order: readonly string[];
  readonly partOf: Map<Change, string>;
  readonly unclaimed: readonly Unclaimed[];
}

export interface Unclaimed {
  readonly change: Change;
  /** Why it stands where it stands. */
  readonly why: string;
}

interface Leaf {
  readonly node: TaskNode;
  readonly scope: Scope | undefined;
}

/**
 * A place for every change: the node that its commit's `Node:` trailer names; of several or none those
 * whose scope holds the path; else where the commit's other files go, where the path went before, or
 * the next work.
 */
export function placeByNodes(histories: Histories, workflow: Workflow): Placement {
  const leaves = inOrder(workflow.nodes).map((node): Leaf => ({ node, scope: scopeOf(node, workflow.modules) }));
  const order = [PLAN, ...leaves.map(({ node }) => node.id)];
  const partOf = new Map<Change, string>();
  const pending: Change[] = [];
  const strayed: Unclaimed[] = [];
  for (const [commit, { message }] of histories.commits.entries()) {
    const changes = histories.changes[commit] ?? [];
    const named = namedLeaves(message, workflow, leaves);
    for (const change of changes) {
      const document = documentPart(change.path, workflow, named ?? leaves);
      const part = (document === PLAN && named ? undefined : document) ?? leafFor(change, named, leaves);
      if (part === undefined) pending.push(change);
      else partOf.set(change, part);
      if (named && document === undefined && !isClaimed(change, named)) strayed.push({ change, why: 'where its commit says that it belongs' });
    }
  }
  return { order, partOf, unclaimed: [...strayed, ...placeUnclaimed(pending, histories, partOf, order)] };
}

/** Leaves so that each comes after all that it waits for, else as the plan has them. */
function inOrder(nodes: readonly TaskNode[]): TaskNode[] {
  const isBefore = precedenceOf(nodes);
  const left = leavesOf(nodes);
  const ordered: TaskNode[] = [];
  while (left.length > 0) {
    const free = left.findIndex((node) => left.every((other) => other === node || !isBefore(other, node)));
    // In a cycle any is as good as another.
    const [next] = left.splice(Math.max(free, 0), 1);
    if (next) ordered.push(next);
  }
  return ordered;
}

/** The leaves that a message names, those of a phase too; undefined where it names none of this ticket. */
function namedLeaves(message: string, { ticket, nodes }: Workflow, leaves: readonly Leaf[]): readonly Leaf[] | undefined {
  const named = nodeTrailers(message).filter((trailer) => trailer.ticket.toLowerCase() === ticket.toLowerCase());
  const found = named.flatMap(({ node: id }) => nodes.filter((node) => node.id === id)).flatMap((node) => leaves.filter((leaf) => leaf.node === node || isWithin(leaf.node, node)));
  return found.length === 0 ? undefined : leaves.filter((leaf) => found.includes(leaf));
}

/** A node's record goes with the node, a retrospective comes last, everything else of the ticket's folder first. */
function documentPart(path: string, { folders }: Workflow, leaves: readonly Leaf[]): string | undefined {
  const folder = folders.find((one) => path.startsWith(`${one}/`));
  if (folder === undefined) return undefined;
  const name = path.slice(folder.length + 1);
  if (name === 'retro.md') return leaves.at(-1)?.node.id;
  const node = /^nodes\/([^/]+)\.md$/.exec(name)?.[1];
  return leaves.find((leaf) => leaf.node.id === node)?.node.id ?? PLAN;
}

function leafFor({ path, from }: Change, named: readonly Leaf[] | undefined, leaves: readonly Leaf[]): string | undefined {
  if (named?.length === 1) return named[0]?.node.id;
  for (const one of from === undefined ? [path] : [path, from]) {
    const claiming = (named ?? leaves).filter(({ scope, node }) => scope && !isInherited(node, scope) && isInScope(one, scope));
    const wider = claiming.length > 0 ? claiming : (named ?? leaves).filter(({ scope }) => scope && isInScope(one, scope));
    if (wider.length > 0) return wider[0]?.node.id;
  }
  // Its own commit says that it is of these.
  return named?.at(-1)?.node.id;
}

/** Where nothing limits a node every path is its own. */
function isClaimed({ path }: Change, named: readonly Leaf[]): boolean {
  return named.some(({ scope }) => scope === undefined || isInScope(path, scope));
}

/** A phase's scope is for all that is in it: a leaf's own says more. */
function isInherited(node: TaskNode, { owner }: Scope): boolean {
  return owner !== node;
}

function placeUnclaimed(pending: readonly Change[], histories: Histories, partOf: Map<Change, string>, order: readonly string[]): Unclaimed[] {
  const placed = new Map(partOf);
  const isWork = (part: string | undefined): part is string => part !== undefined && part !== PLAN;
  const partsIn = (commit: number) => (histories.changes[commit] ?? []).flatMap((change) => placed.get(change) ?? []);
  const last = (parts: readonly string[]) => parts.filter(isWork).sort((a, b) => order.indexOf(a) - order.indexOf(b)).at(-1);
  const byPath = new Map<string, string>();
  for (const [change, part] of placed) if (isWork(part) && !byPath.has(change.path)) byPath.set(change.path, part);
  const works = histories.commits.map((_, commit) => last(partsIn(commit)));
  return pending.map((change) => {
    const here = works[change.commit];
    const same = byPath.get(change.path);
    const next = works.slice(change.commit + 1).find((part) => part !== undefined);
    const before = works.slice(0, change.commit).findLast((part) => part !== undefined);
    const [part, why] =
      here !== undefined ? [here, 'with the other files of its commit']
      : same !== undefined ? [same, 'where other commits change it']
      : next !== undefined ? [next, 'with the work that comes next']
      : before !== undefined ? [before, 'with the work before it']
      : [order.at(-1) ?? PLAN, 'nothing says more'];
    partOf.set(change, part);
    return { change, why };
  });
}

/** Without a workflow: by the folders of the files, in the order in which the branch first touches them. */
export function placeByFolders(histories: Histories): Placement {
  const changes = histories.changes.flat();
  const folders = changes.map(({ path }) => path.split('/').slice(0, -1));
  const common = folders.reduce((shared, folder) => shared.slice(0, shared.findIndex((name, at) => folder[at] !== name) === -1 ? shared.length : shared.findIndex((name, at) => folder[at] !== name)), folders[0] ?? []);
  const partOf = new Map(changes.map((change, at) => [change, folders[at]?.[common.length] ?? common.at(-1) ?? 'root']));
  return { order: [...new Set(partOf.values())], partOf, unclaimed: [] };
}

/** Without a workflow: as the branch has them; limits alone cut it. */
export function placeInOne(histories: Histories): Placement {
  const changes = histories.changes.flat();
  return { order: ['work'], partOf: new Map(changes.map((change) => [change, 'work'])), unclaimed: [] };
}
