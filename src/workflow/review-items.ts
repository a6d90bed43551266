import { inTreeOrder, type TaskNode } from './task-tree.ts';

/** A conversation about a pull request, as the git hosting has it. */
export interface Conversation {
  readonly pull: string;
  readonly thread: string;
  readonly file: string | null;
  /** 1-based. */
  readonly line: number | null;
  readonly resolved: boolean;
  readonly url: string | null;
  /** The oldest first, one at least. */
  readonly comments: readonly { readonly author: string; readonly at: string; readonly body: string }[];
}

/** A node that is to be made of a conversation. */
export interface NewItem {
  readonly id: string;
  readonly conversation: Conversation;
  /** As tasks.md has it. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The conversations of one pull request over against the plan. */
export interface ReviewPlan {
  readonly pull: string;
  /** The phase that the new nodes go into; undefined where it is to be made. */
  readonly phase: TaskNode | undefined;
  /** In the order of the conversations. */
  readonly items: readonly NewItem[];
  /** Conversations that have a node, with it. */
  readonly known: readonly { readonly node: TaskNode; readonly conversation: Conversation }[];
  /** Nodes whose conversation is not there any more. */
  readonly lost: readonly TaskNode[];
}

const LONGEST_TITLE = 100;

/**
 * What a pull request's conversations ask for that the plan does not have: a node `pr-94-issue-1` for
 * each that is open and has none. Numbers go on from the highest that a node or a record has. Of
 * several about one file each waits for the one before, since they would change the same lines.
 */
export function planReview(pull: string, conversations: readonly Conversation[], nodes: readonly TaskNode[], records: readonly string[]): ReviewPlan {
  const own = inTreeOrder(nodes).filter((node) => conversationOf(node)?.pull === pull);
  const byThread = new Map(own.map((node) => [conversationOf(node)?.thread, node]));
  const known = conversations.flatMap((conversation) => {
    const node = byThread.get(conversation.thread);
    return node ? [{ node, conversation }] : [];
  });
  const lastOf = new Map(own.map((node) => [conversationOf(node)?.file, node.id]));
  let number = highest(pull, [...nodes.map(({ id }) => id), ...records]);
  const items = conversations.flatMap((conversation): NewItem[] => {
    if (conversation.resolved || byThread.has(conversation.thread)) return [];
    number += 1;
    const id = `${itemPrefix(pull)}${number}`;
    const before = conversation.file === null ? undefined : lastOf.get(conversation.file);
    if (conversation.file !== null) lastOf.set(conversation.file, id);
    return [{ id, conversation, data: dataOf(id, conversation, before) }];
  });
  const phase = own.at(-1)?.parent ?? nodes.find(({ id }) => id === phaseId(pull));
  const threads = new Set(conversations.map(({ thread }) => thread));
  return { pull, phase, items, known, lost: own.filter((node) => !threads.has(conversationOf(node)?.thread as string)) };
}

/** The phase that holds what a pull request's reviewers ask for. */
export function phaseId(pull: string): string {
  return `pr-${idPart(pull)}-review`;
}

export function phaseTitle(pull: string): string {
  return `Review of pull request ${pull}`;
}

/** What a node's `conversation` says; undefined for a node that no conversation asked for. */
export function conversationOf(node: TaskNode): { readonly pull: string; readonly thread: string; readonly file: string | undefined } | undefined {
  const { pull, thread, file } = (typeof node.data.conversation === 'object' && node.data.conversation !== null ? node.data.conversation : {}) as Readonly<Record<string, unknown>>;
  if (pull === undefined || thread === undefined) return undefined;
  return { pull: String(pull), thread: String(thread), file: typeof file === 'string' ? file : undefined };
}

/** Where in the ticket's folder a conversation stands for whoever does what it asks. */
export function conversationPath(id: string): string {
  return `attachments/${id}.md`;
}

function itemPrefix(pull: string): string {
  return `pr-${idPart(pull)}-issue-`;
}

/** A pull request's number as a part of a node's id. */
function idPart(pull: string): string {
  return pull.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'x';
}

function highest(pull: string, ids: readonly string[]): number {
  const prefix = itemPrefix(pull);
  return Math.max(0, ...ids.flatMap((id) => (id.startsWith(prefix) && /^\d{1,9}$/.test(id.slice(prefix.length)) ? [Number(id.slice(prefix.length))] : [])));
}

function dataOf(id: string, { pull, thread, file, line, url, comments: [first] }: Conversation, before: string | undefined): Record<string, unknown> {
  return {
    id,
    title: titleOf(file, line, first?.body ?? ''),
    covers: 'none',
    ...(before !== undefined && { depends_on: [before] }),
    inputs: [{ path: conversationPath(id), why: 'what the reviewer said' }],
    conversation: {
      pull,
      thread,
      ...(file !== null && { file }),
      ...(line !== null && { line }),
      author: first?.author || 'unknown',
      at: first?.at ?? '',
      ...(url !== null && { url }),
    },
  };
}

/** Where it is and its first words, on one line. */
function titleOf(file: string | null, line: number | null, body: string): string {
  const words = body.split('\n').map((text) => text.replace(/^[\s>#*+-]+/, '').replace(/\s+/g, ' ').trim()).find((text) => /[\p{L}\p{N}]/u.test(text)) ?? 'a reviewer asks for something';
  const text = file === null ? words : `${file}${line === null ? '' : `:${line}`}: ${words}`;
  const letters = [...text];
  return letters.length > LONGEST_TITLE ? `${letters.slice(0, LONGEST_TITLE - 1).join('').trimEnd()}…` : text;
}
