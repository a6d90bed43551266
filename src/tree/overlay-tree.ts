import { isBelow } from './changes.ts';
import { crypto } from './crypto.ts';
import type { Edit } from './edit.ts';
import type { ChangedPath, Entry, Oid, Tree } from './tree.ts';

/** A tree as it would be after some edits: what a verb is about to write can be judged before it is written. */
export class OverlayTree implements Tree {
  readonly #base: Tree;
  /** null: deleted. */
  readonly #files = new Map<string, Buffer | null>();
  readonly #links: ReadonlySet<string>;
  #id: Oid | undefined;

  constructor(base: Tree, edits: readonly Edit[]) {
    this.#base = base;
    for (const { path, content } of edits) this.#files.set(path, content === undefined ? null : Buffer.from(content));
    this.#links = new Set(edits.filter(({ kind }) => kind === 'symlink').map(({ path }) => path));
  }

  get id(): Oid {
    return (this.#id ??= this.#directoryOid(''));
  }

  entry(path: string): Entry | undefined {
    const file = this.#files.get(path);
    if (file) return { path, type: this.#links.has(path) ? 'symlink' : 'file', oid: this.#blobOid(file) };
    if (file === null) return undefined;
    const base = this.#base.entry(path);
    if (!this.#isTouched(path)) return base;
    const exists = this.#below(path).some((below) => this.#files.get(below)) || this.list(path).length > 0;
    const oid = () => this.#directoryOid(path);
    return exists ? { path, type: 'directory', get oid() { return oid(); } } : undefined;
  }

  list(directory: string): readonly Entry[] {
    if (!this.#isTouched(directory)) return this.#base.list(directory);
    const start = directory === '' ? 0 : directory.length + 1;
    const added = this.#below(directory).map((path) => path.slice(0, start) + path.slice(start).split('/', 1)[0]);
    const paths = new Set([...this.#base.list(directory).map((entry) => entry.path), ...added]);
    return [...paths].flatMap((path) => this.entry(path) ?? []).sort(inGitOrder);
  }

  walk(roots: readonly string[]): readonly Entry[] {
    const kept = this.#base.walk(roots).filter((entry) => !this.#files.has(entry.path));
    const written = [...this.#files.keys()].filter((path) => isBelow(path, roots)).flatMap((path) => this.entry(path) ?? []);
    return [...kept, ...written].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  }

  read(path: string): Buffer | undefined {
    const file = this.#files.get(path);
    return file === undefined ? this.#base.read(path) : this.#links.has(path) ? undefined : (file ?? undefined);
  }

  isLoaded(path: string): boolean {
    return this.#files.has(path) || this.#base.isLoaded(path);
  }

  prefetch(paths: readonly string[], others?: readonly Tree[]): void {
    this.#base.prefetch(paths, others);
  }

  announce(paths: readonly string[]): () => void {
    return this.#base.announce(paths);
  }

  forget(): void {
    this.#base.forget();
  }

  changedFrom(before: readonly Tree[], roots: readonly string[]): readonly ChangedPath[] {
    const kept = this.#base.changedFrom(before, roots).filter((change) => !this.#files.has(change.path));
    const written = [...this.#files.keys()]
      .filter((path) => isBelow(path, roots))
      .map((path) => ({ path, after: this.entry(path), before: before.map((tree) => tree.entry(path)) }))
      .filter((change) => (before.length === 0 ? change.after !== undefined : change.before.every((entry) => entry?.oid !== change.after?.oid)));
    return [...kept, ...written].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  }

  #isTouched(directory: string): boolean {
    return this.#below(directory).length > 0;
  }

  #below(directory: string): string[] {
    return [...this.#files.keys()].filter((path) => isBelow(path, [directory]) && path !== directory);
  }

  /** The id git would give this content. */
  #blobOid(content: Buffer): Oid {
    return this.#hash().update(`blob ${content.length}\0`).update(content).digest('hex');
  }

  /** Stands for the directory's content; not the id git would give it. */
  #directoryOid(directory: string): Oid {
    const written = this.#below(directory).sort().map((path) => [path, this.entry(path)?.oid ?? null]);
    return this.#hash().update(JSON.stringify([this.#base.entry(directory)?.oid ?? null, written])).digest('hex');
  }

  #hash() {
    return crypto().createHash(this.#base.id.length === 64 ? 'sha256' : 'sha1');
  }
}


/** Git sorts a directory as if its name ended in a slash. */
function inGitOrder(a: Entry, b: Entry): number {
  const key = (entry: Entry) => Buffer.from(entry.type === 'directory' ? `${entry.path}/` : entry.path);
  return Buffer.compare(key(a), key(b));
}
