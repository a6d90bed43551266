import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A text file that ships with this program, such as `generators/spec/template.md`. Throws when the installation lacks it. */
export function packageFile(name: string): string {
  return readFileSync(packagePath(name), 'utf8');
}

/** The files below a folder that ships with this program, as names for `packageFile`, in order. */
export function packageFiles(folder: string): string[] {
  const path = packagePath(folder);
  return readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => `${folder}/${relative(path, join(entry.parentPath, entry.name)).split(sep).join('/')}`).sort();
}

/** Where such a file can be opened, a `file:` URL. */
export function packageUrl(name: string): string {
  return pathToFileURL(packagePath(name)).href;
}

function packagePath(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let parent = dirname(folder); parent !== folder; [folder, parent] = [parent, dirname(parent)]) {
    const path = join(folder, name);
    if (existsSync(path)) return path;
  }
  throw new Error(`${name} is missing from the installation`);
}
