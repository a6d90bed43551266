import { resolve } from 'node:path';
import { shellCommand } from '../render/shell.ts';
import { mainSighting } from '../render/status-words.ts';
import { goalIn, verbAction } from './actions.ts';
import type { Invocation, NextAction } from './command.ts';
import type { Realm } from './everywhere.ts';
import type { Standing } from '../workflow/standing.ts';

/** What comes next for a ticket: here, where this work tree has its most advanced state; else the way to who has. undefined in a bare repository, and for what is finished. */
export async function nextOf(realm: Realm, invocation: Invocation, standing: Standing): Promise<NextAction | undefined> {
  const { repository, settings } = realm;
  const { united } = standing;
  if (repository.root === undefined || united.ticket.archived) return undefined;
  const isHere = united.lead.some(({ kind, name }) => kind === 'worktree' && name === repository.root);
  if (isHere) return (await import('./next-action.ts')).nextActionOf({ repository, settings }, invocation, united.id);
  return wayTo(invocation, standing);
}

/** One of several tickets is to be chosen. */
export async function choiceOf(realm: Realm, invocation: Invocation, standings: readonly Standing[]): Promise<NextAction | undefined> {
  const { repository, settings } = realm;
  if (repository.root === undefined) return undefined;
  const open = standings.filter(({ united }) => !united.ticket.archived);
  if (open.length === 0) return (await import('./next-action.ts')).nextActionOf({ repository, settings }, invocation);
  const choices = open.map(({ united }) => ({ ticket: united.id, command: verbAction(invocation, ['status', united.id], { description: '' }).command }));
  return { action: 'agent:do', description: `choose one of ${open.length} open tickets and ask where it stands`, cwd: resolve(invocation.cwd), choices };
}

function wayTo(invocation: Invocation, { united }: Standing): NextAction | undefined {
  const goal = goalIn(united.ticket.tasks?.data ?? {}) ?? goalIn(united.ticket.spec?.data ?? {});
  const context = { ticket: united.id, ...(goal && { goal }) };
  const tree = mainSighting(united.lead.filter(({ kind }) => kind === 'worktree'));
  if (tree) return verbAction({ ...invocation, cwd: tree.name }, ['next', '--ticket', united.id], { description: `go on in ${tree.name}, which has the most advanced state of ${united.id}`, context });
  const branch = mainSighting(united.lead);
  if (!branch) return undefined;
  const short = branch.name.replace(/^refs\/(?:heads\/|remotes\/[^/]+\/)/, '');
  const argv = branch.kind === 'tag' ? ['git', 'switch', '--detach', branch.name] : ['git', 'switch', short];
  return { command: shellCommand(argv), argv, cwd: resolve(invocation.cwd), description: `go to ${short}, which has the most advanced state of ${united.id}`, context };
}
