import type { Oid } from '../tree/tree.ts';
import { childProcess } from './child-process.ts';
import { environmentOf } from './environment.ts';
import { mayBeTerminal, writeOutput } from './output.ts';
import type { Repository } from './repository.ts';
import { itemsOf, linesOf } from './run.ts';

const HEADS = 'refs/heads/';

/** A branch that goes to the remote under its own name. */
export interface PushedBranch {
  readonly branch: string;
  /** Forced, but only over this commit: git's `--force-with-lease`. */
  readonly lease?: Oid;
}

/** What came of one branch. */
export interface PushedRef {
  readonly branch: string;
  readonly isDone: boolean;
  /** git's or the server's words. */
  readonly said: string;
}

export interface PushAnswer {
  readonly status: number;
  /** Of branches that git came to; none where the user's pre-push hook refused. */
  readonly refs: readonly PushedRef[];
  /** Everything that was said on standard error, by git, hooks and the server. */
  readonly said: string;
}

/**
 * Pushes branches in this order as the user would: hooks, credentials and `push.*` are the user's. All
 * of them arrive, or none, where the server can promise that. What is said is shown as it comes where a
 * terminal is. Never throws for what git answers.
 */
export async function pushBranches(repository: Repository, remote: string, branches: readonly PushedBranch[], options: readonly string[] = []): Promise<PushAnswer> {
  const leases = branches.flatMap(({ branch, lease }) => (lease === undefined ? [] : [`--force-with-lease=${HEADS}${branch}:${lease}`]));
  const refs = branches.map(({ branch }) => `${HEADS}${branch}:${HEADS}${branch}`);
  const push = (atomic: readonly string[]) => run(repository, ['push', '--porcelain', ...atomic, ...options, ...leases, '--', remote, ...refs]);
  const answer = await push(branches.length > 1 ? ['--atomic'] : []);
  return answer.status !== 0 && /does not support --atomic/.test(answer.said) ? push([]) : answer;
}

async function run(repository: Repository, args: readonly string[]): Promise<PushAnswer> {
  const child = childProcess().spawn('git', args as string[], { cwd: repository.options.cwd, env: environmentOf({ asUser: true }), stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  const isLive = mayBeTerminal(2);
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
  child.stderr.on('data', (piece: Buffer) => {
    stderr.push(piece);
    if (isLive) writeOutput(2, piece);
  });
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { status: status ?? 128, refs: linesOf(Buffer.concat(stdout)).flatMap(refOf), said: Buffer.concat(stderr).toString().trim() };
}

/** git-push(1), OUTPUT: `<flag> TAB <from>:<to> TAB <summary> (<reason>)`. */
function refOf(line: string): PushedRef[] {
  const [flag = '', names = '', said = ''] = line.split('\t');
  const to = names.slice(names.indexOf(':') + 1);
  return /^[ +*=!-]$/.test(flag) && to.startsWith(HEADS) ? [{ branch: to.slice(HEADS.length), isDone: flag !== '!', said }] : [];
}

/** By branch: what was pushed, or was about to be, from this clone; of one remote. */
export function pushedBefore(repository: Repository, remote: string): ReadonlyMap<string, readonly Oid[]> {
  const items = itemsOf(repository.tryGit(['config', '--local', '-z', '--get-regexp', '^branch\\..*\\.treework-pushed$']).stdout);
  return new Map(items.flatMap((item) => {
    const end = item.indexOf('\n');
    const [at = '', ...oids] = item.slice(end + 1).split(' ').reverse();
    return at === remote ? [[item.slice('branch.'.length, end - '.treework-pushed'.length), oids] as const] : [];
  }));
}

/**
 * Remembers in the branch's own section of git's configuration, which goes and moves with the branch,
 * what its branch at the remote may hold of ours: written before a push with all that it may be then.
 */
export function rememberPushed(repository: Repository, remote: string, branch: string, oids: readonly Oid[]): void {
  const args = ['config', '--local', '--replace-all', `branch.${branch}.treework-pushed`, [...oids, remote].join(' ')];
  const pause = new Int32Array(new SharedArrayBuffer(4));
  // git holds the file's lock for the time of a write, and waits for nobody.
  for (let left = 40; left > 0; left -= 1) {
    if (repository.tryGit(args).status === 0) return;
    Atomics.wait(pause, 0, 0, 25);
  }
  repository.git(args);
}
