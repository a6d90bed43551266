import { fillPlaces } from '../documents/path-pattern.ts';
import type { Kind } from '../documents/kinds.ts';
import { UserError } from '../error.ts';
import { branchTips, type BranchTip } from '../git/branch-tips.ts';
import { tagsIn } from '../git/releases.ts';
import type { Repository } from '../git/repository.ts';
import { listWorktrees, type Worktree } from '../git/worktrees.ts';
import type { Oid } from '../tree/tree.ts';
import { branchRoute } from '../workflow/branch-plan.ts';
import { latestRelease, type Release } from '../workflow/next-version.ts';
import { releaseOfBranch, tagOf, type ReleaseType } from '../workflow/release-plan.ts';
import { knownKind } from './kind-sources.ts';
import { trunkAmong } from './work-refs.ts';
import type { Workspace } from './workspace.ts';

/** What releases stand on in this clone. */
export interface ReleaseGround {
  readonly workspace: Workspace;
  readonly trunk: string;
  readonly tips: readonly BranchTip[];
  readonly worktrees: readonly Worktree[];
  /** The remote that is pushed to; undefined in a clone without one. */
  readonly remote: string | undefined;
  readonly kind: Kind;
  readonly program: string;
}

/** A release whose branch is there, here or at the remote. */
export interface OpenRelease {
  readonly type: ReleaseType;
  readonly version: string;
  readonly branch: string;
  readonly commit: Oid;
  readonly isLocal: boolean;
}

export function releaseGround(workspace: Workspace, program: string): ReleaseGround {
  const { repository, settings } = workspace;
  const found = branchTips(repository);
  const remotes = repository.git(['remote']).toString().split('\n').filter((name) => name !== '');
  return {
    workspace,
    trunk: trunkAmong(found, settings.trunk, repository.branch),
    tips: found.tips,
    worktrees: listWorktrees(repository),
    remote: remotes.includes('origin') ? 'origin' : remotes[0],
    kind: knownKind(workspace, 'release') as Kind,
    program,
  };
}

/** The page of a version. */
export function pageOf({ kind }: Pick<ReleaseGround, 'kind'>, version: string): string {
  return fillPlaces(kind.path, (name) => (name === 'version' ? version : undefined));
}

/**
 * Where a long-lived branch stands: here, or where the remote had it when that is further. Throws a
 * UserError where there is none, and where both have commits of their own: none of them would be all.
 */
export function standOf({ tips, workspace: { repository }, remote }: ReleaseGround, name: string): Oid {
  const local = tips.find((tip) => tip.name === name && tip.remote === undefined)?.commit;
  const there = tips.find((tip) => tip.name === name && tip.remote === remote && remote !== undefined)?.commit;
  if (local === undefined && there === undefined) throw new UserError(`Unexpected absence of the branch ${name}, expected it here or at the remote`, `git fetch, or git branch ${name}, or branches: {…} in WORKSPACE.md says what it is called`, 'branch-missing');
  if (local === undefined || there === undefined || local === there) return (local ?? there) as Oid;
  if (isAncestor(repository, local, there)) return there;
  if (isAncestor(repository, there, local)) return local;
  throw new UserError(`Unexpected ${name} that has commits here and others at ${remote}, expected one of them to have all`, `git switch ${name} && git pull`, 'diverged');
}

export function isAncestor(repository: Repository, commit: Oid, of: Oid): boolean {
  return repository.tryGit(['merge-base', '--is-ancestor', commit, of]).status === 0;
}

/** Where the releases of a type come from, go to and come back to, as this flow has it. */
export function routeOf({ workspace: { settings }, trunk }: ReleaseGround, type: ReleaseType): { readonly base: string; readonly target: string; readonly backMerge: string | undefined } {
  const { bases, targets, backMerge } = branchRoute(settings, trunk, type, undefined);
  return { base: bases[0] as string, target: targets[0] as string, backMerge };
}

/** Releases and hotfixes that have a branch, in the order of their names. */
export function openReleases({ tips, workspace: { settings }, remote }: ReleaseGround): OpenRelease[] {
  const names = [...new Set(tips.filter((tip) => tip.remote === undefined || tip.remote === remote).map(({ name }) => name))].sort();
  return names.flatMap((branch) => {
    const said = releaseOfBranch(settings, branch);
    if (!said) return [];
    const local = tips.find((tip) => tip.name === branch && tip.remote === undefined);
    const commit = (local ?? tips.find((tip) => tip.name === branch))?.commit as Oid;
    return [{ ...said, branch, commit, isLocal: local !== undefined }];
  });
}

/** The tag of a version, written as the last one before a commit was. */
export function tagAt({ workspace: { repository } }: ReleaseGround, version: string, commit: Oid): { readonly tag: string; readonly last: Release | undefined } {
  const name = packageName(repository, commit);
  const last = latestRelease(tagsIn(repository, commit), name);
  return { tag: tagOf(version, last), last };
}

function packageName(repository: Repository, commit: Oid): string | undefined {
  const { status, stdout } = repository.tryGit(['cat-file', 'blob', `${commit}:package.json`]);
  const name = status === 0 ? /"name"\s*:\s*"([^"\\]+)"/.exec(stdout.toString())?.[1] : undefined;
  return name;
}

/** The commit that a tag stands for; undefined where there is no such tag. */
export function tagged(repository: Repository, tag: string): Oid | undefined {
  return repository.commit(`refs/tags/${tag}`);
}
