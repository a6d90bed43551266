import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';

/** A commit that is no merge, with what it changes. */
export interface SizedCommit {
  readonly oid: Oid;
  readonly message: string;
  readonly files: readonly { readonly path: string; readonly lines: number }[];
}

/** The commits of a range that are no merges, or of all of HEAD's history those that `select` names; lines are added and deleted ones, of what is no text none. */
export function sizedCommits(repository: Repository, select: readonly string[]): SizedCommit[] {
  const answer = repository.git(['log', '--no-merges', '--no-renames', '--numstat', '-z', '--format=%x01%H%n%B%x02', ...select]).toString();
  return answer.split('\x01').slice(1).map((text) => {
    const end = text.indexOf('\x02');
    const [oid = '', ...message] = text.slice(0, end).split('\n');
    const files = text.slice(end + 1).split('\0').flatMap((item) => {
      const [, added, deleted, path] = /^\n*(\d+|-)\t(\d+|-)\t([^]+)$/.exec(item) ?? [];
      return path === undefined ? [] : [{ path, lines: (Number(added) || 0) + (Number(deleted) || 0) }];
    });
    return { oid, message: message.join('\n'), files };
  });
}
