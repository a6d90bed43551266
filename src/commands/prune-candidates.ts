import { refHolders } from '../git/everywhere-holders.ts';
import { realFolder } from '../git/files.ts';
import { branchesBelow } from '../git/history.ts';
import { mergedInto } from '../git/merged.ts';
import { parseTreeObject, readObjects } from '../git/objects.ts';
import { isWithin } from '../git/processes-inside.ts';
import type { Repository } from '../git/repository.ts';
import { itemsOf } from '../git/run.ts';
import { gitDirOf, listWorktrees, type Worktree } from '../git/worktrees.ts';
import type { Oid } from '../tree/tree.ts';
import { branchPattern, developBranch, fitsBranchPattern } from '../workflow/branch-names.ts';
import { baseRef } from '../workflow/branch-plan.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import type { PruneFacts } from '../workflow/prune-verdict.ts';
import { stacksOf } from './restack-gather.ts';
import type { Workspace } from './workspace.ts';
import { trunkOf } from './workspace-text.ts';

/** A local branch that is no long-lived one, with what is known of it. */
export interface Candidate {
  readonly facts: PruneFacts;
  readonly commit: Oid;
  /** Of its linked work tree, where it has one that stands. */
  readonly gitDir: string | undefined;
  /** Remote-tracking branches of its name: `origin/PROJ-7--x`. */
  readonly remotes: readonly string[];
  /** The commit that is kept as the one it began at. */
  readonly base: Oid | undefined;
}

export interface Candidates {
  readonly all: readonly Candidate[];
  /** Roots of work trees that stay, the main one first. */
  readonly keepers: readonly string[];
  /** What branches are looked for in, such as `origin/main`, the trunk first. */
  readonly targets: readonly string[];
}

interface Target {
  readonly name: string;
  readonly commit: Oid;
}

export interface CandidateOptions {
  /** These alone. */
  readonly wanted?: ((branch: string, ticket: string | undefined) => boolean) | undefined;
  /** Branches may be deleted: who stands on them counts. */
  readonly withBranches?: boolean;
}

/**
 * Local branches with how they were merged and where they are checked out. What the work trees hold is
 * not looked at.
 */
export async function pruneCandidates(workspace: Workspace, { wanted, withBranches = false }: CandidateOptions = {}): Promise<Candidates> {
  const { repository, settings } = workspace;
  const trunk = settings.trunk ?? trunkOf(repository);
  const { holders } = await refHolders(repository, false);
  const contrib = settings.flow === 'contrib' ? branchPattern('contrib', settings) : undefined;
  const isLasting = (name: string) => name === trunk || name === developBranch(settings) || (contrib !== undefined && fitsBranchPattern(name, contrib));
  const targets = targetsAmong(holders, isLasting, trunk);
  const tickets = ticketsIn(repository, targets[0]?.commit, [settings.layout.archived, settings.layout.specs]);
  const known = [...new Set([...tickets.flat(), ...idsOf(holders.map(({ name }) => name), settings.ticketPattern)])];
  const worktrees = listWorktrees(repository);
  const branches = holders.flatMap(({ kind, name, commit }) => {
    const branch = name.slice('refs/heads/'.length);
    if (kind !== 'branch' || isLasting(branch)) return [];
    const ticket = ticketOfBranch(branch, known);
    return wanted === undefined || wanted(branch, ticket) ? [{ branch, commit, ticket }] : [];
  });
  const bases = branchesBelow(repository, baseRef(''));
  const merged = mergedAnywhere(repository, targets, branches.map(({ branch, commit }) => ({ branch, tip: commit, base: bases.get(branch) })));
  const standing = withBranches ? unrecordedChildren(workspace, known, bases) : new Map<string, string[]>();
  const stashes = branches.length === 0 ? [] : stashesOf(repository);
  const all = branches.map(({ branch, commit, ticket }, at): Candidate => {
    const listed = worktrees.find((one) => one.branch === branch && !one.isBare);
    const state = ticket === undefined ? 'none' : tickets[0]?.includes(ticket) ? 'archived' : tickets[1]?.includes(ticket) ? 'open' : 'none';
    const found = merged[at];
    return {
      commit,
      gitDir: listed && gitDirOf(listed.path),
      remotes: holders.filter(({ kind, name }) => kind === 'remote' && name.replace(/^refs\/remotes\/[^/]+\//, '') === branch).map(({ name }) => name.slice('refs/remotes/'.length)),
      base: bases.get(branch),
      facts: {
        branch,
        ticket,
        target: found?.target ?? targets[0]?.name ?? trunk,
        merged: found?.how,
        state,
        stashes: stashes.filter((stash) => stash.branch === branch).map(({ name }) => name),
        children: standing.get(branch) ?? [],
        worktree: listed && worktreeFacts(listed, worktrees),
      },
    };
  });
  return { all, keepers: worktrees.filter((one, at) => !one.isMissing && !one.isBare && (at === 0 || one.branch === trunk)).map(({ path }) => path), targets: targets.map(({ name }) => name) };
}

/** By branch those that stand on it and of which nothing else says where they began: without it, `restack` could not tell its commits from theirs. */
function unrecordedChildren(workspace: Workspace, known: readonly string[], bases: ReadonlyMap<string, Oid>): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const [name, on] of stacksOf(workspace, known).standing) if (on !== undefined && !bases.has(name)) children.set(on, [...(children.get(on) ?? []), name]);
  return children;
}

function worktreeFacts(listed: Worktree, worktrees: readonly Worktree[]): PruneFacts['worktree'] {
  const { path: root, lock: locked, isMissing: isGone } = listed;
  const folder = realFolder(root);
  const nested = isGone ? [] : worktrees.filter((other) => other !== listed && isWithin(other.path, folder)).map(({ path }) => path);
  return { root, isMain: listed === worktrees[0], locked, isGone, isHere: false, processes: [], nested, holds: undefined, modules: [] };
}

/** What lasts, as the remote has it and as it is here, the trunk first, each commit once. */
function targetsAmong(holders: readonly { readonly kind: string; readonly name: string; readonly commit: Oid }[], isLasting: (name: string) => boolean, trunk: string): Target[] {
  const named = holders.flatMap(({ kind, name, commit }) => {
    const [short, branch] = kind === 'branch' ? [name.slice('refs/heads/'.length), name.slice('refs/heads/'.length)] : [name.slice('refs/remotes/'.length), name.replace(/^refs\/remotes\/[^/]+\//, '')];
    return kind !== 'worktree' && isLasting(branch) ? [{ name: short, commit, isTrunk: branch === trunk }] : [];
  });
  const ordered = [...named.filter(({ isTrunk }) => isTrunk), ...named.filter(({ isTrunk }) => !isTrunk)];
  return ordered.filter(({ commit }, at) => ordered.findIndex((other) => other.commit === commit) === at);
}

interface Found {
  readonly how: NonNullable<PruneFacts['merged']>;
  readonly target: string;
}

/** The first target that has a branch; one that is empty for all of them is empty. */
function mergedAnywhere(repository: Repository, targets: readonly Target[], questions: readonly { readonly branch: string; readonly tip: Oid; readonly base: Oid | undefined }[]): (Found | undefined)[] {
  const found: (Found | undefined)[] = questions.map(() => undefined);
  for (const { name, commit } of targets) {
    const open = questions.flatMap((question, at) => (found[at] === undefined || found[at]?.how === 'empty' ? [{ question, at }] : []));
    const answers = mergedInto(repository, commit, open.map(({ question }) => question));
    for (const [index, { at }] of open.entries()) {
      const how = answers[index]?.how;
      if (how !== undefined) found[at] = { how, target: name };
    }
  }
  return found;
}

/** Names of the folders in each of some folders of a commit. */
function ticketsIn(repository: Repository, commit: Oid | undefined, folders: readonly string[]): string[][] {
  if (commit === undefined) return folders.map(() => []);
  return readObjects(folders.map((folder) => `${commit}:${folder}`), repository.options).map((object) => {
    if (object?.type !== 'tree') return [];
    return parseTreeObject(object.content, '', object.oid.length / 2).filter(({ type }) => type === 'directory').map(({ path }) => path);
  });
}

/** Ids that names of branches begin with before `--`. */
function idsOf(refs: readonly string[], pattern: RegExp): string[] {
  return refs.flatMap((name) => {
    const id = /([^/]+?)--/.exec(name)?.[1];
    return id !== undefined && pattern.test(id) ? [id] : [];
  });
}

/** Entries of the stash with the branch that git says they were made on. */
function stashesOf(repository: Repository): { name: string; branch: string }[] {
  const { status, stdout } = repository.tryGit(['stash', 'list', '-z', '--format=%gd %gs']);
  if (status !== 0) return [];
  return itemsOf(stdout).flatMap((item) => {
    const [, name, branch] = /^(\S+) (?:WIP on|On) (.+?): /.exec(item) ?? [];
    return name !== undefined && branch !== undefined ? [{ name, branch }] : [];
  });
}
