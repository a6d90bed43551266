import { UserError } from '../../error.ts';
import type { NativeStack } from '../generated/ports.ts';
import type { GitHubApi } from './api.ts';
import { requiredPull } from './pull-request.ts';
import { wordsOf } from './refusals.ts';

/** What the adapter reads of the stack resource ("REST API endpoints for stacked pull requests", public preview of 2026-07-30). */
interface GitHubStack {
  readonly number: number;
  /** From the bottom to the top; what was merged stays in it. */
  readonly pull_requests: readonly { readonly number: number; readonly merged_at: string | null }[];
}

/** The stack that a pull request is in. Throws a UserError (`unsupported`) where the repository has no stacks. */
export async function readStack(api: GitHubApi, pull: string): Promise<NativeStack | null> {
  const stack = await stackOf(api, pull);
  return stack ? shown(stack) : null;
}

/**
 * Lets GitHub keep these as one stack. One that is the beginning of it is added to, the only way in which GitHub lets a
 * stack change; others are taken apart before.
 */
export async function writeStack(api: GitHubApi, pulls: readonly string[]): Promise<NativeStack> {
  if (pulls.length < 2) throw new UserError(`Unexpected stack of ${pulls.length}, expected two pull requests at least`, 'a single one needs no stack', 'conflict');
  const wanted = pulls.map(Number);
  const found = new Map<number, GitHubStack>();
  for (const id of pulls) {
    if ([...found.values()].some(({ pull_requests: members }) => members.some(({ number }) => String(number) === id))) continue;
    const stack = await stackOf(api, id);
    if (stack) found.set(stack.number, stack);
  }
  const [known, other] = [...found.values()];
  const members = known?.pull_requests.flatMap(({ number, merged_at }) => (merged_at === null ? [number] : [])) ?? [];
  if (known && !other && members.every((number, at) => number === wanted[at])) {
    const rest = wanted.slice(members.length);
    return rest.length === 0 ? shown(known) : write(api, `/stacks/${known.number}/add`, rest);
  }
  for (const number of found.keys()) await leaveStack(api, number, wanted);
  return write(api, '/stacks', wanted);
}

/** "Unstack": takes out all that is not merged. Throws a UserError where one of `pulls` stays, because it is about to be merged. */
export async function leaveStack({ ask }: GitHubApi, stack: number, pulls: readonly number[]): Promise<void> {
  const { body } = await ask('POST', `/stacks/${stack}/unstack`, { but: [404] });
  const left = (body as Partial<GitHubStack> | undefined)?.pull_requests?.find(({ number, merged_at }) => merged_at === null && pulls.includes(number));
  if (left) throw new UserError(`Unexpected pull request ${left.number} that stays in stack ${stack}, expected it free: it is about to be merged`, 'ask again when it is merged, or taken out of the queue', 'conflict');
}

export async function stackNumbered({ ask }: GitHubApi, number: number): Promise<GitHubStack> {
  return (await ask('GET', `/stacks/${number}`)).body as GitHubStack;
}

/** 404 of a pull request that is there: the preview is not on for this repository, or this GitHub does not know of it. */
async function stackOf(api: GitHubApi, pull: string): Promise<GitHubStack | undefined> {
  const { status, body } = await api.ask('GET', `/stacks?pull_request=${encodeURIComponent(pull)}`, { but: [404] });
  if (status !== 404) return (body as GitHubStack[])[0];
  await requiredPull(api, pull);
  const { owner, name } = await api.repository();
  throw new UserError(`Unexpected absence of stacks in ${owner}/${name}, expected a repository that has them`, 'its settings say whether they are on; without them the bases of the pull requests say what stands on what', 'unsupported');
}

async function write({ ask }: GitHubApi, path: string, pulls: readonly number[]): Promise<NativeStack> {
  const { status, body } = await ask('POST', path, { body: { pull_requests: pulls }, but: [409, 422] });
  if (status >= 400) throw new UserError(`Unexpected refusal of the stack of pull requests ${pulls.join(', ')}: ${wordsOf(body)}`, 'each has to go into the branch of the one below it', 'conflict');
  return shown(body as GitHubStack);
}

function shown({ number, pull_requests: members }: GitHubStack): NativeStack {
  return { id: String(number), pulls: members.map((one) => String(one.number)) };
}
