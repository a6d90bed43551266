import { changesBetween, isBelow } from './changes.ts';
import type { ChangedPath, Entry, Oid, Tree } from './tree.ts';

/** A file of a picked tree: its blob, which is read when somebody asks for it. */
export type PickedFile = readonly [path: string, oid: Oid];

/**
 * A tree of files that were picked from several trees. Directories have made-up ids; `folders` are
 * directories that exist and whose files are not known here.
 */
export class PickedTree implements Tree {
  readonly id: Oid;
  readonly #entries = new Map<string, Entry>();
  readonly #children = new Map<string, Entry[]>();
  readonly #readBlob: (oid: Oid) => Buffer | undefined;

  constructor(id: Oid, files: Iterable<PickedFile>, readBlob: (oid: Oid) => Buffer | undefined, folders: Iterable<string> = []) {
    this.id = id;
    this.#readBlob = readBlob;
    this.#entries.set('', { path: '', type: 'directory', oid: id });
    for (const folder of folders) this.#addDirectory(folder);
    for (const [path, oid] of files) this.#add({ path, type: 'file', oid });
    for (const children of this.#children.values()) children.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  entry(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  list(directory: string): readonly Entry[] {
    return this.#children.get(directory) ?? [];
  }

  walk(roots: readonly string[]): readonly Entry[] {
    const files = [...this.#entries.values()].filter(({ path, type }) => type === 'file' && isBelow(path, roots));
    return files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  }

  read(path: string): Buffer | undefined {
    const entry = this.#entries.get(path);
    return entry?.type === 'file' ? this.#readBlob(entry.oid) : undefined;
  }

  isLoaded(): boolean {
    return true;
  }

  prefetch(): void {}

  announce(): () => void {
    return () => {};
  }

  forget(): void {}

  changedFrom(before: readonly Tree[], roots: readonly string[]): readonly ChangedPath[] {
    return changesBetween(this, before, roots);
  }

  #add(entry: Entry): void {
    const slash = entry.path.lastIndexOf('/');
    const parent = slash === -1 ? '' : entry.path.slice(0, slash);
    this.#addDirectory(parent);
    this.#entries.set(entry.path, entry);
    const siblings = this.#children.get(parent);
    if (siblings) siblings.push(entry);
    else this.#children.set(parent, [entry]);
  }

  #addDirectory(path: string): void {
    if (path !== '' && !this.#entries.has(path)) this.#add({ path, type: 'directory', oid: `${this.id}:${path}` });
  }
}
