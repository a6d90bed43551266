import { readdirSync, readFileSync } from 'node:fs';

/**
 * Whether a process of this machine lives. With its `birth` (see `birthOf`) another process that got
 * the same id since is told apart, where the system tells births at all.
 */
export function isAlive(pid: number, birth = ''): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const fields = statOf(pid);
  if (fields === undefined) return true;
  // A zombie answers signals until its parent asks for its status, which may be never.
  return fields[STATE] !== 'Z' && fields[STATE] !== 'X' && (birth === '' || fields[START] === birth);
}

/** Whether a process was stopped by a signal or a debugger, as far as the system tells. */
export function isSuspended(pid: number): boolean {
  const state = statOf(pid)?.[STATE];
  return state === 'T' || state === 't';
}

/** When a process began, in the system's own words; undefined where it does not say (anywhere but on Linux). */
export function birthOf(pid: number): string | undefined {
  return statOf(pid)?.[START];
}

/** Whether a process was started with this word among its arguments; false where the system does not tell (anywhere but on Linux). */
export function isNamedByProcess(word: string): boolean {
  try {
    return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && argumentsOf(pid).includes(word));
  } catch {
    return false;
  }
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Which field after the program's name: see proc_pid_stat(5), where `state` is the third and `starttime` the 22nd. */
const STATE = 0;
const START = 19;

function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
