import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isRedirected, statOf, type AuditPlace } from './audit-state.ts';
import { readText } from './files.ts';
import type { Repository } from './repository.ts';

/**
 * What `git rev-parse` would say of a folder's repository, without starting git: for a work tree that
 * lies as `git init`, `clone` and `worktree add` leave it and that belongs to whoever asks. undefined
 * in all other cases, for git to find out (gitrepository-layout; setup.c, setup_git_directory_gently).
 */
export function findRepository(cwd: string): Pick<Repository, 'root' | 'gitDir' | 'commonDir' | 'prefix' | 'objectFormat'> | undefined {
  if (process.platform === 'win32' || isRedirected() || Object.keys(process.env).some((name) => /^GIT_(CONFIG_(PARAMETERS|COUNT)$|TEST_)/.test(name))) return undefined;
  const place = placeOf(cwd);
  if (!place || !isPlain(place, cwd)) return undefined;
  const folder = relative(place.root, realpathSync(cwd)).split(sep).join('/');
  const paths = [place.root, place.gitDir, place.commonDir, folder];
  // A name that is not UTF-8 reads as another.
  if (paths.some((path) => /[\ufffd\n]/.test(path))) return undefined;
  return { ...place, prefix: folder === '' ? '' : `${folder}/`, objectFormat: 'sha1' };
}

/** The repository as git finds it in plain cases; undefined in all others. */
export function placeOf(cwd: string): AuditPlace | undefined {
  let folder: string;
  try {
    folder = realpathSync(cwd);
  } catch {
    return undefined;
  }
  for (;;) {
    const git = statOf(join(folder, '.git'));
    if (git) return inFolder(folder, git.isDirectory());
    // It may be a bare repository, or the inside of one.
    if (existsSync(join(folder, 'HEAD')) || dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
}

function inFolder(root: string, isMain: boolean): AuditPlace | undefined {
  const dotGit = join(root, '.git');
  if (isMain) return { root, gitDir: realpathSync(dotGit), commonDir: realpathSync(dotGit) };
  try {
    const [, path] = /^gitdir: (.+?)\n*$/.exec(readFileSync(dotGit, 'utf8')) ?? [];
    if (path === undefined) return undefined;
    const gitDir = realpathSync(resolve(root, path));
    const common = join(gitDir, 'commondir');
    return { root, gitDir, commonDir: existsSync(common) ? realpathSync(resolve(gitDir, readFileSync(common, 'utf8').trimEnd())) : gitDir };
  } catch {
    return undefined;
  }
}

/** Whether git would take it as it lies: whole, of one owner, on one file system, of the first format, with its work tree around it. */
function isPlain({ root, gitDir, commonDir }: AuditPlace, cwd: string): boolean {
  const stats = [root, gitDir, join(root, '.git')].map(statOf);
  if (!stats.every((stat) => stat?.uid === process.geteuid?.()) || stats[0]?.dev !== statOf(cwd)?.dev) return false;
  if (!/^(ref: refs\/|[0-9a-f]{40}$)/m.test(readText(join(gitDir, 'HEAD')) ?? '')) return false;
  if (![join(commonDir, 'objects'), join(commonDir, 'refs')].every((path) => statOf(path)?.isDirectory())) return false;
  const config = readText(join(commonDir, 'config')) ?? '';
  const [bare, format] = [/^\s*bare = false$/m, /^\s*repositoryformatversion = 0$/m];
  return bare.test(config) && format.test(config) && !/\b(bare|worktree|extensions)\b/i.test(config.replace(bare, ''));
}
