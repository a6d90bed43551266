import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { childProcess } from './child-process.ts';
import { environmentOf } from './environment.ts';
import { pathExists } from './files.ts';
import type { Place } from './followed.ts';
import { obstaclesTo } from './obstacles.ts';
import type { Repository } from './repository.ts';
import { tryGit } from './run.ts';
import { gitDirOf } from './worktrees.ts';

/** Whether a place was moved, and else what stood in the way. */
export type Forwarded =
  | { readonly state: 'moved' }
  /** These files would have been overwritten. */
  | { readonly state: 'dirty'; readonly paths: readonly string[] }
  /** Another git is at work there, or was killed: its lock. */
  | { readonly state: 'locked'; readonly lock: string }
  /** In git's words. */
  | { readonly state: 'refused'; readonly why: string };

const PAUSE_MS = 50;
const PATIENCE = 40;

/**
 * Moves a branch to a commit that it is an ancestor of, with the work tree that has it checked out, as
 * `git merge --ff-only` does: local changes elsewhere stay. Nothing that is in no commit is overwritten,
 * ignored files neither. What a killed move has left half-done is brought to its end.
 */
export async function fastForward(repository: Repository, { branch, commit, worktree }: Place, to: Oid): Promise<Forwarded> {
  if (worktree === undefined) {
    const { status, stderr } = repository.tryGit(['update-ref', '-m', 'sync: Fast-forward', `refs/heads/${branch}`, to, commit]);
    return status === 0 ? { state: 'moved' } : { state: 'refused', why: lastLine(stderr) };
  }
  const lock = join(gitDirOf(worktree), 'index.lock');
  for (let waited = 0; pathExists(lock); waited += 1) {
    if (waited === PATIENCE) return { state: 'locked', lock };
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const { paths, arrived } = obstaclesTo(worktree, commit, to, repository.objectFormat);
  if (paths.length > 0) return { state: 'dirty', paths };
  if (arrived.length > 0) {
    const known = tryGit(['update-index', '-z', '--index-info'], { cwd: worktree, input: arrived.map((line) => `${line}\0`).join('') });
    if (known.status !== 0) return { state: 'refused', why: lastLine(known.stderr) };
  }
  return merged(worktree, to);
}

/** git goes on to the end of the move even where this process is killed: it is no member of its group. The user's hooks run. */
async function merged(worktree: string, to: Oid): Promise<Forwarded> {
  const args = ['-c', 'merge.autoStash=false', '-c', 'merge.verifySignatures=false', '-c', 'submodule.recurse=false', 'merge', '-q', '--ff-only', '--no-overwrite-ignore', '--no-stat', to];
  const child = childProcess().spawn('git', args, { cwd: worktree, env: { ...environmentOf({ asUser: true }), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' }, stdio: ['ignore', 'ignore', 'pipe'], detached: true, windowsHide: true });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('error', () => resolve(null)).on('close', resolve));
  if (status === 0) return { state: 'moved' };
  const paths = [...said.matchAll(/^\t(.+)$/gm)].map(([, path]) => path as string);
  if (paths.length > 0) return { state: 'dirty', paths };
  const lock = /Unable to create '(.*\.lock)'/.exec(said)?.[1];
  return lock === undefined ? { state: 'refused', why: lastLine(said) } : { state: 'locked', lock };
}

function lastLine(said: string): string {
  return said.trim().split('\n').find((line) => /^(?:fatal|error): /.test(line))?.replace(/^(?:fatal|error): /, '') ?? said.trim().split('\n').at(-1) ?? 'git says nothing';
}
