import { createHash } from 'node:crypto';
import { changesBetween } from '../../src/tree/changes.ts';
import type { ChangedPath, Entry, Tree } from '../../src/tree/tree.ts';

/** A tree made from a map of files: what rule pages' examples are judged on. */
export class MemoryTree implements Tree {
  readonly id: string;
  readonly #files: ReadonlyMap<string, Buffer>;

  constructor(files: Readonly<Record<string, string | Buffer>>) {
    this.#files = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
    this.id = this.#oidOf('');
  }

  entry(path: string): Entry | undefined {
    const file = this.#files.get(path);
    if (file) return { path, type: 'file', oid: digest(file) };
    return path === '' || this.#below(path).length > 0 ? { path, type: 'directory', oid: this.#oidOf(path) } : undefined;
  }

  list(directory: string): readonly Entry[] {
    const start = directory === '' ? 0 : directory.length + 1;
    const names = new Set(this.#below(directory).map((path) => path.slice(start).split('/')[0] as string));
    return [...names].sort().map((name) => this.entry(directory === '' ? name : `${directory}/${name}`) as Entry);
  }

  walk(roots: readonly string[]): readonly Entry[] {
    const isIn = (path: string) => roots.some((root) => root === '' || path === root || path.startsWith(`${root}/`));
    return [...this.#files.keys()].filter(isIn).sort().map((path) => this.entry(path) as Entry);
  }

  read(path: string): Buffer | undefined {
    return this.#files.get(path);
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

  #below(directory: string): string[] {
    return [...this.#files.keys()].filter((path) => directory === '' || path.startsWith(`${directory}/`));
  }

  #oidOf(directory: string): string {
    return digest(Buffer.from(this.#below(directory).map((path) => `${path}\0${digest(this.#files.get(path) as Buffer)}`).sort().join('\n')));
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex');
}
