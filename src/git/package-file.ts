import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A text file that ships with this program, such as `generators/spec/template.md`. Throws when the installation lacks it. */
export function packageFile(name: string): string {
  return readFileSync(packagePath(name), 'utf8');
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
