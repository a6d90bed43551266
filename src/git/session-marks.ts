import { statSync } from 'node:fs';
import { join } from 'node:path';
import { crypto } from '../tree/crypto.ts';
import { namesIn, readText, removeEntry, writeFileAtomic } from './files.ts';
import { withLock } from './lock.ts';
import type { Repository } from './repository.ts';

/** After so long a session is over, whatever became of it. */
const ABANDONED_MS = 14 * 24 * 3_600_000;

/**
 * Whether a session of an agent's client meets this for the first time; from then on it does not. Kept
 * beside the common git directory, never in the work tree: what was said once is not said again.
 */
export function isFirst(repository: Repository, session: string, mark: string): boolean {
  const folder = repository.statePath('sessions');
  const file = join(folder, digest(session));
  return withLock(`${file}.lock`, () => {
    const marks = readText(file)?.split('\n') ?? [];
    const own = digest(mark);
    if (marks.includes(own)) return false;
    writeFileAtomic(file, [...marks.filter((line) => line !== ''), own, ''].join('\n'));
    sweep(folder);
    return true;
  });
}

/** Whether `isFirst` has been asked of this. */
export function isMarked(repository: Repository, session: string, mark: string): boolean {
  return readText(repository.statePath('sessions', digest(session)))?.split('\n').includes(digest(mark)) ?? false;
}

/**
 * Forgets what a session was told, and remembers how long its transcript is by now: what stands there is
 * of a context that is gone.
 */
export function forgetSession(repository: Pick<Repository, 'statePath'>, session: string, marks: readonly string[], transcript: string | undefined): void {
  const file = repository.statePath('sessions', digest(session));
  const gone = new Set(marks.map(digest));
  const known = readText(file);
  const begin = sizeOf(transcript);
  if (known === undefined && begin === 0) return;
  const kept = known?.split('\n').filter((line) => line !== '' && !gone.has(line) && !BEGIN.test(line)) ?? [];
  writeFileAtomic(file, [...kept, `begin ${begin}`, ''].join('\n'));
}

/** Where in a session's transcript its present context begins, in bytes; 0 where nobody has said. */
export function beginOf(repository: Repository, session: string): number {
  const line = readText(repository.statePath('sessions', digest(session)))?.split('\n').find((one) => BEGIN.test(one));
  return Number(BEGIN.exec(line ?? '')?.[1] ?? 0);
}

const BEGIN = /^begin (\d+)$/;

function sizeOf(path: string | undefined): number {
  return (path === undefined ? undefined : statSync(path, { throwIfNoEntry: false })?.size) ?? 0;
}

function sweep(folder: string): void {
  for (const name of namesIn(folder)) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > ABANDONED_MS) removeEntry(join(folder, name));
  }
}

function digest(text: string): string {
  return crypto().createHash('sha256').update(text).digest('hex').slice(0, 24);
}
