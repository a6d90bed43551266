import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from './environment.ts';
import type { Repository } from './repository.ts';
import { git, itemsOf } from './run.ts';
import { startLean } from './start-lean.ts';

export interface Changed {
  /** Files that differ from the last commit, in the index or in the work tree; new ones too. */
  readonly paths: readonly string[];
  /** Those with open conflicts. */
  readonly unmerged: readonly string[];
}

/** What is in no commit yet below these paths; ignored files are left out. */
export function changedBelow(repository: Repository, roots: readonly string[]): Changed {
  return changedIn(repository.git(statusOf(roots)));
}

/** The same, while this process goes on. */
export async function lookForChanges(repository: Pick<Repository, 'options'>, roots: readonly string[]): Promise<Changed> {
  const path = join(tmpdir(), `treework-${process.pid}-${process.hrtime.bigint().toString(36)}`);
  const output = openSync(path, 'wx+', 0o600);
  try {
    const child = await startLean(statusOf(roots), { cwd: repository.options.cwd, env: environmentOf(repository.options), output });
    return (await child.status) === 0 ? changedIn(readFileSync(path)) : changedIn(git(statusOf(roots), repository.options));
  } finally {
    closeSync(output);
    rmSync(path, { force: true });
  }
}

function statusOf(roots: readonly string[]): string[] {
  return ['status', '-z', '--porcelain', '--untracked-files=all', '--no-renames', '--ignore-submodules=dirty', '--', ...(roots.includes('') ? [] : roots)];
}

/** Each item is `XY path`; a letter U, or the same one twice of A and D, is a conflict. */
function changedIn(output: Buffer): Changed {
  const [paths, unmerged]: [string[], string[]] = [[], []];
  for (const item of itemsOf(output)) {
    const path = item.slice(3);
    if (path.endsWith('/')) continue;
    paths.push(path);
    if (/^(?:U.|.U|AA|DD)$/.test(item.slice(0, 2))) unmerged.push(path);
  }
  return { paths, unmerged };
}
