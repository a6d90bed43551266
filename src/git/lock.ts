import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../error.ts';
import { removeEntry } from './files.ts';
import { birthOf, isAlive, isSuspended } from './process-life.ts';

/** So long a lock may stay in one pair of hands before those who wait for it give up: a machine can be that busy. */
const PATIENCE_MS = 180_000;
/** The same for a holder that is suspended: it does nothing until somebody lets it. */
const SUSPENDED_MS = 5_000;
const SHORTEST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 150;

/** Who holds a lock, as its file says: `<token> <birth of the process> <machine>`, the token being `<pid>-<random>`. */
interface Holder {
  readonly text: string;
  readonly token: string;
  readonly pid: number;
  readonly birth: string;
  readonly machine: string;
}

/**
 * Calls `use` while this process alone holds the lock file, until it has returned or its promise is
 * settled. Waits as long as the lock goes from hand to hand; a lock whose process is gone is taken
 * over. Throws a UserError (`locked`) when one living process has kept it for `patience` milliseconds,
 * much sooner where that process is suspended.
 */
export function withLock<T>(path: string, use: () => T, patience = PATIENCE_MS): T {
  const text = take(path, patience);
  const release = () => {
    if (read(path) === text) removeEntry(path);
  };
  try {
    const result = use();
    if (!(result instanceof Promise)) {
      release();
      return result;
    }
    return result.finally(release) as T;
  } catch (error) {
    release();
    throw error;
  }
}

/** Whether a file's name is that of an attempt at a lock (`<lock>.<pid>…`) whose process is gone. */
export function isLeftOver(name: string, lock: string): boolean {
  const pid = name.startsWith(`${lock}.`) ? Number.parseInt(name.slice(lock.length + 1), 10) : Number.NaN;
  return pid > 0 && !isAlive(pid);
}

function take(path: string, patience: number): string {
  mkdirSync(dirname(path), { recursive: true });
  // A pid alone would not do: the next process may get the same one.
  const token = `${process.pid}-${process.hrtime.bigint().toString(36)}${Math.random().toString(36).slice(2)}`;
  const text = `${token} ${birthOf(process.pid) ?? ''} ${hostname()}`;
  // Linked, not created in place: a lock is never seen without its holder's name.
  const own = `${path}.${token}`;
  writeFileSync(own, text);
  try {
    queue(path, own, text, patience);
  } finally {
    removeEntry(own);
  }
  sweep(path);
  return text;
}

function queue(path: string, own: string, text: string, patience: number): void {
  const begun = clock();
  let held: string | undefined;
  let since = begun;
  while (!link(own, path, text)) {
    const seen = read(path);
    if (seen === undefined || seen !== held) [held, since] = [seen, clock()];
    const holder = seen === undefined ? undefined : holderOf(seen);
    if (holder && isGone(holder)) inherit(path, holder, own, text);
    else if (clock() - since >= (holder && isSuspended(holder.pid) ? Math.min(patience, SUSPENDED_MS) : patience)) throw stuck(path, holder);
    else pause(clock() - begun);
  }
}

function stuck(path: string, holder: Holder | undefined): UserError {
  const where = holder && holder.machine !== '' && holder.machine !== hostname() ? ` on ${holder.machine}` : '';
  if (holder && isSuspended(holder.pid)) return new UserError(`Unexpected lock ${path} of process ${holder.pid}, which is suspended, expected no other treework to be writing here`, `kill -CONT ${holder.pid} lets it finish`, 'locked');
  return new UserError(`Unexpected lock ${path}, expected no other treework to be writing here`, `wait for process ${holder?.pid ?? '(unknown)'}${where}, or delete the file when it is gone`, 'locked');
}

/**
 * Removes the lock of a process that is gone, and no other: the heir is who links the one file that
 * is named after the dead holder's token, and the heir alone removes the lock, if it is still that
 * holder's. An heir that is killed has an heir in turn.
 */
function inherit(path: string, dead: Holder, own: string, text: string): void {
  const wills: string[] = [];
  for (let last = dead; ; ) {
    const will = `${path}.${last.token}.heir`;
    wills.push(will);
    if (link(own, will, text)) break;
    const heir = read(will);
    // Settled meanwhile, or somebody else is at it.
    if (heir === undefined || !isGone(holderOf(heir))) return pause(0);
    last = holderOf(heir);
  }
  if (read(path) === dead.text) removeEntry(path);
  for (const will of wills) removeEntry(will);
}

/** Removes what killed processes left: whoever holds the lock is the only one who inherits nothing. */
function sweep(path: string): void {
  const lock = basename(path);
  for (const name of readdirSync(dirname(path))) if (isLeftOver(name, lock)) removeEntry(join(dirname(path), name));
}

function holderOf(text: string): Holder {
  const [token = '', birth = '', ...machine] = text.split(' ');
  return { text, token, pid: Number.parseInt(token, 10), birth, machine: machine.join(' ') };
}

/** Of another machine, a container for one, nothing can be known: it counts as living. */
function isGone({ pid, birth, machine }: Holder): boolean {
  return pid > 0 && (machine === '' || machine === hostname()) && !isAlive(pid, birth);
}

function link(own: string, path: string, text: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return create(path, text);
  }
}

/** For file systems without hard links. */
function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The longer one has waited, the more there are before: then looking often would only keep them from their work. */
function pause(waited: number): void {
  const longest = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS + waited / 4);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * longest);
}

/** Milliseconds of this process: `performance` would load a module for its first reading. */
function clock(): number {
  return process.uptime() * 1000;
}
