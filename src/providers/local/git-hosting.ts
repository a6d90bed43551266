import { UserError } from '../../error.ts';
import { mergeCommits, rebaseCommits, squashCommits, type Joined } from '../../git/merge-commits.ts';
import { RecordRef, type RecordChange, type Records } from '../../git/record-ref.ts';
import { fetchRefs, type RefMove } from '../../git/remote.ts';
import { followBranch, mustFollow } from '../../git/follow-branch.ts';
import type { CreatePullRequestInput, GitHosting, MergePullRequestInput, PullRequest, Thread, UpdatePullRequestInput } from '../generated/ports.ts';
import type { LocalContext } from './context.ts';
import { pullFile, pullNumbers, readPull, readPulls, readThread, readThreads, threadFiles } from './pull-records.ts';
import { notFound } from './record-document.ts';

/**
 * Pull requests as Markdown documents on `refs/treework/pulls` of the remote, without one of this
 * repository. Their numbers are given by compare-and-swap, so no two are the same; a merge moves the
 * base and the record in one transaction.
 */
export function localGitHosting(context: LocalContext): GitHosting {
  const store = new RecordRef(context.repository, 'pulls', { withBranches: true });
  const { actor, now } = context;

  const required = (records: Records, id: string): PullRequest => {
    const pull = readPull(records, id);
    if (pull) return pull;
    throw notFound(`pull request ${id}`, pullNumbers(records).length === 0 ? 'there is none yet' : `the last one is ${pullNumbers(records).at(-1)}`);
  };
  const requiredThread = (records: Records, pull: string, id: string): Thread => {
    required(records, pull);
    const thread = readThread(records, pull, id);
    if (thread) return thread;
    throw notFound(`conversation ${id} of pull request ${pull}`, `it has ${readThreads(records, pull).map((one) => one.id).join(', ') || 'none'}`);
  };
  /** Changes one conversation and answers with it. */
  const changeThread = (pull: string, message: string, make: (records: Records) => Thread) =>
    store.change((records) => {
      const answer = make(records);
      return { files: new Map(threadFiles(pull, answer)), message, answer };
    });

  return {
    async findPullRequests({ head, base, state }) {
      return readPulls(store.read()).filter((pull) => (head === undefined || pull.head === head) && (base === undefined || pull.base === base) && (state === undefined || pull.state === state));
    },
    async getPullRequest({ id }) {
      return readPull(store.read(), id) ?? null;
    },
    createPullRequest: (input) => store.change((records) => created(records, input, { author: actor(), at: now() })),
    updatePullRequest: (input) => store.change((records) => updated(records, required(records, input.id), input, now())),
    async mergePullRequest(input) {
      let moved: RefMove | undefined;
      const answer = await store.change((records) => {
        const change = merged(context, store, records, required(records, input.id), input);
        [moved] = change.moves ?? [];
        return change;
      });
      if (moved && !store.remote) followBranch(context.repository, moved);
      return answer;
    },
    async listThreads({ pull }) {
      const records = store.read();
      required(records, pull);
      return readThreads(records, pull);
    },
    openThread: ({ pull, body, file = null, line = null }) =>
      changeThread(pull, `comment on pull request ${pull}`, (records) => {
        required(records, pull);
        const id = String(Math.max(0, ...readThreads(records, pull).map((thread) => Number(thread.id))) + 1);
        return { id, file, line: file === null ? null : line, resolved: false, comments: [{ id: '1', author: actor(), at: now(), body }], url: null };
      }),
    replyToThread: ({ pull, thread: id, body }) =>
      changeThread(pull, `answer on pull request ${pull}`, (records) => {
        const thread = requiredThread(records, pull, id);
        return { ...thread, comments: [...thread.comments, { id: String(Math.max(0, ...thread.comments.map((one) => Number(one.id))) + 1), author: actor(), at: now(), body }] };
      }),
    resolveThread: ({ pull, thread: id, resolved }) =>
      store.change((records): RecordChange<Thread> => {
        const thread = requiredThread(records, pull, id);
        const answer = { ...thread, resolved };
        const files = thread.resolved === resolved ? [] : threadFiles(pull, { ...answer, comments: [] });
        return { files: new Map(files), message: `${resolved ? 'resolve' : 'reopen'} a conversation of pull request ${pull}`, answer };
      }),
  };
}

function created(records: Records, { title, body, head, base, draft = false }: CreatePullRequestInput, { author, at }: { author: string; at: string }): RecordChange<PullRequest> {
  for (const branch of [head, base]) requiredBranch(records, branch);
  if (head === base) throw new UserError(`Unexpected head ${head} that is the base too, expected two branches`, 'name another base', 'conflict');
  refuseSecond(records, head, base);
  const id = String((pullNumbers(records).at(-1) ?? 0) + 1);
  const answer: PullRequest = { id, title, body, head, base, state: 'open', draft, author, created: at, updated: at, commit: records.branches.get(head) ?? null, merged: null, url: null };
  return { files: new Map([pullFile(answer)]), message: `open pull request ${id}: ${title}`, answer };
}

function updated(records: Records, pull: PullRequest, { id, ...changes }: UpdatePullRequestInput, at: string): RecordChange<PullRequest> {
  if (pull.state === 'merged') throw new UserError(`Unexpected change of pull request ${id}, which is merged, expected one that is not`, 'open another one', 'conflict');
  if (changes.base !== undefined && changes.base !== pull.base) requiredBranch(records, changes.base);
  const answer: PullRequest = { ...pull, ...changes };
  const isSame = pullFile(answer)[1] === pullFile(pull)[1];
  if (answer.head === answer.base) throw new UserError(`Unexpected base ${answer.base} that is the head too, expected two branches`, 'name another base', 'conflict');
  if (answer.state === 'open' && (pull.state !== 'open' || answer.base !== pull.base)) refuseSecond(records, answer.head, answer.base, id);
  const dated = isSame ? answer : { ...answer, updated: at };
  return { files: new Map(isSame ? [] : [pullFile(dated)]), message: `change pull request ${id}`, answer: dated };
}

function merged(context: LocalContext, store: RecordRef, records: Records, pull: PullRequest, { id, method, commit }: MergePullRequestInput): RecordChange<PullRequest> {
  if (pull.state !== 'open') throw new UserError(`Unexpected merge of pull request ${id}, which is ${pull.state}, expected an open one`, 'open another one', 'conflict');
  const [head, base] = [requiredBranch(records, pull.head), requiredBranch(records, pull.base)];
  if (commit !== undefined && commit !== head) throw new UserError(`Unexpected commit ${head} of ${pull.head}, expected ${commit}: somebody pushed to it`, 'look at what came, then merge that', 'conflict');
  const { repository } = context;
  if (store.remote) fetchRefs(repository, store.remote, [pull.head, pull.base].map((branch) => `refs/heads/${branch}`));
  const isThere = repository.tryGit(['merge-base', '--is-ancestor', head, base]).status === 0;
  const joined: Joined = isThere ? { commit: base } : joinedBy(method)(repository, { base, head }, messageOf(pull, method));
  if (joined.conflicts) throw new UserError(`Unexpected conflicts of ${pull.head} with ${pull.base} in ${joined.conflicts.slice(0, 5).join(', ')}, expected none`, `bring ${pull.base} into ${pull.head}, resolve them there and push`, 'conflict');
  const moves = joined.commit === base ? [] : [{ ref: `refs/heads/${pull.base}`, from: base, to: joined.commit }];
  if (!store.remote) for (const move of moves) mustFollow(repository, move);
  const answer: PullRequest = { ...pull, state: 'merged', commit: head, merged: joined.commit, updated: context.now() };
  return { files: new Map([pullFile(answer)]), message: `merge pull request ${id}`, moves, answer };
}

function joinedBy(method: MergePullRequestInput['method']) {
  return { merge: mergeCommits, squash: squashCommits, rebase: rebaseCommits }[method];
}

function messageOf({ id, title, body, head }: PullRequest, method: MergePullRequestInput['method']): string {
  return method === 'merge' ? `Merge pull request #${id} from ${head}\n\n${title}` : `${title} (#${id})\n\n${body}`;
}

function requiredBranch(records: Records, branch: string): string {
  const tip = records.branches.get(branch);
  if (tip !== undefined) return tip;
  throw notFound(`branch ${branch}`, 'push it first');
}

function refuseSecond(records: Records, head: string, base: string, except?: string): void {
  const other = readPulls(records).find((pull) => pull.id !== except && pull.state === 'open' && pull.head === head && pull.base === base);
  if (other) throw new UserError(`Unexpected second pull request of ${head} into ${base}, expected one: ${other.id} is open`, `change ${other.id} instead`, 'conflict');
}
