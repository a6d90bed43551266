import type { Outline, ParsedDocument } from '../documents/document.ts';
import { validators, type ShapeError } from '../documents/generated/validators.js';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';
import { placeOf, type DocumentKind, type Place } from '../documents/place.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import type { Tree } from '../tree/tree.ts';

/** One governed Markdown document at its place. */
export interface GovernedDocument {
  readonly path: string;
  readonly place: Place & { readonly kind: DocumentKind };
  /** The bytes as git stores them. */
  readonly bytes: Buffer;
  readonly parsed: ParsedDocument;
  /** Frontmatter, `{}` when unreadable. Holds what the schema says only when `isValid`. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly shape: readonly ShapeError[];
  readonly isValid: boolean;
  outline(): Outline;
}

/** Documents already parsed in this run, by kind and blob: one store serves several trees. */
export interface DocumentStore {
  contents: Map<string, Omit<GovernedDocument, 'path' | 'place'>>;
}

export function newStore(): DocumentStore {
  return { contents: new Map() };
}

/** A tree read as governed documents. */
export class Snapshot {
  readonly tree: Tree;
  readonly settings: Settings;
  readonly #store: DocumentStore;
  /** null: known to be no document. */
  #documents = new Map<string, GovernedDocument | null>();

  constructor(tree: Tree, settings: Settings, store: DocumentStore = newStore()) {
    this.tree = tree;
    this.settings = settings;
    this.#store = store;
  }

  /** The same tree seen with another tree's layout. */
  withSettings(settings: Settings): Snapshot {
    return new Snapshot(this.tree, settings, this.#store);
  }

  /** The document at a path; undefined when it is absent, not a regular file, or of no kind with frontmatter. */
  document(path: string): GovernedDocument | undefined {
    let document = this.#documents.get(path);
    if (document === undefined) {
      document = this.#read(path) ?? null;
      this.#documents.set(path, document);
    }
    return document ?? undefined;
  }

  #read(path: string): GovernedDocument | undefined {
    const place = placeOf(this.settings, path);
    if (!place || !hasFrontmatter(place)) return undefined;
    const entry = this.tree.entry(path);
    if (entry?.type !== 'file') return undefined;
    const key = `${place.kind} ${entry.oid}`;
    let content = this.#store.contents.get(key);
    if (!content) {
      const bytes = this.tree.read(path);
      if (!bytes) return undefined;
      content = contentOf(place.kind, bytes);
      this.#store.contents.set(key, content);
    }
    // Spelt out: a spread of so many properties is slow.
    const { bytes, parsed, data, shape, isValid, outline } = content;
    return { path, place, bytes, parsed, data, shape, isValid, outline };
  }

  /**
   * Drops what was read, to bound memory over a long audit. By new maps: a cleared one links its old
   * table to the new one, and an old table that has been promoted keeps all that follow alive.
   */
  forget(): void {
    this.#documents = new Map();
    this.#store.contents = new Map();
    this.tree.forget();
  }

  /** The documents directly in a folder, by name. */
  documentsIn(folder: string): GovernedDocument[] {
    return this.tree.list(folder).flatMap((entry) => this.document(entry.path) ?? []);
  }
}

/** The settings a tree carries; undefined where it has no WORKSPACE.md and so is not governed. */
export function settingsIn(tree: Tree): Settings | undefined {
  const bytes = tree.read(WORKSPACE_PATH);
  return bytes ? settingsOf(parseDocument(bytes).data) : undefined;
}

function contentOf(kind: DocumentKind, bytes: Buffer): Omit<GovernedDocument, 'path' | 'place'> {
  const parsed = parseDocument(bytes);
  const shape = parsed.data ? validators[kind](parsed.data) : [];
  return {
    bytes,
    parsed,
    data: parsed.data ?? {},
    shape,
    isValid: parsed.problems.length === 0 && shape.length === 0,
    outline: () => outlineOf(parsed),
  };
}

function hasFrontmatter(place: Place): place is Place & { kind: DocumentKind } {
  return place.kind !== 'readme' && place.kind !== 'attachment' && place.kind !== 'stray';
}
