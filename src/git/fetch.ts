import { childProcess } from './child-process.ts';
import { environmentOf } from './environment.ts';
import type { Repository } from './repository.ts';

/** How a fetch from one remote ended. `offline`: it did not answer, or not in time; `why` in git's words. */
export interface Fetched {
  readonly remote: string;
  readonly isDone: boolean;
  readonly why?: string;
}

export interface FetchOptions {
  /** After so many seconds without a sign of life it is given up. */
  readonly patience: number;
  /** Instead of what is configured for the remote; with them nothing is pruned. */
  readonly refspecs?: readonly string[];
}

/** Another process was at the same ref. */
const COLLIDED = /cannot lock ref|Unable to create '.*\.lock'|reference already exists/;
const ATTEMPTS = 3;

/**
 * Fetches from a remote (its name, or a URL) into remote-tracking refs; those of branches that are
 * gone there go here. Nobody is ever asked for a password, and a remote that hangs is given up with
 * all processes that were started for it.
 */
export async function fetchRemote(repository: Repository, remote: string, options: FetchOptions): Promise<Fetched> {
  for (let attempt = 1; ; attempt += 1) {
    const { status, said, isSilent } = await runFetch(repository, remote, options);
    if (status === 0) return { remote, isDone: true };
    if (isSilent) return { remote, isDone: false, why: `no sign of life for ${options.patience} s` };
    if (attempt === ATTEMPTS || !COLLIDED.test(said)) return { remote, isDone: false, why: reasonIn(said) };
  }
}

interface Run {
  readonly status: number | null;
  readonly said: string;
  readonly isSilent: boolean;
}

function runFetch(repository: Repository, remote: string, { patience, refspecs }: FetchOptions): Promise<Run> {
  const args = ['fetch', '--progress', '--no-write-fetch-head', '--no-auto-maintenance', '--no-show-forced-updates', '--recurse-submodules=no', ...(refspecs ? ['--no-prune'] : ['--prune', '--no-prune-tags']), '--', remote, ...(refspecs ?? [])];
  // A session of its own: no terminal that ssh could ask at, and one group to end.
  const child = childProcess().spawn('git', args, { cwd: repository.options.cwd, env: { ...environmentOf(repository.options), SSH_ASKPASS_REQUIRE: 'never', GCM_INTERACTIVE: 'never' }, stdio: ['ignore', 'ignore', 'pipe'], detached: true, windowsHide: true });
  return new Promise((resolve) => {
    let said = '';
    let isSilent = false;
    const end = () => endGroup(child.pid);
    const giveUp = () => {
      isSilent = true;
      end();
    };
    let timer = setTimeout(giveUp, patience * 1000);
    const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const leave = (signal: NodeJS.Signals) => {
      end();
      for (const one of endings) process.off(one, leave);
      process.kill(process.pid, signal);
    };
    for (const signal of endings) process.on(signal, leave);
    const done = (status: number | null, more = '') => {
      clearTimeout(timer);
      for (const signal of endings) process.off(signal, leave);
      resolve({ status, said: said + more, isSilent });
    };
    child.stderr.on('data', (piece: Buffer) => {
      said = (said + piece.toString()).slice(-10_000);
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience * 1000);
    });
    child.on('error', (error) => done(null, error.message));
    child.on('close', (status) => done(status));
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** The line in which git says what is wrong, without what a URL may hold of passwords. */
function reasonIn(said: string): string {
  const lines = said.split(/[\r\n]+/).map((line) => line.trim()).filter((line) => line !== '');
  const line = lines.find((one) => one.startsWith('fatal: ')) ?? lines.find((one) => one.startsWith('error: ')) ?? lines.at(-1) ?? 'git says nothing';
  return line.replace(/^(?:fatal|error): /, '').replaceAll(/\/\/[^/@\s]+@/g, '//');
}
