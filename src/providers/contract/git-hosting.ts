import type { CreatePullRequestInput, GitHosting, PullRequest, Thread } from '../generated/ports.ts';
import { defined, HARD_TEXT, holds, refused, same, type Check } from './check.ts';

/** A repository to try an adapter on. Whatever it holds already is left alone. */
export interface GitHostingSubject {
  readonly port: GitHosting;
  /** A branch that is there. */
  readonly base: string;
  /** Pushes a new branch: one commit upon `base` as it is, which writes these files. */
  readonly newBranch: (files: Readonly<Record<string, string>>) => Promise<{ readonly name: string; readonly commit: string }>;
  /** A file's text on a branch, as the host has it now; undefined where there is none. */
  readonly textOf: (branch: string, path: string) => Promise<string | undefined>;
}

type GitHostingCheck = Check<GitHostingSubject>;
const NOWHERE = '999999999';

const branchOf = (subject: GitHostingSubject, name: string) => subject.newBranch({ [`${name}.txt`]: `${name}\n` });

async function opened(subject: GitHostingSubject, name: string, more: Partial<CreatePullRequestInput> = {}): Promise<{ pull: PullRequest; head: string; commit: string }> {
  const { name: head, commit } = await branchOf(subject, name);
  const pull = await subject.port.createPullRequest({ title: `Try ${name}`, body: '', head, base: subject.base, ...more });
  return { pull, head, commit };
}

const PULLS: readonly GitHostingCheck[] = [
  {
    name: 'what createPullRequest answers is what getPullRequest reads',
    async run(subject) {
      const { pull, head, commit } = await opened(subject, 'create', { title: 'Grüße & more', body: HARD_TEXT });
      same('fields', [pull.title, pull.body, pull.head, pull.base, pull.state, pull.draft, pull.commit, pull.merged], ['Grüße & more', HARD_TEXT, head, subject.base, 'open', false, commit, null]);
      holds('author without a name', pull.author !== '');
      same('pull request read again', await subject.port.getPullRequest({ id: pull.id }), pull);
    },
  },
  {
    name: 'findPullRequests finds by head, base and state, and nothing else',
    async run(subject) {
      const { pull, head } = await opened(subject, 'find');
      const other = await opened(subject, 'find-other');
      const ids = async (input: Parameters<GitHosting['findPullRequests']>[0]) => (await subject.port.findPullRequests(input)).map(({ id }) => id);
      same('found by head', await ids({ head }), [pull.id]);
      same('found by head and state', await ids({ head, state: 'open' }), [pull.id]);
      same('found by head and another state', await ids({ head, state: 'merged' }), []);
      same('found by head and another base', await ids({ head, base: other.head }), []);
      const all = await ids({ base: subject.base });
      holds('absence of one of two from all of a base, or another order than that of their age', all.includes(pull.id) && all.indexOf(pull.id) < all.indexOf(other.pull.id));
    },
  },
  {
    name: 'pull requests that are created at once are all there, with ids of their own',
    async run(subject) {
      const branches = [await branchOf(subject, 'once-1'), await branchOf(subject, 'once-2'), await branchOf(subject, 'once-3')];
      const pulls = await Promise.all(branches.map(({ name }) => subject.port.createPullRequest({ title: 'At once', body: '', head: name, base: subject.base })));
      same('number of different ids', new Set(pulls.map(({ id }) => id)).size, branches.length);
      for (const pull of pulls) same('pull request read again', await subject.port.getPullRequest({ id: pull.id }), pull);
    },
  },
  {
    name: 'a second open pull request of the same branches is refused, a branch that is not there too',
    async run(subject) {
      const { pull, head } = await opened(subject, 'second');
      const again = { title: 'Again', body: '', head, base: subject.base };
      await refused('a second one of the same head and base', 'conflict', subject.port.createPullRequest(again));
      await subject.port.updatePullRequest({ id: pull.id, state: 'closed' });
      holds('id of the second one, which is the first one’s', (await subject.port.createPullRequest(again)).id !== pull.id);
      await refused('a head that was never pushed', 'not-found', subject.port.createPullRequest({ ...again, head: 'never-pushed-anywhere' }));
      await refused('a base that is not there', 'not-found', subject.port.createPullRequest({ ...again, base: 'never-pushed-anywhere' }));
    },
  },
  {
    name: 'updatePullRequest changes what is named and nothing else',
    async run(subject) {
      const { pull } = await opened(subject, 'update', { body: 'Why' });
      const other = await branchOf(subject, 'update-base');
      const { updated: _, ...titled } = await subject.port.updatePullRequest({ id: pull.id, title: 'Another' });
      same('after another title', titled, (({ updated: __, ...rest }) => ({ ...rest, title: 'Another' }))(pull));
      const moved = await subject.port.updatePullRequest({ id: pull.id, base: other.name, body: HARD_TEXT });
      same('base, body and title after another base and body', [moved.base, moved.body, moved.title], [other.name, HARD_TEXT, 'Another']);
      same('draft', (await subject.port.updatePullRequest({ id: pull.id, draft: true })).draft, true);
      same('state after closing', (await subject.port.updatePullRequest({ id: pull.id, state: 'closed' })).state, 'closed');
      const reopened = await subject.port.updatePullRequest({ id: pull.id, state: 'open' });
      same('state after opening again', reopened.state, 'open');
      same('pull request read again', await subject.port.getPullRequest({ id: pull.id }), reopened);
    },
  },
  {
    name: 'a pull request or conversation that is not there is null when read, and refused otherwise',
    async run({ port, ...subject }) {
      same('unknown pull request', await port.getPullRequest({ id: NOWHERE }), null);
      await refused('updatePullRequest', 'not-found', port.updatePullRequest({ id: NOWHERE, title: 'x' }));
      await refused('mergePullRequest', 'not-found', port.mergePullRequest({ id: NOWHERE, method: 'merge' }));
      await refused('listThreads', 'not-found', port.listThreads({ pull: NOWHERE }));
      await refused('openThread', 'not-found', port.openThread({ pull: NOWHERE, body: 'x' }));
      const { pull } = await opened({ port, ...subject }, 'nowhere');
      await refused('replyToThread', 'not-found', port.replyToThread({ pull: pull.id, thread: NOWHERE, body: 'x' }));
      await refused('resolveThread', 'not-found', port.resolveThread({ pull: pull.id, thread: NOWHERE, resolved: true }));
    },
  },
];

const THREADS: readonly GitHostingCheck[] = [
  {
    name: 'openThread begins a conversation about a line, or about the whole, that listThreads reads',
    async run(subject) {
      const { pull } = await opened(subject, 'threads');
      same('conversations of a new pull request', await subject.port.listThreads({ pull: pull.id }), []);
      const first = await subject.port.openThread({ pull: pull.id, file: 'threads.txt', line: 1, body: HARD_TEXT });
      const second = await subject.port.openThread({ pull: pull.id, body: 'As a whole?' });
      same('fields', [first.file, first.line, first.resolved, first.comments.map(({ body }) => body)], ['threads.txt', 1, false, [HARD_TEXT]]);
      same('fields of one about the whole', [second.file, second.line], [null, null]);
      holds('comment without an author', first.comments.every(({ author }) => author !== ''));
      same('conversations', await subject.port.listThreads({ pull: pull.id }), [first, second]);
    },
  },
  {
    name: 'replyToThread and resolveThread change that conversation alone',
    async run(subject) {
      const { pull } = await opened(subject, 'replies');
      const talk = async (body: string) => subject.port.openThread({ pull: pull.id, file: 'replies.txt', line: 1, body });
      const [first, second] = [await talk('One'), await talk('Two')];
      const answered = await subject.port.replyToThread({ pull: pull.id, thread: second.id, body: 'Because' });
      same('comments', answered.comments.map(({ body }) => body), ['Two', 'Because']);
      same('resolved', (await subject.port.resolveThread({ pull: pull.id, thread: second.id, resolved: true })).resolved, true);
      const states = (threads: readonly Thread[]) => threads.map(({ id, resolved, comments }) => [id, resolved, comments.length]);
      same('conversations', states(await subject.port.listThreads({ pull: pull.id })), [[first.id, false, 1], [second.id, true, 2]]);
      await subject.port.resolveThread({ pull: pull.id, thread: second.id, resolved: false });
      same('conversations after opening again', states(await subject.port.listThreads({ pull: pull.id })), [[first.id, false, 1], [second.id, false, 2]]);
    },
  },
];

const MERGES: readonly GitHostingCheck[] = [
  ...(['merge', 'squash', 'rebase'] as const).map((method): GitHostingCheck => ({
    name: `mergePullRequest brings the work into the base by ${method}`,
    async run(subject) {
      const { pull, head, commit } = await opened(subject, `by-${method}`);
      same('file on the base before', await subject.textOf(subject.base, `by-${method}.txt`), undefined);
      const merged = await subject.port.mergePullRequest({ id: pull.id, method, commit });
      same('state and head', [merged.state, merged.commit, merged.head], ['merged', commit, head]);
      defined('the commit of the base that holds it', merged.merged);
      same('file on the base', await subject.textOf(subject.base, `by-${method}.txt`), `by-${method}\n`);
      same('pull request read again', await subject.port.getPullRequest({ id: pull.id }), merged);
      await refused('a second merge', 'conflict', subject.port.mergePullRequest({ id: pull.id, method }));
    },
  })),
  {
    name: 'mergePullRequest refuses conflicts, another head and a closed one, and then changes nothing',
    async run(subject) {
      const write = (text: string) => subject.newBranch({ 'conflict.txt': text });
      const [one, other] = [await write('one\n'), await write('other\n')];
      const open = (head: string) => subject.port.createPullRequest({ title: 'Conflict', body: '', head, base: subject.base });
      const [first, second] = [await open(one.name), await open(other.name)];
      await refused('a merge of another head', 'conflict', subject.port.mergePullRequest({ id: first.id, method: 'merge', commit: other.commit }));
      await subject.port.mergePullRequest({ id: first.id, method: 'merge' });
      await refused('a merge with conflicts', 'conflict', subject.port.mergePullRequest({ id: second.id, method: 'squash' }));
      same('file on the base', await subject.textOf(subject.base, 'conflict.txt'), 'one\n');
      same('state of what could not be merged', (await subject.port.getPullRequest({ id: second.id }))?.state, 'open');
      await subject.port.updatePullRequest({ id: second.id, state: 'closed' });
      await refused('a merge of a closed one', 'conflict', subject.port.mergePullRequest({ id: second.id, method: 'merge' }));
    },
  },
  {
    name: 'a stack that was set is the one that is read, from each of its pull requests',
    needs: 'setStack',
    async run(subject) {
      const one = await opened(subject, 'stack-1');
      const two = await opened(subject, 'stack-2', { base: one.head });
      const { setStack, getStack } = subject.port;
      const stack = await setStack?.({ pulls: [one.pull.id, two.pull.id] });
      same('pull requests of the stack', stack?.pulls, [one.pull.id, two.pull.id]);
      for (const { pull } of [one, two]) same('stack read again', await getStack?.({ pull: pull.id }), stack);
      same('stack of one in none', await getStack?.({ pull: (await opened(subject, 'stack-3')).pull.id }), null);
    },
  },
];

export const gitHostingChecks: readonly GitHostingCheck[] = [...PULLS, ...THREADS, ...MERGES];
