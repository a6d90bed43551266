import { basename, join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { directoriesIn, namesIn, pathExists } from './files.ts';
import { askGit, itemsOf, type GitOptions } from './run.ts';
import { isCopyOf } from './same-content.ts';
import { operationIn, type Operation } from './whereabouts.ts';
import { statOf } from './work-root.ts';

/** What a work tree holds besides what its commit holds: all of it would be gone with its folder. */
export interface Belongings {
  readonly commit: Oid;
  /** Short name of the branch; undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** Tracked files that differ from the commit, in the index or in the folder; those that git was told not to look at, too. */
  readonly changed: readonly string[];
  /** Untracked and ignored files that stand nowhere else; a folder, of which git names no single file, ends with `/`. */
  readonly own: readonly string[];
  /** Ignored folders and files that tools make anew. */
  readonly caches: readonly string[];
  /** Untracked and ignored files and folders that stand at the same path of a work tree that stays, byte for byte. */
  readonly copies: readonly string[];
  /** Repositories inside, work trees of others among them, and folders that hold one: their commits would be gone, too. */
  readonly repositories: readonly string[];
  readonly operation: Operation | undefined;
  /** A git command is writing its index, or was killed while it did. */
  readonly isIndexLocked: boolean;
  /** It has refs of its own (`refs/worktree/…`). */
  readonly hasOwnRefs: boolean;
  /** git could not look at all of it: its words. */
  readonly unreadable: string | undefined;
}

/** A linked work tree: the folder, wherever it is just now, and its git directory. */
export interface WorktreePlace {
  readonly root: string;
  readonly gitDir: string;
}

/** By their names, and only where git ignores them: made by tools from what is tracked. */
const CACHES = new Set([
  'node_modules', 'bower_components', '.pnpm-store', '.turbo', '.next', '.nuxt', '.svelte-kit', '.parcel-cache', '.vite', '.cache', '.nyc_output', 'coverage', 'dist', 'build', 'target', '.gradle',
  '__pycache__', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.tox', '.nox', '.venv', 'venv', '.eggs', '.eslintcache', '.stylelintcache', '.DS_Store', 'Thumbs.db',
]);
const CACHE_NAMES = /\.(?:pyc|pyo|tsbuildinfo|egg-info)$/;
/** Whatever the user's configuration says: everything is looked at, by all that the file system tells. */
const LOOK = ['-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false', '-c', 'core.checkStat=default', '-c', 'core.trustctime=true'];

/**
 * What is in a work tree that would be gone with it. `keepers` are roots of work trees that stay.
 * Nothing is written, and the folder may have been moved away from where git knows it.
 */
export async function belongingsOf(place: WorktreePlace, keepers: readonly string[]): Promise<Belongings> {
  const options = optionsFor(place);
  const [status, tracked] = await Promise.all([
    askGit([...LOOK, 'status', '-z', '--porcelain=v2', '--branch', '--untracked-files=all', '--ignored=matching', '--no-renames', '--ignore-submodules=none'], options),
    askGit(['ls-files', '-z', '-v', '--stage'], options),
  ]);
  const seen = statusIn(status.stdout);
  const listed = trackedIn(tracked.stdout);
  const hidden = await hiddenChanges(place, listed.hidden, options);
  const others = { own: [] as string[], caches: [] as string[], copies: [] as string[], inner: [] as string[] };
  for (const { path, isIgnored } of seen.others) others[sortOf(path, isIgnored, place.root, keepers)].push(path);
  const failed = [status, tracked].find((answer) => answer.status !== 0 || /could not open|cannot (?:open|read)|permission denied/i.test(answer.stderr));
  return {
    commit: seen.commit,
    branch: seen.branch,
    changed: [...new Set([...seen.changed, ...hidden])],
    own: others.own,
    caches: others.caches,
    copies: others.copies,
    repositories: [...repositoriesIn(place, listed.gitlinks), ...others.inner],
    operation: operationIn(place.gitDir),
    isIndexLocked: pathExists(join(place.gitDir, 'index.lock')),
    hasOwnRefs: namesIn(join(place.gitDir, 'refs/worktree')).length > 0,
    unreadable: failed && (failed.stderr.trim().split('\n')[0] || `git exits ${failed.status}`),
  };
}

/** Submodules that are there; without any, what is left of some in the git directory. */
function repositoriesIn({ root, gitDir }: WorktreePlace, gitlinks: readonly string[]): readonly string[] {
  const inside = gitlinks.filter((path) => pathExists(join(root, path, '.git')));
  return inside.length > 0 ? inside : namesIn(join(gitDir, 'modules'));
}

/** The work tree is named to git, not found by it: finding it from a moved folder would write down the new place. */
function optionsFor({ root, gitDir }: WorktreePlace): GitOptions {
  return { cwd: root, env: { GIT_DIR: gitDir, GIT_WORK_TREE: root, GIT_INDEX_FILE: join(gitDir, 'index') } };
}

interface Seen {
  commit: Oid;
  branch: string | undefined;
  readonly changed: string[];
  readonly others: { readonly path: string; readonly isIgnored: boolean }[];
}

/** git-status(1), Porcelain Format Version 2. */
function statusIn(output: Buffer): Seen {
  const seen: Seen = { commit: '', branch: undefined, changed: [], others: [] };
  for (const item of itemsOf(output)) {
    const [kind, name, value] = item.split(' ', 3) as [string, string, string];
    if (kind === '#' && name === 'branch.oid') seen.commit = value === '(initial)' ? '' : value;
    else if (kind === '#' && name === 'branch.head') seen.branch = value === '(detached)' ? undefined : item.slice('# branch.head '.length);
    else if (kind === '?' || kind === '!') seen.others.push({ path: item.slice(2), isIgnored: kind === '!' });
    else if (kind === '1') seen.changed.push(item.split(' ').slice(8).join(' '));
    else if (kind === 'u') seen.changed.push(item.split(' ').slice(10).join(' '));
  }
  return seen;
}

interface Tracked {
  /** Files that status does not compare: assume-unchanged, skip-worktree. */
  readonly hidden: { readonly path: string; readonly oid: Oid }[];
  readonly gitlinks: string[];
}

/** git-ls-files(1), `-v --stage`: `<tag> <mode> <object> <stage>\t<file>`. */
function trackedIn(output: Buffer): Tracked {
  const tracked: Tracked = { hidden: [], gitlinks: [] };
  for (const item of itemsOf(output)) {
    const tab = item.indexOf('\t');
    const isPlain = item.startsWith('H 1');
    if (isPlain && !item.startsWith('H 16')) continue;
    const [tag = '', mode, oid = ''] = item.slice(0, tab).split(' ');
    if (mode === '160000') tracked.gitlinks.push(item.slice(tab + 1));
    else if (tag === 'S' || tag !== tag.toUpperCase()) tracked.hidden.push({ path: item.slice(tab + 1), oid });
  }
  return tracked;
}

/** Those that are there and are not what the index says; a link among them counts as changed. */
async function hiddenChanges({ root }: WorktreePlace, hidden: Tracked['hidden'], options: GitOptions): Promise<string[]> {
  const there = hidden.flatMap((one) => { const stat = statOf(join(root, one.path)); return stat ? [{ ...one, isFile: stat.isFile() && !one.path.includes('\n') }] : []; });
  const files = there.filter(({ isFile }) => isFile);
  if (there.length === 0) return [];
  const { stdout } = await askGit(['hash-object', '--stdin-paths'], { ...options, input: files.map(({ path }) => `${path}\n`).join('') });
  const oids = stdout.toString().split('\n');
  return [...there.filter(({ isFile }) => !isFile), ...files.filter(({ oid }, index) => oids[index] !== oid)].map(({ path }) => path);
}

function sortOf(path: string, isIgnored: boolean, root: string, keepers: readonly string[]): 'own' | 'caches' | 'copies' | 'inner' {
  const bare = path.replace(/\/$/, '');
  if (path.endsWith('/') && holdsRepository(join(root, path))) return 'inner';
  const isCopy = () => keepers.some((keeper) => isCopyOf(bare, root, keeper));
  // What is in a cache is not worth the looking.
  const isCache = isIgnored && (CACHES.has(basename(bare)) || CACHE_NAMES.test(bare));
  if (isCache && path.endsWith('/')) return 'caches';
  return isCopy() ? 'copies' : isCache ? 'caches' : 'own';
}

/** Whether a folder is a repository, or one stands in it where package managers put packages: `*` or `@scope/*`. */
function holdsRepository(folder: string): boolean {
  if (pathExists(join(folder, '.git'))) return true;
  return directoriesIn(folder).some((name) => pathExists(join(folder, name, '.git')) || (name.startsWith('@') && directoriesIn(join(folder, name)).some((inner) => pathExists(join(folder, name, inner, '.git')))));
}
