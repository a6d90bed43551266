import { join, relative, resolve } from 'node:path';
import { mergeHeads, pathExists, writeFileAtomic } from '../git/files.ts';
import { ignoredAmong } from '../git/ignored-files.ts';
import type { Repository } from '../git/repository.ts';
import { itemsOf } from '../git/run.ts';
import { shellCommand } from '../render/shell.ts';
import { commitAction } from './actions.ts';
import type { Invocation, NextAction } from './command.ts';

const MESSAGE = 'chore: govern this repository with treework';
/** So many paths are named one by one. */
const MOST_NAMED = 8;

export interface InitCommit {
  readonly action: NextAction | undefined;
  readonly notes: readonly string[];
}

/**
 * The commit of exactly these paths. Many are named by a list below the git directory: a folder would
 * take along what people have put there, or put there until the line is run. What git ignores stays
 * out, which is said.
 */
export function initCommit(repository: Repository, { cwd }: Pick<Invocation, 'cwd'>, paths: readonly string[]): InitCommit {
  const ignored = new Set(ignoredAmong(repository.workRoot, paths));
  const known = trackedOf(repository, paths.filter((path) => !pathExists(join(repository.workRoot, path))));
  const kept = paths.filter((path) => !ignored.has(path) && (pathExists(join(repository.workRoot, path)) || known.has(path)));
  const notes = ignored.size === 0 ? [] : [`git ignores ${grouped([...ignored]).join(', ')}: they stay in this clone, and other clones have them by init --agents`];
  const facts = { description: 'commit the configuration, so that every clone is judged by it' };
  if (kept.length === 0) return { action: undefined, notes };
  if (kept.length <= MOST_NAMED) return { action: commitAction({ repository }, { cwd }, kept, MESSAGE, facts), notes };
  const list = repository.statePath('init-paths');
  // From the root, wherever the line is run, and none of them a pattern.
  writeFileAtomic(list, kept.map((path) => `:(top,literal)${path}\n`).join(''));
  const from = `--pathspec-from-file=${relative(cwd, list)}`;
  const command = `${shellCommand(['git', 'add', from])} && ${shellCommand(['git', 'commit', '-m', MESSAGE, ...(mergeHeads(repository.gitDir).length > 0 ? [] : [from])])}`;
  return { action: { command, argv: ['sh', '-c', command], cwd: resolve(cwd), ...facts }, notes };
}

/** For a reader: of a folder of which there are many, how many. */
export function grouped(paths: readonly string[]): string[] {
  const folders = new Map<string, number>();
  const folderOf = (path: string) => path.split('/').slice(0, 2).join('/');
  for (const path of paths) folders.set(folderOf(path), (folders.get(folderOf(path)) ?? 0) + 1);
  return [...new Set(paths.map((path) => ((folders.get(folderOf(path)) ?? 0) > 3 ? `${folderOf(path)} (${folders.get(folderOf(path))} files)` : path)))];
}

/** Those that git has. */
function trackedOf(repository: Repository, paths: readonly string[]): ReadonlySet<string> {
  return new Set(paths.length === 0 ? [] : itemsOf(repository.git(['ls-files', '-z', '--', ...paths], { cwd: repository.workRoot })));
}
