import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { governedRoots, placeOf, type Place } from '../documents/place.ts';
import { WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { FileTree, type FileContents } from '../git/file-tree.ts';
import { markdownWith } from '../git/grep.ts';
import { realFolder, relativeToRoot } from '../git/files.ts';
import { Repository } from '../git/repository.ts';
import { indexSignature, trackedIn, workRootOf } from '../git/work-root.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { settingsIn, Snapshot, type GovernedDocument } from '../workflow/snapshot.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import { FocusedTree } from './focused-tree.ts';

/** What an editor holds of a file. */
export interface OpenFile {
  readonly uri: string;
  readonly version: number;
  getText(): string;
}

/** A file in its work tree. */
export interface Location {
  /** Absolute, links followed. */
  readonly root: string;
  /** From the root. */
  readonly path: string;
}

/** A governed file among the others of its work tree, as the editor holds them. */
export interface View extends Location {
  readonly uri: string;
  readonly tree: Tree;
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  readonly place: Place;
  /** undefined for kinds without frontmatter. */
  readonly document: GovernedDocument | undefined;
  readonly ticket: Ticket | undefined;
}

/** Everything open in an editor, and the work trees it is in. Nothing is listed or watched. */
export class Desk {
  readonly #open: () => readonly OpenFile[];
  readonly #repositories = new Map<string, { readonly repository: Repository; trees: Map<string, Tree> }>();

  readonly #contents = new Map<string, FileContents>();
  readonly #tracked = new Map<string, { readonly index: string | undefined; readonly paths: ReadonlySet<string> | undefined }>();

  constructor(open: () => readonly OpenFile[]) {
    this.#open = open;
  }

  /** undefined for what is no file, or in no work tree. */
  locate(uri: string): Location | undefined {
    const file = fileOf(uri);
    const root = file === undefined ? undefined : workRootOf(realFolder(dirname(file)));
    const path = root === undefined || file === undefined ? undefined : relativeToRoot(root, root, file);
    return root === undefined || path === undefined ? undefined : { root, path };
  }

  /** undefined where nothing governs the file. Each call reads anew. */
  view(uri: string): View | undefined {
    const location = this.locate(uri);
    if (!location) return undefined;
    const tree = this.tree(location.root, () => true);
    const settings = settingsIn(tree);
    const place = settings && placeOf(settings, location.path);
    if (!settings || !place) return undefined;
    const snapshot = new Snapshot(tree, settings);
    const ticket = place.folder === undefined ? undefined : ticketIn(snapshot, place.folder, place.ticket as string, place.archived === true);
    return { ...location, uri, tree, settings, snapshot, place, document: snapshot.document(location.path), ticket };
  }

  /** The work tree with those of the open files over it. */
  tree(root: string, isMeant: (path: string) => boolean, base: Tree = this.#files(root)): Tree {
    const edits = this.openIn(root).filter(({ path }) => isMeant(path));
    return new OverlayTree(base, edits.map(({ path, text }) => ({ path, content: text })));
  }

  openIn(root: string): { readonly uri: string; readonly path: string; readonly text: string; readonly version: number }[] {
    return this.#open().flatMap((file) => {
      const location = this.locate(file.uri);
      return location?.root === root ? [{ uri: file.uri, path: location.path, text: file.getText(), version: file.version }] : [];
    });
  }

  /** Paths of the Markdown files that hold a text, on disk or in the editor. */
  markdownWith(root: string, text: string): string[] {
    const open = this.openIn(root).filter((file) => file.path.endsWith('.md') && file.text.includes(text));
    return [...new Set([...markdownWith(root, text), ...open.map(({ path }) => path)])];
  }

  /** The URI of a path: the editor's own where it has the file open. */
  uriOf({ root, path }: Location): string {
    return this.openIn(root).find((open) => open.path === path)?.uri ?? pathToFileURL(resolve(root, path)).href;
  }

  /**
   * The work tree as a step that the next commit would make, and its parents. Only what stands at or
   * below `focus` is compared with them; ignored files are no part of it, open or not.
   */
  step(root: string, focus: string): { readonly before: readonly Tree[]; readonly after: Tree } {
    const before = this.#parents(root);
    const files = this.#files(root, before[0]?.id.length === 64 ? 'sha256' : 'sha1');
    const listed = new Set(files.walk([focus]).map((entry) => entry.path));
    const isIgnored = (path: string) => (path === focus || path.startsWith(`${focus}/`)) && !listed.has(path) && files.entry(path) !== undefined;
    const after = new FocusedTree(this.tree(root, (path) => !isIgnored(path), files), focus);
    return { before, after };
  }

  /** The files that a check of the work tree looks at: see `FileTreeOptions`. */
  #files(root: string, objectFormat: 'sha1' | 'sha256' = 'sha1'): FileTree {
    const settings = settingsIn(this.tree(root, (path) => path === WORKSPACE_PATH, new FileTree(root)));
    return new FileTree(root, { objectFormat, known: this.#contentsOf(root), ...(settings && { roots: governedRoots(settings), tracked: () => this.#trackedIn(root) }) });
  }

  #contentsOf(root: string): FileContents {
    const known = this.#contents.get(root) ?? new Map();
    this.#contents.set(root, known);
    return known;
  }

  /** Listed anew when git's index has changed. */
  #trackedIn(root: string): ReadonlySet<string> | undefined {
    const index = indexSignature(root);
    const known = this.#tracked.get(root);
    if (known && index !== undefined && known.index === index) return known.paths;
    const paths = trackedIn(root);
    this.#tracked.set(root, { index, paths });
    return paths;
  }

  /** None where git does not answer, or there is no commit yet. */
  #parents(root: string): readonly Tree[] {
    try {
      const known = this.#repositories.get(root) ?? { repository: Repository.open(root), trees: new Map<string, Tree>() };
      const parents = known.repository.nextParents().map((tree) => known.trees.get(tree.id) ?? tree);
      known.trees = new Map(parents.map((tree) => [tree.id, tree]));
      this.#repositories.set(root, known);
      return parents;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#repositories.delete(root);
      return [];
    }
  }
}

function fileOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
