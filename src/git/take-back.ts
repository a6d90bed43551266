import type { Oid } from '../tree/tree.ts';
import { pathExists } from './files.ts';
import { catchUp, follow, followersOf, moveRefs } from './move-refs.ts';
import type { Operation, RefMove } from './operation.ts';
import { refsOf } from './ref-files.ts';
import type { Repository } from './repository.ts';
import { itemsOf, tryGit } from './run.ts';

/** What going back came to. */
export interface TakenBack {
  /** Refs that are again where they were. */
  readonly refs: readonly string[];
  /** Refs that somebody moved since: they are left where they are. */
  readonly left: readonly string[];
  /** Worktrees that were removed, and those that hold something new and stay. */
  readonly removed: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Takes back what an operation has done so far: worktrees that it made, where nothing in them is new,
 * then refs, in one transaction, where they still are where it put them; work trees go along. Throws a
 * UserError as `followersOf` does, and then no ref has moved; the same again goes on from there.
 */
export function takeBack(repository: Repository, operation: Operation): TakenBack {
  const { refs, worktrees, followers = [], verb } = operation.record;
  catchUp(repository, followers);
  const now = refsNow(repository, refs);
  const moved = refs.filter(({ ref, before, after }) => before !== after && now.get(ref) === after);
  const left = refs.filter(({ ref, before, after }) => now.get(ref) !== after && now.get(ref) !== before).map(({ ref }) => ref);
  const [removed, kept] = removeWorktrees(repository, worktrees);
  const back = moved.map(({ ref, before, after }) => ({ ref, before: after, after: before }));
  const along = followersOf(repository, back);
  // Both ways: whichever refs stand when this is killed, the work trees can be brought to them.
  operation.note({ followers: [...followers, ...along] });
  moveRefs(repository, back, `treework ${verb} --abort`);
  for (const follower of along) follow(follower);
  return { refs: back.map(({ ref }) => ref), left, removed, kept };
}

/** Where refs are now; null: nowhere. */
function refsNow(repository: Repository, refs: readonly Pick<RefMove, 'ref'>[]): Map<string, Oid | null> {
  const there = new Map(refsOf(repository).map(({ name, oid }) => [name, oid] as const));
  return new Map(refs.map(({ ref }) => [ref, there.get(ref) ?? null]));
}

function removeWorktrees(repository: Repository, paths: readonly string[]): [removed: string[], kept: string[]] {
  const [removed, kept]: [string[], string[]] = [[], []];
  for (const path of paths.filter((one) => pathExists(one))) {
    const { status, stdout } = tryGit(['status', '-z', '--porcelain', '--untracked-files=all', '--ignored', '--ignore-submodules=none'], { cwd: path });
    if (status !== 0 || itemsOf(stdout).length > 0) kept.push(path);
    else if (repository.tryGit(['worktree', 'remove', '--', path]).status === 0) removed.push(path);
    else kept.push(path);
  }
  return [removed, kept];
}
