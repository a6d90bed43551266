import { isBelow } from '../tree/changes.ts';
import type { ChangedPath, Entry, Oid, Tree } from '../tree/tree.ts';
import { listRecursive, parseTreeObject, readObjects, type GitObject } from './objects.ts';
import { ObjectStream } from './object-stream.ts';
import { fetchMissing } from './promisor.ts';
import type { GitOptions } from './run.ts';
import { changedFiles, diffTrees, type TreeDiff } from './tree-diff.ts';

/** Fewer files than this are read at once. */
const WORTH_A_STREAM = 300;

/** What was read of files, by object. */
export interface Contents {
  byOid: Map<Oid, Buffer>;
}

/** A tree object of a repository, read by need through `cat-file --batch`, `ls-tree` and `diff-tree`. */
export class GitTree implements Tree {
  readonly id: Oid;
  readonly #options: GitOptions;
  /** null: known to be absent. */
  readonly #entries = new Map<string, Entry | null>();
  readonly #children = new Map<string, readonly Entry[]>();
  /** Shared by the trees of one repository: an oid means the same content in each. */
  readonly #contents: Contents;
  #walked: readonly string[] = [];
  /** Whole audits are asked for several times, by the engine and by rules. */
  #lastWalk: { readonly key: string; readonly files: readonly Entry[] } | undefined;
  #widestWalk: { readonly roots: readonly string[]; readonly files: readonly Entry[] } | undefined;
  #stream: ObjectStream | undefined;
  readonly #diffs = new Map<Oid, TreeDiff>();
  /** The tree this one was last compared with: what did not differ there is looked up there. */
  #twin: { readonly tree: GitTree; readonly diff: TreeDiff } | undefined;

  constructor(id: Oid, options: GitOptions, contents: Contents = { byOid: new Map() }) {
    this.id = id;
    this.#contents = contents;
    this.#options = options;
    this.#entries.set('', { path: '', type: 'directory', oid: id });
  }

  /** The tree of a revision, with its root and what it holds at some paths loaded, by one `cat-file`; undefined where there is no such revision. */
  static named(revision: string, paths: readonly string[], options: GitOptions, contents?: Contents): GitTree | undefined {
    const [root, ...objects] = readObjects([`${revision}^{tree}`, ...paths.map((path) => `${revision}:${path}`)], options);
    if (root?.type !== 'tree') return undefined;
    const tree = new GitTree(root.oid, options, contents);
    ['', ...paths].forEach((path, at) => tree.#take(path, at === 0 ? root : objects[at - 1]));
    return tree;
  }

  entry(path: string): Entry | undefined {
    const known = this.#entries.get(path);
    if (known !== undefined) return known ?? undefined;
    return (this.#twinOf(path) ?? this).#find(path);
  }

  #find(path: string): Entry | undefined {
    const known = this.#entries.get(path);
    if (known !== undefined) return known ?? undefined;
    const siblings = this.entry(parentOf(path))?.type === 'directory' ? this.list(parentOf(path)) : [];
    // The listing may be a twin's: then what it names has not been remembered here.
    const found = this.#entries.get(path) ?? siblings.find((one) => one.path === path);
    this.#entries.set(path, found ?? null);
    return found;
  }

  list(directory: string): readonly Entry[] {
    const known = this.#children.get(directory);
    if (known) return known;
    return (this.#twinOf(directory) ?? this).#listOwn(directory);
  }

  #listOwn(directory: string): readonly Entry[] {
    const known = this.#children.get(directory);
    if (known) return known;
    const here = this.#entries.get(directory);
    if (here === null || (here && here.type !== 'directory') || (!here && this.#isListedWithout(directory))) return this.#remember(directory, []);
    const name = here ? here.oid : `${this.id}:${directory}`;
    const [object] = name.includes('\n') ? [this.#throughParent(directory)] : readObjects([name], this.#options);
    return this.#remember(directory, object?.type === 'tree' ? this.#parse(directory, object.content) : []);
  }

  walk(roots: readonly string[]): readonly Entry[] {
    const key = roots.join('\0');
    if (this.#lastWalk?.key !== key) this.#lastWalk = { key, files: this.#filesBelow(roots) };
    return this.#lastWalk.files;
  }

  /** Out of what was listed, where that was wide enough. */
  #filesBelow(roots: readonly string[]): readonly Entry[] {
    const wide = this.#widestWalk;
    if (wide && roots.every((root) => isBelow(root, wide.roots) && !root.endsWith('/'))) return wide.roots.every((root) => isBelow(root, roots)) ? wide.files : wide.files.filter(({ path }) => isBelow(path, roots));
    const files = this.#walk(roots);
    if (!wide || wide.roots.every((root) => isBelow(root, roots))) this.#widestWalk = { roots, files };
    return files;
  }

  #walk(roots: readonly string[]): readonly Entry[] {
    const files: Entry[] = [];
    const children = new Map<string, Entry[]>();
    // Most files stand beside the one before.
    let folder: string | undefined;
    let siblings: Entry[] | undefined;
    for (const entry of listRecursive(this.id, roots, this.#options)) {
      const { path, type } = entry;
      this.#entries.set(path, entry);
      if (type !== 'directory') files.push(entry);
      const length = Math.max(0, path.lastIndexOf('/'));
      if (folder?.length !== length || !path.startsWith(folder)) {
        folder = path.slice(0, length);
        siblings = isBelow(folder, roots) ? (children.get(folder) ?? []) : undefined;
        if (siblings?.length === 0) children.set(folder, siblings);
      }
      siblings?.push(entry);
    }
    for (const [directory, entries] of children) this.#children.set(directory, entries);
    this.#walked = [...this.#walked, ...roots];
    return files;
  }

  read(path: string): Buffer | undefined {
    const entry = this.entry(path);
    if (entry?.type !== 'file') return undefined;
    const known = this.#contents.byOid.get(entry.oid);
    if (known) return known;
    const content = readObjects([entry.oid], this.#options)[0]?.content;
    if (content) this.#contents.byOid.set(entry.oid, content);
    return content;
  }

  isLoaded(path: string): boolean {
    return !this.#isWanted(path);
  }

  prefetch(paths: readonly string[], others: readonly Tree[] = []): void {
    const trees = [this, ...others.filter((other) => other.id !== this.id)];
    GitTree.prefetchAll(trees.map((tree) => ({ tree, paths })), this.#options);
  }

  /** Prefetches different paths of many trees in one `cat-file --batch`. */
  static prefetchAll(requests: readonly { readonly tree: Tree; readonly paths: readonly string[] }[], options: GitOptions): void {
    const asked = requests.flatMap(({ tree, paths }) => (tree instanceof GitTree ? paths.map((path) => ({ tree: tree.#twinOf(path) ?? tree, path })) : []));
    const wanted = asked.filter(({ tree, path }) => tree.#isWanted(path) && !tree.#isStreamed(path));
    const names = wanted.map(({ tree, path }) => tree.#nameOf(path));
    fetchMissing(wanted.map(({ tree, path }) => [tree.id, path]), options);
    const unique = [...new Set(names)];
    const objects = new Map(readObjects(unique, options).map((object, index) => [unique[index] as string, object]));
    wanted.forEach(({ tree, path }, index) => tree.#take(path, objects.get(names[index] as string)));
  }

  /**
   * Compares many pairs of trees in one `diff-tree`: `changedFrom` then answers from it. Returns what
   * differs in each pair.
   */
  static compareAll(pairs: readonly { readonly before: Tree; readonly after: Tree }[], roots: readonly string[], options: GitOptions): (readonly ChangedPath[])[] {
    const diffs = diffTrees(pairs.map(({ before, after }) => [before.id, after.id]), roots, options);
    pairs.forEach(({ before, after }, index) => {
      if (after instanceof GitTree) after.#diffs.set(before.id, diffs[index] as TreeDiff);
    });
    return diffs.map((diff) => changedFiles(diff, roots));
  }

  announce(paths: readonly string[]): () => void {
    const oids = paths.flatMap((path) => {
      const entry = this.#entries.get(path);
      return entry?.type === 'file' ? [entry.oid] : [];
    });
    if (oids.length < WORTH_A_STREAM) return () => {};
    fetchMissing(paths.map((path) => [this.id, path]), this.#options);
    const stream = new ObjectStream(oids, this.#options);
    this.#stream = stream;
    return () => {
      this.#stream = undefined;
      stream.close();
    };
  }

  forget(): void {
    // By a new map: a cleared one links its old table to the new one, which keeps both from being collected.
    this.#contents.byOid = new Map();
  }

  changedFrom(before: readonly Tree[], roots: readonly string[]): readonly ChangedPath[] {
    if (before.length === 0) return this.walk(roots).map((after) => ({ path: after.path, after, before: [] }));
    const perParent = before.map((parent) => this.#diff(parent, roots));
    const [first, ...others] = perParent as [Map<string, ChangedPath>, ...Map<string, ChangedPath>[]];
    const changed: ChangedPath[] = [];
    for (const one of first.values()) {
      const rest = others.map((other) => other.get(one.path));
      if (rest.some((other) => other === undefined)) continue;
      changed.push({ ...one, before: [one.before[0], ...rest.map((other) => other?.before[0])] });
    }
    return changed;
  }

  #diff(parent: Tree, roots: readonly string[]): Map<string, ChangedPath> {
    if (parent === this) return new Map();
    const known = this.#diffs.get(parent.id);
    const isKnown = known !== undefined && roots.every((root) => isBelow(root, known.roots));
    const diff = isKnown ? known : (diffTrees([[parent.id, this.id]], roots, this.#options)[0] as TreeDiff);
    const before = parent instanceof GitTree ? parent : undefined;
    if (before) before.#twin = { tree: this, diff };
    // Directories that differ are remembered too, so that large parents need never be listed.
    for (const [path, sides] of diff.sides) {
      this.#entries.set(path, sides.after ?? null);
      if (before) before.#entries.set(path, sides.before ?? null);
    }
    return new Map(changedFiles(diff, roots).map((one) => [one.path, one]));
  }

  /** How `cat-file` finds a path fastest: from the nearest directory above it whose object is known. */
  #nameOf(path: string): string {
    const known = this.#entries.get(path);
    if (known) return known.oid;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = this.#entries.get(path.slice(0, end));
      if (above) return `${above.oid}:${path.slice(end + 1)}`;
    }
    return `${this.id}:${path}`;
  }

  /** Takes a file's content from what was announced; the files before it come along. */
  #isStreamed(path: string): boolean {
    const entry = this.#entries.get(path);
    const taken = entry?.type === 'file' ? this.#stream?.take(entry.oid) : undefined;
    for (const [oid, content] of taken ?? []) this.#contents.byOid.set(oid, content);
    return taken !== undefined;
  }

  /** The tree in which a path is known to be the same as here, if any. */
  #twinOf(path: string): GitTree | undefined {
    const twin = this.#twin;
    return twin && isBelow(path, twin.diff.roots) && !twin.diff.sides.has(path) ? twin.tree : undefined;
  }

  /** A blob says nothing of its mode: only its directory's listing tells a file from a symlink. */
  #take(path: string, object: GitObject | undefined): void {
    if (object?.type === 'tree') {
      this.#entries.set(path, { path, type: 'directory', oid: object.oid });
      this.#remember(path, this.#parse(path, object.content));
    } else if (object?.type === 'blob') {
      this.#contents.byOid.set(object.oid, object.content);
    } else if (!object && !this.#entries.has(path)) {
      this.#entries.set(path, null);
    }
  }

  #parse(directory: string, content: Buffer): Entry[] {
    return parseTreeObject(content, directory, this.id.length / 2);
  }

  #remember(directory: string, children: readonly Entry[]): readonly Entry[] {
    this.#children.set(directory, children);
    for (const child of children) this.#entries.set(child.path, child);
    return children;
  }

  /** A path that cannot be named on a line of `cat-file --batch`. */
  #throughParent(directory: string) {
    const entry = this.entry(directory);
    return entry?.type === 'directory' ? readObjects([entry.oid], this.#options)[0] : undefined;
  }

  #isWanted(path: string): boolean {
    const entry = this.#entries.get(path);
    if (entry === null || (path.includes('\n') && !entry)) return false;
    if (entry?.type === 'directory') return !this.#children.has(path);
    if (!entry && this.#isListedWithout(path)) return false;
    return !entry || (entry.type === 'file' && !this.#contents.byOid.has(entry.oid));
  }

  /** Whether a path without an entry is one that a listing would have named. */
  #isListedWithout(path: string): boolean {
    return isBelow(path, this.#walked) || (path !== '' && this.#children.has(parentOf(path)));
  }
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
