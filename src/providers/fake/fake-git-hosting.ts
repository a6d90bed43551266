import type { GitHostingSubject } from '../contract/git-hosting.ts';
import type { CreatePullRequestInput, GitHosting, MergePullRequestInput, NativeStack, PullRequest, Thread } from '../generated/ports.ts';
import { absent, conflict, type FakeOptions } from './fake-options.ts';

interface FakeCommit {
  readonly id: string;
  readonly files: ReadonlyMap<string, string>;
  readonly parent: FakeCommit | undefined;
}

/** A host in memory, with branches of files as text, that knows stacks. */
export interface FakeGitHosting extends GitHostingSubject {
  /** What stands at a branch's tip: path to text. */
  readonly filesOf: (branch: string) => ReadonlyMap<string, string> | undefined;
}

export function fakeGitHosting({ now, author }: FakeOptions): FakeGitHosting {
  const branches = new Map<string, FakeCommit>();
  const pulls = new Map<string, PullRequest>();
  const threads = new Map<string, Thread[]>();
  const stacks: NativeStack[] = [];
  let commits = 0;

  const commit = (files: ReadonlyMap<string, string>, parent: FakeCommit | undefined): FakeCommit => {
    commits += 1;
    return { id: commits.toString(16).padStart(40, '0'), files, parent };
  };
  branches.set('main', commit(new Map([['README.md', '# Fake\n']]), undefined));

  const shown = (pull: PullRequest): PullRequest => ({ ...pull, commit: pull.state === 'open' ? (branches.get(pull.head)?.id ?? null) : pull.commit });
  const required = (id: string): PullRequest => shown(pulls.get(id) ?? absent(`pull request ${id}`));
  const branch = (name: string): FakeCommit => branches.get(name) ?? absent(`branch ${name}`);
  const thread = (pull: string, id: string): Thread => {
    required(pull);
    return threads.get(pull)?.find((one) => one.id === id) ?? absent(`conversation ${id}`);
  };
  const put = (pull: PullRequest): PullRequest => {
    pulls.set(pull.id, pull);
    return shown(pull);
  };
  const putThread = (pull: string, changed: Thread): Thread => {
    const all = threads.get(pull) ?? [];
    threads.set(pull, all.some(({ id }) => id === changed.id) ? all.map((one) => (one.id === changed.id ? changed : one)) : [...all, changed]);
    return changed;
  };
  const refuseSecond = ({ head, base }: Pick<CreatePullRequestInput, 'head' | 'base'>, except?: string): void => {
    for (const pull of pulls.values()) if (pull.id !== except && pull.state === 'open' && pull.head === head && pull.base === base) throw conflict(`second pull request of ${head}`);
  };
  const merge = (pull: PullRequest, { commit: expected }: MergePullRequestInput): PullRequest => {
    const [head, base] = [branch(pull.head), branch(pull.base)];
    if (pull.state !== 'open' || (expected !== undefined && expected !== head.id)) throw conflict(`merge of pull request ${pull.id}`);
    const files = joined(head, base);
    if (!files) throw conflict(`conflict of ${pull.head} with ${pull.base}`);
    const made = commit(files, base);
    branches.set(pull.base, made);
    return put({ ...pull, state: 'merged', commit: head.id, merged: made.id, updated: now() });
  };

  const port: GitHosting = {
    findPullRequests: async ({ head, base, state }) => [...pulls.values()].map(shown).filter((pull) => (head === undefined || pull.head === head) && (base === undefined || pull.base === base) && (state === undefined || pull.state === state)),
    getPullRequest: async ({ id }) => (pulls.has(id) ? required(id) : null),
    createPullRequest: async ({ title, body, head, base, draft = false }) => {
      for (const name of [head, base]) branch(name);
      if (head === base) throw conflict('head that is the base');
      refuseSecond({ head, base });
      return put({ id: String(pulls.size + 1), title, body, head, base, state: 'open', draft, author, created: now(), updated: now(), commit: null, merged: null, url: null });
    },
    updatePullRequest: async ({ id, ...changes }) => {
      const pull = required(id);
      if (pull.state === 'merged') throw conflict('change of what is merged');
      if (changes.base !== undefined) branch(changes.base);
      const changed = { ...pull, ...changes, updated: now() };
      if (changed.state === 'open') refuseSecond(changed, id);
      return put(changed);
    },
    mergePullRequest: async (input) => merge(required(input.id), input),
    listThreads: async ({ pull }) => [...(threads.get(required(pull).id) ?? [])],
    openThread: async ({ pull, body, file = null, line = null }) => {
      required(pull);
      return putThread(pull, { id: String((threads.get(pull)?.length ?? 0) + 1), file, line, resolved: false, comments: [{ id: '1', author, at: now(), body }], url: null });
    },
    replyToThread: async ({ pull, thread: id, body }) => {
      const one = thread(pull, id);
      return putThread(pull, { ...one, comments: [...one.comments, { id: String(one.comments.length + 1), author, at: now(), body }] });
    },
    resolveThread: async ({ pull, thread: id, resolved }) => putThread(pull, { ...thread(pull, id), resolved }),
    getStack: async ({ pull }) => stacks.find((stack) => stack.pulls.includes(pull)) ?? null,
    setStack: async ({ pulls: members }) => {
      for (const id of members) required(id);
      const stack = { id: String(stacks.length + 1), pulls: members };
      const others = stacks.map((one) => ({ ...one, pulls: one.pulls.filter((id) => !members.includes(id)) }));
      stacks.splice(0, stacks.length, ...others, stack);
      return stack;
    },
  };

  return {
    port,
    base: 'main',
    newBranch: async (files) => {
      const base = branch('main');
      const made = commit(new Map([...base.files, ...Object.entries(files)]), base);
      const name = `branch-${made.id.replace(/^0+/, '')}`;
      branches.set(name, made);
      return { name, commit: made.id };
    },
    textOf: async (name, path) => branches.get(name)?.files.get(path),
    filesOf: (name) => branches.get(name)?.files,
  };
}

/** What both sides make of the files of the commit that the head began at; undefined where they changed one in two ways. */
function joined(head: FakeCommit, base: FakeCommit): ReadonlyMap<string, string> | undefined {
  const origin = head.parent?.files ?? new Map<string, string>();
  const files = new Map<string, string>();
  for (const path of new Set([...head.files.keys(), ...base.files.keys()])) {
    const [was, ours, theirs] = [origin.get(path), base.files.get(path), head.files.get(path)];
    if (ours !== was && theirs !== was && ours !== theirs) return undefined;
    const text = theirs === was ? ours : theirs;
    if (text !== undefined) files.set(path, text);
  }
  return files;
}
