import { fstatSync, statSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';

export type Descriptor = 1 | 2;

/**
 * Writes a text to standard output or error, all of it. Not through `process.stdout`: making that
 * stream takes node longer than many an answer. Returns false when the reader went away.
 */
export function writeOutput(descriptor: Descriptor, text: string | Uint8Array): boolean {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let rest: Uint8Array = typeof text === 'string' ? Buffer.from(text) : text;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return false;
      if (code !== 'EAGAIN') throw error;
      // A pipe that does not block and whose reader is slow.
      Atomics.wait(pause, 0, 0, 1);
    }
  }
  return true;
}

/** Whether it may be a terminal: pipes, files and the null device are none. */
export function mayBeTerminal(descriptor: Descriptor): boolean {
  const stat = fstatSync(descriptor);
  return stat.isCharacterDevice() && stat.rdev !== statSync(devNull, { throwIfNoEntry: false })?.rdev;
}
