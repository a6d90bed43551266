import { UserError } from '../error.ts';
import type { GitHosting, PullRequest } from '../providers/generated/ports.ts';
import { count } from '../render/plain-text.ts';
import { replyText } from '../render/review.ts';
import { ticketStatus, type TicketStatus } from '../workflow/node-status.ts';
import { planReview, type Conversation } from '../workflow/review-items.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import { ticketIn } from '../workflow/ticket.ts';
import { verbAction } from './actions.ts';
import type { Invocation, Outcome } from './command.ts';
import { nextActionOf } from './next-action.ts';
import { conversationsOf, pullsOf } from './review-pulls.ts';
import { tasksOf } from './tasks-file.ts';
import { withTicket, type Workspace } from './workspace.ts';

/** What is said in one conversation. */
interface Answered {
  readonly pull: string;
  readonly thread: string;
  readonly node: string;
  readonly body: string;
  readonly replied: boolean;
  readonly resolved: boolean;
}

interface Settled {
  readonly node: TaskNode;
  readonly conversation: Conversation;
  readonly body: string;
}

/**
 * Says in the conversations whose work items are complete what was done, and with `--resolve` settles
 * them; of NODE… alone where some are named. What was said before is not said again.
 */
export async function answerReviewers(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const { values, positionals } = invocation;
  const { ticket, hosting, pulls } = await pullsOf(workspace, invocation);
  const { nodes, records, status } = await planOf(workspace, invocation, ticket);
  mustBeItems(positionals, nodes, invocation);
  const answered: Answered[] = [];
  for (const pull of pulls) {
    const { known } = planReview(pull.id, await conversationsOf(hosting, pull), nodes, records);
    const settled = known.flatMap(({ node, conversation }): Settled[] => {
      const isMeant = positionals.length === 0 || positionals.includes(node.id);
      const isComplete = status.byId.get(node.id)?.status === 'complete';
      if (positionals.includes(node.id) && !isComplete) throw new UserError(`Unexpected answer for ${node.id}, which is ${status.byId.get(node.id)?.status ?? 'not planned'}, expected a work item that is complete`, `${invocation.program} node complete ${node.id} --ticket ${ticket} once it is checked`, 'node-open');
      return isMeant && isComplete && !conversation.resolved ? [{ node, conversation, body: replyText(node.id, outcomeOf(status, node.id)) }] : [];
    });
    if (settled.length > 0) mustBePushed(workspace, pull, invocation, ticket);
    for (const one of settled) answered.push(await answer(hosting, one, values.resolve === true, values['dry-run'] === true));
  }
  return told(workspace, invocation, ticket, answered);
}

async function answer(hosting: GitHosting, { node, conversation: { pull, thread, comments }, body }: Settled, resolve: boolean, dryRun: boolean): Promise<Answered> {
  const replied = !comments.some((comment) => comment.body.trim() === body.trim());
  if (!dryRun) {
    if (replied) await hosting.replyToThread({ pull, thread, body });
    if (resolve) await hosting.resolveThread({ pull, thread, resolved: true });
  }
  return { pull, thread, node: node.id, body, replied, resolved: resolve };
}

async function told(workspace: Workspace, invocation: Invocation, ticket: string, answered: readonly Answered[]): Promise<Outcome> {
  const dryRun = invocation.values['dry-run'] === true;
  const lines = answered.map(({ node, pull, thread, replied, resolved }) => `${node}: conversation ${thread} of pull request ${pull} ${dryRun ? 'would be' : 'is'} ${resolved ? 'resolved' : replied ? 'answered' : 'answered already'}`);
  const isLeft = !dryRun && invocation.values.resolve !== true && answered.length > 0;
  const next = isLeft ? verbAction(invocation, ['review', '--resolve', '--ticket', ticket], { description: 'resolve the conversations that were answered, when the reviewer agrees', context: { ticket } }) : await nextActionOf(workspace, invocation, ticket);
  const text = answered.length === 0 ? 'no open conversation has a work item that is complete' : [`${count(answered.length, 'conversation')}:`, ...lines].join('\n');
  return { exit: 0, json: { ticket, ...(dryRun && { dry_run: true }), answered, ...(!dryRun && { next_action: next }) }, text };
}

function planOf(workspace: Workspace, invocation: Invocation, id: string): Promise<{ nodes: readonly TaskNode[]; records: readonly string[]; status: TicketStatus }> {
  return withTicket(workspace, id, (work) => {
    const tasks = tasksOf(workspace, work, id, invocation.program);
    const ticket = ticketIn(new Snapshot(work, workspace.settings), tasks.path.slice(0, tasks.path.lastIndexOf('/')), id, false);
    return { nodes: taskNodes(tasks.data), records: ticket.nodes.map(({ place }) => place.name as string), status: ticketStatus(ticket) };
  });
}

function mustBeItems(asked: readonly string[], nodes: readonly TaskNode[], { program }: Invocation): void {
  const items = nodes.filter((node) => node.data.conversation !== undefined).map(({ id }) => id);
  const wrong = asked.find((id) => !items.includes(id));
  if (wrong !== undefined) throw new UserError(`Unexpected node ${wrong}, expected a work item of a review: ${items.join(', ') || 'there is none'}`, `${program} review`, 'node-unknown');
}

/** The last account in one line that the record of a node gives. */
function outcomeOf({ byId }: TicketStatus, id: string): string | undefined {
  const l0 = byId.get(id)?.record?.data.l0;
  return typeof l0 === 'string' ? l0.trim() : undefined;
}

/** Whoever is told that something is done looks for it in the pull request. */
function mustBePushed({ repository }: Workspace, { head, id, commit }: PullRequest, { program }: Invocation, ticket: string): void {
  const own = repository.commit(`refs/heads/${head}`);
  if (own === undefined || commit === null || own === commit || repository.commit(commit) === undefined) return;
  if (repository.tryGit(['merge-base', '--is-ancestor', own, commit]).status === 0) return;
  throw new UserError(`Unexpected commits of ${head} that pull request ${id} does not have, expected reviewers to find there what they are told`, `${program} submit --ticket ${ticket}, or git push`, 'unpushed');
}
