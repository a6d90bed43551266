import type { Settings } from '../documents/settings.ts';
import { pathShapes, shapeHolds, shapeOfPath, shapesMeet, type PathShape } from './path-shape.ts';
import { textsIn, type TaskNode } from './task-tree.ts';

/** One entry of a node's `scope`. */
export interface ScopePattern {
  /** As written. */
  readonly text: string;
  /** Which entry of the list, counted from 0. */
  readonly index: number;
  readonly shapes: readonly PathShape[];
}

/** What a node may change. */
export interface Scope {
  /** The node that says it: the node itself, or the nearest phase above it with a scope. */
  readonly owner: TaskNode;
  readonly patterns: readonly ScopePattern[];
  /** Entries that begin with `!`: what the others cover and the node may not change. */
  readonly exceptions: readonly ScopePattern[];
}

type Modules = Settings['modules'];

/** A node's scope, its own or that of the nearest phase with one; undefined when nothing limits it. */
export function scopeOf(node: TaskNode, modules: Modules): Scope | undefined {
  let owner: TaskNode | undefined = node;
  while (owner && !Array.isArray(owner.data.scope)) owner = owner.parent;
  if (!owner) return undefined;
  const entries = textsIn(owner.data.scope).map((text, index) => ({ text, index, shapes: shapesOf(text.replace(/^!/, ''), modules) }));
  return { owner, patterns: entries.filter(({ text }) => !text.startsWith('!')), exceptions: entries.filter(({ text }) => text.startsWith('!')) };
}

/** Whether a path of this repository is in a scope. */
export function isInScope(path: string, { patterns, exceptions }: Pick<Scope, 'patterns' | 'exceptions'>): boolean {
  const shape = shapeOfPath(path);
  const covers = (entries: readonly ScopePattern[]) => entries.some(({ shapes }) => shapes.some((one) => shapesMeet(one, shape)));
  return covers(patterns) && !covers(exceptions);
}

/** Whether two entries, each of its own scope, can mean one path: see `shapesMeet`. */
export function patternsMeet(a: PathShape, inA: Pick<Scope, 'exceptions'>, b: PathShape, inB: Pick<Scope, 'exceptions'>): boolean {
  if (!shapesMeet(a, b)) return false;
  const isExcepted = (shape: PathShape, { exceptions }: Pick<Scope, 'exceptions'>) => exceptions.some(({ shapes }) => shapes.some((one) => shapeHolds(one, shape)));
  return !isExcepted(a, inB) && !isExcepted(b, inA);
}

/** `module:path` is a path in the module's folder; that of a module nobody knows is beside all others. */
export function shapesOf(text: string, modules: Modules): PathShape[] {
  const [, module, path] = /^([A-Za-z0-9][A-Za-z0-9-]*):(.*)$/s.exec(text) ?? [];
  if (module === undefined) return pathShapes(text);
  return pathShapes(`${modules.get(module) ?? `${module}:`}/${path}`);
}
