import { UserError } from '../../error.ts';
import type { OpenThreadInput, ReplyToThreadInput, ResolveThreadInput, Thread } from '../generated/ports.ts';
import type { GitHubApi } from './api.ts';
import { requiredPull, type GitHubPull } from './pull-request.ts';
import { wordsOf } from './refusals.ts';

/** A comment of the REST API: of an issue, of a review, or a review itself. */
interface Remark {
  readonly id: number;
  readonly node_id: string;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  readonly created_at?: string;
  readonly submitted_at?: string;
  readonly html_url: string;
  readonly state?: string;
}

/** "PullRequestReviewThread" of the GraphQL API: the REST API does not say what is resolved. */
interface ReviewThread {
  readonly id: string;
  readonly isResolved: boolean;
  readonly path: string;
  readonly line: number | null;
  readonly comments: Page<{ readonly databaseId: number; readonly author: { readonly login: string } | null; readonly createdAt: string; readonly body: string; readonly url: string }>;
}

/** A page of one of GraphQL's connections. */
interface Page<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A conversation, and how GitHub is told about it: the thread's node, or the comment's that began it. */
interface Conversation {
  readonly thread: Thread;
  readonly node: string;
  readonly kind: 'thread' | 'remark';
}

const PAGE = 'pageInfo{hasNextPage endCursor}';
const COMMENTS = `nodes{databaseId author{login} createdAt body url} ${PAGE}`;
const THREADS = `query($owner:String!,$name:String!,$number:Int!,$after:String){repository(owner:$owner,name:$name){pullRequest(number:$number){reviewThreads(first:50,after:$after){nodes{id isResolved path line comments(first:100){${COMMENTS}}} ${PAGE}}}}}`;
const MORE_COMMENTS = `query($id:ID!,$after:String){node(id:$id){...on PullRequestReviewThread{comments(first:100,after:$after){${COMMENTS}}}}}`;
const HIDDEN = `query($ids:[ID!]!){nodes(ids:$ids){id ...on Minimizable{isMinimized}}}`;

/** Comments about the whole cannot be answered at GitHub: an answer is a comment that says in a mark, which nobody sees, what it answers. */
const ANSWERS = /^<!-- answers ([\w-]+) -->\n/;

/** The oldest first: threads about lines and files, comments about the whole, and what reviewers wrote when they asked for changes or commented. */
export async function listConversations(api: GitHubApi, id: string): Promise<Thread[]> {
  return (await conversations(api, await requiredPull(api, id))).map(({ thread }) => thread);
}

async function conversations(api: GitHubApi, { number }: GitHubPull): Promise<Conversation[]> {
  const threads = await reviewThreads(api, number);
  const reviews = await api.all<Remark>(`/pulls/${number}/reviews?per_page=100`);
  const asking = reviews.filter(({ body, state }) => (body ?? '').trim() !== '' && ['CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED'].includes(state ?? ''));
  // Reviews first: they are answered by comments, never the other way round.
  const remarks = [...asking, ...(await api.all<Remark>(`/issues/${number}/comments?per_page=100`))];
  const hidden = await hiddenOf(api, remarks);
  const begun = new Map<string, Conversation>();
  for (const remark of remarks) {
    const comment = { id: nameOf(remark), author: remark.user?.login ?? 'ghost', at: remark.created_at ?? remark.submitted_at ?? '', body: (remark.body ?? '').replaceAll('\r\n', '\n').replace(ANSWERS, '') };
    const answered = begun.get(ANSWERS.exec((remark.body ?? '').replaceAll('\r\n', '\n'))?.[1] ?? '');
    if (answered) answered.thread.comments.push(comment);
    else begun.set(comment.id, { kind: 'remark', node: remark.node_id, thread: { id: comment.id, file: null, line: null, resolved: remark.state === 'DISMISSED' || hidden.has(remark.node_id), comments: [comment], url: remark.html_url } });
  }
  const at = ({ thread }: Conversation) => thread.comments[0]?.at ?? '';
  return [...threads, ...begun.values()].sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
}

async function reviewThreads(api: GitHubApi, number: number): Promise<Conversation[]> {
  const ask = async (after: string | null) => (await api.graphql<{ repository: { pullRequest: { reviewThreads: Page<ReviewThread> } } }>(THREADS, { number, after })).repository.pullRequest.reviewThreads;
  const found: Conversation[] = [];
  for (const { id, isResolved, path, line, comments } of await allOf(await ask(null), ask)) {
    const said = await allOf(comments, async (after) => (await api.graphql<{ node: ReviewThread }>(MORE_COMMENTS, { id, after })).node.comments);
    const shown = said.map(({ databaseId, author, createdAt, body }) => ({ id: `discussion_r${databaseId}`, author: author?.login ?? 'ghost', at: createdAt, body }));
    const [first] = said;
    if (first) found.push({ kind: 'thread', node: id, thread: { id: `discussion_r${first.databaseId}`, file: path, line, resolved: isResolved, comments: shown, url: first.url } });
  }
  return found;
}

async function allOf<T>(first: Page<T>, next: (after: string | null) => Promise<Page<T>>): Promise<T[]> {
  const all = [...first.nodes];
  for (let page = first; page.pageInfo.hasNextPage && page.nodes.length > 0; all.push(...page.nodes)) page = await next(page.pageInfo.endCursor);
  return all;
}

/** The nodes among these that somebody hid, as resolved or for any other reason. */
async function hiddenOf(api: GitHubApi, remarks: readonly Remark[]): Promise<Set<string>> {
  const hidden = new Set<string>();
  for (let at = 0; at < remarks.length; at += 100) {
    const { nodes } = await api.graphql<{ nodes: readonly ({ id: string; isMinimized?: boolean } | null)[] }>(HIDDEN, { ids: remarks.slice(at, at + 100).map(({ node_id: id }) => id) });
    for (const node of nodes) if (node?.isMinimized) hidden.add(node.id);
  }
  return hidden;
}

/** As the address of the comment ends. */
function nameOf({ id, state }: Pick<Remark, 'id' | 'state'>): string {
  return `${state === undefined ? 'issuecomment' : 'pullrequestreview'}-${id}`;
}

/** "Create a review comment for a pull request"; about the whole "Create an issue comment". */
export async function openConversation(api: GitHubApi, { pull: id, body, file, line }: OpenThreadInput): Promise<Thread> {
  const pull = await requiredPull(api, id);
  if (file === undefined) {
    const made = (await api.ask('POST', `/issues/${id}/comments`, { body: { body } })).body as Remark;
    return (await conversation(api, pull, nameOf(made))).thread;
  }
  const place = line === undefined ? { subject_type: 'file' } : { line, side: 'RIGHT' };
  const { status, body: answer } = await api.ask('POST', `/pulls/${id}/comments`, { body: { body, commit_id: pull.head.sha, path: file, ...place }, but: [422] });
  if (status === 422) throw new UserError(`Unexpected place ${file}${line === undefined ? '' : `:${line}`} of pull request ${id}: ${wordsOf(answer)}`, 'name a file, and a line near a change, that the pull request changes', 'not-found');
  return (await conversation(api, pull, `discussion_r${(answer as Remark).id}`)).thread;
}

async function conversation(api: GitHubApi, pull: GitHubPull, id: string): Promise<Conversation> {
  const all = await conversations(api, pull);
  const found = all.find(({ thread }) => thread.id === id);
  if (found) return found;
  throw new UserError(`Unexpected absence of conversation ${id} of pull request ${pull.number}, expected it there`, `it has ${all.map(({ thread }) => thread.id).join(', ') || 'none'}`, 'not-found');
}

/** "Create a reply for a review comment", to the one that began the thread. */
export async function replyTo(api: GitHubApi, { pull: id, thread: name, body }: ReplyToThreadInput): Promise<Thread> {
  const pull = await requiredPull(api, id);
  const { kind } = await conversation(api, pull, name);
  if (kind === 'thread') await api.ask('POST', `/pulls/${id}/comments/${name.slice('discussion_r'.length)}/replies`, { body: { body } });
  else await api.ask('POST', `/issues/${id}/comments`, { body: { body: `<!-- answers ${name} -->\n${body}` } });
  return (await conversation(api, pull, name)).thread;
}

/** Threads are resolved; a comment about the whole is hidden as resolved, which is what GitHub has for it. */
export async function resolveConversation(api: GitHubApi, { pull: id, thread: name, resolved }: ResolveThreadInput): Promise<Thread> {
  const pull = await requiredPull(api, id);
  const { kind, node, thread } = await conversation(api, pull, name);
  if (thread.resolved === resolved) return thread;
  const [field, input] = kind === 'thread' ? [resolved ? 'resolveReviewThread' : 'unresolveReviewThread', 'threadId:$node'] : [resolved ? 'minimizeComment' : 'unminimizeComment', `subjectId:$node${resolved ? ',classifier:RESOLVED' : ''}`];
  await api.graphql(`mutation($node:ID!){${field}(input:{${input}}){clientMutationId}}`, { node });
  return (await conversation(api, pull, name)).thread;
}
