import { setTimeout } from 'node:timers/promises';
import { UserError } from '../../error.ts';
import type { MergePullRequestInput, PullRequest } from '../generated/ports.ts';
import type { GitHubApi } from './api.ts';
import { requiredPull, shownPull, type GitHubPull } from './pull-request.ts';
import { wordsOf } from './refusals.ts';
import { stackNumbered } from './stacks.ts';

/** Ten minutes, at a look a second: longer than a stack of a hundred takes. */
const MOST_LOOKS = 600;

/** "Merge a pull request"; one that is in a stack only by "Merge a pull request asynchronously", and there the lowest one, since all below it would go along. */
export async function mergePull(api: GitHubApi, { id, method, commit }: MergePullRequestInput, lookMs: number): Promise<PullRequest> {
  const pull = await requiredPull(api, id);
  if (pull.state !== 'open') throw conflict(`merge of pull request ${id}, which is ${shownPull(pull).state}, expected an open one`, 'open another one');
  if (commit !== undefined && commit !== pull.head.sha) throw conflict(`commit ${pull.head.sha} of ${pull.head.ref}, expected ${commit}: somebody pushed to it`, 'look at what came, then merge that');
  if (pull.stack) await mergeInStack(api, pull, pull.stack.number, { method, lookMs });
  else {
    const { status, body } = await api.ask('PUT', `/pulls/${id}/merge`, { body: { merge_method: method, sha: pull.head.sha }, but: [405, 409, 422] });
    if (status !== 200) throw conflict(`refusal of the merge of pull request ${id}: ${wordsOf(body)}`, `bring ${pull.base.ref} into ${pull.head.ref}, see what its checks and reviews say, and merge again`);
  }
  // Where the branch is merged by a queue it is still open now.
  return shownPull(await requiredPull(api, id));
}

interface MergeAnswer {
  readonly status: 'pending' | 'merged' | 'enqueued' | 'failed';
  readonly details: { readonly message?: string; readonly uuid?: string };
}

async function mergeInStack(api: GitHubApi, { number, head }: GitHubPull, stack: number, { method, lookMs }: { readonly method: MergePullRequestInput['method']; readonly lookMs: number }): Promise<void> {
  const { pull_requests: members } = await stackNumbered(api, stack);
  const below = members.slice(0, members.findIndex((one) => one.number === number)).filter(({ merged_at }) => merged_at === null);
  if (below.length > 0) throw conflict(`merge of pull request ${number} above ${below.map((one) => one.number).join(', ')} in stack ${stack}, expected the lowest one: GitHub would merge all of them`, `merge ${below[0]?.number} first`);
  let answer = (await api.ask('PUT', `/pulls/${number}/merge-async`, { body: { merge_method: method, sha: head.sha }, but: [400, 409, 422] })).body as Partial<MergeAnswer>;
  for (let look = 0; answer.status === 'pending' && answer.details?.uuid !== undefined && look < MOST_LOOKS; look += 1) {
    await setTimeout(look === 0 ? Math.min(lookMs, 100) : lookMs);
    answer = (await api.ask('GET', `/pulls/${number}/merge-async/${encodeURIComponent(answer.details.uuid)}`)).body as MergeAnswer;
  }
  if (answer.status === 'merged' || answer.status === 'enqueued') return;
  throw conflict(`${answer.status === 'pending' ? 'wait for' : 'refusal of'} the merge of pull request ${number}: ${answer.details?.message ?? wordsOf(answer)}`, 'see what it says, and merge again');
}

function conflict(what: string, hint: string): UserError {
  return new UserError(`Unexpected ${what}`, hint, 'conflict');
}
