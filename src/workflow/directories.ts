import { globAuthority } from '../documents/authority.ts';
import type { Settings } from '../documents/settings.ts';
import type { Entry, Tree } from '../tree/tree.ts';

/** What `directories` of WORKSPACE.md asks of the directories that a pattern matches. */
export interface DirectoryStandard {
  readonly pattern: string;
  /** Names; one that ends in `/` is a directory. */
  readonly holds: readonly string[];
  matches(directory: string): boolean;
}

/** The standards in the order of WORKSPACE.md; a pattern is compiled when it is first asked. */
export function directoryStandards(settings: Settings): DirectoryStandard[] {
  return settings.directories.map(({ pattern, holds }) => {
    let matcher: ((directory: string) => boolean) | undefined;
    return { pattern, holds, matches: (directory) => (matcher ??= globAuthority().picomatch(pattern))(directory) };
  });
}

/** Every directory that holds one of these paths, at any depth; not the root. */
export function directoriesAbove(paths: Iterable<string>): Set<string> {
  const directories = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const directory = path.slice(0, end);
      if (directories.has(directory)) break;
      directories.add(directory);
    }
  }
  return directories;
}

/** The names of a standard that a directory lacks. A link may stand for a file, a submodule for a directory. */
export function missingNames(tree: Tree, directory: string, holds: readonly string[]): string[] {
  return holds.filter((name) => {
    const entry = tree.entry(`${directory}/${name.replace(/\/+$/, '')}`);
    return !entry || isDirectory(entry) !== name.endsWith('/');
  });
}

function isDirectory({ type }: Entry): boolean {
  return type === 'directory' || type === 'submodule';
}
