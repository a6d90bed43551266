import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { namesIn, readText } from './files.ts';

/** Folders of tools and of what they make: no project of somebody's own is in them. */
const NOT_OURS = /^(?:\..*|node_modules|vendor|target|dist|build|out|bin|obj|coverage|__pycache__|venv)$/;
const DEPTH = 8;

/** The names of a folder, and as `folder/name` those one level below. */
export function projectFiles(folder: string): { readonly names: ReadonlySet<string>; read(name: string): string | undefined } {
  const names = new Set(namesIn(folder));
  for (const name of foldersIn(folder)) for (const below of namesIn(join(folder, name))) names.add(`${name}/${below}`);
  return { names, read: (name) => readText(join(folder, name)) };
}

/** Names of folders that may hold a project of their own. */
export function foldersIn(folder: string): string[] {
  return entriesOf(folder).filter((entry) => entry.isDirectory() && !NOT_OURS.test(entry.name)).map((entry) => entry.name);
}

/** Whether a program can be started: on the PATH, or as a dependency in node_modules/.bin of a folder or one above it. */
export function hasProgram(program: string, folder: string, isLocal = false): boolean {
  const endings = process.platform === 'win32' ? ['', ...(process.env.PATHEXT ?? '.EXE;.CMD').split(';')] : [''];
  const places = isLocal ? localPlaces(folder) : (process.env.PATH ?? '').split(delimiter).filter((place) => place !== '');
  return places.some((place) => endings.some((ending) => isExecutable(join(place, program + ending))));
}

/** Texts of the files below a folder that are named so and were written since a moment; folders are looked into for a few levels. */
export function reportsBelow(folder: string, name: RegExp, since = 0): string[] {
  const found: string[] = [];
  const pending = [{ path: folder, shown: '', depth: 0 }];
  for (let at = pending.pop(); at; at = pending.pop()) {
    for (const entry of entriesOf(at.path)) {
      const [path, shown] = [join(at.path, entry.name), `${at.shown}/${entry.name}`];
      if (entry.isDirectory() && at.depth < DEPTH && entry.name !== 'node_modules' && entry.name !== '.git') pending.push({ path, shown, depth: at.depth + 1 });
      else if (entry.isFile() && name.test(shown) && statSync(path).mtimeMs >= since) found.push(readText(path) ?? '');
    }
  }
  return found;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function localPlaces(folder: string): string[] {
  const places: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    places.push(join(at, 'node_modules', '.bin'));
    if (dirname(at) === at) return places;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
