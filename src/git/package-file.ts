import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readText } from './files.ts';

/** A text file that ships with this program, such as `generators/spec/template.md`. Throws when the installation lacks it. */
export function packageFile(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let parent = dirname(folder); parent !== folder; [folder, parent] = [parent, dirname(parent)]) {
    const text = readText(join(folder, name));
    if (text !== undefined) return text;
  }
  throw new Error(`${name} is missing from the installation`);
}
