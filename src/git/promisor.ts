import { readText } from './files.ts';
import { linesOf, tryGit, type GitOptions } from './run.ts';

/**
 * The remotes that promised what a partial clone lacks (gitglossary: promisor); none in an ordinary
 * clone, which costs the reading of one small file. `configuration` is the path of its own `config`.
 */
export function promisorRemotes(configuration: string, options: GitOptions): readonly string[] {
  if (!/promisor|partialclone/i.test(readText(configuration) ?? '')) return [];
  const listed = tryGit(['config', '--null', '--type=bool', '--get-regexp', '^remote\\..*\\.promisor$'], options);
  return listed.stdout.toString().split('\0').flatMap((item) => /^remote\.(.*)\.promisor\ntrue$/s.exec(item)?.[1] ?? []);
}

/**
 * Fetches in one call what a partial clone lacks of the folders that these files are in: asked for
 * one by one, git would connect for each. Files at the root, and what cannot be had this way, are
 * left to git. `files` are pairs of a tree's oid and a path in it.
 */
export function fetchMissing(files: readonly (readonly [string, string])[], options: GitOptions): void {
  const { ahead: _, promisors = [], ...plain } = options;
  if (promisors.length === 0) return;
  const folders = new Set(files.flatMap(([tree, path]) => (path.includes('/') && !path.includes('\n') ? [`${tree}:${path.slice(0, path.lastIndexOf('/'))}`] : [])));
  if (folders.size === 0) return;
  fetchAll(missingBelow([...folders], plain), promisors, plain);
}

/** Fetches in one call those of some objects that a partial clone lacks; each is in one of these trees, or below. */
export function fetchFrom(trees: readonly string[], wanted: ReadonlySet<string>, options: GitOptions): void {
  const { ahead: _, promisors = [], ...plain } = options;
  if (promisors.length === 0 || trees.length === 0) return;
  fetchAll(missingBelow(trees, plain).filter((oid) => wanted.has(oid)), promisors, plain);
}

/** Of all commands that look for objects this one does not fetch what it does not find. */
function missingBelow(trees: readonly string[], options: GitOptions): string[] {
  const listed = tryGit(['rev-list', '--objects', '--no-walk', '--missing=print', '--ignore-missing', '--stdin'], { ...options, input: `${trees.join('\n')}\n` });
  return linesOf(listed.stdout).flatMap((line) => (line.startsWith('?') ? [line.slice(1)] : []));
}

function fetchAll(missing: readonly string[], promisors: readonly string[], options: GitOptions): void {
  if (missing.length === 0) return;
  // As git itself fetches what was promised (promisor-remote.c).
  const how = ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--filter=blob:none', '--stdin'];
  promisors.some((remote) => tryGit([...how, remote], { ...options, input: `${missing.join('\n')}\n` }).status === 0);
}
