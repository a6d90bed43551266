import { opendirSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { changesBetween } from '../tree/changes.ts';
import { crypto } from '../tree/crypto.ts';
import type { ChangedPath, Entry, EntryType, Oid, Tree } from '../tree/tree.ts';
import { itemsOf, tryGit } from './run.ts';
import { attempt, statOf } from './work-root.ts';

/** What was read of files, by path. */
export type FileContents = Map<string, { readonly state: string; readonly content: Buffer; oid: Oid | undefined }>;

/** A file younger than this, in milliseconds, may change again without its times telling. */
const YOUNG = 100;

/** As many contents are kept; then they are read anew. */
const MOST_KNOWN = 5_000;

export interface FileTreeOptions {
  readonly objectFormat?: 'sha1' | 'sha256';
  /** Below these paths every file counts, elsewhere those that git tracks; everything counts when absent. */
  readonly roots?: readonly string[];
  /** What earlier trees of the same root read: taken from there while a file's times and size stay. */
  readonly known?: FileContents;
  /** Asked for once at most: what git tracks, `trackedIn`. */
  readonly tracked?: () => ReadonlySet<string> | undefined;
}

/**
 * The files of a work tree as they lie on disk, read one by one when they are asked for: for editors,
 * which look at few files and often. The same files as `withWorkTree` has but for clean filters, and
 * that a single ignored file is read when it is named. What cannot be read is not there.
 */
export class FileTree implements Tree {
  /** Names this reading of the disk: no two are the same. */
  readonly id: Oid;
  readonly #root: string;
  readonly #options: FileTreeOptions;
  /** null: known to be absent. */
  readonly #entries = new Map<string, Entry | null>();
  readonly #stats = new Map<string, Stats>();
  readonly #walks = new Map<string, readonly Entry[]>();
  #contents = new Map<string, Buffer>();
  #tracked: { readonly paths: ReadonlySet<string> | undefined } | undefined;

  constructor(root: string, options: FileTreeOptions = {}) {
    this.#root = root;
    this.#options = options;
    this.id = newId(options.objectFormat === 'sha256' ? 64 : 40);
    this.#entries.set('', { path: '', type: 'directory', oid: this.id });
  }

  entry(path: string): Entry | undefined {
    let entry = this.#entries.get(path);
    if (entry === undefined) {
      entry = this.#look(path) ?? null;
      this.#entries.set(path, entry);
    }
    return entry ?? undefined;
  }

  /** Directories without files are named too: looking into each of them would take long. */
  list(directory: string): readonly Entry[] {
    return this.entry(directory)?.type === 'directory' ? this.#children(directory) : [];
  }

  #children(directory: string): Entry[] {
    const names = namesIn(join(this.#root, directory)).filter((name) => name !== '.git');
    const entries = names.flatMap((name) => {
      const path = directory === '' ? name : `${directory}/${name}`;
      return this.#entries.get(path) ?? this.#at(path, statOf(join(this.#root, path))) ?? [];
    });
    return entries.sort(inGitOrder);
  }

  walk(roots: readonly string[]): readonly Entry[] {
    const key = roots.join('\0');
    const known = this.#walks.get(key) ?? this.#walk(roots);
    this.#walks.set(key, known);
    return known;
  }

  #walk(roots: readonly string[]): readonly Entry[] {
    const entries = roots.flatMap((root) => this.entry(root) ?? []);
    const folders = entries.filter((entry) => entry.type === 'directory').map((entry) => entry.path);
    const below = folders.length === 0 ? [] : this.#pathsBelow(folders).flatMap((path) => this.entry(path) ?? []);
    const files = [...entries, ...below].filter((entry) => entry.type !== 'directory');
    return [...new Map(files.map((entry) => [entry.path, entry])).values()].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  }

  /** A file is as near as its folder. */
  isLoaded(): boolean {
    return true;
  }

  read(path: string): Buffer | undefined {
    if (this.entry(path)?.type !== 'file') return undefined;
    const known = this.#contents.get(path);
    if (known) return known;
    const content = this.#remembered(path)?.content ?? attempt(() => readFileSync(join(this.#root, path)));
    if (content) this.#contents.set(path, content);
    return content;
  }

  prefetch(paths: readonly string[], others: readonly Tree[] = []): void {
    others[0]?.prefetch(paths, others.slice(1));
  }

  announce(): () => void {
    return () => {};
  }

  forget(): void {
    this.#contents = new Map();
  }

  changedFrom(before: readonly Tree[], roots: readonly string[]): readonly ChangedPath[] {
    return changesBetween(this, before, roots);
  }

  /** Links are never followed, and git knows no directory without files. */
  #look(path: string): Entry | undefined {
    const slash = path.lastIndexOf('/');
    if (this.entry(slash === -1 ? '' : path.slice(0, slash))?.type !== 'directory') return undefined;
    const entry = path.slice(slash + 1) === '.git' ? undefined : this.#at(path, statOf(join(this.#root, path)));
    return entry?.type !== 'directory' || this.#holdsFile(path) ? entry : undefined;
  }

  #at(path: string, stat: Stats | undefined): Entry | undefined {
    const type = stat && this.#typeOf(path, stat);
    if (!type || !this.#counts(path)) return undefined;
    if (type === 'file' && this.#options.known) this.#stats.set(path, stat);
    const oid = () => this.#oidOf(path, type);
    // Most are never asked for.
    return { path, type, ...(this.#options.known ? {} : { identity: `${this.id}:${path}` }), get oid() { return oid(); } };
  }

  #counts(path: string): boolean {
    const { roots, tracked } = this.#options;
    if (!roots || !tracked || roots.some((root) => root === '' || path === root || path.startsWith(`${root}/`) || root.startsWith(`${path}/`))) return true;
    this.#tracked ??= { paths: tracked() };
    return this.#tracked.paths?.has(path) ?? true;
  }

  #typeOf(path: string, stat: Stats): EntryType | undefined {
    if (stat.isSymbolicLink()) return 'symlink';
    if (stat.isFile()) return 'file';
    if (!stat.isDirectory()) return undefined;
    return statOf(join(this.#root, path, '.git')) ? 'submodule' : 'directory';
  }

  /** Reads a directory only as far as it has to: the folder of all tickets is long. */
  #holdsFile(directory: string): boolean {
    const open = attempt(() => opendirSync(join(this.#root, directory)));
    if (!open) return false;
    try {
      for (let item = open.readSync(); item; item = open.readSync()) {
        const path = `${directory}/${item.name}`;
        const entry = item.name === '.git' ? undefined : this.#at(path, statOf(join(this.#root, path)));
        if (entry && (entry.type !== 'directory' || this.#holdsFile(path))) return true;
      }
      return false;
    } finally {
      open.closeSync();
    }
  }

  /** git leaves out what it ignores; where it does not answer, everything counts. */
  #pathsBelow(folders: readonly string[]): string[] {
    const paths = folders.includes('') ? [] : folders;
    const answer = attempt(() => tryGit(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths], { cwd: this.#root }));
    if (answer?.status === 0) return itemsOf(answer.stdout).map((path) => path.replace(/\/$/, ''));
    const below = (folder: string): string[] => this.list(folder).flatMap((entry) => (entry.type === 'directory' ? below(entry.path) : [entry.path]));
    return folders.flatMap(below);
  }

  /** The id that git gives the same content; a submodule's is made up. */
  #oidOf(path: string, type: EntryType): Oid {
    if (type === 'file') {
      const known = this.#remembered(path);
      return known ? (known.oid ??= this.#hash('blob', known.content)) : this.#hash('blob', this.read(path) ?? Buffer.alloc(0));
    }
    if (type === 'symlink') return this.#hash('blob', Buffer.from(attempt(() => readlinkSync(join(this.#root, path))) ?? ''));
    if (type === 'submodule') return this.#hash('commit', Buffer.from(path));
    const lines = this.list(path).filter((entry) => entry.type !== 'directory' || this.#holdsFile(entry.path)).map((entry) => {
      const name = entry.path.slice(path.length + 1);
      return Buffer.concat([Buffer.from(`${this.#modeOf(entry)} ${name}\0`), Buffer.from(entry.oid, 'hex')]);
    });
    return this.#hash('tree', Buffer.concat(lines));
  }

  /** undefined where nothing is remembered, or the file is too young to be. */
  #remembered(path: string) {
    const { known } = this.#options;
    const stat = known && this.#stats.get(path);
    if (!known || !stat || Date.now() - Math.max(stat.mtimeMs, stat.ctimeMs) < YOUNG) return undefined;
    const state = `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`;
    const entry = known.get(path);
    if (entry?.state === state) return entry;
    const content = attempt(() => readFileSync(join(this.#root, path)));
    if (!content) return undefined;
    if (known.size >= MOST_KNOWN) known.clear();
    const read = { state, content, oid: undefined as Oid | undefined };
    known.set(path, read);
    return read;
  }

  #modeOf({ path, type }: Entry): string {
    if (type !== 'file') return { directory: '40000', symlink: '120000', submodule: '160000' }[type];
    return ((statOf(join(this.#root, path))?.mode ?? 0) & 0o100) === 0 ? '100644' : '100755';
  }

  #hash(type: string, content: Buffer): Oid {
    return crypto().createHash(this.#options.objectFormat ?? 'sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
  }
}

/** Hexadecimal digits by chance: they tell one reading from another, and keep no secret. */
function newId(digits: number): Oid {
  const parts = Array.from({ length: Math.ceil(digits / 13) }, () => Math.random().toString(16).slice(2, 15).padEnd(13, '0'));
  return parts.join('').slice(0, digits);
}

function namesIn(folder: string): string[] {
  return attempt(() => readdirSync(folder)) ?? [];
}

function inGitOrder(a: Entry, b: Entry): number {
  const key = (entry: Entry) => Buffer.from(entry.type === 'directory' ? `${entry.path}/` : entry.path);
  return Buffer.compare(key(a), key(b));
}
