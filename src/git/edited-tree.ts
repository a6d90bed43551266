import type { FileState } from '../tree/branch-commit.ts';
import type { Oid } from '../tree/tree.ts';
import type { NewObjects } from './new-objects.ts';
import { readObjects } from './objects.ts';
import { rawPath } from './path-bytes.ts';
import type { Repository } from './repository.ts';

const DIRECTORY = '40000';

interface Folder {
  readonly entries: Map<string, FileState | Folder>;
  /** undefined since something in it was changed. */
  oid: Oid | undefined;
}

/** A tree of the repository that is edited in memory; only the folders of announced paths are read. */
export class EditedTree {
  readonly #root: Folder;
  readonly #objects: NewObjects;

  private constructor(root: Folder, objects: NewObjects) {
    this.#root = root;
    this.#objects = objects;
  }

  /** A tree of which nothing but these paths is going to be looked at or changed. One start of git where names are ordinary. */
  static open(repository: Repository, tree: Oid, paths: readonly string[], objects: NewObjects): EditedTree {
    const root: Folder = { entries: new Map(), oid: tree };
    const wanted = paths.map((path) => rawPath(path).split('/').slice(0, -1));
    const known = foldersAt(repository, tree, paths);
    let level = [{ folder: root, wanted }];
    while (level.length > 0) {
      const unknown = level.flatMap(({ folder }) => (known.has(folder.oid as Oid) ? [] : [folder.oid as Oid]));
      for (const [at, object] of readObjects(unknown, repository.options).entries()) known.set(unknown[at] as Oid, object?.content ?? Buffer.alloc(0));
      level = level.flatMap(({ folder, wanted: below }) => {
        fill(folder, known.get(folder.oid as Oid) as Buffer, repository.objectFormat === 'sha256' ? 32 : 20);
        return [...new Set(below.flatMap(([name]) => name ?? []))].flatMap((name) => {
          const entry = folder.entries.get(name);
          if (!entry || isFolder(entry) || entry.mode !== DIRECTORY) return [];
          const inside: Folder = { entries: new Map(), oid: entry.oid };
          folder.entries.set(name, inside);
          return [{ folder: inside, wanted: below.filter(([first]) => first === name).map((names) => names.slice(1)) }];
        });
      });
    }
    return new EditedTree(root, objects);
  }

  get(path: string): FileState | undefined {
    const names = rawPath(path).split('/');
    const name = names.pop() as string;
    let folder = this.#root;
    for (const one of names) {
      const entry = folder.entries.get(one);
      if (!entry || !isFolder(entry)) return undefined;
      folder = entry;
    }
    const found = folder.entries.get(name);
    return found && !isFolder(found) && found.mode !== DIRECTORY ? found : undefined;
  }

  /** Whether a file can stand there: no file is where a folder of its path is, and no folder where it is. */
  hasRoom(path: string): boolean {
    let at: FileState | Folder | undefined = this.#root;
    for (const name of rawPath(path).split('/')) {
      if (!at) return true;
      if (!isFolder(at)) return at.mode === DIRECTORY;
      at = at.entries.get(name);
    }
    return !at || (!isFolder(at) && at.mode !== DIRECTORY);
  }

  /** Puts a file where there is room for it, or takes it away; a folder that becomes empty goes too. */
  set(path: string, state: FileState | undefined): void {
    if (!state && !this.get(path)) return;
    const names = rawPath(path).split('/');
    const name = names.pop() as string;
    const above: [Folder, string][] = [];
    let folder = this.#root;
    for (const one of names) {
      folder.oid = undefined;
      const entry = folder.entries.get(one);
      const inside: Folder = entry && isFolder(entry) ? entry : { entries: new Map(), oid: undefined };
      folder.entries.set(one, inside);
      above.push([folder, one]);
      folder = inside;
    }
    folder.oid = undefined;
    if (state) folder.entries.set(name, { mode: state.mode.replace(/^0+/, ''), oid: state.oid });
    else folder.entries.delete(name);
    for (let [parent, one] = above.pop() ?? []; parent && one !== undefined && folder.entries.size === 0; [parent, one] = above.pop() ?? []) {
      parent.entries.delete(one);
      folder = parent;
    }
  }

  /** The id of the tree as it is now; its new objects are made. */
  write(): Oid {
    return this.#write(this.#root);
  }

  #write(folder: Folder): Oid {
    if (folder.oid !== undefined) return folder.oid;
    const entries = [...folder.entries].map(([name, entry]) => (isFolder(entry) ? { name, mode: DIRECTORY, oid: this.#write(entry) } : { name, ...entry }));
    // git sorts folders as if their names ended in a slash.
    const sorted = entries.map((entry) => ({ ...entry, key: entry.mode === DIRECTORY ? `${entry.name}/` : entry.name })).sort((a, b) => (a.key < b.key ? -1 : 1));
    folder.oid = this.#objects.add('tree', Buffer.concat(sorted.map(({ mode, name, oid }) => Buffer.from(`${mode} ${name}\0${Buffer.from(oid, 'hex').toString('latin1')}`, 'latin1'))));
    return folder.oid;
  }
}

/** The folders above some paths, by id; those whose names cannot be asked for by name are left out. */
function foldersAt(repository: Repository, tree: Oid, paths: readonly string[]): Map<Oid, Buffer> {
  const folders = new Set(paths.flatMap((path) => {
    const names = path.split('/').slice(0, -1);
    return names.map((_, at) => names.slice(0, at + 1).join('/'));
  }));
  const names = [...folders].filter((folder) => !/[\n\0]/.test(folder)).map((folder) => `${tree}:${folder}`);
  return new Map(readObjects([tree, ...names], repository.options).flatMap((object) => (object?.type === 'tree' ? [[object.oid, object.content] as const] : [])));
}

function isFolder(entry: FileState | Folder): entry is Folder {
  return 'entries' in entry;
}

/** See `parseTreeObject`: here modes and bytes of names are kept as they are. */
function fill({ entries }: Folder, content: Buffer, oidBytes: number): void {
  for (let offset = 0; offset < content.length; ) {
    const space = content.indexOf(0x20, offset);
    const nul = content.indexOf(0, space);
    const mode = content.toString('latin1', offset, space);
    offset = nul + 1 + oidBytes;
    entries.set(content.toString('latin1', space + 1, nul), { mode, oid: content.toString('hex', nul + 1, offset) });
  }
}
