import { nearest } from '../documents/nearest.ts';
import { parseDocument } from '../documents/parse.ts';
import { ticketFolder } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import type { BranchTip, BranchTips } from '../git/branch-tips.ts';
import { readObjects } from '../git/objects.ts';
import type { Repository } from '../git/repository.ts';
import { linesOf } from '../git/run.ts';
import type { Worktree } from '../git/worktrees.ts';
import type { Oid } from '../tree/tree.ts';
import { branchPattern } from '../workflow/branch-names.ts';
import { branchRoute, ticketKey, type WorkType } from '../workflow/branch-plan.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import { branchesMeant, type BranchChoice } from '../workflow/ticket-branches.ts';
import { freshest } from './work-refs.ts';
import type { Workspace } from './workspace.ts';

/** What `work` was asked for. */
export interface WorkWish {
  readonly ticket: string;
  /** Ids of the tickets that have a folder here. */
  readonly known: readonly string[];
  readonly title: string | undefined;
  readonly type: WorkType | undefined;
  readonly part: number | undefined;
  readonly node: string | undefined;
  /** A branch by name, to be checked out or made. */
  readonly branch: string | undefined;
  /** On top of the branch that is checked out here. */
  readonly isStacked: boolean;
  readonly version: string | undefined;
  readonly program: string;
}

/** What git knows, gathered once. */
export interface Known extends BranchTips {
  readonly workspace: Workspace;
  readonly wish: WorkWish;
  readonly worktrees: readonly Worktree[];
  readonly trunk: string;
  /** What is checked out where the verb runs. */
  readonly current: string | undefined;
  readonly choice: BranchChoice;
}

/** What a branch is stacked on. */
export interface Parent {
  readonly branch: string;
  /** undefined where its name says none. */
  readonly ticket: string | undefined;
}

/** Whose contributor's branch is meant: git's configuration, else what comes before the @ of the email. */
export function userOf({ workspace: { repository, settings } }: Known): string | undefined {
  const isAsked = (['contrib', 'feature', 'release', 'hotfix'] as const).some((sort) => branchPattern(sort, settings)?.includes('{user}'));
  if (!isAsked) return undefined;
  const values = new Map(linesOf(repository.tryGit(['config', '--get-regexp', '^(treework\\.user|github\\.user|user\\.email)$']).stdout).map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
  return values.get('treework.user') ?? values.get('github.user') ?? values.get('user.email')?.split('@')[0];
}

export interface Beginning {
  readonly commit: Oid;
  /** The branch that it is the tip of, or HEAD. */
  readonly from: string;
  readonly parent: Parent | undefined;
  /** Whether treework's verbs work there: WORKSPACE.md is committed. */
  readonly isGoverned: boolean;
}

/** The commit that a new branch begins at, and what it stands on. */
export function beginning(known: Known): Beginning {
  const { wish } = known;
  if (wish.node !== undefined) return ofTicket(known, wish.node);
  if (wish.isStacked) return onCurrent(known);
  return wish.part !== undefined && wish.part > 1 ? onPart(known, wish.part - 1) : onBase(known);
}

/** The first base of the flow that is governed, else HEAD if that is, else the first base. */
function onBase(known: Known): Beginning {
  const { workspace: { repository, settings }, wish, tips, trunk } = known;
  const { bases } = branchRoute(settings, trunk, wish.type ?? 'feature', userOf(known));
  const found = bases.flatMap((from) => {
    const commit = freshest(repository, tips, from);
    return commit === undefined ? [] : [{ commit, from, parent: undefined }];
  });
  const first = found.find(({ commit }) => governs(repository, commit));
  if (first) return { ...first, isGoverned: true };
  const head = repository.commit('HEAD');
  const isGoverned = head !== undefined && governs(repository, head);
  if (found[0] && !isGoverned) return { ...found[0], isGoverned };
  if (head === undefined) throw new UserError('Unexpected repository without a commit, expected one that a branch can begin at', `git add ${WORKSPACE_PATH} && git commit -m 'chore: begin'`, 'no-commit');
  return { commit: head, from: 'HEAD', parent: undefined, isGoverned };
}

function governs(repository: Repository, commit: Oid): boolean {
  return readObjects([`${commit}:${WORKSPACE_PATH}`], repository.options)[0] !== undefined;
}

/** The ticket's own branch: a node's work comes back to it. */
function ofTicket(known: Known, node: string): Beginning {
  const { workspace: { repository, settings }, wish, choice, tips, current } = known;
  const own = branchesMeant(tips, { ...choice, node: undefined }, settings);
  const branch = own.find(({ name, remote }) => remote === undefined && name === current) ?? own[0];
  if (!branch) throw new UserError(`Unexpected --node ${node} before ${wish.ticket} has a branch, expected one that the node's work comes back to`, `${wish.program} work ${wish.ticket}`, 'branch-missing');
  if (own.length > 1 && branch.name !== current) throw several(own, known);
  const tasks = readObjects([`${branch.commit}:${ticketFolder(settings, wish.ticket)}/tasks.md`], repository.options)[0];
  const ids = tasks?.type === 'blob' ? taskNodes(parseDocument(tasks.content).data ?? {}).filter(({ children }) => children.length === 0).map(({ id }) => id) : [];
  if (!ids.includes(node)) throw new UserError(`Unexpected node ${node}, expected a leaf of the tasks.md that ${branch.name} has committed${ids.length > 0 ? `: ${ids.slice(0, 20).join(', ')}` : ''}`, ids.length > 0 ? `--node ${nearest(node, ids) ?? ids[0]}` : `${wish.program} new tasks --ticket ${wish.ticket}, and commit it`, 'node-unknown');
  return { commit: branch.commit, from: branch.name, parent: { branch: branch.name, ticket: wish.ticket }, isGoverned: true };
}

function onCurrent({ workspace: { repository }, wish, current, trunk, tips }: Known): Beginning {
  const commit = tips.find(({ name, remote }) => name === current && remote === undefined)?.commit;
  if (current === undefined || commit === undefined || current === trunk) {
    throw new UserError(`Unexpected --stack on ${current === undefined ? 'a detached HEAD' : current === trunk ? `the trunk ${trunk}` : `${current}, which has no commit`}, expected a ticket's branch`, current === trunk ? 'leave out --stack' : `run it in the worktree of the ticket below: ${wish.program} status`, 'stack-base');
  }
  const ticket = ticketOfBranch(current, wish.known) ?? repository.config(ticketKey(current));
  return { commit, from: current, parent: { branch: current, ticket }, isGoverned: true };
}

function onPart(known: Known, part: number): Beginning {
  const { workspace: { settings }, wish, choice, tips } = known;
  const below = branchesMeant(tips, { ...choice, part }, settings);
  const [branch] = below;
  if (!branch) throw new UserError(`Unexpected part ${part + 1} of ${wish.ticket} without part ${part}, expected the one below it first`, `${wish.program} work ${wish.ticket} --part ${part}`, 'part-missing');
  if (below.length > 1) throw several(below, known);
  return { commit: branch.commit, from: branch.name, parent: { branch: branch.name, ticket: wish.ticket }, isGoverned: true };
}

/** The refusal to choose between branches, with the commands that do. */
export function several(candidates: readonly BranchTip[], { wish, worktrees }: Known): UserError {
  const lines = candidates.map(({ name, remote, ref }) => {
    const path = worktrees.find(({ branch, isMissing }) => remote === undefined && branch === name && !isMissing)?.path;
    return `  ${wish.program} work ${wish.ticket} --branch ${shown(candidates, name, remote, ref)}${path === undefined ? '' : `   # in ${path}`}`;
  });
  return new UserError(`Unexpected ${candidates.length} branches of ${wish.ticket}, expected one`, `say which:\n${lines.join('\n')}`, 'branch-ambiguous');
}

/** With the remote where two have a branch of this name. */
function shown(candidates: readonly BranchTip[], name: string, remote: string | undefined, ref: string): string {
  const isTwice = candidates.some((other) => other.name === name && other.ref !== ref);
  return remote !== undefined && isTwice ? `${remote}/${name}` : name;
}
