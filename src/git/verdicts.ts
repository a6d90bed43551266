import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathExists, writeFileAtomic } from './files.ts';
import type { Repository } from './repository.ts';

/** Kept per engine; the oldest half goes when there are more. */
const MOST = 400;

/**
 * Remembers that a step was judged without errors, where the hook launcher looks: a file
 * `verdicts/<engine>/<key>` whose text is shown again. Two processes may write the same one.
 */
export function rememberVerdict(repository: Repository, engine: string, key: string, warnings: string): void {
  if (key.length > 200) return;
  const folder = repository.statePath('verdicts', engine);
  writeFileAtomic(join(folder, key), warnings);
  // Tidied up now and then: a commit should not wait for it.
  if (Number.parseInt(key.slice(-2), 16) % 16 !== 0) return;
  const names = readdirSync(folder);
  if (names.length <= MOST) return;
  const aged = names.map((name) => ({ path: join(folder, name), time: timeOf(join(folder, name)) })).sort((a, b) => a.time - b.time);
  for (const { path } of aged.slice(0, MOST / 2)) rmSync(path, { force: true });
}

/**
 * Tells the launcher which paths a WORKSPACE.md (named by its blob) governs, one on a line. Says
 * nothing when a path cannot stand on a line: the launcher then always asks.
 */
export function rememberGovernedPaths(repository: Repository, engine: string, workspace: string, paths: readonly string[]): void {
  if (paths.some((path) => path.includes('\n'))) return;
  const file = repository.statePath('paths', engine, workspace);
  if (!pathExists(file)) writeFileAtomic(file, paths.map((path) => `${path === '' ? '.' : path}\n`).join(''));
}

/** Tells the launcher that under a WORKSPACE.md (named by its blob) some rule reads every commit's message. */
export function rememberMessageReader(repository: Repository, engine: string, workspace: string): void {
  const file = repository.statePath('messages', engine, workspace);
  if (!pathExists(file)) writeFileAtomic(file, '');
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
