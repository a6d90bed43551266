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

function ordinary(path: string): DirectoryState | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat && { mtime: stat.mtimeMs, ctime: stat.ctimeMs, links: stat.nlink, device: stat.dev, isDirectory: stat.isDirectory() };
}

function boundReader(): ((path: string) => DirectoryState | undefined) | undefined {
  try {
    const binding = (process as unknown as { binding(name: string): FileBinding }).binding('fs');
    const context = {};
    return (path) => {
      try {
        const found = binding.lstat(path, false, undefined, context);
        return found && stateIn(found);
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
