import { isBelow } from './changes.ts';
import type { ChangedPath, Entry, Oid, Tree } from './tree.ts';

/** A tree that knows what it was asked for outside of some folders. */
export class RecordedTree implements Tree {
  /** Files that were looked at there, whether they are there or not. */
  readonly files = new Set<string>();
  /** Directories that are there, or whose entries were looked at. */
  readonly folders = new Set<string>();
  /** Whether more was looked at: what links, submodules and everything below a directory say depends on more than one path. */
  isOpen = false;
  readonly #tree: Tree;
  readonly #roots: readonly string[];

  constructor(tree: Tree, roots: readonly string[]) {
    this.#tree = tree;
    this.#roots = roots;
  }

  get id(): Oid {
    return this.#tree.id;
  }

  entry(path: string): Entry | undefined {
    const entry = this.#tree.entry(path);
    if (entry === undefined || entry.type === 'file') this.#note(path, this.files);
    else if (entry.type === 'directory') this.#note(path, this.folders);
    else this.#noteAll(path);
    return entry;
  }

  list(directory: string): readonly Entry[] {
    this.#note(directory, this.folders);
    return this.#tree.list(directory);
  }

  walk(roots: readonly string[]): readonly Entry[] {
    for (const root of roots) this.#noteAll(root);
    return this.#tree.walk(roots);
  }

  read(path: string): Buffer | undefined {
    this.#note(path, this.files);
    return this.#tree.read(path);
  }

  isLoaded(path: string): boolean {
    return this.#tree.isLoaded(path);
  }

  prefetch(paths: readonly string[], others: readonly Tree[] = []): void {
    this.#tree.prefetch(paths, others);
  }

  announce(paths: readonly string[]): () => void {
    return this.#tree.announce(paths);
  }

  forget(): void {
    this.#tree.forget();
  }

  changedFrom(before: readonly Tree[], roots: readonly string[]): readonly ChangedPath[] {
    for (const root of roots) this.#noteAll(root);
    return this.#tree.changedFrom(before, roots);
  }

  #note(path: string, paths: Set<string>): void {
    if (!isBelow(path, this.#roots)) paths.add(path);
  }

  #noteAll(path: string): void {
    if (!isBelow(path, this.#roots)) this.isOpen = true;
  }
}
