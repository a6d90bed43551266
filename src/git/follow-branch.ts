import { UserError } from '../error.ts';
import type { RefMove } from './remote.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';

/** Throws a UserError (`dirty`) where a branch that is about to move is checked out somewhere with changes, or with untracked files in the way. */
export function mustFollow(repository: Repository, { ref, from, to }: RefMove): void {
  const folder = holderOf(repository, ref);
  if (folder === undefined || from === undefined) return;
  const isClean = repository.git(['status', '--porcelain', '--untracked-files=no'], { cwd: folder }).length === 0;
  const { status, stderr } = isClean ? repository.tryGit(['read-tree', '-m', '-u', '--dry-run', from, to], { cwd: folder }) : { status: 0, stderr: '' };
  if (isClean && status === 0) return;
  if (isClean) throw new UserError(`Unexpected files in ${folder}, where ${ref.replace('refs/heads/', '')} is checked out: ${stderr.trim().split('\n')[0]}`, 'move them out of the way', 'dirty');
  throw new UserError(`Unexpected changes in ${folder}, where ${ref.replace('refs/heads/', '')} is checked out, expected none: its files are to follow the branch`, 'commit them there, or discard them', 'dirty');
}

/** Lets the files of the work tree that has a branch checked out follow it, after it moved. Untracked files are never overwritten: then git's refusal is thrown. */
export function followBranch(repository: Repository, { ref, from, to }: RefMove): void {
  const folder = holderOf(repository, ref);
  if (folder !== undefined && from !== undefined) repository.git(['read-tree', '-m', '-u', from, to], { cwd: folder });
}

function holderOf(repository: Repository, ref: string): string | undefined {
  let folder: string | undefined;
  for (const line of itemsOf(repository.git(['worktree', 'list', '--porcelain', '-z']))) {
    if (line.startsWith('worktree ')) folder = line.slice('worktree '.length);
    else if (line === `branch ${ref}`) return folder;
  }
  return undefined;
}
