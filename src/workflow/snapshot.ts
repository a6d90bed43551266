import type { Outline, ParsedDocument } from '../documents/document.ts';
import { validators, type ShapeError } from '../documents/generated/validators.js';
import { findFence } from '../documents/fence.ts';
import type { Kind } from '../documents/kinds.ts';
import { outlineOf } from '../documents/outline.ts';
import { ownSchema, type OwnSchema } from '../documents/own-schema.ts';
import { parseDocument } from '../documents/parse.ts';
import { placeOf, type DocumentKind, type Place } from '../documents/place.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import type { Entry, Oid, Tree } from '../tree/tree.ts';

/** One governed Markdown document at its place. */
export interface GovernedDocument {
  readonly path: string;
  readonly place: Place & { readonly kind: DocumentKind };
  /** Of its blob: the same oid is the same text. */
  readonly oid: Oid;
  /** The bytes as git stores them. */
  readonly bytes: Buffer;
  readonly parsed: ParsedDocument;
  /** Frontmatter, `{}` when unreadable. Holds what the schema says only when `isValid`. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly shape: readonly ShapeError[];
  readonly isValid: boolean;
  outline(): Outline;
}

type Content = Omit<GovernedDocument, 'path' | 'place' | 'oid'>;

/** Documents already parsed in this run, by kind and blob: one store serves several trees. */
export interface DocumentStore {
  contents: Map<string, Content>;
  /** Schemas of the repository's own kinds, by blob. */
  readonly schemas: Map<Oid, OwnSchema>;
  /** The paths of documents in which places are asked for: in any other everything is at its beginning. In all, when absent. */
  readonly located: ReadonlySet<string> | undefined;
}

export function newStore(located?: ReadonlySet<string>): DocumentStore {
  return { contents: new Map(), schemas: new Map(), located };
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
      const found = this.#find(path);
      const content = found && this.#contentOf(path, found);
      document = found && content ? new DocumentAt(path, found, content) : null;
      this.#documents.set(path, document);
    }
    return document ?? undefined;
  }

  /** The document that a path of the core's layout would be with another blob; undefined where it is none with frontmatter. */
  versionOf(path: string, oid: Oid, bytes: Buffer): GovernedDocument | undefined {
    const place = placeOf(this.settings, path);
    if (!place || !hasFrontmatter(place)) return undefined;
    const key = `${place.kind}  ${oid}`;
    let content = this.#store.contents.get(key);
    if (!content) this.#store.contents.set(key, (content = contentOf(parseDocument(bytes), bytes, validatorOf(place.kind))));
    return new DocumentAt(path, { place, entry: { oid } }, content);
  }

  #find(path: string): Found | undefined {
    const place = placeOf(this.settings, path);
    if (!place || !hasFrontmatter(place)) return undefined;
    const entry = this.tree.entry(path);
    return entry?.type === 'file' ? { place, entry } : undefined;
  }

  /** undefined when the tree cannot give the bytes that it lists. */
  #contentOf(path: string, { place, entry }: Found, siblings?: string): Content | undefined {
    const kind = this.settings.kinds.find(({ name }) => name === place.kind);
    const own = kind?.schema === undefined ? undefined : this.tree.entry(kind.schema);
    const schema = kind?.schema === undefined ? '' : own ? contentKey(own) : 'none';
    const { located } = this.#store;
    const isLocated = !located || located.has(path);
    const key = `${place.kind} ${schema} ${contentKey(entry)}${isLocated ? '' : ' unlocated'}`;
    const known = this.#store.contents.get(key);
    if (known) return known;
    if (siblings !== undefined && !this.tree.isLoaded(path)) this.tree.prefetch(this.tree.list(siblings).map((entry) => entry.path));
    const bytes = this.tree.read(path);
    if (!bytes) return undefined;
    const parsed = isLocated ? parseDocument(bytes) : unlocated(parseDocument(bytes));
    const content = kind ? ofKind(parsed, bytes, this.#judgeOf(kind)) : contentOf(parsed, bytes, validatorOf(place.kind));
    this.#store.contents.set(key, content);
    return content;
  }

  /** The schema of one of the repository's own kinds; undefined where there is no such file, and for a kind that treework ships. */
  schemaOf(kind: Kind): OwnSchema | undefined {
    const entry = kind.schema === undefined ? undefined : this.tree.entry(kind.schema);
    if (entry?.type !== 'file') return undefined;
    const key = contentKey(entry);
    let schema = this.#store.schemas.get(key);
    if (!schema) {
      schema = ownSchema(this.tree.read(entry.path) ?? Buffer.alloc(0));
      this.#store.schemas.set(key, schema);
    }
    return schema;
  }

  #judgeOf(kind: Kind): Judge {
    return kind.schema === undefined ? validatorOf(kind.name) : (this.schemaOf(kind)?.judge ?? (() => []));
  }

  /**
   * Drops what was read, but for WORKSPACE.md, to bound memory over a long audit. By new maps: a
   * cleared one links its old table to the new one, and an old table that has been promoted keeps all
   * that follow alive.
   */
  forget(): void {
    const workspace = this.#documents.get(WORKSPACE_PATH);
    this.#documents = new Map(workspace === undefined ? [] : [[WORKSPACE_PATH, workspace]]);
    this.#store.contents = new Map();
    this.tree.forget();
  }

  /**
   * The documents directly in a folder, by name. Each is read and parsed when it is looked into; the
   * first of them that the tree has not loaded loads all.
   */
  documentsIn(folder: string): GovernedDocument[] {
    return this.tree.list(folder).flatMap(({ path }) => {
      const known = this.#documents.get(path);
      if (known !== undefined) return known ?? [];
      const found = this.#find(path);
      const document = found ? new DocumentAt(path, found, () => this.#contentOf(path, found, folder) ?? unreadable(path)) : null;
      this.#documents.set(path, document);
      return document ?? [];
    });
  }
}

interface Found {
  readonly place: GovernedDocument['place'];
  readonly entry: Pick<Entry, 'oid' | 'identity'>;
}

/** What is read and parsed once. */
function contentKey(entry: Found['entry']): string {
  return entry.identity ?? entry.oid;
}

/** A class for its getters: most records of a large ticket are listed and not looked into. */
class DocumentAt implements GovernedDocument {
  readonly path: string;
  readonly place: GovernedDocument['place'];
  readonly #entry: Found['entry'];
  #content: Content | (() => Content);

  constructor(path: string, { place, entry }: Found, content: Content | (() => Content)) {
    this.path = path;
    this.place = place;
    this.#entry = entry;
    this.#content = content;
  }

  get oid(): Oid {
    return this.#entry.oid;
  }

  get #loaded(): Content {
    const content = this.#content;
    return typeof content === 'function' ? (this.#content = content()) : content;
  }

  get bytes(): Buffer {
    return this.#loaded.bytes;
  }

  get parsed(): ParsedDocument {
    return this.#loaded.parsed;
  }

  get data(): Readonly<Record<string, unknown>> {
    return this.#loaded.data;
  }

  get shape(): readonly ShapeError[] {
    return this.#loaded.shape;
  }

  get isValid(): boolean {
    return this.#loaded.isValid;
  }

  get outline(): () => Outline {
    return this.#loaded.outline;
  }
}

function unreadable(path: string): never {
  throw new UserError(`Unexpected absence of the content of ${path}, expected what its folder lists`, 'git fsck tells what the repository lacks; git fetch may bring it', 'missing-object');
}

/** The settings a tree carries; undefined where it has no WORKSPACE.md and so is not governed. */
export function settingsIn(tree: Tree): Settings | undefined {
  const bytes = tree.read(WORKSPACE_PATH);
  return bytes ? settingsOf(parseDocument(bytes).data) : undefined;
}

/** Finding a place takes the YAML parser. */
function unlocated(parsed: ParsedDocument): ParsedDocument {
  return { ...parsed, locate: () => ({ line: 1, column: 1 }) };
}

type Judge = (data: unknown) => ShapeError[];

/** The validator that was generated from a schema of the package. */
function validatorOf(kind: string): Judge {
  return validators[kind as keyof typeof validators];
}

/** Of a kind beyond the core: no frontmatter is right where its schema asks for none. */
function ofKind(parsed: ParsedDocument, bytes: Buffer, judge: Judge): Content {
  const isBare = parsed.data === undefined && parsed.problems.length === 1 && findFence(parsed.text) === 'absent' && parsed.text !== '';
  const isRight = isBare && judge({}).length === 0;
  return contentOf(isRight ? { ...parsed, data: {}, problems: [] } : parsed, bytes, judge);
}

function contentOf(parsed: ParsedDocument, bytes: Buffer, judge: Judge): Content {
  return new ParsedContent(parsed, bytes, judge);
}

/** A document's shape is judged when somebody asks: of a large plan whose one record changed nobody does. */
class ParsedContent implements Content {
  readonly bytes: Buffer;
  readonly parsed: ParsedDocument;
  readonly data: Readonly<Record<string, unknown>>;
  #shape: readonly ShapeError[] | Judge;

  constructor(parsed: ParsedDocument, bytes: Buffer, judge: Judge) {
    this.bytes = bytes;
    this.parsed = parsed;
    this.data = parsed.data ?? {};
    this.#shape = parsed.data ? judge : [];
  }

  get shape(): readonly ShapeError[] {
    const shape = this.#shape;
    return typeof shape === 'function' ? (this.#shape = shape(this.data)) : shape;
  }

  get isValid(): boolean {
    return this.parsed.problems.length === 0 && this.shape.length === 0;
  }

  /** Rules take it out of the document. */
  get outline(): () => Outline {
    return () => outlineOf(this.parsed);
  }
}

function hasFrontmatter(place: Place): place is Place & { kind: DocumentKind } {
  return place.kind !== 'readme' && place.kind !== 'attachment' && place.kind !== 'stray';
}
