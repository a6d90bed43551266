import type { EntryType, Oid } from '../tree/tree.ts';
import type { Named, ObjectReader } from './object-reader.ts';
import { entryType } from './objects.ts';
import { fetchFrom } from './promisor.ts';
import type { GitOptions } from './run.ts';

/** One entry of a tree object: equal entries are the same object. */
export interface NamedEntry {
  readonly name: string;
  readonly type: EntryType;
  readonly oid: Oid;
}

/** Objects of one repository, each read once; whatever is broken or missing reads as absent. */
export class ObjectStore {
  readonly #reader: ObjectReader;
  readonly #options: GitOptions;
  readonly #trees = new Map<Oid, readonly NamedEntry[] | undefined>();
  readonly #blobs = new Map<Oid, Buffer>();
  /** By the bytes of the entry: trees that differ in one entry share the others. */
  readonly #entries = new Map<string, NamedEntry>();

  constructor(reader: ObjectReader, options: GitOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  /** In a partial clone: fetches in one call what is missing of these objects, which are in these trees or below. */
  fetch(trees: readonly Oid[], wanted: ReadonlySet<Oid>): void {
    fetchFrom(trees, wanted, this.#options);
  }

  name(names: readonly string[]): Promise<Named[]> {
    return this.#reader.name(names);
  }

  /** Reads all that is not known yet at once. */
  async load(oids: Iterable<Oid>): Promise<void> {
    const wanted = [...new Set(oids)].filter((oid) => !this.#trees.has(oid) && !this.#blobs.has(oid));
    const objects = await this.#reader.read(wanted);
    for (const [index, object] of objects.entries()) {
      if (object?.type === 'blob') this.#blobs.set(object.oid, object.content);
      else this.#trees.set(wanted[index] as Oid, object?.type === 'tree' ? this.#entriesOf(object.content, object.oid.length / 2) : undefined);
    }
  }

  /** Adds a content that no object holds yet. */
  add(oid: Oid, content: Buffer): void {
    this.#blobs.set(oid, content);
  }

  /** The entries of a loaded tree; undefined when it cannot be read, or names a file twice, as a forged one does. */
  tree(oid: Oid): readonly NamedEntry[] | undefined {
    return this.#trees.get(oid);
  }

  /** How many contents are loaded. */
  get size(): number {
    return this.#blobs.size;
  }

  /** A loaded content. */
  blob(oid: Oid): Buffer | undefined {
    return this.#blobs.get(oid);
  }

  /** git's own format: mode SP name NUL oid bytes. */
  #entriesOf(content: Buffer, oidBytes: number): NamedEntry[] | undefined {
    const entries: NamedEntry[] = [];
    const names = new Set<string>();
    for (let offset = 0; offset < content.length; ) {
      const nul = content.indexOf(0, offset);
      const end = nul + 1 + oidBytes;
      const bytes = content.toString('latin1', offset, end);
      let entry = this.#entries.get(bytes);
      if (!entry) {
        const space = content.indexOf(0x20, offset);
        entry = { name: content.toString('utf8', space + 1, nul), type: entryType(bytes.slice(0, space - offset)), oid: content.toString('hex', nul + 1, end) };
        this.#entries.set(bytes, entry);
      }
      entries.push(entry);
      names.add(entry.name);
      offset = end;
    }
    return names.size === entries.length ? entries : undefined;
  }
}
