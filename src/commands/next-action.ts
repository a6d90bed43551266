import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { placeOf, ticketFolder } from '../documents/place.ts';
import { changedBelow } from '../git/changed.ts';
import { FileTree } from '../git/file-tree.ts';
import { shellCommand } from '../render/shell.ts';
import { nextStep } from '../workflow/next-step.ts';
import { isInScope } from '../workflow/scope.ts';
import { scopeRoots } from '../workflow/scope-digest.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import type { Step, StepNode, Words } from '../workflow/step.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import { commitAction, goalIn, verbAction } from './actions.ts';
import type { ActionContext, Invocation, NextAction } from './command.ts';
import { commands } from './index.generated.ts';
import { ticketMeant, type Workspace } from './workspace.ts';

/**
 * What comes next for a ticket, the one that is given or that the folder, the branch or the worktree
 * says; with none in hand, which there are. Never throws for what a ticket lacks: that is what comes
 * next.
 */
export async function nextActionOf(workspace: Workspace, invocation: Invocation, ticketId?: string): Promise<NextAction> {
  const meant = ticketId === undefined ? ticketMeant(workspace, invocation) : { id: ticketId, isArchived: false, open: [] };
  if (meant.id === undefined || meant.isArchived) return withoutTicket(invocation, meant.open);
  const { ticket, step } = stepOf(workspace, meant.id);
  return actionOf(workspace, invocation, ticket, step);
}

/** No ticket is in hand: one is begun, or one of those that are open is chosen. */
function withoutTicket(invocation: Invocation, open: readonly string[]): NextAction {
  if (open.length === 0) {
    const words = ['new', 'spec', '--ticket', `new-work-${randomBytes(2).readUInt16BE().toString(36).padStart(4, '0')}`, '--title', 'What it delivers'];
    return verbAction(invocation, words, { description: 'begin a ticket: write down what is to be delivered (choose an id and a title of your own)' });
  }
  const choices = open.map((ticket) => ({ ticket, command: verbAction(invocation, ['next', '--ticket', ticket], { description: '' }).command }));
  return { action: 'agent:do', description: `choose one of ${open.length} open tickets and ask what is next for it`, cwd: resolve(invocation.cwd), choices };
}

/** The next step of a ticket as its files in the work tree are now; of a fork's ticket where that is what is waited for. */
function stepOf(workspace: Workspace, id: string, seen: readonly string[] = []): { ticket: Ticket; step: Step } {
  const { repository, settings } = workspace;
  const { objectFormat, workRoot } = repository;
  const snapshot = new Snapshot(new FileTree(workRoot, { objectFormat }), settings);
  const ticket = ticketIn(snapshot, ticketFolder(settings, id), id, false);
  const { paths, unmerged } = changedBelow(repository, [ticket.folder]);
  const step = nextStep({
    ticket,
    uncommitted: paths.filter((path) => placeOf(settings, path)?.kind !== 'stray'),
    unmerged,
    changedIn: (scope) => changedBelow(repository, scopeRoots(scope)).paths.filter((path) => isInScope(path, scope)),
    verbs: new Set(Object.keys(commands)),
    title: titleOf(ticket),
  });
  const isHere = step.goTo !== undefined && snapshot.tree.entry(ticketFolder(settings, step.goTo)) !== undefined;
  return isHere && !seen.includes(id) ? stepOf(workspace, step.goTo as string, [...seen, id]) : { ticket, step };
}

/** What the idea is called, in letters and digits alone: it becomes part of a command line. */
function titleOf({ snapshot, folder, id }: Ticket): string {
  const title = snapshot.document(`${folder}/idea.md`)?.data.title;
  const words = typeof title === 'string' ? title.replaceAll(/[^\p{L}\p{N} ,.-]+/gu, ' ').replaceAll(/\s+/g, ' ').trim() : '';
  return words === '' ? `What ${id} delivers` : words;
}

/** A step as it is answered: command lines as this program was called. */
function actionOf(workspace: Workspace, invocation: Invocation, ticket: Ticket, step: Step): NextAction {
  const goal = goalIn(ticket.tasks?.data ?? {}) ?? goalIn(ticket.spec?.data ?? {});
  const context: ActionContext = { ticket: ticket.id, ...(goal && { goal }), ...(step.path !== undefined && { path: step.path }) };
  const line = (words: Words) => shellCommand([...invocation.program.split(' '), ...words]);
  const facts = {
    description: step.description,
    context,
    ...(step.confirm && { confirm: true }),
    ...(step.onPass && { on_pass: line(step.onPass) }),
    ...(step.onFail && { on_fail: line(step.onFail) }),
  };
  if (step.commit) return { ...facts, ...commitAction(workspace, invocation, step.commit.paths, messageOf(ticket, step.commit), facts) };
  const run = step.run && verbAction(invocation, step.run, facts);
  if (step.action === undefined && run) return { ...facts, ...run };
  return {
    action: step.action ?? 'agent:do',
    cwd: resolve(invocation.cwd),
    ...facts,
    ...(run && { command: run.command, argv: run.argv }),
    ...(step.missing && { missing: step.missing }),
    ...(step.paths && { paths: step.paths }),
    ...(step.nodes && { nodes: step.nodes.map((node) => nodeNeeds(node, ticket, line)) }),
    ...(step.choices && { choices: step.choices.map(({ description, run: words }) => ({ description, command: line(words) })) }),
  };
}

/** The work of nodes is told in trailers: they say whose scope it stays in. */
function messageOf({ id }: Ticket, { subject, nodes }: NonNullable<Step['commit']>): string {
  return nodes.length === 0 ? subject : `${subject}\n\n${nodes.map((node) => `Node: ${id}/${node}`).join('\n')}`;
}

function nodeNeeds({ id, title, role, model, scope, plan, findings, retriesLeft }: StepNode, ticket: Ticket, line: (words: Words) => string): Record<string, unknown> {
  return {
    node: id,
    ...(title !== undefined && { title }),
    ...(role !== undefined && { role }),
    ...(model !== undefined && { model }),
    ...(scope && { scope }),
    ...(plan && { plan: 'required' }),
    ...(findings.length > 0 && { findings }),
    ...(retriesLeft !== undefined && { retries_left: retriesLeft }),
    ...(Object.hasOwn(commands, 'context') && { context: line(['context', id, '--ticket', ticket.id]) }),
  };
}
