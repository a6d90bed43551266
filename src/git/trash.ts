import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../error.ts';
import { childProcess } from './child-process.ts';
import { namesIn, pathExists, readText, writeFileAtomic } from './files.ts';
import type { Repository } from './repository.ts';

/** A work tree that was moved out of everybody's reach. */
export interface Trashed {
  /** Where it stood. */
  readonly root: string;
  /** Its git directory, which still knows it under `root`. */
  readonly gitDir: string;
  /** Where it is. */
  readonly tree: string;
  /** The file that says so. */
  readonly entry: string;
}

/** What came of work trees that a killed process had moved. */
export interface Recovered {
  /** Put back where they stood. */
  readonly back: readonly string[];
  /** Left in the trash: something else stands there now. */
  readonly stuck: readonly { readonly root: string; readonly tree: string }[];
}

/** In an entry's name: what it holds may be deleted. */
const DECIDED = '.decided';

/**
 * Moves a linked work tree into the trash below git's common directory, or beside it where that is on
 * another file system: by one rename, so that whoever asks for the folder sees all of it or none. Git
 * still lists it where it stood. Throws a UserError, and leaves it where it is, where the rename is
 * refused.
 */
export function moveToTrash(repository: Repository, root: string, gitDir: string): Trashed {
  const name = `${process.pid}-${process.hrtime.bigint().toString(36)}`;
  const entry = join(trashFolder(repository), `${name}.json`);
  mkdirSync(dirname(entry), { recursive: true });
  const places = [join(dirname(entry), `${name}.tree`), join(dirname(root), `.treework-trash-${name}`)];
  let code: string | undefined;
  for (const tree of places) {
    // Named before it is moved: a killed process leaves nothing that nobody would find.
    writeFileAtomic(entry, JSON.stringify({ root, gitDir, tree }));
    code = renamed(root, tree);
    if (code === undefined) return { root, gitDir, tree, entry };
    if (code !== 'EXDEV') break;
  }
  rmSync(entry, { force: true });
  throw new UserError(`Unexpected ${code} while moving ${root}, expected a folder that can be renamed`, 'make its folder and the one above it writable; git worktree remove removes it in place', 'prune-move');
}

/** Why it could not be renamed; undefined where it was. */
function renamed(from: string, to: string): string | undefined {
  try {
    renameSync(from, to);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Puts a work tree back where it stood. Throws a UserError, and leaves it in the trash, where something else stands there. */
export function takeBack({ root, tree, entry }: Trashed): void {
  mkdirSync(dirname(root), { recursive: true });
  const code = renamed(tree, root);
  if (code !== undefined) throw new UserError(`Unexpected ${code} at ${root}, expected to put the work tree back there: it is in ${tree}`, `mv '${tree}' '${root}' when that is free`, 'prune-stuck');
  rmSync(entry, { force: true });
}

/**
 * From here on the work tree is no longer one: git forgets it, and what is in the trash may go.
 * Throws a UserError where git refuses (it was locked meanwhile); then nothing was decided.
 */
export function forgetWorktree(repository: Repository, trashed: Trashed): void {
  // Decided first: whoever is killed from here on leaves nothing that anybody would put back.
  const decided = trashed.entry.replace(/\.json$/, DECIDED);
  renameSync(trashed.entry, decided);
  const said = forget(repository, trashed.root);
  if (said === undefined) return;
  renameSync(decided, trashed.entry);
  throw new UserError(`Unexpected refusal of git to forget ${trashed.root}: ${said}`, 'see what git says; it stands where it stood', 'prune-forget');
}

/** What git says against it; undefined where it is done. The folder is not there: git removes its own files alone. */
function forget(repository: Repository, root: string): string | undefined {
  const { status, stderr } = repository.tryGit(['worktree', 'remove', '--', root]);
  return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? '');
}

/** Deletes what was decided about, in a process that is not waited for. */
export function emptyTrash(repository: Repository): void {
  const entries = namesIn(trashFolder(repository)).filter((name) => name.endsWith(DECIDED)).map((name) => join(trashFolder(repository), name));
  const trees = entries.flatMap((entry) => entryIn(entry)?.tree ?? []);
  if (entries.length === 0) return;
  if (process.platform === 'win32') {
    for (const path of [...trees, ...entries]) rmSync(path, { recursive: true, force: true });
    return;
  }
  // The entries last: a tree whose entry is gone would never be found again.
  const log = openSync('/dev/null', 'r+');
  const script = 'while [ "$#" -gt 1 ]; do rm -rf -- "$1" || chmod -R u+rwX -- "$1" && rm -rf -- "$1"; rm -f -- "$2"; shift 2; done';
  const pairs = entries.flatMap((entry) => { const tree = entryIn(entry)?.tree; return [tree ?? entry, entry]; });
  childProcess().spawn('sh', ['-c', script, 'sh', ...pairs], { cwd: repository.commonDir, stdio: [log, log, log], detached: true }).unref();
  closeSync(log);
}

/**
 * Brings to an end or back what a killed process left: what was decided about is forgotten, anything
 * else goes back to where it stood. To be called while nobody else prunes.
 */
export function recoverTrash(repository: Repository): Recovered {
  const folder = trashFolder(repository);
  const [back, stuck]: [string[], { root: string; tree: string }[]] = [[], []];
  for (const name of namesIn(folder)) {
    const entry = join(folder, name);
    const trashed = entryIn(entry);
    if (!trashed) continue;
    const { root, tree } = trashed;
    const isOurs = isListedAt(trashed) && !pathExists(root);
    if (name.endsWith(DECIDED)) {
      if (isOurs) forget(repository, root);
    } else if (!pathExists(tree)) rmSync(entry, { force: true });
    else if (!isOurs) stuck.push({ root, tree });
    else {
      takeBack({ ...trashed, entry });
      back.push(root);
    }
  }
  return { back, stuck };
}

/** Whether git still lists that work tree where it stood, and no other under its name. */
function isListedAt({ root, gitDir }: Omit<Trashed, 'entry' | 'tree'>): boolean {
  const file = readText(join(gitDir, 'gitdir'))?.trim();
  return file !== undefined && resolve(gitDir, file) === join(root, '.git');
}

function trashFolder(repository: Repository): string {
  return repository.statePath('trash');
}

function entryIn(path: string): Omit<Trashed, 'entry'> | undefined {
  try {
    const { root, gitDir, tree } = JSON.parse(readText(path) ?? '') as Record<string, unknown>;
    return typeof root === 'string' && typeof gitDir === 'string' && typeof tree === 'string' ? { root, gitDir, tree } : undefined;
  } catch {
    // Killed before it was written: nothing was moved yet.
    return undefined;
  }
}
