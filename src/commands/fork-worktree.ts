import { join } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { applyEdits } from '../git/apply.ts';
import { withLock } from '../git/lock.ts';
import { packageFile } from '../git/package-file.ts';
import { listWorktrees } from '../git/worktrees.ts';
import { subTicketEdits } from '../render/fork.ts';
import { shellCommand } from '../render/shell.ts';
import { baseRef } from '../workflow/branch-plan.ts';
import { slugOf } from '../workflow/record-name.ts';
import { actionText } from './actions.ts';
import { write, type Written } from './answer.ts';
import type { CommandAction, Invocation, Outcome } from './command.ts';
import type { PlannedFork } from './fork-open.ts';
import { makeWorktree, mendInterrupted } from './make-worktree.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { stepLine, unreadyAction } from './work-answer.ts';
import { openWorkspace, type Workspace } from './workspace.ts';
import { trunkOf } from './workspace-text.ts';
import { worktreePlace } from './worktree-place.ts';

/**
 * Makes the sub-ticket's branch `ID--slug` and its worktree, scaffolds the spec there, and then
 * writes the fork here. Where any of it fails nothing is left: no worktree, no branch, no file. What
 * `after_create` asks for is done when the verb has let go of its locks.
 */
export function inNewWorktree(workspace: Workspace, invocation: Invocation, fork: PlannedFork, written: Written): Outcome {
  const { repository } = workspace;
  const branch = `${fork.sub}--${slugOf(fork.title) || 'fork'}`;
  const worktrees = listWorktrees(repository);
  const path = worktreePlace(workspace, worktrees, fork.sub, branch);
  const more = { worktree: path, branch };
  if (invocation.values['dry-run'] === true) return write(workspace, invocation, { ...written, json: { ...written.json, ...more } });
  return withLock(repository.statePath('worktrees.lock'), () => {
    mendInterrupted(repository);
    const spec = `${ticketFolder(workspace.settings, fork.sub)}/spec.md`;
    let answer: Outcome | undefined;
    const scaffold = () => {
      const there = openWorkspace({ cwd: path, program: invocation.program });
      const edits = subTicketEdits({ ...fork, folder: ticketFolder(there.settings, fork.sub), words: there.settings.requirements }, packageFile('generators/spec/template.md'));
      applyEdits(there.repository, edits);
      const paths = edits.map((edit) => edit.path);
      const outcome = write(workspace, invocation, { ...written, json: { ...written.json, ...more, scaffolded: paths }, done: `${written.done}\n${branch} is checked out in ${path}` });
      answer = prepared(withCommitThere(outcome, there, { ...invocation, cwd: path }, { path, sub: fork.sub, edits: paths }), there, invocation, fork.sub);
    };
    const resume = ['fork', 'open', fork.node, '--ticket', fork.ticket, '--reason', fork.reason, '--worktree'];
    makeWorktree(workspace, { path, branch, base: baseOf(workspace), baseRef: baseRef(branch) }, { verb: 'fork', ticket: fork.sub, resume, worktrees, also: scaffold, proof: { file: join(repository.workRoot, fork.path), written: [spec] } });
    return answer as unknown as Outcome;
  });
}

/** What makes the worktree ready comes last: it may take minutes, and what was written stands whatever comes of it. */
function prepared(outcome: Outcome, there: Workspace, invocation: Invocation, sub: string): Outcome {
  const finish = async (answer: Outcome): Promise<Outcome> => {
    const done = outcome.finish ? await outcome.finish(answer) : answer;
    const { steps, isReady } = await prepareWorktree(there, invocation);
    if (steps.length === 0) return done;
    const lines = () => [textOf(done), ...steps.map(stepLine)].join('\n');
    if (isReady) return { ...done, json: { ...done.json, steps }, text: lines };
    const next = unreadyAction({ ...invocation, cwd: there.repository.workRoot }, sub, steps);
    return { ...done, exit: 1, json: { ...done.json, steps, ready: false, next_action: next }, text: () => `${lines()}\n${actionText(next)}` };
  };
  return { ...outcome, finish };
}

/** The trunk, so that the new ticket can land without the one that waits for it; HEAD where the trunk is not governed yet. */
function baseOf({ repository, settings }: Workspace): string {
  const trunk = settings.trunk ?? trunkOf(repository);
  for (const revision of [`refs/heads/${trunk}`, `refs/remotes/origin/${trunk}`, 'HEAD']) {
    const commit = repository.commit(revision);
    if (commit !== undefined && repository.treeOf(commit).entry(WORKSPACE_PATH)) return commit;
  }
  throw new UserError(`Unexpected --worktree before ${WORKSPACE_PATH} is committed, expected a commit that a worktree can begin at`, `git add ${WORKSPACE_PATH} && git commit`, 'no-commit');
}

interface Scaffolded {
  readonly path: string;
  readonly sub: string;
  readonly edits: readonly string[];
}

/** The spec is on another branch: it takes a commit of its own, there, where work goes on. */
function withCommitThere(outcome: Outcome, there: Workspace, invocation: Invocation, { path, sub, edits }: Scaffolded): Outcome {
  const message = `docs(${sub}): write the spec`;
  const action = outcome.json.next_action as CommandAction;
  const commit = `${shellCommand(['git', '-C', path, 'add', '--', ...edits])} && ${shellCommand(['git', '-C', path, 'commit', '-m', message])}`;
  const command = `${action.command} && ${commit}`;
  const next: CommandAction = { ...action, command, argv: ['sh', '-c', command], description: `${action.description}; its worktree is ${path}` };
  const { finish } = outcome;
  const finishBoth = async (answer: Outcome) => {
    const here = await (finish as NonNullable<typeof finish>)(answer);
    if (here.exit !== 0) return here;
    return (await import('./commit-written.ts')).commitWritten(there, invocation, { paths: edits, message, ticket: sub, done: textOf(here).split('\nnext')[0] as string }, here);
  };
  const text = textOf(outcome);
  return { ...outcome, json: { ...outcome.json, next_action: next }, text: text.replace(action.command, () => command).replace(action.description, () => next.description), ...(finish && { finish: finishBoth }) };
}

function textOf({ text }: Outcome): string {
  return typeof text === 'string' ? text : text();
}
