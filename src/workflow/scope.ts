import type { Settings } from '../documents/settings.ts';
import { pathShapes, shapeHolds, shapeOfPath, shapesMeet, type PathShape } from './path-shape.ts';
import { textsIn, type TaskNode } from './task-tree.ts';

/** One entry of a node's `scope`; its shapes are made when they are first asked for. */
class ScopePattern {
  /** As written. */
  readonly text: string;
  /** Which entry of the list, counted from 0. */
  readonly index: number;
  readonly #modules: Modules;
  #shapes: readonly PathShape[] | undefined;

  constructor(text: string, index: number, modules: Modules) {
    this.text = text;
    this.index = index;
    this.#modules = modules;
  }

  get shapes(): readonly PathShape[] {
    this.#shapes ??= shapesOf(this.text.startsWith('!') ? this.text.slice(1) : this.text, this.#modules);
    return this.#shapes;
  }

  /** The folders before the first wildcard, each with a `/` after it: two entries can only meet where one begins the other. */
  get prefix(): string {
    return PLAIN.test(this.text) ? prefixOf(this.text) : commonPrefix(this.shapes.map(({ prefix }) => prefix));
  }
}

export type { ScopePattern };

/** Names without anything that reading a pattern would change, before the first wildcard. */
const PLAIN = /^(?:[\w-][\w.-]*\/)*(?:[\w-][\w.-]*$|$|[*?[{])/;

function prefixOf(text: string): string {
  const wild = text.search(/[*?[{\\(]/);
  if (wild === -1) return text.endsWith('/') ? text : `${text}/`;
  return text.slice(0, text.lastIndexOf('/', wild) + 1);
}

function commonPrefix(prefixes: readonly string[]): string {
  const [first = '', ...others] = prefixes;
  let end = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, end))) end -= 1;
  return first.slice(0, first.lastIndexOf('/', end - 1) + 1);
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
  const [patterns, exceptions]: [ScopePattern[], ScopePattern[]] = [[], []];
  for (const [index, text] of textsIn(owner.data.scope).entries()) (text.startsWith('!') ? exceptions : patterns).push(new ScopePattern(text, index, modules));
  return { owner, patterns, exceptions };
}

/** Whether a path of this repository is in a scope. */
export function isInScope(path: string, { patterns, exceptions }: Pick<Scope, 'patterns' | 'exceptions'>): boolean {
  const shape = shapeOfPath(path);
  const covers = (entries: readonly ScopePattern[]) => entries.some(({ shapes }) => shapes.some((one) => shapesMeet(one, shape)));
  return covers(patterns) && !covers(exceptions);
}

/** Whether two entries, each of its own scope, can mean one path: see `shapesMeet`. */
export function patternsMeet(a: ScopePattern, inA: Pick<Scope, 'exceptions'>, b: ScopePattern, inB: Pick<Scope, 'exceptions'>): boolean {
  const isExcepted = (shape: PathShape, { exceptions }: Pick<Scope, 'exceptions'>) => exceptions.some(({ shapes }) => shapes.some((one) => shapeHolds(one, shape)));
  return a.shapes.some((one) => b.shapes.some((other) => shapesMeet(one, other) && !isExcepted(one, inB) && !isExcepted(other, inA)));
}

/** The first entries by which two scopes can mean one path, one of each; undefined where none can. */
export function scopesMeet(a: Scope, b: Scope): readonly [ScopePattern, ScopePattern] | undefined {
  for (const own of a.patterns) {
    const { prefix } = own;
    const other = b.patterns.find((theirs) => (prefix.startsWith(theirs.prefix) || theirs.prefix.startsWith(prefix)) && patternsMeet(own, a, theirs, b));
    if (other) return [own, other];
  }
  return undefined;
}

/** `module:path` is a path in the module's folder; that of a module nobody knows is beside all others. */
export function shapesOf(text: string, modules: Modules): PathShape[] {
  const [, module, path] = /^([A-Za-z0-9][A-Za-z0-9-]*):(.*)$/s.exec(text) ?? [];
  if (module === undefined) return pathShapes(text);
  return pathShapes(`${modules.get(module) ?? `${module}:`}/${path}`);
}
