import { join } from 'node:path';
import { UserError } from '../error.ts';
import { appendText, readText } from './files.ts';
import type { Repository } from './repository.ts';
import { git, itemsOf, tryGit } from './run.ts';

/** `check-ignore` takes paths as they are, and refuses to be told so. */
const AS_THEY_ARE = { GIT_LITERAL_PATHSPECS: '0' };

/** Which of a work tree's files that git ignores are wanted, in the syntax of .gitignore. */
export interface IgnoredWish {
  /** A file of patterns, absolute. */
  readonly file?: string | undefined;
  readonly patterns: readonly string[];
}

/**
 * Files that git ignores in a work tree and that patterns name, from its root. What is tracked or not
 * ignored never is among them, and neither is what belongs to another repository inside. Two git processes.
 */
export function ignoredFiles(root: string, { file, patterns }: IgnoredWish): string[] {
  if (file === undefined && patterns.length === 0) return [];
  const excludes = [...(file === undefined ? [] : [`--exclude-from=${file}`]), ...patterns.map((pattern) => `--exclude=${pattern}`)];
  const named = itemsOf(git(['ls-files', '-z', '--others', '--ignored', ...excludes], { cwd: root })).filter((path) => !path.endsWith('/'));
  return ignoredAmong(root, named);
}

/** Those of these paths, from the root of a work tree, that git ignores; none that it tracks. */
export function ignoredAmong(root: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  // 1 is its answer for none.
  const { status, stdout, stderr } = tryGit(['check-ignore', '-z', '--stdin'], { cwd: root, input: paths.map((path) => `${path}\0`).join(''), env: AS_THEY_ARE });
  if (status > 1) throw new UserError(`git check-ignore: ${stderr.trim()}`, 'see what git says above', 'git');
  return itemsOf(stdout);
}

/** Whether git ignores a path, from the work tree's root; one that ends in `/` is a folder, there or not. */
export function isIgnored(repository: Repository, path: string): boolean {
  // A path that begins with a folder is no pathspec that means something else.
  return repository.tryGit(['check-ignore', '--quiet', '--', `./${path}`], { cwd: repository.workRoot, env: AS_THEY_ARE }).status === 0;
}

/** Lets git ignore a path in this clone alone, where it does not yet; what people wrote into that file stays. */
export function ignoreHere(repository: Repository, path: string): void {
  if (isIgnored(repository, path)) return;
  const file = join(repository.commonDir, 'info', 'exclude');
  const text = readText(file) ?? '';
  const line = `/${path.replaceAll(/[\\*?[ ]/g, (sign) => `\\${sign}`)}`;
  if (!text.split('\n').includes(line)) appendText(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
}
