import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stateReader, type DirectoryState } from './directory-states.ts';

/** Every directory below the governed roots, and the files there that steer git and may be ignored by it. */
export interface GovernedDirectories {
  readonly directories: readonly string[];
  /** mtime and ctime of each, in milliseconds. */
  readonly times: Float64Array;
  readonly steering: readonly string[];
}

const STEERING = ['.gitignore', '.gitattributes'];
/** With more directories than this, an audit is not worth remembering: asking for them all takes as long. */
const MOST = 30_000;

/**
 * Finds all directories of a work tree below `roots`, the empty and the ignored ones too. `files`
 * are the paths that git knows or would add, `ignored` what it says it ignores. Directories that hold none of them are found by link
 * counts where the file system keeps those (a directory has two, and one for each directory in it),
 * else by reading. undefined where there is a repository inside, or too much of everything.
 */
export function governedDirectories(root: string, roots: readonly string[], files: readonly string[], ignored: readonly string[]): GovernedDirectories | undefined {
  const children = childrenOf(roots, files);
  const stateAt = stateReader(root);
  const queue = roots.filter((path) => stateAt(join(root, path))?.isDirectory);
  const steering = [...files, ...ignored].filter((path) => path.includes('.git') && STEERING.includes(basename(path)));
  const times: number[] = [];
  let device: number | undefined;
  for (let at = 0; at < queue.length; at += 1) {
    if (queue.length > MOST) return undefined;
    const directory = queue[at] as string;
    const state = stateAt(directory === '' ? root : `${root}/${directory}`);
    if (!state?.isDirectory) return undefined;
    times.push(state.mtime, state.ctime);
    const known = children.get(directory);
    if (device !== undefined && state.device === device && state.links === 2 + (known?.size ?? 0)) {
      for (const name of known ?? []) queue.push(below(directory, name));
      continue;
    }
    const found = directoriesIn(root, directory);
    if (!found) return undefined;
    queue.push(...found);
    if (device === undefined && countsLinks(state, found.length)) device = state.device;
  }
  return { directories: queue, times: Float64Array.from(times), steering };
}

/** A count that could not be a coincidence. */
function countsLinks({ links }: DirectoryState, directories: number): boolean {
  return directories > 0 && links === 2 + directories;
}

/** undefined where a repository is inside. */
function directoriesIn(root: string, directory: string): string[] | undefined {
  const entries = readdirSync(join(root, directory), { withFileTypes: true }).filter(({ name }) => name !== '.git' || directory !== '');
  if (entries.some(({ name }) => name === '.git')) return undefined;
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => below(directory, name));
}

/** The names of the directories in each directory, as far as the files tell. */
function childrenOf(roots: readonly string[], files: readonly string[]): Map<string, Set<string>> {
  const children = new Map<string, Set<string>>();
  let last = '';
  for (const file of files) {
    let path = file.slice(0, Math.max(0, file.lastIndexOf('/')));
    if (path === last) continue;
    last = path;
    while (path !== '' && !roots.includes(path)) {
      const end = path.lastIndexOf('/');
      const parent = path.slice(0, Math.max(0, end));
      const siblings = children.get(parent);
      const name = path.slice(end + 1);
      if (siblings?.has(name)) break;
      if (siblings) siblings.add(name);
      else children.set(parent, new Set([name]));
      path = parent;
    }
  }
  return children;
}

function below(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
