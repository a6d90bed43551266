import { UserError } from '../error.ts';
import { branchTips } from '../git/branch-tips.ts';
import { sharedRemote } from '../git/remote.ts';
import type { GitHosting, PullRequest } from '../providers/generated/ports.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import type { Conversation } from '../workflow/review-items.ts';
import type { Invocation } from './command.ts';
import { lineOf } from './inputs.ts';
import { providerOf } from './provider.ts';
import { lacksHosting } from './submit-hosting.ts';
import { existingTicket, ticketMeant, type Workspace } from './workspace.ts';

/** The open pull requests that a verb is about. */
export interface Reviewed {
  readonly ticket: string;
  readonly hosting: GitHosting;
  readonly pulls: readonly PullRequest[];
}

/** Those of the ticket's branches, or the one that `--pull` names. Throws a UserError where there is none. */
export async function pullsOf(workspace: Workspace, invocation: Invocation): Promise<Reviewed> {
  const { values, program } = invocation;
  const ticket = ticketOf(workspace, invocation);
  const remote = sharedRemote(workspace.repository);
  if (remote && lacksHosting(workspace, remote)) throw new UserError(`Unexpected absence of a provider for the pull requests at ${remote.name}, expected one that reads them`, 'write providers: {git-hosting: NAME} in WORKSPACE.md; local keeps records of its own there', 'no-provider');
  const by = lineOf(values, 'by');
  const hosting = await providerOf(workspace, 'git-hosting', { program, ...(by !== undefined && { by }) });
  const asked = lineOf(values, 'pull')?.replace(/^#/, '');
  if (asked !== undefined) {
    const pull = await hosting.getPullRequest({ id: asked });
    if (!pull) throw new UserError(`Unexpected pull request ${asked}, expected one that is there`, `${program} review --list --ticket ${ticket}`, 'not-found');
    return { ticket, hosting, pulls: [pull] };
  }
  const heads = branchesOf(workspace, ticket);
  const found = await Promise.all(heads.map((head) => hosting.findPullRequests({ head, state: 'open' })));
  const pulls = found.flat();
  if (pulls.length > 0) return { ticket, hosting, pulls };
  throw new UserError(`Unexpected absence of an open pull request of ${ticket}, expected one from ${heads.join(', ') || 'a branch that carries its id'}`, `${program} submit --ticket ${ticket} opens it; --pull N names another`, 'no-pull-request');
}

/** Of an archived ticket, whose pull request is reviewed and merged with the archive in it, nothing is made a work item any more. */
function ticketOf(workspace: Workspace, invocation: Invocation): string {
  const { values } = invocation;
  const isOnlyAbout = values.list === true || values.comment !== undefined || values.merge !== undefined;
  const meant = isOnlyAbout ? ticketMeant(workspace, invocation) : undefined;
  // A ticket may have no document at all: then its branches are what there is of it.
  const { id, open } = meant ?? { id: undefined, open: [] };
  return id !== undefined && (meant?.isArchived || !open.includes(id)) ? id : existingTicket(workspace, invocation);
}

/** The one pull request that is meant: `--pull`, else that of the branch that is checked out, else the only one. */
export async function pullMeant(workspace: Workspace, invocation: Invocation): Promise<Reviewed & { readonly pull: PullRequest }> {
  const reviewed = await pullsOf(workspace, invocation);
  const branch = workspace.repository.branch;
  const pull = reviewed.pulls.find(({ head }) => head === branch) ?? reviewed.pulls[0];
  if (pull && (reviewed.pulls.length === 1 || pull.head === branch)) return { ...reviewed, pull };
  throw new UserError(`Unexpected ${reviewed.pulls.length} pull requests (${reviewed.pulls.map(({ id, head }) => `${id}: ${head}`).join(', ')}), expected to be told which`, `--pull ${pull?.id ?? 'N'}`, 'ambiguous');
}

/** The conversations of a pull request. */
export async function conversationsOf(hosting: GitHosting, pull: PullRequest): Promise<Conversation[]> {
  const threads = await hosting.listThreads({ pull: pull.id });
  return threads.map(({ id, file, line, resolved, url, comments }) => ({ pull: pull.id, thread: id, file, line, resolved, url, comments }));
}

function branchesOf({ repository }: Workspace, ticket: string): string[] {
  const carried = branchTips(repository).tips.filter(({ name }) => ticketOfBranch(name, [ticket]) === ticket).map(({ name }) => name);
  return [...new Set(carried)].sort();
}
