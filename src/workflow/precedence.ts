import { leafTypeOf, type TaskNode } from './task-tree.ts';

/** Why one node waits for another: an entry of its `depends_on`, or the order of a sequential phase. */
export interface Wait {
  readonly node: TaskNode;
  readonly waitsFor: TaskNode;
  /** Which entry of `depends_on`; undefined when the order of the phase says it. */
  readonly entry: number | undefined;
}

/** Cycles found before the search ends: the rest shows when these are mended. */
const MOST_CYCLES = 10;

interface Edge {
  readonly to: number;
  /** undefined: a phase and what is in it. */
  readonly wait: Wait | undefined;
}

/**
 * The cycles of a workflow, each as the waits that close it, beginning with a `depends_on`. Every
 * node is two moments, its start and its end: what is in a phase starts after the phase does and
 * ends before it, so an edge of a phase holds for all its leaves. Depth-first with a stack of its
 * own; linear in nodes and edges.
 */
export function cyclesOf(nodes: readonly TaskNode[]): Wait[][] {
  if (nodes.every((node) => node.dependsOn.length === 0) || isInOrder(nodes)) return [];
  const edges = edgesOf(nodes);
  const state = new Uint8Array(edges.length);
  const cycles: Wait[][] = [];
  for (let root = 0; root < edges.length && cycles.length < MOST_CYCLES; root++) {
    if (state[root] === UNSEEN) search(root, edges, state, cycles);
  }
  return cycles;
}

/** Whether there are no phases and every node waits for earlier ones only: what most people write. */
function isInOrder(nodes: readonly TaskNode[]): boolean {
  const seen = new Set<string>();
  for (const { id, parent, dependsOn } of nodes) {
    if (parent || dependsOn.some((other) => !seen.has(other))) return false;
    seen.add(id);
  }
  return true;
}

const UNSEEN = 0;
const OPEN = 1;
const DONE = 2;

function search(root: number, edges: readonly (readonly Edge[])[], state: Uint8Array, cycles: Wait[][]): void {
  const stack: { at: number; next: number }[] = [{ at: root, next: 0 }];
  state[root] = OPEN;
  for (let top = stack.at(-1); top && cycles.length < MOST_CYCLES; top = stack.at(-1)) {
    const edge = edges[top.at]?.[top.next++];
    if (!edge) {
      state[top.at] = DONE;
      stack.pop();
    } else if (state[edge.to] === UNSEEN) {
      state[edge.to] = OPEN;
      stack.push({ at: edge.to, next: 0 });
    } else if (state[edge.to] === OPEN) {
      cycles.push(waitsFrom(edge.to, stack, edges));
    }
  }
}

/**
 * Whether one node must end before another may start, over edges of any length; both of `nodes`. A
 * set of nodes per moment, so that an answer is one look-up. In a cycle some answers are false.
 */
export function precedenceOf(nodes: readonly TaskNode[]): (earlier: TaskNode, later: TaskNode) => boolean {
  const edges = edgesOf(nodes);
  const words = Math.ceil(nodes.length / 32);
  const ended = new Uint32Array(edges.length * words);
  for (const moment of fromEarliest(edges)) {
    const at = moment * words;
    for (const { to } of edges[moment] as Edge[]) {
      for (let word = 0; word < words; word += 1) ended[at + word] = (ended[at + word] as number) | (ended[to * words + word] as number);
    }
    const node = moment >> 1;
    if (moment % 2 === 1) ended[at + (node >> 5)] = (ended[at + (node >> 5)] as number) | (1 << (node & 31));
  }
  const numbers = new Map(nodes.map((node, index) => [node, index]));
  return (earlier, later) => {
    const [first, second] = [numbers.get(earlier) as number, numbers.get(later) as number];
    return (((ended[2 * second * words + (first >> 5)] as number) >>> (first & 31)) & 1) === 1;
  };
}

/** All moments, each after those it leads to. */
function fromEarliest(edges: readonly (readonly Edge[])[]): number[] {
  const order: number[] = [];
  const seen = new Uint8Array(edges.length);
  for (let root = 0; root < edges.length; root += 1) {
    if (seen[root] === 1) continue;
    seen[root] = 1;
    const stack = [{ at: root, next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = edges[top.at]?.[top.next++];
      if (!edge) {
        order.push(top.at);
        stack.pop();
      } else if (seen[edge.to] === 0) {
        seen[edge.to] = 1;
        stack.push({ at: edge.to, next: 0 });
      }
    }
  }
  return order;
}

/** The waits along the open path from a moment to the stack's top; each frame's `next` is past the edge it took. */
function waitsFrom(from: number, stack: readonly { at: number; next: number }[], edges: readonly (readonly Edge[])[]): Wait[] {
  const begin = stack.findIndex((frame) => frame.at === from);
  const waits = stack.slice(begin).flatMap((frame) => edges[frame.at]?.[frame.next - 1]?.wait ?? []);
  const first = waits.findIndex((wait) => wait.entry !== undefined);
  return first > 0 ? [...waits.slice(first), ...waits.slice(0, first)] : waits;
}

/** Moment 2i is the start of node i, 2i + 1 its end; an edge leads to a moment that must come before. */
function edgesOf(nodes: readonly TaskNode[]): Edge[][] {
  const numbers = new Map(nodes.map((node, index) => [node, index]));
  const start = (node: TaskNode) => 2 * (numbers.get(node) as number);
  const end = (node: TaskNode) => start(node) + 1;
  const waits = waitsByNode(nodes);
  const edges: Edge[][] = nodes.flatMap(() => [[], []]);
  for (const node of nodes) {
    const begins = edges[start(node)] as Edge[];
    for (const wait of waits.get(node) ?? []) begins.push({ to: end(wait.waitsFor), wait });
    if (node.parent) begins.push({ to: start(node.parent), wait: undefined });
    const ends = [start(node), ...node.children.map(end)];
    edges[end(node)]?.push(...ends.map((to) => ({ to, wait: undefined })));
  }
  return edges;
}

/** What each node itself waits for; what its phases wait for holds for it too. `depends_on` that names no node is left out. */
export function waitsByNode(nodes: readonly TaskNode[]): Map<TaskNode, readonly Wait[]> {
  const byId = new Map(nodes.map((node) => [node.id, node] as const).reverse());
  const inOrder = orderOf(nodes);
  return new Map(nodes.map((node) => [node, waitsOf(node, byId, inOrder.get(node))]));
}

/**
 * The leaves whose work a person's decision is about: all that it waits for, directly or not, back to
 * the decisions before it.
 */
export function workBefore(gate: TaskNode, nodes: readonly TaskNode[]): TaskNode[] {
  const waits = waitsByNode(nodes);
  const seen = new Set<TaskNode>([gate]);
  const work: TaskNode[] = [];
  const pending = [gate];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const isPhase = node.children.length > 0;
    const isDecision = node !== gate && !isPhase && leafTypeOf(node) === 'human';
    if (node !== gate && !isPhase && !isDecision) work.push(node);
    const before = isPhase ? node.children : isDecision ? [] : withPhases(node).flatMap((one) => waits.get(one) ?? []).map(({ waitsFor }) => waitsFor);
    for (const next of before) {
      if (!seen.has(next)) pending.push(next);
      seen.add(next);
    }
  }
  return work;
}

function withPhases(node: TaskNode): TaskNode[] {
  const all: TaskNode[] = [];
  for (let at: TaskNode | undefined = node; at; at = at.parent) all.push(at);
  return all;
}

/** In a sequential phase: each child and the one before it. */
function orderOf(nodes: readonly TaskNode[]): Map<TaskNode, TaskNode> {
  return new Map(nodes.flatMap((node) => (node.sequential ? node.children.slice(1).map((child, index) => [child, node.children[index] as TaskNode] as const) : [])));
}

function waitsOf(node: TaskNode, byId: ReadonlyMap<string, TaskNode>, previous: TaskNode | undefined): Wait[] {
  const waits: Wait[] = node.dependsOn.flatMap((id, entry) => {
    const waitsFor = byId.get(id);
    return waitsFor ? [{ node, waitsFor, entry }] : [];
  });
  return previous ? [...waits, { node, waitsFor: previous, entry: undefined }] : waits;
}
