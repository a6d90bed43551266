import { UserError } from '../error.ts';
import { branchesBelow } from '../git/history.ts';
import { mergedInto } from '../git/merged.ts';
import { remoteRefs, sharedRemote, type Remote } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { interruptedBranch } from '../git/whereabouts.ts';
import type { Oid } from '../tree/tree.ts';
import { branchType, stackPart } from '../workflow/branch-names.ts';
import { baseRef, branchRoute } from '../workflow/branch-plan.ts';
import { ticketOfBranch, validTicket } from '../workflow/infer-ticket.ts';
import type { StackBranch } from '../workflow/submission.ts';
import type { Invocation } from './command.ts';
import { lineOf } from './inputs.ts';
import { trunkOf } from './workspace-text.ts';
import type { Workspace } from './workspace.ts';

/** One branch of the stack that is submitted. */
export interface StackMember extends StackBranch {
  readonly ticket: string | undefined;
  readonly part: number | undefined;
  /** The commit it began at, where that is known. */
  readonly began: Oid | undefined;
}

/** Which branches are submitted, where to, and what they are to be merged into in the end. */
export interface SubmitStack {
  /** The ticket that is meant; undefined for a branch that names none. */
  readonly ticket: string | undefined;
  /** undefined where this repository has none: then nothing is pushed. */
  readonly remote: Remote | undefined;
  /** Where the remote's branches stand now. */
  readonly there: ReadonlyMap<string, Oid>;
  readonly target: string;
  /** As it was fetched last, else as it is here. */
  readonly targetTip: Oid | undefined;
  /** Bottom to top. */
  readonly members: readonly StackMember[];
}

/** The stack of the ticket, or of the branch that is checked out, from what it is merged into up to its top. */
export function stackToSubmit(workspace: Workspace, invocation: Invocation): SubmitStack {
  const { repository, settings } = workspace;
  const heads = branchesBelow(repository, 'refs/heads/');
  const meant = meantBranches(workspace, invocation, heads);
  const trunk = settings.trunk ?? trunkOf(repository);
  const remote = sharedRemote(repository);
  const [top = ''] = meant.branches.slice(-1);
  const type = branchType(top, settings, trunk, meant.ticket);
  if (type === 'trunk' || type === 'develop' || type === 'contrib') throw new UserError(`Unexpected branch ${top}, expected one with work of its own: others are merged into this one`, `${invocation.program} submit --ticket ID, or git switch to the ticket's branch`, 'submit-trunk');
  const { targets } = branchRoute(settings, trunk, type === 'release' || type === 'hotfix' ? type : 'feature', userOf(repository));
  const there = remote ? byBranch(remoteRefs(repository, remote, [...meant.branches, ...targets].map((name) => `refs/heads/${name}`))) : heads;
  const target = targets.find((name) => there.has(name)) ?? trunk;
  const targetTip = repository.commit(`refs/remotes/${remote?.name ?? 'origin'}/${target}`) ?? heads.get(target);
  if (remote && !there.has(target)) throw new UserError(`Unexpected remote ${remote.name} without ${target}, expected the branch that everything is merged into`, `git push ${remote.name} ${target}`, 'submit-target');
  return { ticket: meant.ticket, remote, there, target, targetTip, members: membersOf(workspace, meant.branches, heads, targetTip) };
}

function membersOf({ repository, settings }: Workspace, branches: readonly string[], heads: ReadonlyMap<string, Oid>, targetTip: Oid | undefined): StackMember[] {
  const began = branchesBelow(repository, baseRef(''));
  const known = branches.map((branch) => ({ branch, tip: heads.get(branch) as Oid, ticket: ticketOfBranch(branch, []), part: stackPart(branch, settings), began: began.get(branch) }));
  const merged = targetTip === undefined ? [] : mergedInto(repository, targetTip, known.map(({ branch, tip, began: base }) => ({ branch, tip, base })));
  return known.map((member, at) => {
    const how = merged[at]?.how;
    const isEmpty = how === 'empty' || (at > 0 && repository.tryGit(['merge-base', '--is-ancestor', member.tip, known[at - 1]?.tip as Oid]).status === 0);
    return { ...member, state: isEmpty ? 'empty' : how === undefined ? 'open' : 'merged' };
  });
}

function meantBranches({ repository, settings }: Workspace, invocation: Invocation, heads: ReadonlyMap<string, Oid>): { readonly ticket: string | undefined; readonly branches: readonly string[] } {
  const asked = lineOf(invocation.values, 'ticket');
  const here = repository.branch ?? interruptedBranch(repository);
  const ticket = asked === undefined ? here && ticketOfBranch(here, []) : validTicket(asked, settings);
  if (ticket === undefined && here === undefined) throw new UserError('Unexpected detached HEAD, expected a branch to submit', `git switch BRANCH, or ${invocation.program} submit --ticket ID`, 'detached');
  if (here !== undefined && asked === undefined && !heads.has(here)) throw new UserError(`Unexpected branch ${here} without a commit, expected work to submit`, 'git commit first', 'unborn');
  if (ticket === undefined) return { ticket, branches: [here as string] };
  const own = [...heads.keys()].filter((name) => ticketOfBranch(name, [ticket]) === ticket);
  if (own.length === 0) throw new UserError(`Unexpected ticket ${ticket}, expected one with a branch here`, `${invocation.program} work ${ticket}`, 'no-branch');
  return { ticket, branches: own.sort((a, b) => (stackPart(a, settings) ?? 0) - (stackPart(b, settings) ?? 0)) };
}

function userOf(repository: Repository): string | undefined {
  return repository.config('treework.user') ?? repository.config('user.name');
}

function byBranch(refs: ReadonlyMap<string, Oid>): Map<string, Oid> {
  return new Map([...refs].map(([name, oid]) => [name.replace(/^refs\/heads\//, ''), oid]));
}
