import type { DataPath } from '../documents/document.ts';

/** One node of tasks.md, wherever in the tree it stands. */
export interface TaskNode {
  readonly id: string;
  readonly parent: TaskNode | undefined;
  /** Which of its parent's nodes it is, counted from 0. */
  readonly index: number;
  readonly children: readonly TaskNode[];
  /** What it names in `depends_on`, as written. */
  readonly dependsOn: readonly string[];
  /** Its children are done one after the other. */
  readonly sequential: boolean;
  /** Everything that tasks.md says of it. Holds what the schema says only in a valid document. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Who does a leaf's work; what is written wrongly counts as the default. */
export type LeafType = 'agent' | 'command' | 'human';

type Growing = TaskNode & { readonly children: TaskNode[] };

const MEMO = Symbol('nodes');

/**
 * Every node of tasks.md's frontmatter, a parent before its children, siblings in order. Reads any
 * shape: what is no node with an id is left out (`frontmatter-valid` reports it). Linear; the same
 * array for the same frontmatter, since many rules ask for it.
 */
export function taskNodes(data: Readonly<Record<string, unknown>> & { readonly [MEMO]?: readonly TaskNode[] }): readonly TaskNode[] {
  const known = data[MEMO];
  if (known) return known;
  const nodes = readNodes(data);
  if (Object.isExtensible(data)) Object.defineProperty(data, MEMO, { value: nodes });
  return nodes;
}

function readNodes(data: Readonly<Record<string, unknown>>): TaskNode[] {
  const nodes: TaskNode[] = [];
  const pending: { list: unknown; parent: Growing | undefined }[] = [{ list: data.nodes, parent: undefined }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { list, parent } = next;
    if (!Array.isArray(list)) continue;
    for (let index = 0; index < list.length; index += 1) {
      const value: unknown = list[index];
      if (!isNode(value)) continue;
      const node = nodeOf(value, index, parent);
      parent?.children.push(node);
      nodes.push(node);
      if (value.nodes !== undefined) pending.push({ list: value.nodes, parent: node });
    }
  }
  return nodes;
}

/** The same nodes in the order in which people read them: each phase, then all that is in it. */
export function inTreeOrder(nodes: readonly TaskNode[]): TaskNode[] {
  const ordered: TaskNode[] = [];
  const pending = nodes.filter(({ parent }) => parent === undefined).reverse();
  for (let node = pending.pop(); node; node = pending.pop()) {
    ordered.push(node);
    for (let index = node.children.length - 1; index >= 0; index -= 1) pending.push(node.children[index] as TaskNode);
  }
  return ordered;
}

/** Where a node stands in the frontmatter: `['nodes', 0, 'nodes', 2]`. */
export function dataPathOf(node: TaskNode): DataPath {
  const path: (string | number)[] = [];
  for (let at: TaskNode | undefined = node; at; at = at.parent) path.push(at.index, 'nodes');
  return path.reverse();
}

/** The nodes that carry work, in order: those without nodes of their own that are no empty phase. */
export function leavesOf(nodes: readonly TaskNode[]): TaskNode[] {
  return nodes.filter((node) => node.children.length === 0 && node.data.type !== 'phase');
}

/** The texts of a list in a node's data; what is no text is left out. */
export function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

export function leafTypeOf({ data }: Pick<TaskNode, 'data'>): LeafType {
  return data.type === 'command' || data.type === 'human' ? data.type : 'agent';
}

/** What a node answers for; `all` where it says nothing that can be read. */
export function coversOf({ data }: Pick<TaskNode, 'data'>): 'all' | 'none' | readonly string[] {
  if (data.covers === 'none') return 'none';
  return Array.isArray(data.covers) ? data.covers.filter((name): name is string => typeof name === 'string') : 'all';
}

type NodeData = Readonly<Record<string, unknown>> & { readonly id: string };

function isNode(value: unknown): value is NodeData {
  return typeof value === 'object' && value !== null && typeof (value as { id?: unknown }).id === 'string';
}

function nodeOf(value: NodeData, index: number, parent: TaskNode | undefined): Growing {
  const named = Array.isArray(value.depends_on) ? value.depends_on : [];
  return { id: value.id, parent, index, children: [], dependsOn: named.map(String), sequential: value.order === 'sequential', data: value };
}
