import { lstatSync } from 'node:fs';

/** What an audit wants to know of a directory. Times are in milliseconds, with fractions. */
export interface DirectoryState {
  readonly mtime: number;
  readonly ctime: number;
  readonly links: number;
  readonly device: number;
  readonly isDirectory: boolean;
}

/** Node's binding answers with an array of numbers; `Stats` makes 14 properties and 4 dates of it. */
interface FileBinding {
  lstat(path: string, bigint: false, request: undefined, context: object): Float64Array | undefined;
}

const FORMAT = 0o170000;
const DIRECTORY = 0o040000;

/**
 * A function that gives the state of a path; undefined when there is nothing. For thousands of
 * directories, where `lstatSync` spends more on making `Stats` than the system call takes (36 ms
 * against 16 for 6,251). Falls back to it wherever node's own binding is closed, or says anything
 * else of `sample` than `lstatSync` does.
 */
export function stateReader(sample: string): (path: string) => DirectoryState | undefined {
  const fast = boundReader();
  const [expected, given] = [ordinary(sample), fast?.(sample)];
  return fast && expected && given && JSON.stringify(expected) === JSON.stringify(given) ? fast : ordinary;
}

/**
 * Whether each of these paths exists with these times: mtime and ctime of the first, then those of the
 * second, in milliseconds. Makes nothing for a path but the call: it is asked for thousands.
 */
export function haveTimes(paths: readonly string[], times: Float64Array): boolean {
  const [lstat, sample] = [boundLstat(), ordinary('.')];
  const isTrusted = lstat && sample && JSON.stringify(stateIn(lstat('.') as Float64Array)) === JSON.stringify(sample);
  return isTrusted ? haveBoundTimes(lstat, paths, times) : paths.every((path, at) => hasTimes(ordinary(path), times, 2 * at));
}

function haveBoundTimes(lstat: Lstat, paths: readonly string[], times: Float64Array): boolean {
  for (let at = 0; at < paths.length; at += 1) {
    const found = lstat(paths[at] as string);
    if (!found || milliseconds(found, 12) !== times[2 * at] || milliseconds(found, 14) !== times[2 * at + 1]) return false;
  }
  return true;
}

function hasTimes(state: DirectoryState | undefined, times: Float64Array, at: number): boolean {
  return state?.mtime === times[at] && state?.ctime === times[at + 1];
}

function ordinary(path: string): DirectoryState | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat && { mtime: stat.mtimeMs, ctime: stat.ctimeMs, links: stat.nlink, device: stat.dev, isDirectory: stat.isDirectory() };
}

function boundReader(): ((path: string) => DirectoryState | undefined) | undefined {
  const lstat = boundLstat();
  return (
    lstat &&
    ((path) => {
      const found = lstat(path);
      return found && stateIn(found);
    })
  );
}

/** The same array every time, filled anew; undefined where there is nothing. */
type Lstat = (path: string) => Float64Array | undefined;

function boundLstat(): Lstat | undefined {
  try {
    const binding = (process as unknown as { binding(name: string): FileBinding }).binding('fs');
    const context = {};
    return (path) => {
      try {
        return binding.lstat(path, false, undefined, context);
      } catch {
        return undefined;
      }
    };
  } catch {
    return undefined;
  }
}

/** In the order of `struct uv_stat_t`: dev, mode, nlink, …; times are seconds and nanoseconds, added up as `Stats` does. */
function stateIn(found: Float64Array): DirectoryState {
  const [device, mode, links] = found as unknown as [number, number, number];
  return { mtime: milliseconds(found, 12), ctime: milliseconds(found, 14), links, device, isDirectory: (mode & FORMAT) === DIRECTORY };
}

function milliseconds(found: Float64Array, at: number): number {
  return (found[at] as number) * 1000 + (found[at + 1] as number) / 1_000_000;
}
