import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { mergeBases } from '../git/history.ts';
import { pushedBefore } from '../git/push.ts';
import type { Repository } from '../git/repository.ts';
import type { PullRequest } from '../providers/generated/ports.ts';
import { isTitleOurs, pullRequestBody, pullRequestText, stackTable, type PullRequestText, type StackRow } from '../render/pull-request.ts';
import { oneLine } from '../render/plain-text.ts';
import { shellCommand, shellWord } from '../render/shell.ts';
import type { Oid } from '../tree/tree.ts';
import { reviewSize, type ReviewSize } from '../workflow/review-size.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { basesOf, changesOf, pushOf, type Push, type StackBranch, type WantedPullRequest } from '../workflow/submission.ts';
import { ticketAnywhere, ticketPaths } from '../workflow/ticket.ts';
import { nodeTrailers } from '../workflow/trailers.ts';
import { wouldKeepStack } from './submit-native.ts';
import { overRewritten } from './submit-rewritten.ts';
import type { SubmitStack, StackMember } from './submit-stack.ts';
import type { Hosting } from './submit-run.ts';
import type { Workspace } from './workspace.ts';

/** One branch that is submitted. */
export interface PlannedBranch extends StackBranch {
  readonly ticket: string | undefined;
  /** What it is merged into. */
  readonly base: string;
  readonly push: Push;
  readonly pushed: readonly Oid[];
  readonly text: PullRequestText;
  /** The open one of this branch, else the one that was closed last; undefined where there is none, and without a provider. */
  readonly known: PullRequest | undefined;
  readonly excess: ReviewSize['excess'];
  /** What it stands on has moved on, or was merged as another commit: restack brings it there. */
  readonly isStale: boolean;
}

/** Everything that a submission will do, and what it goes by. */
export interface SubmitPlan {
  /** Its name; undefined where there is none, and nothing is pushed. */
  readonly remote: string | undefined;
  readonly target: string;
  /** Bottom to top; what is merged or has no commit of its own is left out. */
  readonly branches: readonly PlannedBranch[];
  /** The whole stack, for the way through it. */
  readonly members: readonly (StackMember & { readonly known: PullRequest | undefined })[];
  /** The service itself keeps stacks, and does not have the pull requests that are open as this one. */
  readonly isStackDue: boolean;
}

/** Also of another ticket's branch that others go on with: what is there serves. */
const NOTHING: Push = { kind: 'none' };

/** What is, and what is to be done: reads the branches here, those at the remote and the pull requests; writes nothing. */
export async function planSubmission(workspace: Workspace, stack: SubmitStack, hosting: Hosting | undefined): Promise<SubmitPlan> {
  const { repository } = workspace;
  const { remote, target, targetTip, there } = stack;
  const before = remote ? pushedBefore(repository, remote.name) : new Map<string, Oid[]>();
  const found = await Promise.all(stack.members.map(async ({ branch }) => (hosting ? latest(await hosting.findPullRequests({ head: branch })) : undefined)));
  const members = stack.members.map((member, at) => ({ ...member, ...withForge(member, found[at]), known: found[at] }));
  const planned = basesOf(members, target).map(({ branch: member, base }) => {
    const under = members.find(({ branch }) => branch === base)?.tip ?? targetTip;
    const { branch, tip, ticket } = member;
    const pushed = before.get(branch) ?? [];
    const push = remote && member.known?.state !== 'closed' ? pushTo(repository, tip, there.get(branch), pushed) : NOTHING;
    // Until a restack the commits of what was merged below are still in its history.
    const below = [under, ...members.slice(0, members.indexOf(member)).map((one) => one.tip)].filter((oid) => oid !== undefined);
    const size = sizeOf(workspace, tip, below);
    const isStale = isStaleOn(repository, member, { under, targetTip, merged: members.filter(({ state }) => state === 'merged') });
    return { branch, tip, state: member.state, ticket, base, pushed, push: push.kind === 'refused' && ticket !== stack.ticket ? NOTHING : push, text: pullRequestText(storyOf(workspace, member, below)), known: member.known, excess: size?.excess, isStale };
  });
  const branches = overRewritten(repository, { ...stack, members }, planned);
  if (remote) refuseForeign(repository, remote.name, branches);
  if (remote && !hosting) refuseGone(repository, remote.name, branches);
  const open = branches.flatMap(({ known }) => (known?.state === 'open' ? [known.id] : []));
  const isStackDue = hosting !== undefined && open.length === branches.length && (await wouldKeepStack(hosting, open));
  return { remote: remote?.name, target, branches, members, isStackDue };
}

/** One that is open counts; of several that are not, the youngest. */
function latest(found: readonly PullRequest[]): PullRequest | undefined {
  return found.findLast(({ state }) => state === 'open') ?? found.at(-1);
}

/** What the forge has merged is merged, whether it was fetched yet or not; new commits on top of it are not. */
function withForge(member: StackMember, known: PullRequest | undefined): Pick<StackMember, 'state'> {
  return { state: known?.state === 'merged' && known.commit === member.tip ? 'merged' : member.state };
}

function isStaleOn(repository: Repository, { tip }: StackMember, { under, targetTip, merged }: { readonly under: Oid | undefined; readonly targetTip: Oid | undefined; readonly merged: readonly StackMember[] }): boolean {
  if (under !== undefined && under !== targetTip) return !isAncestor(repository, under, tip);
  return merged.some((one) => isAncestor(repository, one.tip, tip) && targetTip !== undefined && !isAncestor(repository, one.tip, targetTip));
}

function isAncestor(repository: Repository, one: Oid, of: Oid): boolean {
  return repository.tryGit(['merge-base', '--is-ancestor', one, of]).status === 0;
}

function pushTo(repository: Repository, tip: Oid, at: Oid | undefined, pushed: readonly Oid[]): Push {
  const differs = at !== undefined && at !== tip;
  const isBehind = differs && isAncestor(repository, at, tip);
  return pushOf(tip, { tip: at, isBehind, isAhead: differs && !isBehind && isAncestor(repository, tip, at), pushed });
}

function storyOf({ repository, settings }: Workspace, { branch, tip, ticket, part, began }: StackMember, below: readonly Oid[]) {
  const not = [...below, ...(began === undefined ? [] : [began])];
  const messages = repository.git(['log', '-z', '--no-merges', '--reverse', '--encoding=UTF-8', '--format=%B', tip, ...(not.length > 0 ? ['--not', ...not] : []), '--']).toString().split('\0').filter((message) => message.trim() !== '');
  const tree = repository.treeOf(tip);
  if (ticket !== undefined) tree.prefetch([ticketFolder(settings, ticket), archivedFolder(settings, ticket)].flatMap(ticketPaths));
  const documents = ticket === undefined ? undefined : ticketAnywhere(new Snapshot(tree, settings), ticket);
  const nodes = messages.flatMap(nodeTrailers).filter((name) => name.ticket === ticket).map(({ node }) => node);
  return { branch, ticket, part, documents, nodes: [...new Set(nodes)], subjects: messages.map((message) => message.trim().split('\n')[0] as string) };
}

/** From where the branch left what is below it. */
function sizeOf({ repository, settings }: Workspace, tip: Oid, below: readonly Oid[]): ReviewSize | undefined {
  const [base] = below.length === 0 ? [] : mergeBases(repository, tip, below);
  if (base === undefined) return undefined;
  const [before, after] = [repository.treeOf(base), repository.treeOf(tip)];
  return reviewSize({ before, after, changed: after.changedFrom([before], ['']) }, settings);
}

function refuseForeign(repository: Repository, remote: string, branches: readonly PlannedBranch[]): void {
  const refused = branches.flatMap(({ branch, push }) => (push.kind === 'refused' ? [{ branch, ...push }] : []));
  const [first] = refused;
  if (!first) return;
  const names = refused.map(({ branch, tip }) => `${remote}/${branch} (${tip.slice(0, 10)}${authorOf(repository, tip)})`).join(', ');
  const fetch = shellCommand(['git', 'fetch', '--', remote]);
  const theirs = shellWord(`refs/remotes/${remote}/${first.branch}`);
  const hint = first.isAhead ? `${fetch} && git merge --ff-only ${theirs}, on ${first.branch}` : `${fetch}, look at ${theirs}, and rebase onto it or merge it; nothing was pushed`;
  throw new UserError(`Unexpected commit at ${names}, expected what submit pushed from here, or one that ${first.branch} builds on`, hint, 'foreign-push');
}

/** Where nobody tells what was merged: a branch that was there and is gone was most likely merged, and is not made again unasked. */
function refuseGone(repository: Repository, remote: string, branches: readonly PlannedBranch[]): void {
  const gone = branches.find(({ branch, tip, push }) => push.kind === 'create' && repository.commit(`refs/remotes/${remote}/${branch}`) === tip);
  if (!gone) return;
  throw new UserError(`Unexpected absence of ${gone.branch} at ${remote}, where it was, expected it there still: it may have been merged`, `${shellCommand(['git', 'fetch', '--prune', '--', remote])}, then restack; where it was not merged it is pushed again after that`, 'gone');
}

function authorOf(repository: Repository, tip: Oid): string {
  const { status, stdout } = repository.tryGit(['log', '-1', '--encoding=UTF-8', '--format=%an', tip, '--']);
  return status === 0 ? ` by ${oneLine(stdout.toString(), 60)}` : ', not fetched yet';
}

/** The pull request as it ought to be, when the stack's others have these. */
export function wantedOf(plan: SubmitPlan, { branch, base, text }: PlannedBranch, known: Pick<PullRequest, 'title' | 'body'> | undefined, pulls: ReadonlyMap<string, PullRequest>): WantedPullRequest & { readonly isEdited: boolean } {
  const rows = rowsOf(plan, pulls);
  const body = pullRequestBody(known?.body ?? '', text, rows.length > 1 ? stackTable(rows, branch, plan.target) : undefined);
  return { title: titleOf(known, text), body: body.text, base, isEdited: body.isEdited };
}

/** A title that somebody chose stays. */
function titleOf(known: Pick<PullRequest, 'title' | 'body'> | undefined, { title }: PullRequestText): string {
  return known !== undefined && !isTitleOurs(known.title, known.body) ? known.title : title;
}

function rowsOf({ members, branches }: SubmitPlan, pulls: ReadonlyMap<string, PullRequest>): StackRow[] {
  return members.flatMap(({ branch, state }): StackRow[] => {
    const pull = pulls.get(branch);
    const planned = branches.find((one) => one.branch === branch);
    if (!planned && !pull) return [];
    return [{ branch, title: planned ? titleOf(pull, planned.text) : (pull?.title ?? branch), reference: pull && referenceOf(pull), url: pull?.url ?? undefined, isMerged: state === 'merged' }];
  });
}

/** As the forge makes a link of it. */
export function referenceOf({ id }: Pick<PullRequest, 'id'>): string {
  return /^\d+$/.test(id) ? `#${id}` : id;
}

export type PullStep = 'open' | 'update' | 'none' | 'closed';

/** What becomes of a branch's pull request. */
export function pullStepOf(plan: SubmitPlan, planned: PlannedBranch): { readonly step: PullStep; readonly changes: Partial<WantedPullRequest> } {
  const { known } = planned;
  if (known?.state === 'closed') return { step: 'closed', changes: {} };
  if (known?.state !== 'open') return { step: 'open', changes: {} };
  const changes = changesOf(known, wantedOf(plan, planned, known, pullsOf(plan)));
  return { step: Object.keys(changes).length > 0 ? 'update' : 'none', changes };
}

/** The pull requests that stand for the stack's branches as they are now. */
export function pullsOf({ members }: Pick<SubmitPlan, 'members'>): Map<string, PullRequest> {
  return new Map(members.flatMap(({ branch, state, known }) => (known?.state === 'open' || (known?.state === 'merged' && state === 'merged') ? [[branch, known] as const] : [])));
}
