import { lstatSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import { checkoutsOf, type Checkout } from './checkouts.ts';
import type { Follower, RefMove } from './operation.ts';
import type { Repository } from './repository.ts';
import { git, itemsOf, tryGit, type GitOptions, type GitResult } from './run.ts';

const HEADS = 'refs/heads/';

/**
 * The work trees in which branches are checked out that are to move. Throws a UserError that names
 * them, with nothing done, where one has changes (`dirty`), is in the middle of something (`busy`), has
 * a branch checked out that goes away, or a file in the way of one that comes, ignored ones too.
 */
export function followersOf(repository: Repository, moves: readonly RefMove[], checkouts: readonly Checkout[] = checkoutsOf(repository)): Follower[] {
  const byBranch = new Map(moves.flatMap((move) => (move.ref.startsWith(HEADS) && move.before !== move.after ? [[move.ref.slice(HEADS.length), move] as const] : [])));
  const touched = checkouts.filter(({ branch }) => branch !== undefined && byBranch.has(branch));
  const gone = touched.find(({ branch }) => byBranch.get(branch as string)?.after === null);
  if (gone) throw new UserError(`Unexpected branch ${gone.branch} checked out in ${gone.path}, expected no work tree on a branch that goes away`, `git -C '${gone.path}' switch --detach`, 'checked-out');
  requireFree(touched);
  const followers = touched.flatMap(({ path, branch = '' }): Follower[] => {
    const { before, after } = byBranch.get(branch) as RefMove;
    return before !== null && after !== null ? [{ path, branch, before, after }] : [];
  });
  for (const follower of followers) requireRoom(repository, follower);
  return followers;
}

/** Throws a UserError for a work tree where git is in the middle of something (`busy`), or that names all with changes to files that git knows (`dirty`). */
export function requireFree(checkouts: readonly Checkout[]): void {
  const busy = checkouts.find(({ operation }) => operation !== undefined);
  if (busy) throw new UserError(`Unexpected ${busy.operation} under way in ${busy.path} (${busy.branch}), expected it to be over; nothing was moved`, `git -C '${busy.path}' ${busy.operation === 'bisect' ? 'bisect reset' : `${busy.operation} --abort, or --continue it`}`, 'busy');
  const dirty = checkouts.flatMap(({ path, branch }) => {
    const options = inside(path);
    patiently(path, ['update-index', '-q', '--refresh']);
    const paths = itemsOf(git(['status', '-z', '--porcelain', '--untracked-files=no', '--no-renames', '--ignore-submodules=dirty'], options)).map((item) => item.slice(3));
    return paths.length === 0 ? [] : [{ path, branch, paths }];
  });
  const [first] = dirty;
  if (!first) return;
  const named = dirty.map(({ path, branch, paths }) => `${branch ?? 'HEAD'} in ${path} (${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''})`).join('; ');
  throw new UserError(`Unexpected changes that are in no commit: ${named}, expected clean work trees; nothing was moved`, `git -C '${first.path}' commit, or put them aside, then the same again`, 'dirty');
}

/** What is not in the index, ignored or not, is nobody's to overwrite. */
function requireRoom(repository: Repository, { path, branch, before, after }: Follower): void {
  const added = itemsOf(repository.git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--diff-filter=A', before, after]));
  const inTheWay = added.filter((name) => isTaken(repository, path, name, before));
  if (inTheWay.length > 0) throw new UserError(`Unexpected file ${inTheWay.slice(0, 3).join(', ')} in ${path}, which git does not know, expected room for the one of that name that ${branch} gets; nothing was moved`, `mv '${join(path, inTheWay[0] as string)}' somewhere else, then the same again`, 'in-the-way');
  const { status, stderr } = tryGit(['-c', 'submodule.recurse=false', 'read-tree', '-n', '-m', '-u', before, after], inside(path));
  if (status !== 0) throw new UserError(`Unexpected work tree ${path} that cannot follow ${branch}: ${stderr.trim().split('\n')[0]}; nothing was moved`, 'see what git says', 'dirty');
}

function isTaken(repository: Repository, root: string, name: string, before: Oid): boolean {
  if (statsOf(join(root, name))) return true;
  // A file that stands where a directory is needed; one that git knows goes away by itself.
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) {
    const found = statsOf(join(root, folder));
    if (found) return !found.isDirectory() && repository.tryGit(['cat-file', '-e', `${before}:${folder}`]).status !== 0;
  }
  return false;
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Moves refs in one transaction, each only if it still is where it was. Throws a UserError (`ref-moved`),
 * with none of them moved, otherwise.
 */
export function moveRefs(repository: Repository, moves: readonly RefMove[], reason: string): void {
  const wanted = moves.filter(({ before, after }) => before !== after);
  if (wanted.length === 0) return;
  const none = '0'.repeat(repository.objectFormat === 'sha256' ? 64 : 40);
  const commands = wanted.map(({ ref, before, after }) => (after === null ? `delete ${ref}\0${before}\0` : `update ${ref}\0${after}\0${before ?? none}\0`));
  const { status, stderr } = repository.tryGit(['update-ref', '-m', reason, '--stdin', '-z'], { input: `start\0${commands.join('')}prepare\0commit\0` });
  if (status !== 0) throw new UserError(`Unexpected refs that cannot be moved: ${stderr.trim().split('\n').at(-1)}; none was moved`, 'somebody else moved one of them meanwhile: run the same again', 'ref-moved');
}

/** Takes a clean work tree from the commit where its branch was to the one where it is now. */
export function follow({ path, before, after }: Pick<Follower, 'path' | 'before' | 'after'>): void {
  const { status, stderr } = patiently(path, ['-c', 'submodule.recurse=false', 'read-tree', '-m', '-u', before, after]);
  if (status !== 0) throw new UserError(`Unexpected work tree ${path} that did not follow its branch: ${stderr.trim().split('\n')[0]}`, 'see what git says, then run the same again', 'not-followed');
}

/**
 * Brings work trees to where their branches are, in whichever direction, after a process was killed
 * between the two. Throws a UserError (`not-followed`) for one with other changes, and touches nothing in it.
 */
export function catchUp(repository: Repository, followers: readonly Follower[]): void {
  for (const { path, branch, before, after } of followers) {
    const now = repository.commit(`${HEADS}${branch}`);
    if (now !== before && now !== after) continue;
    const from = now === after ? before : after;
    const isThere = statsOf(path) !== undefined && tryGit(['symbolic-ref', '-q', '--short', 'HEAD'], inside(path)).stdout.toString().trim() === branch;
    if (!isThere || patiently(path, ['diff-index', '--cached', '--quiet', now, '--']).status === 0) continue;
    if (tryGit(['diff-index', '--cached', '--quiet', from, '--'], inside(path)).status === 0) bring(repository, { path, before: from, after: now });
  }
}

/** The files may already be some of the one and some of the other, and nothing else. */
function bring(repository: Repository, { path, before, after }: Pick<Follower, 'path' | 'before' | 'after'>): void {
  patiently(path, ['update-index', '-q', '--refresh']);
  if (patiently(path, ['read-tree', '-m', '-u', before, after]).status === 0) return;
  const moved = new Set(itemsOf(repository.git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', before, after])));
  const differing = (from: Oid) => new Set(itemsOf(git(['diff-index', '-z', '--name-only', '--no-renames', from, '--'], inside(path))));
  const foreign = [...differing(before)].filter((name) => !moved.has(name) || isOther(repository, path, name, after));
  if (foreign.length > 0) throw new UserError(`Unexpected changes in ${path} (${foreign.slice(0, 3).join(', ')}), expected a work tree that can follow its branch`, `git -C '${path}' diff ${before.slice(0, 10)} shows them; put them aside, then the same again`, 'not-followed');
  git(['-c', 'submodule.recurse=false', 'read-tree', '--reset', '-u', after], inside(path));
}

/** Whether a file in a work tree is other than a commit has it. */
function isOther(repository: Repository, root: string, name: string, commit: Oid): boolean {
  const there = repository.tryGit(['rev-parse', '--verify', '-q', `${commit}:${name}`]).stdout.toString().trim();
  const stats = statsOf(join(root, name));
  if (!stats?.isFile()) return (stats !== undefined) !== (there !== '');
  return tryGit(['hash-object', '--', name], inside(root)).stdout.toString().trim() !== there;
}

/** A git that a killed process had started may still be at it. */
function patiently(path: string, args: readonly string[]): GitResult {
  for (let left = 100; ; left -= 1) {
    const result = tryGit(args, inside(path));
    if (left === 0 || !/index\.lock/.test(result.stderr)) return result;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

function inside(path: string): GitOptions {
  return { cwd: path };
}
