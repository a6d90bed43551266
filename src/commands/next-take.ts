import { UserError } from '../error.ts';
import { runAndRead, runHere } from '../git/run-here.ts';
import { commitWritten } from './commit-written.ts';
import type { Invocation, Outcome } from './command.ts';
import { agrees } from './confirm.ts';
import type { Next } from './next-action.ts';
import type { Workspace } from './workspace.ts';

/** Takes the step: at a terminal after an explicit Y, with `--yes` at once. */
export async function takeStep(workspace: Workspace | undefined, invocation: Invocation, next: Next, answer: Outcome): Promise<Outcome> {
  if (invocation.values.yes !== true && !(await agrees(textOf(answer)))) return { ...answer, text: 'nothing was done: only Y goes on' };
  const { commit, action, ticket } = next;
  if (workspace && commit) return commitWritten(workspace, invocation, { ...commit, ticket: ticket?.id, done: action.description }, { ...answer, text: action.description });
  const words = (action.argv ?? []).slice(invocation.program.split(' ').length);
  return invocation.json ? inJson(words, invocation) : { exit: runHere(words, invocation.cwd) === 0 ? 0 : 1, json: {}, text: '' };
}

/** The one object that the verb answers with, and what was run. */
function inJson(words: readonly string[], { cwd }: Invocation): Outcome {
  const { status, stdout } = runAndRead([...words, '--json'], cwd);
  const { ok: _, error, ...json } = JSON.parse(stdout) as { ok: boolean; error?: { message: string; hint: string; code: string } };
  if (error) throw new UserError(error.message, error.hint, error.code);
  return { exit: status === 0 ? 0 : 1, json: { ...json, ran: words }, text: '' };
}

function textOf({ text }: Outcome): string {
  return typeof text === 'string' ? text : text();
}
