import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import { addWorktree, isUnfinished, removeMade, type NewWorktree } from './add-worktree.ts';
import { workTrees } from './everywhere.ts';
import { pathExists, readText } from './files.ts';
import { ignoreHere } from './ignored-files.ts';
import { Repository } from './repository.ts';
import { trunkBranch } from './whereabouts.ts';
import { gitDirOf, listWorktrees } from './worktrees.ts';

/** Another repository that belongs to the workspace. */
export interface Module {
  readonly name: string;
  /** From the root of each of the workspace's work trees. */
  readonly folder: string;
  /** As one of its checkouts opens it, the main work tree's first; undefined where it is not cloned. */
  readonly repository: Repository | undefined;
}

/** What stands in a ticket's worktree of one module. */
export interface ModuleWorktree {
  readonly module: string;
  /** Absolute. */
  readonly path: string;
  readonly branch: string;
  /** False where it was there. */
  readonly isNew: boolean;
}

/** The modules of a workspace, in the order of WORKSPACE.md. One git process for each that is cloned. */
export function openModules(workspace: Repository, modules: ReadonlyMap<string, string>): Module[] {
  if (modules.size === 0) return [];
  const roots = workTrees(workspace).sort((a, b) => Number(isMain(b)) - Number(isMain(a)));
  return [...modules].map(([name, folder]) => {
    const root = roots.find((one) => pathExists(join(one, folder, '.git')));
    return { name, folder, repository: root === undefined ? undefined : Repository.open(join(root, folder)) };
  });
}

/** A linked work tree has a file there. */
function isMain(root: string): boolean {
  return readText(join(root, '.git')) === undefined;
}

/** The refusal to go on without a module that is not cloned. */
function notCloned({ name, folder }: Module): UserError {
  return new UserError(`Unexpected absence of the module ${name}, expected a clone at ${folder}`, `git clone URL ${folder}`, 'module-missing');
}

/** Where a ticket's worktree of a module goes, and with what. */
export interface ModulePlace {
  /** The ticket's worktree. */
  readonly root: string;
  readonly branch: string;
  /** The branch that a new one begins at, where the module has it: what the ticket's own stands on. */
  readonly parent?: string | undefined;
}

/**
 * Puts a worktree of a module into a ticket's worktree, with the ticket's branch checked out: the local
 * one, else one that follows the remote's of that name, else a new one. Answers with what takes away
 * again whatever was made. Throws a UserError, and leaves nothing, where something else stands there,
 * the branch is checked out elsewhere, or the module is not cloned.
 */
export function addModuleWorktree(module: Module, place: ModulePlace): { readonly worktree: ModuleWorktree; readonly undo: () => void } {
  const { name, folder, repository } = module;
  const { root, branch } = place;
  if (!repository) throw notCloned(module);
  const path = join(root, folder);
  const worktree = { module: name, path, branch, isNew: true };
  if (isHalfMade(repository, path)) removeMade(repository, { path, branch, base: '', isThere: true });
  if (pathExists(join(path, '.git'))) return { worktree: standing(repository, worktree), undo: () => {} };
  if (existsSync(path)) {
    if (readdirSync(path).length > 0) throw new UserError(`Unexpected files in ${path}, expected no such folder for the worktree of the module ${name}`, 'move them away', 'exists');
    rmdirSync(path);
  }
  const undo = addWorktree(repository, planned(repository, path, place));
  try {
    leaveOut(root, folder);
  } catch (error) {
    undo();
    throw error;
  }
  return { worktree, undo };
}

/** git itself says so of a worktree that it was killed over; one that is being made is waited for. */
function isHalfMade(repository: Repository, path: string): boolean {
  const isBegun = readText(join(gitDirOf(path), 'locked'))?.trim() === 'initializing';
  return isBegun && isUnfinished(repository, { path });
}

/** What was there before: right where it is this module's, with this branch. */
function standing(module: Repository, worktree: ModuleWorktree): ModuleWorktree {
  const there = Repository.open(worktree.path);
  if (there.commonDir !== module.commonDir) throw new UserError(`Unexpected other repository at ${worktree.path}, expected a worktree of the module ${worktree.module}`, `git -C '${worktree.path}' rev-parse --git-common-dir says which`, 'exists');
  return { ...worktree, branch: there.branch ?? worktree.branch, isNew: false };
}

function planned(repository: Repository, path: string, { branch, parent }: ModulePlace): NewWorktree {
  const local = repository.commit(`refs/heads/${branch}`);
  if (local === undefined) {
    const followed = repository.commit(`refs/remotes/origin/${branch}`);
    const base = followed ?? (parent === undefined ? undefined : repository.commit(`refs/heads/${parent}`)) ?? trunkTip(repository);
    return { path, branch, base, ...(followed !== undefined && { upstream: { remote: 'origin', name: branch } }) };
  }
  const holder = listWorktrees(repository).find((one) => one.branch === branch);
  if (holder?.isMissing && holder.lock === undefined) repository.git(['worktree', 'remove', '--', holder.path]);
  else if (holder) throw new UserError(`Unexpected branch ${branch} checked out in ${holder.path}, expected it to be free for ${path}`, `git -C '${holder.path}' switch --detach`, 'checked-out');
  return { path, branch, base: local, isThere: true };
}

/** What the remote has of the trunk, unless the local one has more. */
function trunkTip(repository: Repository): Oid {
  const trunk = trunkBranch(repository, undefined);
  const [local, remote] = trunk === undefined ? [] : [repository.commit(`refs/heads/${trunk}`), repository.commit(`refs/remotes/origin/${trunk}`)];
  const isBehind = local !== undefined && remote !== undefined && repository.tryGit(['merge-base', '--is-ancestor', local, remote]).status === 0;
  const tip = (isBehind ? remote : (local ?? remote)) ?? repository.commit('HEAD');
  if (tip === undefined) throw new UserError(`Unexpected repository ${repository.options.cwd} without a commit, expected one that a branch can begin at`, `git -C '${repository.options.cwd}' commit --allow-empty -m begin`, 'no-commit');
  return tip;
}

/** A worktree inside a work tree would be added to it as a link without contents: this clone ignores the folder, where the repository itself does not. */
function leaveOut(root: string, folder: string): void {
  ignoreHere(Repository.open(root), `${folder}/`);
}
