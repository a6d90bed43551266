import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** The commits of MERGE_HEAD (several in an octopus merge); none outside a merge. */
export function mergeHeads(gitDir: string): string[] {
  const text = readText(join(gitDir, 'MERGE_HEAD'));
  return text === undefined ? [] : text.split('\n').filter((line) => line !== '');
}

/** A file's text; undefined when there is no such file. */
export function readText(path: string): string | undefined {
  return readBytes(path)?.toString();
}

export function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Writes by a temporary file and a rename: another process sees the old text or the new one. Keeps an existing file's mode. */
export function writeFileAtomic(path: string, content: string | Buffer, mode?: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${process.hrtime.bigint().toString(36)}.tmp`;
  const permissions = mode ?? (existsSync(path) ? statSync(path).mode & 0o777 : 0o666);
  try {
    writeFileSync(temporary, content, { mode: permissions, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Adds to a file's end, which another program reads; makes the file where there is none. */
export function appendText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, text);
}

/** A file's size in bytes; 0 when there is none. */
export function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Names in a directory; none when there is no such directory. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** Names of the directories in a directory, links left out. */
export function directoriesIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** Everything that was given on standard input; '' from a terminal, which would never end. */
export function readStandardInput(): string {
  return process.stdin.isTTY ? '' : readFileSync(0, 'utf8');
}

/** Removes a file or link if there is one. `rmSync` would load what removes whole trees. */
export function removeEntry(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}

export function removeFile(path: string): void {
  rmSync(path, { force: true, recursive: true });
}

/** Removes a folder below a root with all folders in it that hold no file, and those above it that are left empty; what holds a file stays. */
export function removeEmptyFolders(root: string, folder: string): void {
  removeEmpty(join(root, folder));
  for (let above = dirname(folder); above !== '.' && existsSync(join(root, above)) && namesIn(join(root, above)).length === 0; above = dirname(above)) rmdirSync(join(root, above));
}

function removeEmpty(path: string): void {
  for (const name of directoriesIn(path)) removeEmpty(join(path, name));
  if (existsSync(path) && namesIn(path).length === 0) rmdirSync(path);
}

export function pathExists(path: string): boolean {
  return existsSync(path);
}

/** A path as the repository names it, from one relative to `cwd` or absolute; undefined when it is outside. Symlinked parents are followed. */
export function relativeToRoot(root: string, cwd: string, path: string): string | undefined {
  const target = resolve(cwd, path);
  const parent = existsSync(dirname(target)) ? realpathSync(dirname(target)) : dirname(target);
  const fromRoot = relative(realpathSync(root), target === parent ? parent : join(parent, basename(target)));
  return fromRoot === '..' || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot) ? undefined : fromRoot.split(sep).join('/');
}

/** A folder with links followed; of one that does not exist, the nearest above it that does. */
export function realFolder(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return realpathSync(folder);
}

function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}
