import { UserError } from '../error.ts';
import { mergedInto } from '../git/merged.ts';
import { pushedBefore } from '../git/push.ts';
import { remoteRefs, sharedRemote, type Remote } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { interruptedBranch } from '../git/whereabouts.ts';
import { shellCommand } from '../render/shell.ts';
import type { Oid } from '../tree/tree.ts';
import { branchType, stackPart } from '../workflow/branch-names.ts';
import { branchRoute, nodeOfBranch, parentKey } from '../workflow/branch-plan.ts';
import { validTicket } from '../workflow/infer-ticket.ts';
import type { StackBranch } from '../workflow/submission.ts';
import { stackBelow, standingOf } from '../workflow/ticket-stack.ts';
import type { Invocation } from './command.ts';
import { lineOf } from './inputs.ts';
import { stacksOf, type Stacks } from './restack-gather.ts';
import { ticketClues, type Workspace } from './workspace.ts';

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
  const remote = sharedRemote(repository);
  const stacks = stacksOf(workspace, ticketClues(workspace, { values: {} }).known);
  const { heads } = stacks;
  const { start, ticket } = meantBranch(workspace, invocation, stacks);
  const names = lineOfStack(workspace, stacks, start, ticket, remote);
  const type = branchType(names[0], settings, stacks.trunk, ticket);
  const { targets } = branchRoute(settings, stacks.trunk ?? 'main', type === 'release' || type === 'hotfix' ? type : 'feature', userOf(repository));
  const there = remote ? byBranch(remoteRefs(repository, remote, [...names, ...targets].map((name) => `refs/heads/${name}`))) : heads;
  const target = targets.find((name) => there.has(name));
  if (target === undefined) throw new UserError(`Unexpected absence of ${targets.join(', ')}${remote ? ` at ${remote.name}` : ''}, expected the branch that everything is merged into`, remote ? shellCommand(['git', 'push', remote.name, targets.at(-1) as string]) : 'put branches: {trunk: NAME} into WORKSPACE.md', 'submit-target');
  const targetTip = repository.commit(`refs/remotes/${remote?.name ?? 'origin'}/${target}`) ?? heads.get(target);
  return { ticket, remote, there, target, targetTip, members: membersOf(workspace, stacks, names, targetTip) };
}

/** All below the branch, those of its ticket above it, and above these what was submitted before. */
function lineOfStack({ repository, settings }: Workspace, { branches }: Stacks, start: string, ticket: string | undefined, remote: Remote | undefined): string[] {
  // A branch of one node is merged back into its ticket's, and reviewed there.
  const standing = standingOf(branches.filter(({ name }) => name === start || nodeOfBranch(name) === undefined), settings);
  const line = stackBelow(standing, start);
  const submitted = remote ? pushedBefore(repository, remote.name) : new Map<string, unknown>();
  for (;;) {
    const above = [...standing].flatMap(([name, parent]) => (parent === line.at(-1) ? [name] : []));
    const own = above.filter((name) => ticket !== undefined && branches.find((one) => one.name === name)?.ticket === ticket);
    if (own.length > 1) throw new UserError(`Unexpected ${own.length} branches of ${ticket} on ${line.at(-1)}: ${own.join(', ')}, expected one`, `${shellCommand(['git', 'config', parentKey(own[1] as string), own[0] as string])}, or the other way round`, 'stack-fork');
    const known = own.length > 0 ? own : above.filter((name) => submitted.has(name));
    if (known.length !== 1) return line;
    line.push(known[0] as string);
  }
}

function membersOf({ repository, settings }: Workspace, { heads, bases, branches }: Stacks, names: readonly string[], targetTip: Oid | undefined): StackMember[] {
  const known = names.map((branch) => ({ branch, tip: heads.get(branch) as Oid, ticket: branches.find(({ name }) => name === branch)?.ticket, part: stackPart(branch, settings), began: bases.get(branch) }));
  const merged = targetTip === undefined ? [] : mergedInto(repository, targetTip, known.map(({ branch, tip, began: base }) => ({ branch, tip, base })));
  return known.map((member, at) => {
    const how = merged[at]?.how;
    const isEmpty = how === 'empty' || (at > 0 && repository.tryGit(['merge-base', '--is-ancestor', member.tip, known[at - 1]?.tip as Oid]).status === 0);
    return { ...member, state: isEmpty ? 'empty' : how === undefined ? 'open' : 'merged' };
  });
}

/** The branch that is checked out, or one of the ticket that is named. */
function meantBranch({ repository, settings }: Workspace, { values, program }: Invocation, { heads, branches, standing }: Stacks): { readonly start: string; readonly ticket: string | undefined } {
  const here = repository.branch ?? interruptedBranch(repository);
  const asked = lineOf(values, 'ticket');
  if (asked !== undefined) {
    const id = validTicket(asked, settings);
    const own = branches.filter(({ name, ticket }) => ticket?.toLowerCase() === id.toLowerCase() && nodeOfBranch(name) === undefined);
    const [first] = own;
    if (!first) throw new UserError(`Unexpected ticket ${id}, expected one with a branch here`, `${program} work ${id}`, 'no-branch');
    return { start: own.find(({ name }) => name === here)?.name ?? first.name, ticket: first.ticket };
  }
  const [some = 'BRANCH'] = branches.map(({ name }) => name);
  if (here === undefined) throw new UserError('Unexpected detached HEAD, expected a branch to submit', `${shellCommand(['git', 'switch', some])}, or ${program} submit --ticket ID`, 'detached');
  if (!heads.has(here)) throw new UserError(`Unexpected branch ${here} without a commit, expected work to submit`, 'git commit first', 'unborn');
  if (!standing.has(here)) throw new UserError(`Unexpected branch ${here}, expected one with work of its own: others are merged into this one`, `${shellCommand(['git', 'switch', some])}, or ${program} submit --ticket ID`, 'submit-trunk');
  return { start: here, ticket: branches.find(({ name }) => name === here)?.ticket };
}

function userOf(repository: Repository): string | undefined {
  return repository.config('treework.user') ?? repository.config('user.email')?.split('@')[0];
}

function byBranch(refs: ReadonlyMap<string, Oid>): Map<string, Oid> {
  return new Map([...refs].map(([name, oid]) => [name.replace(/^refs\/heads\//, ''), oid]));
}
