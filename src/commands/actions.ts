import { join, posix, resolve } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { mergeHeads, readBytes } from '../git/files.ts';
import { shellCommand } from '../render/shell.ts';
import type { Step, StepNode, Words } from '../workflow/step.ts';
import type { Ticket } from '../workflow/ticket.ts';
import type { ActionContext, CommandAction, Goal, Invocation, NextAction } from './command.ts';
import type { Workspace } from './workspace.ts';

type Facts = Omit<CommandAction, 'command' | 'argv' | 'cwd'>;

/** A verb of this program as an action, written as it was called. */
export function verbAction({ program, cwd }: Pick<Invocation, 'program' | 'cwd'>, words: readonly string[], facts: Facts): CommandAction {
  const argv = [...program.split(' '), ...words];
  return { command: shellCommand(argv), argv, cwd: resolve(cwd), ...facts };
}

/** The commit of these paths, and of those that are `gone`, and of nothing else, as it can be pasted where treework was called. In a merge, which git commits as a whole, of everything that is staged. */
export function commitAction({ repository }: Pick<Workspace, 'repository'>, { cwd }: Pick<Invocation, 'cwd'>, paths: readonly string[], message: string, facts: Facts, gone: readonly string[] = []): CommandAction {
  const here = repository.prefix.replace(/\/$/, '');
  const [shown, without] = [paths, gone].map((list) => list.map((path) => posix.relative(here, path))) as [string[], string[]];
  const only = mergeHeads(repository.gitDir).length > 0 ? [] : ['--', ...shown, ...without];
  const command = `${shellCommand(['git', 'add', '--', ...shown])} && ${shellCommand(['git', 'commit', ...paragraphs(message), ...only])}`;
  return { command, argv: ['sh', '-c', command], cwd: resolve(cwd), ...facts };
}

/** A command line that is shown holds no line end: git makes a paragraph of each `-m`, and a trailer counts anywhere. */
function paragraphs(message: string): string[] {
  return message.split(/\n+/).flatMap((line) => ['-m', line]);
}

/** A step as it is answered: its command lines as this program was called. */
export function stepAction(workspace: Workspace, invocation: Pick<Invocation, 'program' | 'cwd'>, ticket: Ticket, step: Step, skills: readonly string[]): NextAction {
  const { id, tasks, spec } = ticket;
  const goal = goalIn(tasks?.data ?? {}) ?? goalIn(spec?.data ?? {});
  const line = (words: Words) => shellCommand([...invocation.program.split(' '), ...words]);
  const facts = {
    description: step.description,
    context: { ticket: id, ...(goal && { goal }), ...(step.path !== undefined && { path: step.path }) },
    ...(skills.length > 0 && { skills }),
    ...(step.confirm && { confirm: true }),
    ...(step.onPass && { on_pass: line(step.onPass) }),
    ...(step.onFail && { on_fail: line(step.onFail) }),
  };
  if (step.commit) return commitAction(workspace, invocation, step.commit.paths, messageOf(id, step.commit), facts);
  const run = step.run && verbAction(invocation, step.run, facts);
  const needs = {
    ...(step.missing && { missing: step.missing }),
    ...(step.paths && { paths: step.paths }),
    ...(step.held && { held: step.held }),
    ...(step.nodes && { nodes: step.nodes.map((node) => nodeNeeds(node, id, line)) }),
    ...(step.choices && { choices: step.choices.map((choice) => ({ description: choice.description, command: line(choice.run) })) }),
  };
  if (step.action === undefined && run) return { ...run, ...needs };
  return { action: step.action ?? 'agent:do', ...(run && { command: run.command, argv: run.argv }), cwd: resolve(invocation.cwd), ...facts, ...needs };
}

/** The work of nodes is told in trailers: they say whose scope it stays in. */
export function messageOf(ticket: string, { subject, nodes }: NonNullable<Step['commit']>): string {
  return nodes.length === 0 ? subject : `${subject}\n\n${nodes.map((node) => `Node: ${ticket}/${node}`).join('\n')}`;
}

/** What whoever does a node's work is told of it; the rest is in its micro-spec. */
function nodeNeeds({ id, title, role, model, scope, plan, findings, retriesLeft, onPass, onFail }: StepNode, ticket: string, line: (words: Words) => string): Record<string, unknown> {
  return {
    node: id,
    ...(title !== undefined && { title }),
    ...(role !== undefined && { role }),
    ...(model !== undefined && { model }),
    ...(scope && { scope }),
    ...(plan && { plan: 'required' }),
    ...(findings.length > 0 && { findings }),
    ...(retriesLeft !== undefined && { retries_left: retriesLeft }),
    context: line(['context', id, '--ticket', ticket]),
    ...(onPass && { on_pass: line(onPass) }),
    ...(onFail && { on_fail: line(onFail) }),
  };
}

/** What an action of a ticket is about. */
export function contextOf(workspace: Workspace, ticket: string | undefined, more: Pick<ActionContext, 'path'> = {}): ActionContext {
  const goal = ticket === undefined ? undefined : goalOf(workspace, ticket);
  return { ...(ticket !== undefined && { ticket }), ...(goal && { goal }), ...more };
}

/** What the ticket is for, as its files in the work tree say now: the goal of its workflow, else the title of its spec or idea. */
function goalOf({ repository, settings }: Workspace, ticket: string): Goal | undefined {
  for (const folder of [ticketFolder(settings, ticket), archivedFolder(settings, ticket)]) {
    for (const name of ['tasks.md', 'spec.md', 'idea.md']) {
      const bytes = readBytes(join(repository.workRoot, folder, name));
      const goal = bytes && goalIn(parseDocument(bytes).data ?? {});
      if (goal) return goal;
    }
  }
  return undefined;
}

/** The goal that a workflow, a spec or an idea names; undefined where it names none. */
export function goalIn(data: Readonly<Record<string, unknown>>): Goal | undefined {
  const { title, why } = typeof data.goal === 'object' && data.goal !== null ? (data.goal as Record<string, unknown>) : { title: data.title };
  if (typeof title !== 'string' || title.trim() === '') return undefined;
  return { title, ...(typeof why === 'string' && why.trim() !== '' && { why }) };
}

/** What a person reads: what is next, and the command for it where there is one. */
export function actionText(action: NextAction): string {
  const lead = 'action' in action ? `next (${action.action})` : 'next';
  return [`${lead}: ${action.description}`, ...(action.command === undefined ? [] : [`  ${action.command}`])].join('\n');
}
