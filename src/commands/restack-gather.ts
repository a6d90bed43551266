import { parseDocument } from '../documents/parse.ts';
import { ticketFolder } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { moment } from '../git/clock.ts';
import { branchesBelow } from '../git/history.ts';
import { readObjects } from '../git/objects.ts';
import type { Repository } from '../git/repository.ts';
import { itemsOf } from '../git/run.ts';
import { interruptedBranch, trunkBranch } from '../git/whereabouts.ts';
import type { Oid } from '../tree/tree.ts';
import { branchType } from '../workflow/branch-names.ts';
import { baseRef, branchRoute, parentKey, ticketKey } from '../workflow/branch-plan.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import type { PlannedBranch, RestackPlan } from '../workflow/restack-plan.ts';
import { familyOf, leftOf, standingOf, type StackedBranch, type Standing } from '../workflow/ticket-stack.ts';
import type { Invocation } from './command.ts';
import { ticketClues, type Workspace } from './workspace.ts';

/** All branches of this clone, and who stands on whom. */
export interface Stacks {
  readonly heads: ReadonlyMap<string, Oid>;
  /** Where branches began, as it is recorded. */
  readonly bases: ReadonlyMap<string, Oid>;
  readonly branches: readonly StackedBranch[];
  readonly standing: Standing;
  readonly trunk: string | undefined;
}

/** Reads who stands on whom among the local branches. Throws as `standingOf` does. */
export function stacksOf({ repository, settings }: Workspace, known: readonly string[]): Stacks {
  const heads = branchesBelow(repository, 'refs/heads/');
  const trunk = trunkBranch(repository, settings.trunk);
  const recorded = recordedOf(repository);
  const named = [...heads].map(([name, tip]) => ({ name, tip, ticket: recorded.get(ticketKey(name)) ?? ticketOfBranch(name, known), recorded: recorded.get(parentKey(name)) }));
  const work = named.filter(({ name, ticket }) => !isGround(name, ticket, settings, trunk));
  const specs = readObjects(work.flatMap(({ tip, ticket }) => (ticket === undefined || /\s/.test(ticket) ? [] : [`${tip}:${ticketFolder(settings, ticket)}/spec.md`])), repository.options);
  let next = 0;
  const branches = work.map(({ name, ticket, recorded: on }): StackedBranch => {
    const spec = ticket === undefined || /\s/.test(ticket) ? undefined : specs[next++];
    const stackedOn = spec?.type === 'blob' ? parseDocument(spec.content).data?.stacked_on : undefined;
    return { name, ticket, recorded: on, ...(typeof stackedOn === 'string' && { stackedOn }) };
  });
  return { heads, bases: branchesBelow(repository, baseRef('')), branches, standing: standingOf(branches, settings), trunk };
}

/** The plan of a restack around one branch: all below it, and all that stands on it. */
export function planOf(workspace: Workspace, invocation: Invocation, mode: RestackPlan['mode']): RestackPlan {
  const clues = ticketClues(workspace, invocation);
  const stacks = stacksOf(workspace, clues.known);
  const branch = branchMeant(workspace, invocation, stacks);
  const family = familyOf(stacks.standing, branch);
  const branches = family.map((name): PlannedBranch => ({
    name,
    ticket: stacks.branches.find((one) => one.name === name)?.ticket,
    tip: stacks.heads.get(name) as Oid,
    parent: stacks.standing.get(name),
    base: stacks.bases.get(name),
  }));
  return { mode, ground: groundOf(workspace, stacks, family[0] as string), branches, left: leftOf(stacks.standing, family), at: Math.floor(moment().getTime() / 1000), isJudged: invocation.values['no-verify'] !== true };
}

/** The branch that is named, the highest of the ticket that is, or the one that is checked out. */
function branchMeant({ repository }: Workspace, { values, positionals: [named], program }: Invocation, { heads, standing, branches, trunk }: Stacks): string {
  const here = repository.branch ?? interruptedBranch(repository);
  if (named === undefined && typeof values.ticket === 'string') {
    const own = branches.filter(({ ticket }) => ticket?.toLowerCase() === String(values.ticket).toLowerCase()).map(({ name }) => name);
    const top = own.filter((name) => !own.some((other) => standing.get(other) === name));
    if (here !== undefined && own.includes(here)) return here;
    if (top[0] === undefined) throw new UserError(`Unexpected ticket ${values.ticket}, expected one with a branch here`, `${program} work ${values.ticket}`, 'no-branch');
    if (top.length > 1) throw new UserError(`Unexpected branches ${top.join(' and ')} of ${values.ticket}, expected one`, `${program} restack ${top[0]}`, 'stack-fork');
    return top[0];
  }
  const branch = named?.replace(/^refs\/heads\//, '') ?? here;
  const some = branches.find(({ name }) => standing.get(name) !== undefined)?.name ?? branches[0]?.name ?? 'BRANCH';
  if (branch === undefined) throw new UserError('Unexpected detached HEAD, expected a branch', `${program} restack ${some}`, 'detached');
  if (standing.has(branch)) return branch;
  if (heads.has(branch)) throw new UserError(`Unexpected restack of ${branch}, expected a branch of a ticket: others stand on this one`, `${program} restack ${some}`, branch === trunk ? 'trunk' : 'no-stack');
  throw new UserError(`Unexpected branch ${branch}, expected one of this clone with a commit`, `git branch lists them; ${program} restack ${some}`, 'no-branch');
}

/** What the lowest branch stands on: what is recorded, else the first base of the flow that exists; the remote's where that is further. */
function groundOf({ repository, settings }: Workspace, { heads, branches, trunk }: Stacks, lowest: string): RestackPlan['ground'] {
  const facts = branches.find(({ name }) => name === lowest);
  const type = branchType(lowest, settings, trunk, facts?.ticket);
  const user = repository.config('treework.user') ?? repository.config('user.email')?.split('@')[0];
  const { bases } = branchRoute(settings, trunk ?? 'main', type === 'release' || type === 'hotfix' ? type : 'feature', user);
  const recorded = facts?.recorded !== undefined && isGround(facts.recorded, undefined, settings, trunk) ? [facts.recorded] : [];
  for (const branch of [...recorded, ...bases]) {
    const commit = freshest(repository, heads.get(branch), repository.commit(`refs/remotes/origin/${branch}`));
    if (commit !== undefined) return { branch, commit };
  }
  throw new UserError(`Unexpected absence of ${bases.join(', ')}, expected the branch that ${lowest} stands on`, 'git fetch, or put branches: {trunk: NAME} in WORKSPACE.md', 'no-trunk');
}

function freshest(repository: Repository, here: Oid | undefined, there: Oid | undefined): Oid | undefined {
  if (here === undefined || there === undefined || here === there) return here ?? there;
  return repository.tryGit(['merge-base', '--is-ancestor', here, there]).status === 0 ? there : here;
}

function isGround(name: string, ticket: string | undefined, settings: Settings, trunk: string | undefined): boolean {
  const type = branchType(name, settings, trunk, ticket);
  return type === 'trunk' || type === 'develop' || type === 'contrib';
}

/** What git's configuration says of branches, by key. */
function recordedOf(repository: Repository): ReadonlyMap<string, string> {
  const { status, stdout } = repository.tryGit(['config', '-z', '--get-regexp', '^branch\\..*\\.treework-(parent|ticket)$']);
  return new Map(status !== 0 ? [] : itemsOf(stdout).map((item) => [item.slice(0, item.indexOf('\n')), item.slice(item.indexOf('\n') + 1)]));
}
