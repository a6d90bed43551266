import { join } from 'node:path';
import { appendItem, insertItem } from '../documents/edit.ts';
import { parseDocument } from '../documents/parse.ts';
import { readBytes } from '../git/files.ts';
import { withLock } from '../git/lock.ts';
import type { PullRequest } from '../providers/generated/ports.ts';
import { oneLine } from '../render/plain-text.ts';
import { conversationPage } from '../render/review.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { ticketStatus, type TicketStatus } from '../workflow/node-status.ts';
import { conversationPath, phaseId, phaseTitle, planReview, type Conversation, type NewItem, type ReviewPlan } from '../workflow/review-items.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { dataPathOf, taskNodes } from '../workflow/task-tree.ts';
import { ticketIn } from '../workflow/ticket.ts';
import { verbAction } from './actions.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { nextActionOf } from './next-action.ts';
import { readmeEdits } from './node-add.ts';
import { conversationsOf, pullsOf } from './review-pulls.ts';
import { editable, tasksOf } from './tasks-file.ts';
import { withTicket, type Workspace } from './workspace.ts';

interface Found {
  readonly pull: PullRequest;
  readonly conversations: readonly Conversation[];
}

/** Makes a work item of every open conversation that has none; says which were settled, there or here. */
export async function makeItems(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const { ticket, hosting, pulls } = await pullsOf(workspace, invocation);
  const found = await Promise.all(pulls.map(async (pull): Promise<Found> => ({ pull, conversations: await conversationsOf(hosting, pull) })));
  // Two at once are one after the other, so that neither is lost: as `node add` does.
  const outcome = await withLock(workspace.repository.statePath('plan', `${ticket}.lock`), () => planned(workspace, invocation, ticket, found));
  return outcome;
}

async function planned(workspace: Workspace, invocation: Invocation, id: string, found: readonly Found[]): Promise<Outcome> {
  return withTicket(workspace, id, async (work) => {
    const { program } = invocation;
    const tasks = tasksOf(workspace, work, id, program);
    const folder = tasks.path.slice(0, tasks.path.lastIndexOf('/'));
    const ticket = ticketIn(new Snapshot(work, workspace.settings), folder, id, false);
    const records = ticket.nodes.map(({ place }) => place.name as string);
    const nodes = taskNodes(tasks.data);
    const plans = found.map(({ pull, conversations }) => planReview(pull.id, conversations, nodes, records));
    const status = ticketStatus(ticket);
    const items = plans.flatMap((plan) => plan.items);
    const states = plans.flatMap((plan) => statesOf(plan, status, invocation, id));
    const json = { ticket: id, pulls: found.map(shownPull), items: items.map(shownItem), conversations: states };
    const file = editable(workspace, tasks.path);
    const content = plans.reduce((text, plan) => withItems(text, plan), file.text);
    // What is settled is over, whatever is said after it.
    const goingOn = plans.flatMap((plan) => plan.known.filter(({ node, conversation }) => !conversation.resolved && status.byId.get(node.id)?.isSettled !== true));
    const pages = [...items, ...goingOn.map(({ node, conversation }) => ({ id: node.id, conversation }))].flatMap((item) => pageEdit(workspace, folder, item));
    const edits: Edit[] = [...(content === file.text ? [] : [{ path: tasks.path, content, expect: file.bytes }, ...readmeEdits(workspace, ticket, parseDocument(Buffer.from(content)).data ?? {})]), ...pages];
    if (edits.length === 0) return nothingNew(workspace, invocation, id, json, states, found);
    const { judgeEdits } = await import('./judge-edits.ts');
    const findings = judgeEdits(workspace, work, edits, program, 'new');
    if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'the work items cannot be added like this; nothing was written');
    return write(workspace, invocation, {
      edits,
      message: `docs(${id}): plan what the review asks for`,
      description: 'commit the work items',
      done: [items.length === 0 ? 'no new conversation; some that are known went on' : `${items.length} ${items.length === 1 ? 'conversation is a work item' : 'conversations are work items'} now`, ...items.map(({ id: node, data }) => `  ${node}  ${oneLine(String(data.title), 100)}`), ...stateLines(states)].join('\n'),
      json,
      ticket: id,
    });
  });
}

/** tasks.md with the new nodes in the phase of their pull request. */
function withItems(text: string, { pull, phase, items }: ReviewPlan): string {
  if (items.length === 0) return text;
  const path = phase ? [...dataPathOf(phase), 'nodes'] : undefined;
  if (path) return items.reduce((grown, { data }) => insertItem(grown, path, Number.POSITIVE_INFINITY, data), text);
  return appendItem(text, ['nodes'], { id: phaseId(pull), title: phaseTitle(pull), type: 'phase', nodes: items.map(({ data }) => data) });
}

/** The conversation beside the ticket's documents; written anew where it went on. */
function pageEdit({ repository }: Workspace, folder: string, { id, conversation }: Pick<NewItem, 'id' | 'conversation'>): Edit[] {
  const path = `${folder}/${conversationPath(id)}`;
  const bytes = readBytes(join(repository.workRoot, path));
  const content = conversationPage(id, conversation);
  if (bytes?.toString().replaceAll('\r\n', '\n') === content) return [];
  return [{ path, content: bytes?.includes('\r\n') ? content.replaceAll('\n', '\r\n') : content, expect: bytes ?? 'absent' }];
}

/** A conversation that has a node, and what is left to do about the two. */
interface KnownState {
  readonly pull: string;
  readonly thread: string;
  readonly node: string;
  readonly status: string;
  readonly resolved: boolean;
  /** `open` here and there; `answer`: done here, open there; `settled-there`: resolved there, open here; `settled`. */
  readonly state: 'open' | 'answer' | 'settled-there' | 'settled' | 'gone';
  /** What closes it. */
  readonly command?: string;
}

function statesOf({ pull, known, lost }: ReviewPlan, { byId }: TicketStatus, invocation: Invocation, ticket: string): KnownState[] {
  const line = (words: readonly string[]) => verbAction(invocation, words, { description: '' }).command;
  const skip = (node: string, why: string) => line(['node', 'skip', node, '--ticket', ticket, '--reason', why]);
  const stateOf = (node: string, resolved: boolean): Pick<KnownState, 'status' | 'state' | 'command'> => {
    const state = byId.get(node);
    const isDone = state?.isSettled === true || state?.status === 'rejected';
    const status = state?.status ?? 'pending';
    if (isDone) return resolved ? { status, state: 'settled' } : { status, state: 'answer', command: line(['review', '--resolve', '--ticket', ticket, '--pull', pull]) };
    return resolved ? { status, state: 'settled-there', command: skip(node, `resolved on pull request ${pull}`) } : { status, state: 'open' };
  };
  return [
    ...known.map(({ node, conversation: { thread, resolved } }) => ({ pull, thread, node: node.id, resolved, ...stateOf(node.id, resolved) })),
    ...lost.flatMap((node): KnownState[] => {
      const { state, ...rest } = stateOf(node.id, true);
      return state === 'settled' ? [] : [{ pull, thread: '', node: node.id, resolved: true, ...rest, state: 'gone' }];
    }),
  ];
}

const WORDS: Readonly<Record<KnownState['state'], string | undefined>> = {
  open: undefined,
  settled: undefined,
  answer: 'is settled here and open there',
  'settled-there': 'was resolved there and is open here',
  gone: 'has no conversation there any more',
};

function stateLines(states: readonly KnownState[]): string[] {
  return states.flatMap(({ node, state, command }) => (WORDS[state] === undefined ? [] : [`${node} ${WORDS[state]}${command === undefined ? '' : `: ${command}`}`]));
}

async function nothingNew(workspace: Workspace, invocation: Invocation, ticket: string, json: Readonly<Record<string, unknown>>, states: readonly KnownState[], found: readonly Found[]): Promise<Outcome> {
  const answers = states.find(({ state }) => state === 'answer');
  const next = answers ? verbAction(invocation, ['review', '--resolve', '--ticket', ticket, '--pull', answers.pull], { description: `say on pull request ${answers.pull} what was done, and resolve those conversations`, context: { ticket } }) : await nextActionOf(workspace, invocation, ticket);
  const open = states.filter(({ state }) => state === 'open').length;
  const pulls = found.map(({ pull }) => pull.id).join(', ');
  const text = [`nothing new on pull request ${pulls}: ${open === 0 ? 'no conversation is open' : `${open} of ${open === 1 ? 'its conversations is a work item' : 'its conversations are work items'} already`}`, ...stateLines(states)].join('\n');
  return { exit: 0, json: { ...json, created: [], changed: [], next_action: next }, text };
}

function shownPull({ pull: { id, title, head, base, state, url }, conversations }: Found): Record<string, unknown> {
  return { id, title, head, base, state, url, unresolved: conversations.filter(({ resolved }) => !resolved).length };
}

function shownItem({ id, conversation: { pull, thread, file, line, url, comments: [first] } }: NewItem): Record<string, unknown> {
  return { node: id, pull, thread, file, line, author: first?.author, at: first?.at, url };
}
