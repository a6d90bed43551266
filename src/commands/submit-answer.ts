import { resolve } from 'node:path';
import { count, printable } from '../render/plain-text.ts';
import { submissionText, type SubmissionLine } from '../render/submission.ts';
import { actionText, verbAction } from './actions.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import { linesByHand, type ByHand } from './submit-by-hand.ts';
import type { Submission } from './submit.ts';
import { pullStepOf, referenceOf } from './submit-plan.ts';
import type { Submitted } from './submit-run.ts';
import { ticketMeant, type Workspace } from './workspace.ts';

/** Every branch with what is done for it, for the JSON answer. */
export function stepsOf({ plan, hosting }: Submission) {
  return plan.branches.map((planned) => {
    const { branch, base, tip, push, excess, known, text } = planned;
    const { step, changes } = pullStepOf(plan, planned);
    return {
      branch,
      base,
      tip,
      push: push.kind,
      ...(push.kind === 'force' && { over: push.lease }),
      ...(hosting && { pull_request: { step, title: changes.title ?? (known?.state === 'open' ? known.title : text.title), ...(known && step !== 'open' && { id: known.id, url: known.url }), ...(step === 'update' && { changes: Object.keys(changes) }) } }),
      ...(excess && { review: excess }),
    };
  });
}

/** The same for a person. */
export function linesOf(submission: Submission): SubmissionLine[] {
  return stepsOf(submission).map(({ branch, base, push, over, pull_request: pull, review }) => ({
    branch,
    base,
    push,
    over,
    pull: pull && { step: pull.step, reference: pull.id === undefined ? undefined : referenceOf({ id: pull.id }), title: pull.title, fields: pull.changes ?? [] },
    excess: review,
  }));
}

/** Everything is as it should be. Without a provider only what is to be pushed is known. */
export function nothingToDo({ plan, hosting }: Submission): boolean {
  return !plan.isStackDue && plan.branches.every((planned) => planned.push.kind === 'none' && (!hosting || ['none', 'closed'].includes(pullStepOf(plan, planned).step)));
}

/** What was done, or with `undefined` what would be, or that there is nothing. */
export function answered(workspace: Workspace, invocation: Invocation, submission: Submission, done: Submitted | undefined): Outcome {
  const { plan, stack, hosting } = submission;
  const isDry = invocation.values['dry-run'] === true;
  const byHand = hosting || isDry ? undefined : linesByHand(workspace, submission, invocation.values.draft === true);
  const next = nextOf(workspace, invocation, submission, { done, byHand });
  const json = {
    ...(stack.ticket !== undefined && { ticket: stack.ticket }),
    ...(plan.remote !== undefined && { remote: plan.remote }),
    target: plan.target,
    branches: stepsOf(submission),
    ...(plan.isStackDue && { stack: 'due' }),
    ...(isDry && { dry_run: true }),
    ...(done && { pushed: done.pushed, opened: done.opened.map(told), updated: done.updated.map(told), ...(done.edited.length > 0 && { left_edited: done.edited.map(({ id }) => id) }), ...(done.stack && { stack: done.stack }) }),
    ...(byHand && { by_hand: byHand }),
  };
  if (done?.stopped) {
    const why = `${plan.branches.length === 0 ? 'the submission' : `the submission of ${plan.branches.map(({ branch }) => branch).join(', ')}`} stopped: ${done.stopped.said.split('\n').map(printable).join('\n')}`;
    return { exit: 1, json: { ...json, findings: [], refused: why, next_action: next }, text: [...doneLines(done, plan.remote), why, actionText(next)].join('\n') };
  }
  // What was pushed now has no pull request that we know of; later on somebody may have opened it.
  const exit = byHand && done && done.pushed.length > 0 ? 1 : 0;
  return { exit, json: { ...json, ...(exit === 1 && { findings: [], refused: 'no provider opens pull requests here' }), next_action: next }, text: () => textOf(submission, done, byHand, isDry, next) };
}

function told({ id, head, base, title, url }: Submitted['opened'][number]) {
  return { id, head, base, title, url };
}

function textOf(submission: Submission, done: Submitted | undefined, byHand: ByHand | undefined, isDry: boolean, next: NextAction): string {
  const { plan, stack } = submission;
  const skipped = plan.members.filter(({ state }) => state !== 'open').map(({ branch, state }) => `  ${branch} is ${state === 'merged' ? 'merged' : 'without a commit of its own'}: left alone`);
  const what = isDry ? [submissionText(linesOf(submission), plan.remote ?? ''), ...(plan.isStackDue ? ['  the pull requests become one stack there'] : [])] : done ? doneLines(done, plan.remote) : [`nothing to do: everything is pushed${byHand ? '' : ', and every pull request is as it should be'}`];
  const excess = isDry ? [] : plan.branches.flatMap(({ branch, excess: over }) => (over ? [`! ${branch} is ${over.is} to review, at most ${over.most} are read well: split makes smaller ones of it`] : []));
  return [...what, ...skipped, ...excess, ...handLines(byHand, stack.remote?.name), ...(isDry ? [] : [actionText(next)])].join('\n');
}

function doneLines({ pushed, opened, updated, edited, stack }: Submitted, remote: string | undefined): string[] {
  return [
    ...(pushed.length > 0 ? [`pushed to ${remote}: ${pushed.join(', ')}`] : []),
    ...opened.map((pull) => `opened ${referenceOf(pull)} of ${pull.head} into ${pull.base}: ${pull.title}${pull.url === null ? '' : ` (${pull.url})`}`),
    ...updated.map((pull) => `updated ${referenceOf(pull)} of ${pull.head}, into ${pull.base}`),
    ...edited.map((pull) => `${referenceOf(pull)}: somebody edited our description between its marks; it stays as it is`),
    ...(stack ? [`one stack there: ${stack.map((id) => referenceOf({ id })).join(', ')}`] : []),
  ];
}

function handLines(byHand: ByHand | undefined, remote: string | undefined): string[] {
  if (!byHand || byHand.pulls.length === 0) return [];
  const lead = `no provider opens pull requests at ${remote ?? 'the remote'} (providers: {git-hosting: …} in WORKSPACE.md)`;
  if (byHand.lines.length > 0) return [`${lead}; these lines do, from the bottom up:`, ...byHand.lines.map((line) => `  ${line}`)];
  return [`${lead}; open ${count(byHand.pulls.length, 'pull request')} by hand, from the bottom up:`, ...byHand.pulls.map(({ head, base, title, body_file: file }) => `  ${head} into ${base}: ${title}\n    ${file}`)];
}

/** Again where it stopped; what was merged below leads to restack; else what the ticket says. */
function nextOf(workspace: Workspace, invocation: Invocation, { stack, plan }: Submission, { done, byHand }: { readonly done: Submitted | undefined; readonly byHand: ByHand | undefined }): NextAction {
  const ticket = stack.ticket === undefined ? [] : ['--ticket', stack.ticket];
  const context = stack.ticket === undefined ? {} : { context: { ticket: stack.ticket } };
  if (done?.stopped) return verbAction(invocation, ['submit', ...ticket, '--yes'], { description: 'mend what is said above; the same call does the rest', confirm: true, ...context });
  if (byHand && byHand.lines.length > 0) return { action: 'agent:do', cwd: resolve(invocation.cwd), description: 'open the pull requests that are not open yet, from the bottom up', lines: byHand.lines, ...context };
  if (plan.branches.some(({ isStale }) => isStale)) return verbAction(invocation, ['restack', ...ticket], { description: 'bring each branch onto what it stands on now, then submit again', ...context });
  if (stack.ticket !== undefined && !ticketMeant(workspace, { values: { ticket: stack.ticket } }).isArchived) return verbAction(invocation, ['review', ...ticket], { description: 'what reviewers say becomes work items', ...context });
  return verbAction(invocation, ['next', ...ticket], { description: 'ask what is next', ...context });
}
