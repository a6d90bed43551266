import { isBelow } from '../tree/changes.ts';
import type { ChangedPath, Entry, Tree } from '../tree/tree.ts';

/** A tree of which one folder or file is looked at: what differs elsewhere is not asked. */
export class FocusedTree implements Tree {
  readonly #tree: Tree;
  readonly #focus: string;

  constructor(tree: Tree, focus: string) {
    this.#tree = tree;
    this.#focus = focus;
  }

  get id(): string {
    return this.#tree.id;
  }

  entry(path: string): Entry | undefined {
    return this.#tree.entry(path);
  }

  list(directory: string): readonly Entry[] {
    return this.#tree.list(directory);
  }

  walk(roots: readonly string[]): readonly Entry[] {
    return this.#tree.walk(roots);
  }

  read(path: string): Buffer | undefined {
    return this.#tree.read(path);
  }

  isLoaded(path: string): boolean {
    return this.#tree.isLoaded(path);
  }

  prefetch(paths: readonly string[], others?: readonly Tree[]): void {
    this.#tree.prefetch(paths, others);
  }

  announce(paths: readonly string[]): () => void {
    return this.#tree.announce(paths);
  }

  forget(): void {
    this.#tree.forget();
  }

  changedFrom(before: readonly Tree[], roots: readonly string[]): readonly ChangedPath[] {
    const focus = this.#focus;
    return isBelow(focus, roots) ? this.#tree.changedFrom(before, [focus]) : [];
  }
}
