import type { Oid } from '../tree/tree.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';

/** A version of one file that git stores. */
export interface Stored {
  readonly oid: Oid;
  readonly content: Buffer;
}

/**
 * The version of a file for which `isMeant` holds: HEAD's, the index's, else the youngest in HEAD's
 * history of that path, else any ref's; undefined when git stores none.
 */
export function findVersion(repository: Repository, path: string, isMeant: (content: Buffer) => boolean): Stored | undefined {
  const names = path.includes('\n') ? [] : [`HEAD:${path}`, `:${path}`];
  return (
    firstMeant(repository, names, isMeant) ??
    firstMeant(repository, blobsInHistory(repository, path, 'HEAD'), isMeant) ??
    firstMeant(repository, blobsInHistory(repository, path, '--all'), isMeant)
  );
}

/** The bytes that a checkout would put into the work tree for this blob: filters and line ends applied. */
export function checkedOut(repository: Repository, path: string, oid: Oid): Buffer {
  return repository.git(['cat-file', '--filters', `--path=${path}`, oid]);
}

/** The blob id that the index holds for a path; undefined when it holds none. */
export function stagedBlob(repository: Repository, path: string): { readonly mode: string; readonly oid: Oid } | undefined {
  const [item] = itemsOf(repository.git(['ls-files', '--stage', '-z', '--', path]));
  const [mode, oid] = item?.split(/[ \t]/) ?? [];
  return mode !== undefined && oid !== undefined ? { mode, oid } : undefined;
}

/** Puts one version of one path into the index, and adds another path from the work tree; nothing else is staged. */
export function stage(repository: Repository, version: { readonly path: string; readonly mode: string; readonly oid: Oid }, added: string): void {
  repository.git(['update-index', '-z', '--index-info'], { input: `${version.mode} ${version.oid}\t${version.path}\0` });
  repository.git(['add', '--', added]);
}

function firstMeant(repository: Repository, names: readonly string[], isMeant: (content: Buffer) => boolean): Stored | undefined {
  const found = readObjects(names, repository.options).find((object) => object?.type === 'blob' && isMeant(object.content));
  return found && { oid: found.oid, content: found.content };
}

function blobsInHistory(repository: Repository, path: string, from: string): Oid[] {
  const result = repository.tryGit(['log', '--full-history', '-m', '--format=', '--raw', '--no-abbrev', '--no-renames', '-z', from, '--', path]);
  if (result.status !== 0) return [];
  const blobs = itemsOf(result.stdout).flatMap((item) => /:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) /.exec(item)?.slice(1) ?? []);
  return [...new Set(blobs)].filter((oid) => !/^0+$/.test(oid));
}
