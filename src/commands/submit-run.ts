import { UserError } from '../error.ts';
import { pushBranches, rememberPushed, type PushAnswer } from '../git/push.ts';
import type { Repository } from '../git/repository.ts';
import type { GitHosting, PullRequest } from '../providers/generated/ports.ts';
import { changesOf } from '../workflow/submission.ts';
import { keepStack } from './submit-native.ts';
import { pullsOf, pullStepOf, wantedOf, type PlannedBranch, type SubmitPlan } from './submit-plan.ts';

/** What `submit` asks of a forge. */
export type Hosting = Pick<GitHosting, 'findPullRequests' | 'getPullRequest' | 'createPullRequest' | 'updatePullRequest' | 'getStack' | 'setStack'>;

/** What came of a submission, as far as it came. */
export interface Submitted {
  readonly pushed: string[];
  readonly opened: PullRequest[];
  readonly updated: PullRequest[];
  /** Descriptions that people made theirs. */
  readonly edited: PullRequest[];
  /** The pull requests, the bottom first, that the service was told to keep as one stack. */
  readonly stack?: readonly string[];
  /** Why it did not come to its end. */
  stopped?: { readonly at: string; readonly said: string };
}

export interface SubmitOptions {
  readonly isDraft: boolean;
}

/**
 * Pushes, then opens and updates pull requests from the bottom up. Where something stops it, what is
 * done stays done and the same call does the rest.
 */
export async function runSubmission(repository: Repository, plan: SubmitPlan, hosting: Hosting | undefined, options: SubmitOptions): Promise<Submitted> {
  const done: Submitted = { pushed: [], opened: [], updated: [], edited: [] };
  let at = 'push';
  try {
    if (hosting) await leadAside(repository, plan, hosting);
    const said = await push(repository, plan, done);
    if (said !== undefined) return { ...done, stopped: { at, said } };
    if (!hosting) return done;
    const pulls = pullsOf(plan);
    for (const planned of plan.branches.filter((one) => pullStepOf(plan, one).step === 'open')) {
      at = planned.branch;
      const pull = await openPull(hosting, plan, planned, pulls, options);
      pulls.set(planned.branch, pull);
      done.opened.push(pull);
    }
    for (const planned of plan.branches) {
      at = planned.branch;
      await bringUpToDate(hosting, plan, planned, pulls, done);
    }
    at = 'stack';
    const stack = plan.branches.flatMap(({ branch }) => pulls.get(branch)?.id ?? []);
    // One that was closed leaves a gap in which nothing stands on anything.
    const isTold = stack.length === plan.branches.length && (await keepStack(hosting, stack));
    return isTold ? { ...done, stack } : done;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...done, stopped: { at, said: error.message } };
  }
}

/**
 * A forge takes a pull request for merged, for good, as soon as its base holds its head: of a stack in another order such
 * a one goes into the target while its branches are pushed, and into its base after that.
 */
async function leadAside(repository: Repository, { branches, target }: SubmitPlan, hosting: Hosting): Promise<void> {
  for (const { tip, base, known } of branches) {
    if (known?.state !== 'open' || known.base === base || known.base === target) continue;
    const below = branches.find(({ branch }) => branch === known.base);
    if (below && repository.tryGit(['merge-base', '--is-ancestor', tip, below.tip]).status === 0) await hosting.updatePullRequest({ id: known.id, base: target });
  }
}

/** git's words where it did not push everything; undefined where it did. */
async function push(repository: Repository, { remote, branches }: SubmitPlan, done: Submitted): Promise<string | undefined> {
  const wanted = branches.filter(({ push: { kind } }) => kind === 'create' || kind === 'fast-forward' || kind === 'force');
  if (remote === undefined || wanted.length === 0) return undefined;
  // Whatever comes of it, what the remote holds then is one of these.
  for (const { branch, tip, pushed } of wanted) rememberPushed(repository, remote, branch, [...new Set([...pushed, tip])]);
  const answer = await pushBranches(repository, remote, wanted.map(({ branch, push: { kind, ...rest } }) => ({ branch, ...(kind === 'force' && 'lease' in rest && { lease: rest.lease }) })), upstreamOf(repository, remote, wanted));
  const arrived = wanted.filter(({ branch }) => answer.refs.some((ref) => ref.branch === branch && ref.isDone && !isUndone(answer)));
  for (const { branch, tip } of arrived) rememberPushed(repository, remote, branch, [tip]);
  done.pushed.push(...arrived.map(({ branch }) => branch));
  return answer.status === 0 ? undefined : wordsOf(answer);
}

/** Where one of several is refused, git says of the others what would have come of them. */
function isUndone({ refs }: PushAnswer): boolean {
  return refs.some(({ said }) => /atomic push fail|atomic transaction failed/i.test(said));
}

function wordsOf({ refs, said }: PushAnswer): string {
  const refused = refs.filter(({ isDone }) => !isDone).map(({ branch, said: why }) => `${branch}: ${why}`);
  return [said, ...refused].filter((line) => line !== '').join('\n');
}

/** Branches that follow nothing yet follow what they are pushed to, as after `git push -u`. */
function upstreamOf(repository: Repository, remote: string, wanted: readonly PlannedBranch[]): string[] {
  const lines = repository.git(['for-each-ref', '--format=%(refname:short)%00%(upstream)', ...wanted.map(({ branch }) => `refs/heads/${branch}`)]).toString().trimEnd().split('\n');
  const isFree = lines.every((line) => {
    const [branch, upstream = ''] = line.split('\0');
    return upstream === '' || upstream === `refs/remotes/${remote}/${branch}`;
  });
  return isFree ? ['--set-upstream'] : [];
}

/** Somebody who submits at the same time may have been faster: then theirs is the one. */
async function openPull(hosting: Hosting, plan: SubmitPlan, planned: PlannedBranch, pulls: ReadonlyMap<string, PullRequest>, { isDraft }: SubmitOptions): Promise<PullRequest> {
  const { title, body, base } = wantedOf(plan, planned, undefined, pulls);
  try {
    return await hosting.createPullRequest({ head: planned.branch, base, title, body, draft: isDraft });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [theirs] = await hosting.findPullRequests({ head: planned.branch, state: 'open' });
    if (!theirs) throw error;
    return theirs;
  }
}

/** Reads it once more: what somebody wrote since the plan was made stays. */
async function bringUpToDate(hosting: Hosting, plan: SubmitPlan, planned: PlannedBranch, pulls: Map<string, PullRequest>, done: Submitted): Promise<void> {
  const known = pulls.get(planned.branch);
  if (!known || known.state !== 'open' || Object.keys(changesOf(known, wantedOf(plan, planned, known, pulls))).length === 0) return;
  const now = (await hosting.getPullRequest({ id: known.id })) ?? known;
  const wanted = wantedOf(plan, planned, now, pulls);
  const changes = changesOf(now, wanted);
  if (wanted.isEdited) done.edited.push(now);
  if (now.state !== 'open' || Object.keys(changes).length === 0) return;
  const updated = await hosting.updatePullRequest({ id: now.id, ...changes });
  pulls.set(planned.branch, updated);
  if (!done.opened.some(({ id }) => id === updated.id)) done.updated.push(updated);
}
