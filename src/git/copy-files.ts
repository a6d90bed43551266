import { constants, copyFileSync, linkSync, lstatSync, mkdirSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

export interface Copied {
  readonly files: number;
  /** What could not be: with the machine's word for it. */
  readonly failed: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Copies files of one folder into another under the same paths: `copy` as a clone that shares its blocks
 * where the file system can, `link` as the same file under a second name where that is possible. What
 * stands there already is left as it is, nothing is written through a link that leaves the folder, and a
 * file is there whole or not at all.
 */
export function copyFiles(from: string, to: string, paths: readonly string[], how: 'copy' | 'link'): Copied {
  const failed: { path: string; why: string }[] = [];
  const inside = new Map<string, boolean>();
  const root = realpathSync(to);
  let files = 0;
  for (const path of paths) {
    try {
      if (copyOne(join(from, path), join(to, path), how, root, inside)) files += 1;
    } catch (error) {
      failed.push({ path, why: (error as NodeJS.ErrnoException).code ?? (error as Error).message });
    }
  }
  return { files, failed };
}

/** False where something stands there already. */
function copyOne(source: string, target: string, how: 'copy' | 'link', root: string, inside: Map<string, boolean>): boolean {
  if (lstatSync(target, { throwIfNoEntry: false })) return false;
  const folder = dirname(target);
  if (!inside.has(folder)) {
    mkdirSync(folder, { recursive: true });
    const real = realpathSync(folder);
    inside.set(folder, real === root || real.startsWith(root + sep));
  }
  if (inside.get(folder) !== true) throw new Error('a link leads out of the worktree');
  const stat = lstatSync(source);
  // A rerun after a kill writes over it.
  const temporary = `${target}.treework-copy`;
  rmSync(temporary, { force: true });
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), temporary);
  else if (!stat.isFile()) throw new Error('neither a file nor a link');
  else if (how !== 'link' || !tryLink(source, temporary)) {
    copyFileSync(source, temporary, constants.COPYFILE_FICLONE);
    // What tools built is judged by its time.
    utimesSync(temporary, stat.atime, stat.mtime);
  }
  renameSync(temporary, target);
  return true;
}

/** Not across file systems, and not everywhere. */
function tryLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch {
    return false;
  }
}
