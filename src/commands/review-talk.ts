import { UserError } from '../error.ts';
import { count, oneLine, printable } from '../render/plain-text.ts';
import type { Conversation } from '../workflow/review-items.ts';
import { verbAction } from './actions.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf, requiredLine, wordOf } from './inputs.ts';
import { nextActionOf } from './next-action.ts';
import { conversationsOf, pullMeant, pullsOf } from './review-pulls.ts';
import type { Workspace } from './workspace.ts';

/** Prints the ticket's open pull requests with what is said about them. */
export async function listConversations(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const { ticket, hosting, pulls } = await pullsOf(workspace, invocation);
  const shown = await Promise.all(pulls.map(async (pull) => ({ ...pull, threads: await conversationsOf(hosting, pull) })));
  const lines = shown.flatMap(({ id, title, head, base, state, url, threads }) => [`${id}  ${oneLine(title, 100)} (${head} into ${base}, ${state})${url === null ? '' : `  ${url}`}`, ...(threads.length === 0 ? ['  nothing was said'] : threads.flatMap(threadLines))]);
  return { exit: 0, json: { ticket, pulls: shown }, text: lines.join('\n') };
}

function threadLines({ thread, file, line, resolved, comments }: Conversation): string[] {
  const where = file === null ? 'as a whole' : `${file}${line === null ? '' : `:${line}`}`;
  return [`  ${thread}  ${printable(where)}${resolved ? '  resolved' : ''}`, ...comments.flatMap(({ author, at, body }) => [`     ${printable(author)}, ${at}:`, ...body.split('\n').map((text) => `       ${printable(text)}`.trimEnd())])];
}

/** Begins a conversation. */
export async function comment(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const { values, program } = invocation;
  const [file, at] = [lineOf(values, 'file'), lineOf(values, 'line')];
  const body = typeof values.comment === 'string' ? values.comment.trim() : '';
  if (body === '') throw new UserError('Unexpected empty --comment, expected what is to be said', `${program} review --comment "WHAT IS TO CHANGE"`, 'input');
  if (at !== undefined && (!/^[1-9]\d{0,6}$/.test(at) || file === undefined)) throw new UserError(`Unexpected --line ${at}${file === undefined ? ' without --file' : ''}, expected a line of a file, counted from 1`, '--file src/x.ts --line 3', 'input');
  const { ticket, hosting, pull } = await pullMeant(workspace, invocation);
  const asked = { pull: pull.id, body, ...(file !== undefined && { file }), ...(at !== undefined && { line: Number(at) }) };
  if (values['dry-run'] === true) return { exit: 0, json: { dry_run: true, ticket, ...asked }, text: `would begin a conversation on pull request ${pull.id}` };
  const thread = await hosting.openThread(asked);
  const next = verbAction(invocation, ['review', '--ticket', ticket], { description: 'make a work item of it', context: { ticket } });
  return { exit: 0, json: { ticket, pull: pull.id, thread, next_action: next }, text: `conversation ${thread.id} of pull request ${pull.id} has begun` };
}

/** Merges the pull request as its head is now at the host, unless conversations are open. */
export async function merge(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const { values, program } = invocation;
  const method = wordOf(values, 'merge', ['merge', 'squash', 'rebase'] as const) ?? 'merge';
  requiredLine(values, 'merge', 'squash');
  const { ticket, hosting, pull } = await pullMeant(workspace, invocation);
  const open = (await conversationsOf(hosting, pull)).filter(({ resolved }) => !resolved);
  if (open.length > 0) throw new UserError(`Unexpected merge of pull request ${pull.id} with ${count(open.length, 'open conversation')}, expected none`, `${program} review --ticket ${ticket} makes work items of them; ${program} review --resolve once they are done`, 'conversations-open');
  if (pull.draft) throw new UserError(`Unexpected merge of pull request ${pull.id}, which is a draft, expected one that is ready`, `${program} provider git-hosting updatePullRequest --input '{"id": "${pull.id}", "draft": false}'`, 'draft');
  if (values['dry-run'] === true) return { exit: 0, json: { dry_run: true, ticket, pull: pull.id, method, head: pull.head, base: pull.base, commit: pull.commit }, text: `would merge pull request ${pull.id} (${pull.head} into ${pull.base}) by ${method}` };
  const merged = await hosting.mergePullRequest({ id: pull.id, method, ...(pull.commit !== null && { commit: pull.commit }) });
  return { exit: 0, json: { ticket, pull: merged, next_action: await nextActionOf(workspace, invocation, ticket) }, text: `pull request ${merged.id} is merged: ${merged.base} holds it with ${merged.merged?.slice(0, 12) ?? 'a commit of its own'}` };
}
