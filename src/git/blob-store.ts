import type { Oid } from '../tree/tree.ts';
import type { NewObjects } from './new-objects.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** What is larger is not looked into. */
const MOST_BYTES = 1_000_000;
/** As git: a NUL among so many bytes, and it is no text. */
const LOOKED_AT = 8_000;

/** Texts of the repository that were read at once, and those that are new. */
export class BlobStore {
  readonly #repository: Repository;
  readonly #objects: NewObjects;
  readonly #texts = new Map<Oid, Buffer | undefined>();

  constructor(repository: Repository, objects: NewObjects) {
    this.#repository = repository;
    this.#objects = objects;
  }

  /** Reads these blobs, by two starts of git. */
  load(oids: Iterable<Oid>): void {
    const unknown = [...new Set(oids)].filter((oid) => !this.#texts.has(oid));
    if (unknown.length === 0) return;
    const input = unknown.map((oid) => `${oid}\n`).join('');
    const sizes = linesOf(this.#repository.git(['cat-file', '--batch-check=%(objectsize)'], { input }));
    const small = unknown.filter((_, at) => Number(sizes[at]) <= MOST_BYTES);
    for (const oid of unknown) this.#texts.set(oid, undefined);
    for (const [at, object] of readObjects(small, this.#repository.options).entries()) {
      const content = object?.content;
      if (content && !content.subarray(0, LOOKED_AT).includes(0)) this.#texts.set(small[at] as Oid, content);
    }
  }

  /** undefined for what is no text, too large, or was not loaded. */
  text(oid: Oid): Buffer | undefined {
    return this.#texts.get(oid);
  }

  keep(content: Buffer): Oid {
    const oid = this.#objects.add('blob', content);
    this.#texts.set(oid, content);
    return oid;
  }
}
