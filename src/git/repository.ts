import { mergeHeads, readText, realFolder } from './files.ts';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../error.ts';
import type { Oid, Tree } from '../tree/tree.ts';
import { GitTree, type Contents } from './git-tree.ts';
import { findRepository } from './find-repository.ts';
import { promisorRemotes } from './promisor.ts';
import { git, linesOf, tryGit, type GitOptions, type GitResult } from './run.ts';

const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** One git repository as seen from one folder: the only door to git for everything else. */
export class Repository {
  /** The work tree's root; undefined in a bare repository. */
  readonly root: string | undefined;
  /** This worktree's own git directory, absolute. */
  readonly gitDir: string;
  /** The directory shared by all worktrees, absolute. */
  readonly commonDir: string;
  /** Path from the root to the folder it was opened from: '' or 'a/b/'. */
  readonly prefix: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly options: GitOptions;
  readonly #contents: Contents = { byOid: new Map() };

  constructor(facts: Pick<Repository, 'root' | 'gitDir' | 'commonDir' | 'prefix' | 'objectFormat'>, options: GitOptions) {
    this.root = facts.root;
    this.gitDir = facts.gitDir;
    this.commonDir = facts.commonDir;
    this.prefix = facts.prefix;
    this.objectFormat = facts.objectFormat;
    const promisors = promisorRemotes(join(facts.commonDir, 'config'), options);
    this.options = promisors.length > 0 ? { ...options, promisors } : options;
  }

  /** Throws a UserError (`no-repository`) when the folder is in no repository. */
  static open(cwd: string): Repository {
    const found = findRepository(cwd);
    if (found) return new Repository(found, { cwd: found.root ?? cwd });
    const result = tryGit(['rev-parse', '--absolute-git-dir', '--git-common-dir', '--show-object-format', '--show-prefix', '--show-toplevel'], { cwd });
    const [gitDir, commonDir, format, prefix, root] = result.stdout.toString().split('\n');
    const isOutside = result.status !== 0;
    if (!gitDir || !commonDir || (isOutside && !/must be run in a work tree/.test(result.stderr))) throw notARepository(cwd, result.stderr);
    return new Repository(
      {
        root: isOutside ? undefined : root,
        gitDir,
        // Relative to where git itself is: links in the path to it are followed.
        commonDir: isAbsolute(commonDir) ? commonDir : resolve(realFolder(cwd), commonDir),
        prefix: prefix ?? '',
        objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
      },
      { cwd: (isOutside ? undefined : root) ?? cwd },
    );
  }

  get isBare(): boolean {
    return this.root === undefined;
  }

  /** The work tree's root; throws a UserError in a bare repository. */
  get workRoot(): string {
    if (this.root === undefined) throw new UserError('Unexpected bare repository, expected a work tree', 'run this in a clone or a worktree', 'bare');
    return this.root;
  }

  git(args: readonly string[], extra: Partial<GitOptions> = {}): Buffer {
    return git(args, { ...this.options, ...extra });
  }

  tryGit(args: readonly string[], extra: Partial<GitOptions> = {}): GitResult {
    return tryGit(args, { ...this.options, ...extra });
  }

  tree(id: Oid): Tree {
    return new GitTree(id, this.options, this.#contents);
  }

  get emptyTree(): Tree {
    return this.tree(EMPTY_TREE[this.objectFormat]);
  }

  /** The id of a revision's commit; undefined when there is none. */
  commit(revision: string): Oid | undefined {
    const result = this.tryGit(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
    return result.status === 0 ? result.stdout.toString().trim() : undefined;
  }

  /** The tree of a commit (or any tree-ish). Throws a UserError when there is no such revision. */
  treeOf(revision: string): Tree {
    const result = this.tryGit(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{tree}`]);
    if (result.status !== 0) {
      throw new UserError(`Unexpected revision ${revision}, expected a commit of this repository`, 'git log shows the commits; fetch first when it is a remote one', 'no-revision');
    }
    return this.tree(result.stdout.toString().trim());
  }

  /** The index as a tree. Throws a UserError (`unmerged`) while conflicts are open. */
  indexTree(): Tree {
    const result = this.tryGit(['write-tree']);
    if (result.status !== 0) throw unmerged(this, result.stderr);
    return this.tree(result.stdout.toString().trim());
  }

  /**
   * Trees of the parents that the next commit will have: HEAD and, in a merge, each MERGE_HEAD; none before the first commit.
   * HEAD's is loaded with what it holds at `paths`.
   */
  nextParents(paths: readonly string[] = []): Tree[] {
    const heads = mergeHeads(this.gitDir);
    const head = GitTree.named('HEAD', paths, this.options, this.#contents);
    return head ? [head, ...heads.map((one) => this.treeOf(one))] : [];
  }

  /** One value of git's configuration; undefined when unset. */
  config(key: string): string | undefined {
    const result = this.tryGit(['config', '--get', key]);
    return result.status === 0 ? result.stdout.toString().replace(/\n$/, '') : undefined;
  }

  /** The branch that is checked out; undefined when HEAD is detached. */
  get branch(): string | undefined {
    const head = readText(join(this.gitDir, 'HEAD'));
    const named = head === undefined ? undefined : /^ref: refs\/heads\/(.+)\n$/.exec(head)?.[1];
    // Where refs are kept in another form, HEAD is a stub that names no branch there can be.
    if (named !== undefined && named !== '.invalid') return named;
    if (head !== undefined && /^[0-9a-f]{40,64}\n$/.test(head)) return undefined;
    const result = this.tryGit(['symbolic-ref', '--quiet', '--short', 'HEAD']);
    return result.status === 0 ? result.stdout.toString().trim() : undefined;
  }

  /** Absolute path of a file in the folder that treework keeps beside all worktrees' common data. */
  statePath(...names: string[]): string {
    return join(this.commonDir, 'treework', ...names);
  }
}


function notARepository(cwd: string, stderr: string): UserError {
  if (/dubious ownership/.test(stderr)) {
    return new UserError(`git refuses ${cwd}: ${stderr.trim().split('\n')[0]}`, `git config --global --add safe.directory '${cwd}'`, 'unsafe-repository');
  }
  return new UserError(`Unexpected folder ${cwd}, expected one inside a git repository`, 'run git init first, or change to the repository (--cwd DIR)', 'no-repository');
}

function unmerged(repository: Repository, stderr: string): UserError {
  const paths = new Set(linesOf(repository.git(['ls-files', '--unmerged'])).map((line) => line.slice(line.indexOf('\t') + 1)));
  if (paths.size === 0) return new UserError(`git write-tree: ${stderr.trim()}`, 'see what git says', 'git');
  return new UserError(
    `Unexpected conflicts in the index (${[...paths].slice(0, 3).join(', ')}${paths.size > 3 ? ', …' : ''}), expected a merged one`,
    'resolve them and git add the files, then try again',
    'unmerged',
  );
}
