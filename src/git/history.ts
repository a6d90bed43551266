import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import { readText } from './files.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** A commit as its object says: neither grafts nor a shallow boundary hide a parent here. */
export interface Commit {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
}

export interface Walk {
  readonly tip: Oid;
  /** Revisions whose histories are left out; options of rev-list such as `--branches` too. */
  readonly not: readonly string[];
  readonly firstParent: boolean;
  readonly withoutMerges?: boolean;
  /** Only commits that change something at or below these paths (`''`: anything). */
  readonly roots: readonly string[];
}

/**
 * Commits of a history, oldest first. A merge is left out when it agrees, below `roots`, with its
 * first parent (`firstParent`) or with any one parent (otherwise): then nothing in it differs from
 * every parent.
 */
export function walkCommits(repository: Repository, { tip, not, firstParent, withoutMerges, roots }: Walk): Oid[] {
  const paths = roots.includes('') ? [] : roots;
  // Without --full-history a path limit would leave out whole sides of merges.
  const shape = firstParent ? '--first-parent' : '--full-history';
  return linesOf(repository.git(['rev-list', '--topo-order', '--reverse', shape, ...(withoutMerges ? ['--no-merges'] : []), tip, ...(not.length > 0 ? ['--not', ...not] : []), '--', ...paths]));
}

/** Reads commits in one go, in the order given. Throws a UserError (`shallow`) for one that is not here. */
export function readCommits(repository: Repository, oids: readonly Oid[]): Commit[] {
  return readObjects(oids, repository.options).map((object, index) => {
    if (object?.type !== 'commit') throw cut(repository, oids[index] as Oid);
    return parseCommit(object.oid, object.content.toString());
  });
}

/** All best common ancestors of a commit and the others taken together; none for unrelated histories. */
export function mergeBases(repository: Repository, tip: Oid, others: readonly Oid[]): Oid[] {
  const result = repository.tryGit(['merge-base', '--all', tip, ...others]);
  if (result.status > 1) throw new UserError(`git merge-base: ${result.stderr.trim()}`, 'see what git says above', 'git');
  return linesOf(result.stdout);
}

/**
 * Commits whose parents this clone does not have. In a hook of a server that a shallow clone pushes
 * to, git names the file in GIT_SHALLOW_FILE.
 */
function shallowBoundary(repository: Repository): ReadonlySet<Oid> {
  const file = process.env.GIT_SHALLOW_FILE || `${repository.commonDir}/shallow`;
  return new Set((readText(file) ?? '').split('\n').filter((line) => line !== ''));
}

/**
 * Throws a UserError (`shallow`) when the history between `bases` and `tips` is cut: then neither the
 * merge base nor what was changed since can be known. A cut is never taken for a root.
 */
export function requireHistory(repository: Repository, tips: readonly Oid[], bases: readonly Oid[]): void {
  const boundary = shallowBoundary(repository);
  if (boundary.size === 0) return;
  const between = linesOf(repository.git(['rev-list', ...tips, ...(bases.length > 0 ? ['--not', ...bases] : []), '--']));
  const missing = between.find((oid) => boundary.has(oid));
  if (missing) throw cut(repository, missing);
}

/** The commit of a revision. Throws a UserError: `no-revision`, or `shallow` where history is cut. */
export function requireCommit(repository: Repository, revision: string): Oid {
  const oid = repository.commit(revision);
  if (oid !== undefined) return oid;
  if (shallowBoundary(repository).size > 0) throw cut(repository, revision);
  throw new UserError(`Unexpected revision ${revision}, expected a commit of this repository`, 'git log shows the commits; git fetch first when it is a remote one', 'no-revision');
}

/** Short names of the branches below a prefix (`refs/heads/`, `refs/remotes/origin/`) with their tips. */
export function branchesBelow(repository: Repository, prefix: string): ReadonlyMap<string, Oid> {
  const lines = linesOf(repository.git(['for-each-ref', '--format=%(objectname) %(refname)', prefix]));
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1 + prefix.length), line.slice(0, line.indexOf(' '))]));
}

/** What a symbolic ref points at, which need not exist; undefined when it is none. */
export function symbolicRef(repository: Repository, name: string): string | undefined {
  const result = repository.tryGit(['symbolic-ref', '--quiet', name]);
  return result.status === 0 ? result.stdout.toString().trim() : undefined;
}

/** Names of the configured remotes with this URL. */
export function remotesAt(repository: Repository, url: string): string[] {
  const result = repository.tryGit(['config', '--get-regexp', '^remote\\..*\\.(push)?url$']);
  return linesOf(result.stdout).flatMap((line) => {
    const [key, value] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    return value === url ? [key.replace(/^remote\./, '').replace(/\.(push)?url$/, '')] : [];
  });
}

function parseCommit(oid: Oid, text: string): Commit {
  const end = text.indexOf('\n\n');
  const [tree = '', ...rest] = (end === -1 ? text : text.slice(0, end)).split('\n');
  // As git reads it: a line `parent` further down is none, and must not make a merge of the commit.
  const others = rest.findIndex((line) => !line.startsWith('parent '));
  const parents = rest.slice(0, others === -1 ? rest.length : others).map((line) => line.slice('parent '.length));
  return { oid, tree: tree.slice('tree '.length), parents, message: end === -1 ? '' : text.slice(end + 2) };
}

function cut(repository: Repository, revision: string): UserError {
  const shallow = shallowBoundary(repository).size > 0;
  return new UserError(
    `Unexpected end of history at ${revision}, expected the commits that came before`,
    shallow ? 'git fetch --unshallow (in GitHub Actions: fetch-depth: 0 at actions/checkout)' : 'git fetch, then try again',
    shallow ? 'shallow' : 'no-revision',
  );
}
