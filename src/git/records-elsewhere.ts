import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { workTrees } from './everywhere.ts';
import { namesIn, readBytes } from './files.ts';
import { parseTreeObject, readObjects } from './objects.ts';
import { refsOf } from './ref-files.ts';
import type { Repository } from './repository.ts';

/** A record's content somewhere else in this repository. */
export interface RecordElsewhere {
  /** The file's name in the folder. */
  readonly name: string;
  /** The ref's full name, or the folder of a work tree. */
  readonly where: string;
  /** A tag marks a moment, and nobody works on it. */
  readonly isTag: boolean;
  readonly bytes: Buffer;
}

export interface Elsewhere {
  readonly records: readonly RecordElsewhere[];
  /** The first branch or work tree that has the other folder. */
  readonly hasOther: string | undefined;
}

/**
 * The files in a folder as every ref but the stash and our own and every other linked work tree hold them, what
 * is not committed there included; each content of a file once, those in `known` left out. Of
 * `other`, a folder too, only whether a branch or another work tree has it. One `cat-file` for
 * the folders and one for what is new in them.
 */
export function recordsElsewhere(repository: Repository, folder: string, other: string, known: ReadonlySet<Oid>): Elsewhere {
  const refs = refsByCommit(repository);
  const commits = [...refs.keys()];
  const objects = readObjects(commits.flatMap((commit) => [`${commit}:${folder}`, `${commit}:${other}`]), repository.options);
  const committed = new Map<string, { readonly name: string; readonly where: string; readonly oid: Oid }>();
  for (const [index, commit] of commits.entries()) {
    const tree = objects[2 * index];
    if (tree?.type !== 'tree') continue;
    for (const { path: name, oid, type } of parseTreeObject(tree.content, '', tree.oid.length / 2)) {
      const key = `${name} ${oid}`;
      if (type === 'file' && !known.has(oid) && !committed.has(key)) committed.set(key, { name, oid, where: refs.get(commit) as string });
    }
  }
  const found = [...committed.values()];
  const contents = found.length === 0 ? [] : readObjects(found.map(({ oid }) => oid), repository.options);
  const inRefs = found.flatMap(({ name, where }, index) => (contents[index] ? [{ name, where, isTag: where.startsWith('refs/tags/'), bytes: contents[index].content }] : []));
  const roots = workTrees(repository).filter((root) => root !== repository.root);
  const written = roots.flatMap((root) => namesIn(join(root, folder)).flatMap((name) => {
    const bytes = readBytes(join(root, folder, name));
    return bytes ? [{ name, where: root, isTag: false, bytes }] : [];
  }));
  const holder = commits.find((commit, index) => objects[2 * index + 1]?.type === 'tree' && !(refs.get(commit) as string).startsWith('refs/tags/'));
  return { records: [...inRefs, ...written], hasOther: (holder && refs.get(holder)) ?? roots.find((root) => namesIn(join(root, other)).length > 0) };
}

/** One ref of each commit, branches before tags. */
function refsByCommit(repository: Repository): Map<Oid, string> {
  const refs = refsOf(repository).flatMap(({ name, oid }) => (name === 'refs/stash' || name.startsWith('refs/treework/') ? [] : [[oid, name] as const]));
  return new Map([...refs.filter(([, name]) => name.startsWith('refs/tags/')), ...refs.filter(([, name]) => !name.startsWith('refs/tags/')).reverse()]);
}
