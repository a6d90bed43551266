import { resolve } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { pathExists } from '../git/files.ts';
import type { ModuleWorktree } from '../git/modules.ts';
import { shellCommand } from '../render/shell.ts';
import { count, printable } from '../render/plain-text.ts';
import { nodeOfBranch, placeSlug } from '../workflow/branch-plan.ts';
import { actionText, contextOf, verbAction } from './actions.ts';
import type { CommandAction, Invocation, NextAction, Outcome } from './command.ts';
import type { Prepared, PreparedStep } from './prepare-worktree.ts';
import { workTreeWith } from './ticket-elsewhere.ts';
import type { Parent } from './work-base.ts';
import type { WorkPlan } from './work-plan.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** What `work` did. */
export interface Worked {
  readonly ticket: string;
  /** Absolute. */
  readonly path: string;
  readonly branch: string | undefined;
  /** The commit that a new branch begins at. */
  readonly base?: string;
  readonly parent?: Parent;
  /** The branch that it begins at. */
  readonly from?: string;
  /** `checked-out`: the branch was there. */
  readonly state: 'created' | 'checked-out' | 'resumed';
  readonly title: string | undefined;
  /** What did not go as it was meant to, and did not matter. */
  readonly note?: string;
  /** Whether WORKSPACE.md is in it. */
  readonly isGoverned: boolean;
  /** Worktrees of other repositories in it. */
  readonly modules: readonly ModuleWorktree[];
  readonly prepared: Prepared;
}

/** Exit 1 where the worktree stands and is not ready. `there` is undefined where it is not governed. */
export async function answerOf(there: Workspace | undefined, invocation: Invocation, worked: Worked): Promise<Outcome> {
  const { ticket, path, branch, base, parent, state, note, modules, prepared } = worked;
  const next = await nextOf(there, invocation, worked);
  return {
    exit: prepared.isReady ? 0 : 1,
    json: {
      ticket,
      path,
      branch: branch ?? null,
      state,
      ...(base !== undefined && { base }),
      ...(parent && { parent: parent.branch, ...(parent.ticket !== undefined && { stacked_on: parent.ticket }) }),
      ...(modules.length > 0 && { modules: modules.map(({ isNew, ...module }) => ({ ...module, state: isNew ? 'created' : 'resumed' })) }),
      ...(note !== undefined && { note }),
      ready: prepared.isReady,
      steps: prepared.steps,
      next_action: next,
    },
    text: () => [headLine(worked), ...(isInside(path, invocation.cwd) ? [] : [`  ${shellCommand(['cd', path])}`]), ...modules.map(moduleLine), ...prepared.steps.map(stepLine), ...governance(worked), ...(note === undefined ? [] : [printable(`  ${note}`)]), actionText(next)].join('\n'),
  };
}

/** What a dry run shows. */
export function plannedText(ticket: string, plan: WorkPlan): Outcome {
  if (plan.kind === 'resume') return { exit: 0, json: { dry_run: true, ticket, path: plan.path, branch: plan.branch ?? null, state: 'resumed' }, text: `would go on in ${printable(plan.path)}` };
  const { worktree: { path, branch, base, isThere, upstream }, parent, from = base } = plan;
  const isNew = isThere !== true && upstream === undefined;
  const how = isNew ? `a new branch ${branch} from ${from}` : `the branch ${branch}`;
  return { exit: 0, json: { dry_run: true, ticket, path, branch, base, state: isNew ? 'created' : 'checked-out', ...(parent && { parent: parent.branch }) }, text: printable(`would make ${path} with ${how}`) };
}

async function nextOf(there: Workspace | undefined, invocation: Invocation, worked: Worked): Promise<NextAction> {
  const { ticket, path, prepared, state, branch } = worked;
  const inside: Invocation = { ...invocation, cwd: path, values: {} };
  if (!prepared.isReady) return unreadyAction(inside, ticket, prepared.steps);
  const node = branch === undefined ? undefined : nodeOfBranch(branch);
  if (there && node !== undefined && state === 'created') return verbAction(inside, ['node', 'start', node, '--ticket', ticket], { description: `claim ${node}`, context: contextOf(there, ticket) });
  if (there && isBlank(there, ticket)) return verbAction(inside, ['new', 'spec', '--ticket', ticket, '--title', worked.title ?? titleOf(ticket, branch)], { description: 'write down what is to be delivered; a change that needs no words is simply committed', context: { ticket } });
  const { nextActionOf } = await import('./next-action.ts');
  return there ? nextActionOf(there, inside, ticket) : nextActionOf(openWorkspace(invocation), invocation);
}

/** What makes a worktree ready that is not; `invocation` as if called in it. */
export function unreadyAction(invocation: Pick<Invocation, 'program' | 'cwd'>, ticket: string, steps: readonly PreparedStep[]): CommandAction {
  const first = steps.find(({ status }) => status !== 'done');
  if (first?.status === 'unapproved') return verbAction(invocation, ['work', ticket, '--yes'], { description: 'approve the commands of after_create for this clone, and run them', confirm: true });
  return verbAction(invocation, ['work', ticket], { description: `mend what is wrong (${oneOf(first?.command ?? first?.step ?? '')}), then go on with the steps that are left` });
}

/** What the branch's name says of what is delivered. */
function titleOf(ticket: string, branch: string | undefined): string {
  const words = branch === undefined ? 'work' : placeSlug(branch, ticket).replace(/^p\d+-/, '').replaceAll('-', ' ');
  return words === 'work' ? `What ${ticket} delivers` : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** No document of the ticket stands anywhere. */
function isBlank(there: Workspace, ticket: string): boolean {
  return !pathExists(`${there.repository.workRoot}/${ticketFolder(there.settings, ticket)}`) && workTreeWith(there, ticket) === undefined;
}

/** Whether the shell stands in the worktree already. */
function isInside(path: string, cwd: string): boolean {
  return `${resolve(cwd)}/`.startsWith(`${path}/`);
}

function headLine({ ticket, path, branch, state, from }: Worked): string {
  const how = { created: `new branch ${branch}, from ${from}`, 'checked-out': `branch ${branch}, which was there`, resumed: `resumed${branch === undefined ? '' : `, on ${branch}`}` }[state];
  return printable(`${ticket} is in ${path} (${how})`);
}

/** What came of one step, for a person. */
export function stepLine({ step, status, command, files, why, output }: PreparedStep): string {
  const what = command === undefined ? `${count(files ?? 0, 'ignored file')} ${step === 'link' ? 'linked' : 'copied'}` : `ran ${oneOf(command)}`;
  if (status === 'done') return `  ${what}`;
  if (status !== 'failed') return `  ${status === 'waiting' ? 'still to run' : 'not approved'}: ${oneOf(command ?? step)}`;
  const said = (output ?? '').split('\n').filter((line) => line !== '').map((line) => `    ${printable(line)}`);
  return [`  failed: ${oneOf(command ?? step)}: ${why}`, ...said].join('\n');
}

/** A module's worktree, for a person. */
export function moduleLine({ module, path, branch, isNew }: ModuleWorktree): string {
  return printable(`  module ${module}: ${path} (${isNew ? '' : 'resumed, '}on ${branch})`);
}

function oneOf(command: string): string {
  return printable(command.trim().split('\n')[0] as string);
}

function governance({ isGoverned }: Worked): string[] {
  return isGoverned ? [] : ['  WORKSPACE.md is not committed where the branch begins: commit it, then merge it in'];
}
