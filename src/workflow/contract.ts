import type { DataPath } from '../documents/document.ts';
import type { Settings } from '../documents/settings.ts';
import type { Tree } from '../tree/tree.ts';
import { shapesMeet, type PathShape } from './path-shape.ts';
import { shapesOf } from './scope.ts';
import { dataPathOf, type TaskNode } from './task-tree.ts';

/** One entry of a node's `inputs` or `outputs`. */
export interface ContractEntry {
  readonly node: TaskNode;
  /** Where it stands in tasks.md. */
  readonly at: DataPath;
  /** As written, without `#Heading`. */
  readonly path: string;
  /** The heading whose section is meant. */
  readonly section: string | undefined;
  readonly layer: 'L3' | 'L4' | undefined;
  readonly shapes: readonly PathShape[];
  readonly isPattern: boolean;
}

/** What a node says it reads, or makes. What has no path, and addresses of the web, are left out. */
export function contractOf(node: TaskNode, side: 'inputs' | 'outputs', { modules }: Pick<Settings, 'modules'>): ContractEntry[] {
  const list: unknown[] = Array.isArray(node.data[side]) ? node.data[side] : [];
  return list.flatMap((item, index) => {
    const data = (typeof item === 'object' && item !== null ? item : { path: item }) as Record<string, unknown>;
    if (typeof data.path !== 'string' || data.path.trim() === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(data.path)) return [];
    const [path = '', ...heading] = data.path.trim().split('#');
    const section = text(data.section) ?? text(heading.join('#'));
    const layer = data.layer === 'L3' || data.layer === 'L4' ? data.layer : undefined;
    const at = [...dataPathOf(node), side, index];
    return [{ node, at, path, section: section === 'full file' ? undefined : section, layer, shapes: shapesOf(path, modules), isPattern: /[*?[{]/.test(path) }];
  });
}

/** Whether two entries can mean one file. */
export function entriesMeet(a: Pick<ContractEntry, 'shapes'>, b: Pick<ContractEntry, 'shapes'>): boolean {
  return a.shapes.some((one) => b.shapes.some((other) => shapesMeet(one, other)));
}

/**
 * Finds those of many entries that can mean one file with another one: only those are compared whose
 * folders begin with one another.
 */
export function meetingIn(entries: readonly ContractEntry[]): (entry: Pick<ContractEntry, 'shapes'>) => ContractEntry[] {
  const [at, below] = [new Map<string, ContractEntry[]>(), new Map<string, ContractEntry[]>()];
  for (const entry of entries) {
    for (const { prefix } of entry.shapes) {
      listIn(at, prefix).push(entry);
      for (const folder of foldersAbove(prefix)) listIn(below, folder).push(entry);
    }
  }
  return (entry) => {
    const near = entry.shapes.flatMap(({ prefix }) => [...[...foldersAbove(prefix), prefix].flatMap((folder) => at.get(folder) ?? []), ...(below.get(prefix) ?? [])]);
    return [...new Set(near)].filter((other) => entriesMeet(entry, other));
  };
}

/** `a/b/` to `''` and `a/`. */
function foldersAbove(prefix: string): string[] {
  const folders: string[] = [];
  for (let end = prefix.length - 1; end > 0; ) {
    end = prefix.lastIndexOf('/', end - 1);
    folders.push(prefix.slice(0, end + 1));
  }
  return folders;
}

function listIn<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Whether one node is the other, or a phase that holds it. */
export function isWithin(node: TaskNode, phase: TaskNode): boolean {
  for (let at: TaskNode | undefined = node; at; at = at.parent) if (at === phase) return true;
  return false;
}

/** Where in a tree an entry leads: from the root, else from the ticket's folder; undefined where nothing is. A pattern leads to its folder. */
export function foundAt(tree: Tree, entry: ContractEntry, folder: string): string | undefined {
  for (const { prefix } of entry.shapes) {
    const path = prefix.slice(0, -1);
    for (const candidate of path === '' ? [''] : [path, `${folder}/${path}`]) if (candidate === '' || tree.entry(candidate)) return candidate;
  }
  return undefined;
}

/** Whether an entry is in a module that is not part of this tree: then nothing can be said of it. */
export function isElsewhere(tree: Tree, { path }: ContractEntry, { modules }: Pick<Settings, 'modules'>): boolean {
  const [, module] = /^([A-Za-z0-9][A-Za-z0-9-]*):/.exec(path) ?? [];
  return module !== undefined && tree.entry(modules.get(module) ?? `${module}:`)?.type !== 'directory';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
