import { UserError } from '../error.ts';
import { withLock } from '../git/lock.ts';
import { count } from '../render/plain-text.ts';
import { shellCommand } from '../render/shell.ts';
import { submissionText } from '../render/submission.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { agrees, canAsk } from './confirm.ts';
import { answered, linesOf, nothingToDo, stepsOf } from './submit-answer.ts';
import { hostingFor } from './submit-hosting.ts';
import { planSubmission, type SubmitPlan } from './submit-plan.ts';
import { runSubmission, type Hosting } from './submit-run.ts';
import { stackToSubmit, type SubmitStack } from './submit-stack.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'push a stack and open or update a pull request for each of its branches',
  usage: ['submit [--ticket ID] [--draft] [--dry-run] [--yes]'],
  options: {
    ticket: { type: 'string', help: 'the ticket, with all its branches; else that of the branch that is checked out' },
    draft: { type: 'boolean', help: 'open new pull requests as drafts' },
    'dry-run': { type: 'boolean', help: 'show what would be pushed, opened and changed, and do nothing' },
    yes: { type: 'boolean', short: 'y', help: 'do it without asking' },
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const shown = invocation.values['dry-run'] === true || invocation.values.yes !== true ? await gather(workspace, invocation) : undefined;
    if (shown && (invocation.values['dry-run'] === true || nothingToDo(shown))) return answered(workspace, invocation, shown, undefined);
    if (shown && !(await isConfirmed(shown, invocation))) return { exit: 0, json: {}, text: 'nothing was done: only Y goes on' };
    return withLock(workspace.repository.statePath('submit.lock'), () => submit(workspace, invocation, shown));
  },
};

/** What is to be done, and what it goes by. */
export interface Submission {
  readonly stack: SubmitStack;
  readonly plan: SubmitPlan;
  /** undefined where a forge has no provider here. */
  readonly hosting: Hosting | undefined;
}

async function gather(workspace: Workspace, invocation: Invocation): Promise<Submission> {
  const stack = stackToSubmit(workspace, invocation);
  const hosting = await hostingFor(workspace, stack.remote, invocation.program);
  return { stack, hosting, plan: await planSubmission(workspace, stack, hosting) };
}

/** Two submits of one clone take turns; the second one finds what is left to do. */
async function submit(workspace: Workspace, invocation: Invocation, shown: Submission | undefined): Promise<Outcome> {
  const submission = await gather(workspace, invocation);
  if (shown && JSON.stringify(stepsOf(shown)) !== JSON.stringify(stepsOf(submission))) return { exit: 1, json: { findings: [], refused: 'changed' }, text: 'nothing was done: something else is to be done now than what was shown; ask again' };
  if (nothingToDo(submission)) return answered(workspace, invocation, submission, undefined);
  const done = await runSubmission(workspace.repository, submission.plan, submission.hosting, { isDraft: invocation.values.draft === true });
  return answered(workspace, invocation, submission, done);
}

/** Throws a UserError where there is nobody to ask. */
async function isConfirmed(submission: Submission, { program, values, json }: Invocation): Promise<boolean> {
  const { plan, hosting } = submission;
  if (canAsk(json)) return agrees(submissionText(linesOf(submission), plan.remote ?? 'this repository'));
  const pushes = plan.branches.filter(({ push }) => push.kind !== 'none').length;
  const pulls = hosting ? stepsOf(submission).filter(({ pull_request: pull }) => pull?.step === 'open' || pull?.step === 'update').length : 0;
  const step = [...(pushes > 0 ? [`push of ${pushes === 1 ? 'a branch' : `${pushes} branches`}`] : []), ...(pulls > 0 ? [`change of ${count(pulls, 'pull request')}`] : []), ...(pushes + pulls === 0 ? ['change of a stack'] : [])].join(' and ');
  const words = [...program.split(' '), 'submit', ...(typeof values.ticket === 'string' ? ['--ticket', values.ticket] : []), ...(values.draft === true ? ['--draft'] : []), '--yes'];
  throw new UserError(`Unexpected ${step} without anybody to ask, expected --yes, or a terminal (--dry-run shows it)`, shellCommand(words), 'confirm');
}
