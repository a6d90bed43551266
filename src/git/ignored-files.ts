import { UserError } from '../error.ts';
import { git, itemsOf, tryGit } from './run.ts';

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
  if (named.length === 0) return [];
  // It takes paths as they are and refuses to be told so; 1 is its answer for none.
  const { status, stdout, stderr } = tryGit(['check-ignore', '-z', '--stdin'], { cwd: root, input: named.map((path) => `${path}\0`).join(''), env: { GIT_LITERAL_PATHSPECS: '0' } });
  if (status > 1) throw new UserError(`git check-ignore: ${stderr.trim()}`, 'see what git says above', 'git');
  return itemsOf(stdout);
}
