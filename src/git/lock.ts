import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../error.ts';

const PATIENCE_MS = 5000;
const PAUSE_MS = 20;

/**
 * Calls `use` while this process alone holds the lock file. Waits up to five seconds; a lock whose
 * process is gone is taken over. Throws a UserError (`locked`) when the time is up.
 */
export function withLock<T>(path: string, use: () => T): T {
  take(path);
  try {
    return use();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Whether a file's name is that of a lock attempt (`<lock>.<pid>`) whose process is gone. */
export function isLeftOver(name: string, lock: string): boolean {
  const holder = name.startsWith(`${lock}.`) ? Number(name.slice(lock.length + 1)) : Number.NaN;
  return Number.isInteger(holder) && holder > 0 && !isAlive(holder);
}

function take(path: string): void {
  // Linked, not created in place: a lock is never seen without the id of its holder.
  const own = `${path}.${process.pid}`;
  mkdirSync(dirname(own), { recursive: true });
  writeFileSync(own, String(process.pid));
  try {
    for (let waited = 0; !link(own, path); waited += PAUSE_MS) {
      const holder = Number(read(path));
      if (Number.isInteger(holder) && holder > 0 && !isAlive(holder)) rmSync(path, { force: true });
      else if (waited >= PATIENCE_MS) throw new UserError(`Unexpected lock ${path}, expected no other treework to be writing here`, `wait for process ${holder}, or delete the file when it is gone`, 'locked');
      else pause();
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function link(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return create(path);
  }
}

/** For file systems without hard links. */
function create(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
