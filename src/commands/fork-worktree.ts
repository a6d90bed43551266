import { basename, resolve } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { addWorktree } from '../git/add-worktree.ts';
import { applyEdits } from '../git/apply.ts';
import { packageFile } from '../git/package-file.ts';
import { worktreesOf } from '../git/worktrees.ts';
import { subTicketEdits } from '../render/fork.ts';
import { shellCommand } from '../render/shell.ts';
import { slugOf } from '../workflow/record-name.ts';
import { write, type Written } from './answer.ts';
import type { CommandAction, Invocation, Outcome } from './command.ts';
import type { PlannedFork } from './fork-open.ts';
import { openWorkspace, type Workspace } from './workspace.ts';
import { trunkOf } from './workspace-text.ts';

/**
 * Makes the sub-ticket's branch `ID--slug` and its worktree, scaffolds the spec there, and then
 * writes the fork here. Where any of it fails nothing is left: no worktree, no branch, no file.
 */
export function inNewWorktree(workspace: Workspace, invocation: Invocation, fork: PlannedFork, written: Written): Outcome {
  const { repository } = workspace;
  const slug = slugOf(fork.title) || 'fork';
  const branch = `${fork.sub}--${slug}`;
  const path = worktreePath(workspace, fork.sub, slug);
  const more = { worktree: path, branch };
  if (invocation.values['dry-run'] === true) return write(workspace, invocation, { ...written, json: { ...written.json, ...more } });
  const undo = addWorktree(repository, { path, branch, base: baseOf(workspace) });
  try {
    const there = openWorkspace({ cwd: path, program: invocation.program });
    const edits = subTicketEdits({ ...fork, folder: ticketFolder(there.settings, fork.sub), words: there.settings.requirements }, packageFile('generators/spec/template.md'));
    applyEdits(there.repository, edits);
    const outcome = write(workspace, invocation, { ...written, json: { ...written.json, ...more, scaffolded: edits.map((edit) => edit.path) }, done: `${written.done}\n${branch} is checked out in ${path}` });
    return withCommitThere(outcome, there, { ...invocation, cwd: path }, { path, sub: fork.sub, edits: edits.map((edit) => edit.path) });
  } catch (error) {
    undo();
    throw error;
  }
}

/** Where WORKSPACE.md puts it, from the main work tree's root. */
function worktreePath({ repository, settings }: Workspace, id: string, slug: string): string {
  const main = worktreesOf(repository)[0] ?? repository.workRoot;
  const repo = basename(main).replace(/\.git$/, '');
  return resolve(main, settings.worktrees.replaceAll(/\{(repo|id|slug)\}/g, (_, name: 'repo' | 'id' | 'slug') => ({ repo, id, slug })[name]));
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
