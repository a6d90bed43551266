import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import { isNamedByProcess } from './process-life.ts';
import type { Repository } from './repository.ts';
import { forgetWorktree, gitDirOf } from './worktrees.ts';

/** A checkout of a large repository takes its time. */
const LONGEST_WAIT_MS = 120_000;
const PAUSE_MS = 20;

export interface NewWorktree {
  /** Absolute. */
  readonly path: string;
  /** Short name of the branch that is checked out there. */
  readonly branch: string;
  /** The commit the branch begins at, or stands at where it is there already. */
  readonly base: Oid;
  /** The branch is there already; else it is made, and where it began is kept in `baseRef`. */
  readonly isThere?: boolean;
  readonly baseRef?: string;
  /** What a new branch follows: a remote and the name there. */
  readonly upstream?: { readonly remote: string; readonly name: string };
  /** More of git's configuration that is about the branch; goes with it. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Makes a worktree that has a branch checked out, and that branch where it is new. Answers with what
 * takes away again whatever was made. Throws a UserError, and leaves nothing, where the folder or the
 * new branch is there already or git refuses.
 */
export function addWorktree(repository: Repository, wanted: NewWorktree): () => void {
  const { path, branch, isThere } = wanted;
  if (branch.startsWith('-') || /[\u0000-\u0020]/.test(branch)) throw new UserError(`Unexpected branch ${JSON.stringify(branch)}, expected a name that is no option`, '--branch NAME', 'branch-name');
  if (existsSync(path)) throw new UserError(`Unexpected ${path}, expected no such folder for the new worktree`, 'remove it, or let worktrees of WORKSPACE.md name another place', 'exists');
  const parents = missingAbove(path);
  const undo = () => {
    removeMade(repository, wanted);
    for (const parent of parents) removeEmpty(parent);
  };
  return quietly(() => {
    if (isThere !== true) makeBranch(repository, wanted);
    try {
      for (const [key, value] of settingsOf(wanted)) repository.git(['config', '--local', key, value]);
      const { status, stderr } = repository.tryGit(['worktree', 'add', '-q', '--', path, branch], { asUser: true });
      if (status !== 0) throw new UserError(`Unexpected refusal of a worktree at ${path}: ${stderr.trim().split('\n').at(-1) || `git exits ${status}`}`, 'see what git says; nothing was left behind', 'worktree');
      return undo;
    } catch (error) {
      undo();
      throw error;
    }
  });
}

/**
 * Takes away what `addWorktree` made, or the part of it that a killed process got to: the worktree, and
 * the branch with what is kept about it if it still stands where it began.
 */
export function removeMade(repository: Repository, { path, branch, base, isThere, baseRef, upstream, settings }: NewWorktree): void {
  if (existsSync(path)) rmSync(path, { recursive: true, force: true });
  // git has locked it as long as it is being made.
  forgetWorktree(repository, path);
  if (isThere !== true && repository.commit(`refs/heads/${branch}`) === base) {
    repository.tryGit(['update-ref', '--no-deref', '-d', `refs/heads/${branch}`, base]);
    if (baseRef !== undefined) repository.tryGit(['update-ref', '-d', baseRef]);
    if (upstream || settings) repository.tryGit(['config', '--local', '--remove-section', `branch.${branch}`]);
  }
}

/**
 * Whether a worktree that a killed process was making is not there as a whole. git may still be at it,
 * since nobody told it to stop: then it is waited for.
 */
export function isUnfinished(repository: Repository, { path }: Pick<NewWorktree, 'path'>): boolean {
  const git = () => (existsSync(join(path, '.git')) ? gitDirOf(path) : undefined);
  const isLocked = () => git() === undefined || existsSync(join(git() as string, 'locked'));
  for (let waited = 0; waited < LONGEST_WAIT_MS && isLocked() && isNamedByProcess(path); waited += PAUSE_MS) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  const gitDir = git();
  return gitDir === undefined || isLocked() || !existsSync(join(gitDir, 'index')) || repository.tryGit(['rev-parse', '--verify', '-q', 'HEAD'], { cwd: path }).status !== 0;
}

/** The branch and where it began, both or neither. */
function makeBranch(repository: Repository, { branch, base, baseRef }: NewWorktree): void {
  const kept = baseRef === undefined ? '' : `update ${baseRef} ${base}\n`;
  const { status, stderr } = repository.tryGit(['update-ref', '-m', `branch: Created from ${base}`, '--stdin'], { input: `create refs/heads/${branch} ${base}\n${kept}` });
  if (status === 0) return;
  if (repository.commit(`refs/heads/${branch}`) !== undefined) throw new UserError(`Unexpected branch ${branch}, expected no such branch`, `git branch -m ${branch} ANOTHER-NAME`, 'exists');
  throw new UserError(`Unexpected refusal of the branch ${JSON.stringify(branch)}: ${stderr.trim()}`, 'git branch --all shows what stands in its way; branches of WORKSPACE.md says how they are named', 'branch-name');
}

function settingsOf({ branch, isThere, upstream, settings }: NewWorktree): (readonly [string, string])[] {
  const follows = upstream === undefined || isThere === true ? {} : { [`branch.${branch}.remote`]: upstream.remote, [`branch.${branch}.merge`]: `refs/heads/${upstream.name}` };
  return Object.entries({ ...follows, ...settings });
}

/** Ctrl-C reaches git too: what is left to do here is to clean up. */
function quietly<T>(use: () => T): T {
  const wait = () => {};
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, wait);
  try {
    return use();
  } finally {
    for (const signal of signals) process.off(signal, wait);
  }
}

/** Folders that have to be made for a path, the innermost first. */
function missingAbove(path: string): string[] {
  const missing: string[] = [];
  for (let at = dirname(path); at !== dirname(at) && !existsSync(at); at = dirname(at)) missing.push(at);
  return missing;
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Gone, or somebody else's files are in it.
  }
}
