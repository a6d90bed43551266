import { posix } from 'node:path';
import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { nearest } from '../documents/nearest.ts';
import { UserError } from '../error.ts';
import { namesEverywhere } from '../git/everywhere.ts';
import { withLock } from '../git/lock.ts';
import { packageFile } from '../git/package-file.ts';
import { forkEdit, subTicketEdits, type ForkInputs } from '../render/fork.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { ticketStatus, type NodeState, type TicketStatus } from '../workflow/node-status.ts';
import { nextRecordName, slugOf } from '../workflow/record-name.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { inNewWorktree } from './fork-worktree.ts';
import { lineOf, requiredLine } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { freshTicketId } from './fresh-ticket-id.ts';
import { ticketOfWork } from './ticket-of-work.ts';
import { existingTicket, newTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

/** A fork that is decided on and not yet written. */
export interface PlannedFork extends ForkInputs {
  readonly title: string;
  /** Its folder stands somewhere already: there is nothing to scaffold. */
  readonly isKnown: boolean;
}

/**
 * Spawns a ticket that a node waits for: the fork in the parent's folder and the draft of the new
 * ticket's spec, in this work tree or with `--worktree` in one of its own. All of it or nothing.
 */
export async function openFork(invocation: Invocation, node: string | undefined): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const reason = requiredLine(invocation.values, 'reason', 'WHAT IS MISSING');
  const id = existingTicket(workspace, invocation);
  return withTicket(workspace, id, (work) => {
    const make = () => openWith(workspace, invocation, work, id, node, reason);
    return invocation.values['dry-run'] === true ? make() : withLock(workspace.repository.statePath('numbers.lock'), make);
  });
}

function openWith(workspace: Workspace, invocation: Invocation, work: Tree, id: string, node: string | undefined, reason: string): Outcome {
  const { values, program } = invocation;
  const status = ticketStatus(ticketOfWork(workspace, work, id), workspace.settings.execution.maxRetries);
  const from = openNode(status, node, 'node', id, program);
  const back = lineOf(values, 'return-to');
  const returnTo = back === undefined ? firstLeaf(from, status) : leaf(openNode(status, back, '--return-to', id, program));
  const title = lineOf(values, 'title') ?? reason;
  const { sub, isKnown } = subTicket(workspace, invocation, id, title);
  const path = `${ticketFolder(workspace.settings, id)}/forks/${nextName(workspace, id, title)}.md`;
  const fork: PlannedFork = { path, reason, ticket: id, node: from.node.id, returnTo: returnTo.node.id, sub, title, isKnown };
  const name = posix.basename(path, '.md');
  if (values.worktree === true && isKnown) throw new UserError(`Unexpected --worktree for ${sub}, expected a new ticket: its folder stands already`, `leave out --worktree, or git worktree add a branch ${sub}--${slugOf(title)}`, 'ticket-known');
  const inWorktree = values.worktree === true;
  const edits: Edit[] = [forkEdit(fork), ...(isKnown || inWorktree ? [] : subTicketEdits({ ...fork, folder: ticketFolder(workspace.settings, sub), words: workspace.settings.requirements }, packageFile('generators/spec/template.md')))];
  const findings = judgeEdits(workspace, work, edits, program);
  if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, `${id} cannot be forked like this; nothing was written`);
  const written = {
    edits,
    message: `docs(${id}): fork ${name} into ${sub}`,
    description: isKnown ? `commit the fork; ${from.node.id} waits until ${sub} is archived` : `fill in the spec of ${sub} and commit; ${program} new tasks --ticket ${sub} freezes it. ${from.node.id} waits until ${sub} is archived`,
    done: `${from.node.id} of ${id} waits for ${sub}; ${fork.returnTo} goes on when that is archived`,
    json: { ticket: id, fork: name, sub_workflow: sub, spawned_from: fork.node, return_to: fork.returnTo, status: 'open' },
    // Work goes on there, where its folder is in this tree.
    ...(!inWorktree && workspaceHolds(work, workspace, sub, isKnown) && { ticket: sub }),
  };
  return inWorktree ? inNewWorktree(workspace, invocation, fork, written) : write(workspace, invocation, written);
}

/** A node of the plan that something can still come of. Throws a UserError for any other. */
function openNode({ byId, nodes }: TicketStatus, id: string | undefined, what: string, ticket: string, program: string): NodeState {
  const open = nodes.filter(({ isSettled }) => !isSettled).map(({ node }) => node.id);
  if (nodes.length === 0) throw new UserError(`Unexpected fork of ${ticket}, expected a workflow with nodes: it has no tasks.md`, `${program} new tasks --ticket ${ticket}`, 'tasks-missing');
  if (id === undefined) throw new UserError(`Unexpected absence of a node, expected the one that cannot go on: ${open.slice(0, 20).join(', ')}`, `${program} fork open ${open[0] ?? 'NODE'} --ticket ${ticket} --reason "WHAT IS MISSING"`, 'usage');
  const state = byId.get(id);
  if (!state) {
    const ids = nodes.map(({ node }) => node.id);
    throw new UserError(`Unexpected ${what} ${id}, expected one of ${ids.slice(0, 20).join(', ')}`, `${program} fork open ${nearest(id, ids) ?? open[0] ?? ids[0]} --ticket ${ticket} --reason "WHAT IS MISSING"`, 'node-unknown');
  }
  if (state.isSettled) throw new UserError(`Unexpected fork at ${id}, which is ${state.status}, expected a node that is not settled`, state.status === 'complete' ? `${program} node reset ${id} --ticket ${ticket} --reason "WHY IT IS DONE AGAIN"` : `one of ${open.slice(0, 20).join(', ') || '(all are settled)'}`, 'node-settled');
  return state;
}

/** Where work goes on: one specific leaf. */
function firstLeaf(state: NodeState, { byId }: TicketStatus): NodeState {
  for (let at = state; ; ) {
    const [open] = at.node.children.flatMap((child) => byId.get(child.id) ?? []).filter(({ isSettled }) => !isSettled);
    if (!open) return at;
    at = open;
  }
}

function leaf(state: NodeState): NodeState {
  const { node } = state;
  if (node.children.length === 0 && node.data.type !== 'phase') return state;
  throw new UserError(`Unexpected --return-to ${node.id}, which is a phase, expected the leaf that goes on: ${node.children.map(({ id }) => id).join(', ')}`, `--return-to ${node.children[0]?.id ?? 'NODE'}`, 'node-phase');
}

/** One more than the highest number that any ref or work tree has. */
function nextName({ repository, settings }: Workspace, id: string, title: string): string {
  const directories = [`${ticketFolder(settings, id)}/forks`, `${archivedFolder(settings, id)}/forks`];
  return nextRecordName(namesEverywhere(repository, directories).flatMap((names) => [...names]), title, 'fork');
}

/** The ticket that `--sub` names, or a new one. */
function subTicket(workspace: Workspace, { values }: Invocation, parent: string, title: string): { sub: string; isKnown: boolean } {
  if (typeof values.sub !== 'string') return { sub: freshTicketId(workspace, title, 'fork', '--sub'), isKnown: false };
  const sub = newTicket(workspace, { values: { ticket: values.sub } });
  if (sub === parent) throw new UserError(`Unexpected --sub ${sub}, expected another ticket than the one that is forked`, 'leave out --sub for a new id', 'fork-self');
  const [names] = namesEverywhere(workspace.repository, [posix.dirname(ticketFolder(workspace.settings, sub))]);
  return { sub, isKnown: names?.has(posix.basename(ticketFolder(workspace.settings, sub))) === true };
}

function workspaceHolds(work: Tree, { settings }: Workspace, sub: string, isKnown: boolean): boolean {
  return !isKnown || work.entry(ticketFolder(settings, sub)) !== undefined;
}
