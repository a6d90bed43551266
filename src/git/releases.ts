import type { Oid } from '../tree/tree.ts';
import { readCommits, requireHistory, walkCommits } from './history.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { itemsOf, linesOf } from './run.ts';

/** Names of the tags in the history of a commit. */
export function tagsIn(repository: Repository, commit: Oid): string[] {
  return linesOf(repository.git(['tag', '--merged', commit]));
}

/**
 * The commits since a tag (all without one) that are no merges, oldest first, with what each changes.
 * Throws a UserError (`shallow`) where history is cut.
 */
export function commitsSince(repository: Repository, tip: Oid, tag: string | undefined): { oid: Oid; message: string; paths: string[] }[] {
  const not = tag === undefined ? [] : [`refs/tags/${tag}`];
  requireHistory(repository, [tip], not);
  const oids = walkCommits(repository, { tip, not, firstParent: false, withoutMerges: true, roots: [''] });
  const paths = pathsOf(repository, oids);
  return readCommits(repository, oids).map(({ oid, message }) => ({ oid, message, paths: paths.get(oid) ?? [] }));
}

/** Texts of files in a revision; undefined for those that are not there. */
export function textsIn(repository: Repository, revision: string, paths: readonly string[]): (string | undefined)[] {
  return readObjects(paths.map((path) => `${revision}:${path}`), repository.options).map((object) => (object?.type === 'blob' ? object.content.toString() : undefined));
}

function pathsOf(repository: Repository, oids: readonly Oid[]): Map<Oid, string[]> {
  const known = new Map<Oid, string[]>(oids.map((oid) => [oid, []]));
  let current: string[] = [];
  const output = repository.git(['diff-tree', '--stdin', '-r', '-z', '--root', '--name-only', '--no-renames'], { input: oids.map((oid) => `${oid}\n`).join('') });
  for (const item of itemsOf(output)) {
    const begun = known.get(item);
    if (begun) current = begun;
    else current.push(item);
  }
  return known;
}
