import { archivedFolder, governedRoots, placeOf, ticketFolder } from '../documents/place.ts';
import { WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import type { Repository } from '../git/repository.ts';
import { GitTree } from '../git/git-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import { ticketPaths } from '../workflow/ticket.ts';

interface StepTrees {
  readonly before: readonly Tree[];
  readonly after: Tree;
}

/**
 * Loads what judging these steps will read in a handful of git processes for all of them, not some
 * for each. Only about speed: what is missed is loaded when it is asked for.
 */
export function prefetchSteps(repository: Repository, steps: readonly StepTrees[], policy: Tree | undefined): void {
  const { options } = repository;
  const trees = [...new Set([...steps.flatMap(({ before, after }) => [...before, after]), ...(policy ? [policy] : [])])];
  GitTree.prefetchAll(trees.map((tree) => ({ tree, paths: ['', WORKSPACE_PATH] })), options);
  const settings = distinct(trees.flatMap((tree) => settingsIn(tree) ?? []));
  const roots = [...new Set(settings.flatMap(governedRoots))];
  if (roots.length === 0) return;
  const wide = roots.includes('') ? [''] : roots;
  const pairs = steps.flatMap((step) => step.before.map((before) => ({ before, after: step.after })));
  const changes = GitTree.compareAll(pairs, wide, options);
  const touched = pairs.map(({ before, after }, index) => ({ trees: [after, before], ...pathsTouched((changes[index] ?? []).map(({ path }) => path), settings) }));
  GitTree.prefetchAll(touched.flatMap(({ trees: own, paths }) => own.map((tree) => ({ tree, paths }))), options);
  const records = touched.flatMap(({ trees: own, folders }) =>
    own.map((tree) => ({ tree, paths: folders.flatMap((folder) => [`${folder}/changes`, `${folder}/nodes`].flatMap((name) => tree.list(name).map(({ path }) => path))) })),
  );
  GitTree.prefetchAll(records, options);
}

/** What a step reads: the paths that it changes, and all of the tickets these belong to, archived or not. */
function pathsTouched(changed: readonly string[], settings: readonly Settings[]): { paths: string[]; folders: string[] } {
  const folders = new Set<string>();
  for (const one of settings) {
    for (const path of changed) {
      const id = placeOf(one, path)?.ticket;
      if (id !== undefined) for (const folder of [ticketFolder(one, id), archivedFolder(one, id)]) folders.add(folder);
    }
  }
  return { paths: [...settings.map(({ layout }) => layout.archived), ...[...folders].flatMap(ticketPaths), ...changed], folders: [...folders] };
}

function distinct(settings: readonly Settings[]): Settings[] {
  return [...new Map(settings.map((one) => [JSON.stringify([one.layout, one.ticketPattern.source, one.directories.map(({ pattern }) => pattern)]), one])).values()];
}
