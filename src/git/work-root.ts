import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { itemsOf, tryGit } from './run.ts';

/** What git tracks in a work tree: files and the directories they are in; undefined where git does not answer. */
export function trackedIn(root: string): ReadonlySet<string> | undefined {
  const answer = attempt(() => tryGit(['ls-files', '-z', '--cached'], { cwd: root }));
  if (answer?.status !== 0) return undefined;
  const paths = new Set<string>();
  for (const path of itemsOf(answer.stdout)) {
    for (let end = path.length; end > 0 && !paths.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1)) paths.add(path.slice(0, end));
  }
  return paths;
}

/** Changes when git's index does; undefined where there is none at the usual place, as in a linked worktree. */
export function indexSignature(root: string): string | undefined {
  const stat = statOf(join(root, '.git/index'));
  return stat && `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

/** The root of the work tree that a folder is in: the nearest one with a git directory, found without git. */
export function workRootOf(folder: string): string | undefined {
  for (let [at, above] = [folder, join(folder, '..')]; ; [at, above] = [above, join(above, '..')]) {
    const git = statOf(join(at, '.git'));
    if (git?.isFile() || (git?.isDirectory() && statOf(join(at, '.git/HEAD')))) return at;
    if (above === at) return undefined;
  }
}

/** Of the path itself, links not followed; undefined where there is nothing, or nothing to be seen. */
export function statOf(path: string): Stats | undefined {
  return attempt(() => lstatSync(path, { throwIfNoEntry: false }));
}

/** undefined where the machine refuses. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
