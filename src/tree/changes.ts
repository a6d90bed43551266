import type { ChangedPath, Tree } from './tree.ts';

/** Whether a path is one of the roots or stands below one; the root `''` is the whole tree. */
export function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => root === '' || path === root || path.startsWith(`${root}/`));
}

/** What `Tree.changedFrom` promises, by walking all of the trees: for those that are small or have no faster way. */
export function changesBetween(after: Tree, before: readonly Tree[], roots: readonly string[]): ChangedPath[] {
  const paths = new Set([after, ...before].flatMap((tree) => tree.walk(roots).map((entry) => entry.path)));
  return [...paths]
    .map((path) => ({ path, after: after.entry(path), before: before.map((tree) => tree.entry(path)) }))
    .filter((change) => before.length === 0 || change.before.every((entry) => entry?.oid !== change.after?.oid))
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
