import { lstatSync } from 'node:fs';

/** mtime and ctime, in milliseconds with fractions. */
export type Times = readonly [number, number];

/** Node's binding answers with an array of numbers; `Stats` makes 14 properties and 4 dates of it. */
interface FileBinding {
  lstat(path: string, bigint: false, request: undefined, context: object): Float64Array | undefined;
}

/**
 * A function that gives the times of a path; undefined when there is nothing. For thousands of
 * directories, where `lstatSync` spends more on making `Stats` than the system call takes (36 ms
 * against 16 for 6,251). Falls back to it wherever node's own binding is closed, or says anything
 * else of `sample` than `lstatSync` does.
 */
export function timesReader(sample: string): (path: string) => Times | undefined {
  const fast = boundReader();
  const [expected, given] = [timesOf(sample), fast?.(sample)];
  return fast && expected && given && expected[0] === given[0] && expected[1] === given[1] ? fast : timesOf;
}

function timesOf(path: string): Times | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat && [stat.mtimeMs, stat.ctimeMs];
}

function boundReader(): ((path: string) => Times | undefined) | undefined {
  try {
    const binding = (process as unknown as { binding(name: string): FileBinding }).binding('fs');
    const context = {};
    return (path) => {
      try {
        const found = binding.lstat(path, false, undefined, context);
        return found && [milliseconds(found, 12), milliseconds(found, 14)];
      } catch {
        return undefined;
      }
    };
  } catch {
    return undefined;
  }
}

/** Seconds and nanoseconds, as `Stats` adds them up. */
function milliseconds(found: Float64Array, at: number): number {
  return (found[at] as number) * 1000 + (found[at + 1] as number) / 1_000_000;
}
