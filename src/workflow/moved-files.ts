import type { ChangedPath } from '../tree/tree.ts';

/** Where one step has moved files to, content and name unchanged. */
export interface MovedFiles {
  /** Where what stood at a path, a file or a directory, stands now; undefined when that is not certain. */
  to(path: string): string | undefined;
  /** Where the file at a path stood before. */
  from(path: string): string | undefined;
}

/** Reads moves off what a step changed: a file that is gone, and exactly one new one of its name and content. */
export function movedFiles(changed: readonly ChangedPath[]): MovedFiles {
  const added = new Map<string, string[]>();
  const gone: { path: string; key: string }[] = [];
  for (const { path, after, before } of changed) {
    const past = before.find((entry) => entry !== undefined);
    if (after && !past) append(added, keyOf(path, after.oid), path);
    else if (!after && past) gone.push({ path, key: keyOf(path, past.oid) });
  }
  const sources = new Map<string, string[]>();
  for (const { path, key } of gone) append(sources, key, path);
  const moves = new Map<string, string>();
  for (const { path, key } of gone) {
    const [target, ...others] = added.get(key) ?? [];
    if (target !== undefined && others.length === 0 && sources.get(key)?.length === 1) moves.set(path, target);
  }
  const back = new Map([...moves].map(([from, to]) => [to, from]));
  return { to: (path) => moves.get(path) ?? directoryMove(path, gone.map((one) => one.path), moves), from: (path) => back.get(path) };
}

/** A directory has moved when all that is gone from it went to the same place. */
function directoryMove(directory: string, gone: readonly string[], moves: ReadonlyMap<string, string>): string | undefined {
  const below = gone.filter((path) => path.startsWith(`${directory}/`));
  const targets = new Set(
    below.map((path) => {
      const rest = path.slice(directory.length);
      const target = moves.get(path);
      return target?.endsWith(rest) ? target.slice(0, -rest.length) : undefined;
    }),
  );
  return targets.size === 1 ? [...targets][0] : undefined;
}

function keyOf(path: string, oid: string): string {
  return `${oid} ${path.slice(path.lastIndexOf('/') + 1)}`;
}

function append(map: Map<string, string[]>, key: string, path: string): void {
  const list = map.get(key);
  if (list) list.push(path);
  else map.set(key, [path]);
}
