import { join } from 'node:path';
import { workTrees } from './everywhere.ts';
import { readBytes } from './files.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** A file's content somewhere else in this repository. */
export interface Version {
  /** The ref's name, or the folder of a work tree. */
  readonly where: string;
  readonly bytes: Buffer;
}

/** What every ref but the stash, and every other linked work tree, holds at a path, committed there or not; each content once. */
export function versionsElsewhere(repository: Repository, path: string): Version[] {
  const refs = linesOf(repository.git(['for-each-ref', '--format=%(objectname) %(refname)'])).map((line) => line.split(' ') as [string, string]).filter(([, name]) => name !== 'refs/stash');
  const objects = readObjects(refs.map(([oid]) => `${oid}:${path}`), repository.options);
  const committed = objects.flatMap((object, index) => (object?.type === 'blob' ? [{ where: refs[index]?.[1] ?? '', bytes: object.content }] : []));
  const trees = workTrees(repository).filter((root) => root !== repository.root);
  const written = trees.flatMap((root) => {
    const bytes = readBytes(join(root, path));
    return bytes ? [{ where: root, bytes }] : [];
  });
  return [...new Map([...committed, ...written].map((version) => [version.bytes.toString('latin1'), version])).values()];
}
