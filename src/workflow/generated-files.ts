import { globAuthority } from '../documents/authority.ts';
import type { Tree } from '../tree/tree.ts';

const LOCK_FILES = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'bun.lockb', 'go.sum', 'go.work.sum', 'packages.lock.json', 'Package.resolved', 'gradle.lockfile', 'Cartfile.resolved']);

/** Whether a file is the record of resolved dependencies. */
export function isLockFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return LOCK_FILES.has(name) || name.endsWith('.lock');
}

interface Line {
  readonly isGenerated: boolean;
  matches(path: string): boolean;
}

/**
 * Which files the `.gitattributes` of a tree call `linguist-generated`: as in gitattributes(5) the file
 * nearest to the path decides, and in a file the last line that matches. Macros are not read.
 */
export function generatedFiles(tree: Tree, paths: readonly string[]): (path: string) => boolean {
  const folders = new Set(['', ...paths.flatMap(foldersAbove)]);
  const files = [...folders].map((folder) => (folder === '' ? '.gitattributes' : `${folder}/.gitattributes`));
  tree.prefetch(files);
  const lines = new Map([...folders].map((folder, index) => [folder, linesOf(tree.read(files[index] as string)?.toString(), folder)]));
  return (path) => {
    for (const folder of [...foldersAbove(path), '']) {
      const decisive = lines.get(folder)?.findLast((line) => line.matches(path));
      if (decisive) return decisive.isGenerated;
    }
    return false;
  };
}

/** The nearest first; not the root. */
function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.push(path.slice(0, end));
  return folders;
}

function linesOf(text: string | undefined, folder: string): Line[] {
  if (!text?.includes('linguist-generated')) return [];
  return text.split(/\r?\n/).flatMap((line) => {
    const [, quoted, plain, rest = ''] = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s#"]\S*))(.*)$/.exec(line) ?? [];
    const attribute = /(?:^|\s)(-?)linguist-generated(?:=(\S+))?(?=\s|$)/.exec(rest);
    const pattern = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (pattern === undefined || !attribute) return [];
    return [{ isGenerated: attribute[1] === '' && attribute[2] !== 'false', matches: matcherOf(pattern, folder) }];
  });
}

/** Without a slash a pattern is of a name at any depth, else of the path from the folder on. */
function matcherOf(pattern: string, folder: string): (path: string) => boolean {
  const isPath = pattern.slice(0, -1).includes('/');
  const isMatch = globAuthority().picomatch(pattern.replace(/^\//, ''), { dot: true });
  return (path) => isMatch(isPath ? path.slice(folder === '' ? 0 : folder.length + 1) : path.slice(path.lastIndexOf('/') + 1));
}
