import { UserError } from '../error.ts';
import type { Entry, Oid } from '../tree/tree.ts';
import { git, linesOf, type GitOptions } from './run.ts';
import { parseTreeObject, readObjects } from './objects.ts';

/** An object's id and type; undefined where a name leads to nothing. */
export type Named = { readonly oid: Oid; readonly type: string } | undefined;

/** What names (`<commit>:<path>`, `<commit>^{tree}`) lead to, by one `cat-file --batch-check`, without reading it. */
export function nameObjects(names: readonly string[], options: GitOptions): Named[] {
  return sparing(names, (some) => {
    const lines = linesOf(git(['cat-file', '--batch-check'], { ...options, input: `${some.join('\n')}\n` }));
    return lines.map((line) => {
      const found = /^([0-9a-f]{40,64}) (\w+) \d+$/.exec(line);
      return found ? { oid: found[1] as Oid, type: found[2] as string } : undefined;
    });
  });
}

/**
 * Asks for all at once. git gives up at the first object that is corrupt; then the halves are asked
 * for, so that one such object costs a few calls and is absent, and nothing else is.
 */
function sparing<T>(names: readonly string[], ask: (names: readonly string[]) => readonly (T | undefined)[]): (T | undefined)[] {
  if (names.length === 0) return [];
  try {
    return [...ask(names)];
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'git') throw error;
    if (names.length === 1) return [undefined];
    const half = names.length >> 1;
    return [...sparing(names.slice(0, half), ask), ...sparing(names.slice(half), ask)];
  }
}

/** Objects of one repository, each read once; whatever is broken or missing reads as absent. */
export class ObjectStore {
  readonly #options: GitOptions;
  readonly #trees = new Map<Oid, readonly Entry[] | undefined>();
  readonly #blobs = new Map<Oid, Buffer>();

  constructor(options: GitOptions) {
    this.#options = options;
  }

  /** Reads all that is not known yet in one `cat-file --batch`. */
  load(oids: Iterable<Oid>): void {
    const wanted = [...new Set(oids)].filter((oid) => !this.#trees.has(oid) && !this.#blobs.has(oid));
    if (wanted.length === 0) return;
    const objects = sparing(wanted, (some) => readObjects(some, this.#options));
    for (const [index, object] of objects.entries()) {
      if (object?.type === 'blob') this.#blobs.set(object.oid, object.content);
      else this.#trees.set(wanted[index] as Oid, object?.type === 'tree' ? entriesOf(object.content, object.oid) : undefined);
    }
  }

  /** Adds a content that no object holds yet. */
  add(oid: Oid, content: Buffer): void {
    this.#blobs.set(oid, content);
  }

  /** The entries of a loaded tree, their paths being names; undefined when it cannot be read. */
  tree(oid: Oid): readonly Entry[] | undefined {
    return this.#trees.get(oid);
  }

  blob(oid: Oid): Buffer | undefined {
    const known = this.#blobs.get(oid);
    if (known) return known;
    this.load([oid]);
    return this.#blobs.get(oid);
  }
}

/** A forged tree that names a file twice is no tree to rely on. */
function entriesOf(content: Buffer, oid: Oid): Entry[] | undefined {
  try {
    return parseTreeObject(content, '', oid.length / 2);
  } catch {
    return undefined;
  }
}
