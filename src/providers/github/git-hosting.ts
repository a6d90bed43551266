import { UserError } from '../../error.ts';
import type { CreatePullRequestInput, FindPullRequestsInput, GitHosting, PullRequest, UpdatePullRequestInput } from '../generated/ports.ts';
import { githubApi, type GitHubApi, type GitHubContext } from './api.ts';
import { listConversations, openConversation, replyTo, resolveConversation } from './conversations.ts';
import { mergePull } from './merge.ts';
import { readPull, requiredPull, shownPull, type GitHubPull } from './pull-request.ts';
import { wordsOf } from './refusals.ts';
import { leaveStack, readStack, writeStack } from './stacks.ts';

/** Pull requests, conversations and native stacks of a repository at GitHub. Nothing is asked before the first operation. */
export function githubGitHosting(context: GitHubContext): GitHosting {
  const api = githubApi(context);
  return {
    findPullRequests: (input) => find(api, input),
    async getPullRequest({ id }) {
      const pull = await readPull(api, id);
      return pull ? shownPull(pull) : null;
    },
    createPullRequest: (input) => create(api, input),
    updatePullRequest: (input) => update(api, input),
    mergePullRequest: (input) => mergePull(api, input, context.lookMs ?? 1_000),
    listThreads: ({ pull }) => listConversations(api, pull),
    openThread: (input) => openConversation(api, input),
    replyToThread: (input) => replyTo(api, input),
    resolveThread: (input) => resolveConversation(api, input),
    getStack: ({ pull }) => readStack(api, pull),
    setStack: ({ pulls }) => writeStack(api, pulls),
  };
}

/** "List pull requests". Looked through once more, since a filter in a form that GitHub does not know filters nothing. */
async function find({ repository, all }: GitHubApi, { head, base, state }: FindPullRequestsInput): Promise<PullRequest[]> {
  const { owner } = await repository();
  const query = new URLSearchParams({ state: state === 'open' || state === undefined ? (state ?? 'all') : 'closed', sort: 'created', direction: 'asc', per_page: '100', ...(head !== undefined && { head: `${owner}:${head}` }), ...(base !== undefined && { base }) });
  const pulls = (await all<GitHubPull>(`/pulls?${query}`)).map(shownPull);
  return pulls.filter((pull) => (head === undefined || pull.head === head) && (base === undefined || pull.base === base) && (state === undefined || pull.state === state));
}

/** "Create a pull request". */
async function create({ ask }: GitHubApi, { title, body, head, base, draft = false }: CreatePullRequestInput): Promise<PullRequest> {
  const answered = await ask('POST', '/pulls', { body: { title, body, head, base, draft }, but: [422] });
  if (answered.status === 422) throw refused(answered.body, `a pull request of ${head} into ${base}`, base);
  return shownPull(answered.body as GitHubPull);
}

/**
 * "Update a pull request"; a draft is made and unmade by GraphQL alone. One that is in a stack leaves it before its base
 * changes, since GitHub refuses the base there, and takes the rest of the change all the same.
 */
async function update(api: GitHubApi, { id, draft, base, ...rest }: UpdatePullRequestInput): Promise<PullRequest> {
  const pull = await requiredPull(api, id);
  if (pull.merged_at !== null) throw new UserError(`Unexpected change of pull request ${id}, which is merged, expected one that is not`, 'open another one', 'conflict');
  const moved = base === undefined || base === pull.base.ref ? {} : { base };
  if (base !== undefined && moved.base !== undefined && pull.stack) {
    await requireBranch(api, base);
    await leaveStack(api, pull.stack.number, [pull.number]);
  }
  const changes = { ...rest, ...moved };
  let changed = pull;
  if (Object.keys(changes).length > 0) {
    const answered = await api.ask('PATCH', `/pulls/${id}`, { body: changes, but: [422] });
    if (answered.status === 422) throw refused(answered.body, `the change of pull request ${id}`, base);
    changed = answered.body as GitHubPull;
  }
  if (draft === undefined || draft === (changed.draft ?? false)) return shownPull(changed);
  const mutation = draft ? 'convertPullRequestToDraft' : 'markPullRequestReadyForReview';
  await api.graphql(`mutation($pull:ID!){${mutation}(input:{pullRequestId:$pull}){clientMutationId}}`, { pull: pull.node_id });
  return shownPull(await requiredPull(api, id));
}

/** Before anything is taken apart for it. */
async function requireBranch({ ask }: GitHubApi, branch: string): Promise<void> {
  const { status } = await ask('GET', `/git/ref/heads/${branch.split('/').map(encodeURIComponent).join('/')}`, { but: [404] });
  if (status === 404) throw new UserError(`Unexpected absence of branch ${branch}, expected it there`, 'push it first', 'not-found');
}

/** 422 names the field that it is about: a head or base that is `invalid` is not there. */
function refused(body: unknown, what: string, base: string | undefined): UserError {
  const { errors } = body as { errors?: readonly { field?: string; code?: string; message?: string }[] };
  const absent = Array.isArray(errors) ? errors.find(({ field, code, message }) => ((field === 'head' || field === 'base') && code === 'invalid') || /base branch '.*' was not found/i.test(message ?? '')) : undefined;
  if (absent) return new UserError(`Unexpected absence of the ${absent.field ?? `base ${base}`} of ${what}, expected it there`, 'push it first', 'not-found');
  return new UserError(`Unexpected refusal of ${what}: ${wordsOf(body)}`, 'see what it says', 'conflict');
}
