import type { Records } from '../../git/record-ref.ts';
import type { Comment, PullRequest, Thread } from '../generated/ports.ts';
import { numbersIn, readRecord, recordDocument } from './record-document.ts';

/** `12/pull.md`, its conversations `12/threads/1/thread.md`, their comments `12/threads/1/1.md`. */
const pullPath = (id: string) => `${id}/pull.md`;
const threadPath = (pull: string, id: string) => `${pull}/threads/${id}/thread.md`;
const commentPath = (pull: string, thread: string, id: string) => `${pull}/threads/${thread}/${id}.md`;

export function pullNumbers({ paths }: Records): number[] {
  return numbersIn(paths, '');
}

/** All pull requests, the oldest first. */
export function readPulls(records: Records): PullRequest[] {
  records.load((path) => path.endsWith('/pull.md'));
  return pullNumbers(records).flatMap((number) => readPull(records, String(number)) ?? []);
}

/** A pull request; while it is open its commit is what its branch is now. */
export function readPull(records: Records, id: string): PullRequest | undefined {
  if (!/^\d{1,9}$/.test(id)) return undefined;
  const record = readRecord(records, pullPath(id));
  if (!record) return undefined;
  const { title, head, base, state, draft = false, author, created, updated, commit = null, merged = null } = record.data as Omit<PullRequest, 'id' | 'body' | 'url'>;
  const tip = state === 'open' ? (records.branches.get(head) ?? commit) : commit;
  return { id, title, body: record.text, head, base, state, draft, author, created, updated, commit: tip, merged, url: null };
}

export function pullFile({ id, body, url: _, ...data }: PullRequest): [string, string] {
  const { title, state, head, base, draft, author, created, updated, commit, merged } = data;
  return [pullPath(id), recordDocument({ title, state, head, base, ...(draft && { draft }), author, created, updated, ...(commit !== null && { commit }), ...(merged !== null && { merged }) }, body)];
}

export function readThreads(records: Records, pull: string): Thread[] {
  records.load((path) => path.startsWith(`${pull}/threads/`));
  return numbersIn(records.paths, `${pull}/threads/`).flatMap((number) => readThread(records, pull, String(number)) ?? []);
}

export function readThread(records: Records, pull: string, id: string): Thread | undefined {
  if (!/^\d{1,9}$/.test(id)) return undefined;
  const record = readRecord(records, threadPath(pull, id));
  if (!record) return undefined;
  const { file = null, line = null, resolved = false } = record.data as Partial<Thread>;
  const comments = numbersIn(records.paths, `${pull}/threads/${id}/`).flatMap((number) => readComment(records, pull, id, String(number)) ?? []);
  return { id, file, line, resolved, comments, url: null };
}

function readComment(records: Records, pull: string, thread: string, id: string): Comment | undefined {
  const record = readRecord(records, commentPath(pull, thread, id));
  if (!record) return undefined;
  const { author, at } = record.data as Pick<Comment, 'author' | 'at'>;
  return { id, author, at, body: record.text };
}

/** The files of a conversation; of its comments only the last one, all others stand there. */
export function threadFiles(pull: string, { id, file, line, resolved, comments }: Thread): [string, string][] {
  const said = comments.at(-1);
  return [
    [threadPath(pull, id), recordDocument({ ...(file !== null && { file }), ...(line !== null && { line }), resolved }, '')],
    ...(said ? [[commentPath(pull, id, said.id), recordDocument({ author: said.author, at: said.at }, said.body)] as [string, string]] : []),
  ];
}
