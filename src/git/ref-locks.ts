import { join } from 'node:path';
import { pathExists, removeFile } from './files.ts';
import type { Repository } from './repository.ts';

/** So long a git that outlived whoever started it may take for a few refs. */
const PATIENCE_MS = 2_000;
const LOOK_MS = 50;

/**
 * Takes away locks of refs that a killed git has left, after waiting for one that is still at it. For
 * refs of an operation whose process is gone: nobody else was to touch them.
 */
export function clearRefLocks({ commonDir }: Pick<Repository, 'commonDir'>, refs: readonly string[]): void {
  const locks = refs.map((ref) => join(commonDir, `${ref}.lock`));
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let left = PATIENCE_MS / LOOK_MS; left > 0 && locks.some((lock) => pathExists(lock)); left -= 1) Atomics.wait(pause, 0, 0, LOOK_MS);
  for (const lock of locks) removeFile(lock);
}
