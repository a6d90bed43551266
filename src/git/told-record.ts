import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mayRemember, stateOf, statOf } from './audit-state.ts';
import { auditSources } from './audit-sources.ts';
import { workTrees } from './everywhere.ts';
import { stepOf } from './file-times.ts';
import { namesIn, readBytes, writeFileAtomic } from './files.ts';
import { placeOf } from './find-repository.ts';
import type { Repository } from './repository.ts';
import { listenersEnvironment, toldFile, type Listener, type Question } from './told-recall.ts';

/** What was told, and what of it only the teller knows. */
export interface Telling {
  /** When it began to look, in milliseconds. */
  readonly since: number;
  readonly listener: Listener;
  /** Governed folders; their files and folders are looked at in every work tree. */
  readonly roots: readonly string[];
  /** Paths from the root outside of these that were looked at. */
  readonly others: readonly string[];
  /** Directories outside of these that are there, or whose entries were looked at. */
  readonly folders: readonly string[];
  readonly questions: readonly Question[];
  readonly text: string;
}

/** Looking at more files than this would take longer than finding out. */
const MOST = 1_500;

const WORKSPACE = 'WORKSPACE.md';
/** What git keeps of one work tree. */
const OF_WORK_TREE = ['HEAD', 'index', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'BISECT_START', 'rebase-merge', 'rebase-merge/head-name', 'rebase-apply', 'rebase-apply/head-name', 'gitdir', 'commondir', 'config.worktree', 'locked'];
/** What its work trees share. */
const SHARED = ['config', 'packed-refs', 'reftable/tables.list', 'shallow', 'objects/info/alternates', 'info/exclude', 'info/attributes', 'worktrees', 'refs'];

/**
 * Remembers what was told for `recallTold`, with the state of everything it was read from: refs and
 * what else git keeps, configuration and ignore files, the governed folders of all work trees, and the
 * `others`. Keeps nothing where that is too much, where something of it is not at rest, where git
 * finds the repository in other ways than by its files, and where it cannot be written.
 */
export function rememberTold(repository: Repository, telling: Telling): void {
  try {
    const files = mayRemember() && isPlain(repository) ? sourcesOf(repository, telling) : undefined;
    const states = files?.map((path) => [path, stateOf(path)] as const);
    if (!files || !states || !areSettled(files, telling.since)) return;
    writeFileAtomic(toldFile(repository), JSON.stringify({ listener: telling.listener, environment: listenersEnvironment(), root: repository.workRoot, files: states, questions: telling.questions, text: telling.text }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
}

/** Whether files alone tell where it is, and everything in it is here. */
function isPlain({ workRoot, gitDir, commonDir, options }: Repository): boolean {
  const place = placeOf(workRoot);
  return place?.root === workRoot && place.gitDir === gitDir && place.commonDir === commonDir && !options.promisors;
}

/** Absolute paths, there or not; undefined where they cannot all be named. */
function sourcesOf(repository: Repository, { roots, others, folders: looked }: Telling): string[] | undefined {
  const { workRoot, gitDir, commonDir } = repository;
  // A directory without files is absent for the one who looked; what comes into it is not seen in its state.
  if (roots.includes('') || others.some((path) => statOf(join(workRoot, path))?.isDirectory())) return undefined;
  const configured = auditSources(repository, roots);
  if (!configured) return undefined;
  const gitDirs = new Set([gitDir, commonDir, ...namesIn(join(commonDir, 'worktrees')).map((name) => join(commonDir, 'worktrees', name))]);
  const kept = [...[...gitDirs].flatMap((folder) => OF_WORK_TREE.map((name) => join(folder, name))), ...SHARED.map((name) => join(commonDir, name))];
  const all = new Set([...configured, ...kept, ...others.map((path) => join(workRoot, path))]);
  const own = readBytes(join(workRoot, WORKSPACE));
  const folders = [join(commonDir, 'refs'), join(commonDir, 'worktrees')];
  for (const root of workTrees(repository)) {
    for (const path of ['.git', WORKSPACE, ...new Set(roots.flatMap(ignoreFilesAbove))]) all.add(join(root, path));
    const workspace = readBytes(join(root, WORKSPACE));
    // It says where its tickets are.
    if (workspace && !own?.equals(workspace)) return undefined;
    folders.push(...roots.map((path) => join(root, path)));
  }
  return looked.every((path) => addToFile(join(workRoot, path), all)) && folders.every((folder) => addBelow(folder, all)) ? [...all] : undefined;
}

/** What is ignored or filtered in a folder is said in those above it too. */
function ignoreFilesAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`)].flatMap((folder) => [`${folder}.gitignore`, `${folder}.gitattributes`]);
}

/** A directory is there as long as a file is below it: those on the way to one. False where there is none. */
function addToFile(path: string, all: Set<string>): boolean {
  all.add(path);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? readdirSync(path).some((name) => name !== '.git' && addToFile(join(path, name), all)) : stat?.isFile() === true;
}

/** False where there is too much. Links are not followed. */
function addBelow(path: string, all: Set<string>): boolean {
  all.add(path);
  if (all.size > MOST) return false;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() !== true || readdirSync(path).every((name) => addBelow(join(path, name), all));
}

/** Whether nothing is younger than the beginning, by the clock that the file system keeps. */
function areSettled(files: readonly string[], since: number): boolean {
  const times = files.flatMap((path) => {
    const stat = statOf(path);
    return stat ? [stat.mtimeMs, stat.ctimeMs] : [];
  });
  const latest = since - stepOf(times);
  return times.every((time) => time < latest);
}
