import { refsOf } from '../git/ref-files.ts';
import { readPulls, readThreads } from '../providers/local/pull-records.ts';
import type { Thread } from '../providers/generated/ports.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import { conversationOf } from '../workflow/review-items.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';
import type { Workspace } from './workspace.ts';

/** Of the remote as this clone saw it last, else of this repository. */
const RECORDS = /^refs\/treework\/(?:remotes\/[^/]+\/)?pulls$/;

/** An open conversation, and the pull request that it is about. */
export interface OpenConversation extends Thread {
  readonly pull: string;
}

/** The open conversations of a ticket's open pull requests, as far as this clone knows them: of records in git alone, without asking a remote. */
export function openConversations({ repository, settings }: Workspace, ticket: string): OpenConversation[] {
  if ((settings.providers.get('git-hosting') ?? 'local') !== 'local') return [];
  const found = refsOf(repository).filter(({ name }) => RECORDS.test(name));
  const ref = found.find(({ name }) => name.includes('/remotes/')) ?? found[0];
  if (!ref) return [];
  const files = repository.tree(ref.oid);
  const paths = files.walk(['']).flatMap(({ path, type }) => (type === 'file' ? [path] : []));
  const records = { files, paths, load: (isWanted: (path: string) => boolean) => files.prefetch(paths.filter(isWanted)), branches: new Map<string, string>() };
  const own = readPulls(records).filter(({ state, head }) => state === 'open' && ticketOfBranch(head, [ticket]) === ticket);
  return own.flatMap(({ id }) => readThreads(records, id).flatMap((thread) => (thread.resolved ? [] : [{ ...thread, pull: id }])));
}

/** How many of them no node of the ticket takes up. */
export function untakenConversations(workspace: Workspace, { id, tasks }: Pick<Ticket, 'id' | 'tasks'>): number {
  const open = openConversations(workspace, id);
  const taken = new Set(open.length === 0 ? [] : taskNodes(tasks?.data ?? {}).flatMap((node) => conversationOf(node) ?? []).map(({ pull, thread }) => `${pull} ${thread}`));
  return open.filter((one) => !taken.has(`${one.pull} ${one.id}`)).length;
}
