import { existsSync } from 'node:fs';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import type { Resolution } from './pick.ts';
import type { Repository } from './repository.ts';
import { git, itemsOf, tryGit } from './run.ts';

/** A work tree where somebody mends conflicts. */
export interface MendPlace {
  /** Absolute. */
  readonly path: string;
  /** What is checked out there otherwise; undefined: the work tree was made for this and goes away again. */
  readonly branch: string | undefined;
  /** What is joined, and the commit that HEAD is detached at meanwhile. */
  readonly commit: Oid;
  readonly onto: { readonly oid: Oid; readonly tree: Oid };
  readonly how: 'pick' | 'merge';
}

/**
 * Shows a conflict where it can be mended: HEAD of the work tree detached at `onto`, the files and the
 * index as `git cherry-pick` or `git merge` leave them. Throws a UserError, with the work tree as it
 * was, where git refuses to go there.
 */
export function showConflict(repository: Repository, place: MendPlace): void {
  const { path, branch, commit, onto, how } = place;
  if (branch === undefined && !existsSync(path)) made(repository.tryGit(['worktree', 'add', '-q', '--detach', '--', path, onto.oid]), path);
  else made(tryGit(['-c', 'advice.detachedHead=false', 'checkout', '-q', '--no-overwrite-ignore', '--detach', onto.oid, '--'], { cwd: path }), path);
  const quiet = ['-c', 'commit.gpgSign=false', '-c', 'core.editor=true'];
  const args = how === 'pick' ? ['cherry-pick', '--allow-empty', '--keep-redundant-commits', commit] : ['merge', '-q', '--no-commit', '--no-ff', commit];
  const { stderr } = tryGit([...quiet, ...args], { cwd: path, asUser: true, env: { LC_ALL: 'C' } });
  const isThere = git(['ls-files', '-z', '--unmerged'], { cwd: path }).length > 0 || git(['rev-parse', 'HEAD'], { cwd: path }).toString().trim() !== onto.oid;
  // Without either, going on from here would take it for mended by leaving the commit out.
  if (!isThere && how === 'pick') made({ status: 1, stderr }, path);
}

function made({ status, stderr }: { readonly status: number; readonly stderr: string }, path: string): void {
  if (status !== 0) throw new UserError(`Unexpected work tree ${path} where the conflict cannot be shown: ${stderr.trim().split('\n').slice(0, 3).join(' ')}`, 'see what git says, then the same again', 'no-place');
}

/**
 * What was mended: the tree in the index, or of a commit that was made there. Throws a UserError
 * (`unmerged`) for conflicts that are left, and (`unstaged`) for changes that are not staged.
 */
export function mendedIn({ path, commit, onto }: MendPlace): Resolution {
  const options = { cwd: path };
  if (!existsSync(path)) throw new UserError(`Unexpected absence of ${path}, expected the work tree where the conflict is mended`, 'restack --abort goes back', 'no-place');
  const unmerged = [...new Set(itemsOf(git(['ls-files', '-z', '--unmerged'], options)).map((item) => item.slice(item.indexOf('\t') + 1)))];
  if (unmerged.length > 0) throw new UserError(`Unexpected conflicts in ${path} (${unmerged.slice(0, 5).join(', ')}${unmerged.length > 5 ? ', …' : ''}), expected them to be mended`, `edit them, then git -C '${path}' add -- ${unmerged.slice(0, 5).map((name) => `'${name}'`).join(' ')}`, 'unmerged');
  tryGit(['update-index', '-q', '--refresh'], options);
  const unstaged = itemsOf(git(['diff-files', '-z', '--name-only', '--ignore-submodules=dirty'], options));
  if (unstaged.length > 0) throw new UserError(`Unexpected changes in ${path} that are not staged (${unstaged.slice(0, 5).join(', ')}), expected what was mended to be added`, `git -C '${path}' add -- ${unstaged.slice(0, 5).map((name) => `'${name}'`).join(' ')}`, 'unstaged');
  const [head = '', parent] = git(['rev-list', '--max-count=1', '--parents', 'HEAD'], options).toString().trim().split(' ');
  if (head !== onto.oid && parent !== onto.oid) throw elsewhere(path, head, onto.oid);
  return { commit, onto: onto.tree, tree: git(['write-tree'], options).toString().trim() };
}

/**
 * Leaves a work tree as it was before the conflict was shown in it. What was edited there is given up;
 * files that git does not know stay. False where a work tree that was made for it holds such files and
 * is therefore kept.
 */
export function leavePlace(repository: Repository, { path, branch, onto, how }: MendPlace): boolean {
  if (!existsSync(path)) return true;
  const options = { cwd: path };
  // Killed before the conflict was shown: nothing here is anybody's but the user's.
  if (branch !== undefined && tryGit(['symbolic-ref', '-q', 'HEAD'], options).status === 0) return true;
  const [head = '', parent] = tryGit(['rev-list', '--max-count=1', '--parents', 'HEAD'], options).stdout.toString().trim().split(' ');
  if (head !== onto.oid && parent !== onto.oid) throw elsewhere(path, head, onto.oid);
  tryGit(how === 'pick' ? ['cherry-pick', '--quit'] : ['merge', '--quit'], options);
  if (branch !== undefined) {
    made(tryGit(['checkout', '-q', '--force', '--no-overwrite-ignore', branch, '--'], options), path);
    return true;
  }
  made(tryGit(['reset', '-q', '--hard'], options), path);
  return repository.tryGit(['worktree', 'remove', '--', path]).status === 0;
}

function elsewhere(path: string, head: Oid, onto: Oid): UserError {
  return new UserError(`Unexpected HEAD ${head.slice(0, 10)} in ${path}, expected ${onto.slice(0, 10)} or one commit upon it`, `git -C '${path}' log tells what happened there; git -C '${path}' checkout --detach ${onto.slice(0, 10)} goes back to it`, 'no-place');
}
