import { lastOperation } from '../git/operation.ts';
import type { MendPlace } from '../git/mend-place.ts';
import type { TakenBack } from '../git/take-back.ts';
import { count, printable } from '../render/plain-text.ts';
import { shellCommand } from '../render/shell.ts';
import type { RestackedBranch, RestackPlan } from '../workflow/restack-plan.ts';
import { actionText, contextOf, verbAction } from './actions.ts';
import type { AgentAction, Invocation, NextAction, Outcome } from './command.ts';
import { commands } from './index.generated.ts';
import type { LocatedFinding } from './judge-range.ts';
import type { Built } from './restack-build.ts';
import type { Signatures } from './restack-sign.ts';
import type { RestackState } from './restack-run.ts';
import type { Workspace } from './workspace.ts';

/** Where everything stands now. `worktrees`: those that went along. */
export function doneAnswer(workspace: Workspace, invocation: Invocation, plan: RestackPlan, { branches, signatures }: Pick<Built, 'branches'> & { readonly signatures?: Signatures }, worktrees: readonly string[]): Outcome {
  const isDry = invocation.values['dry-run'] === true;
  const moved = branches.filter(({ state }) => state === 'moved');
  const action = moved.length > 0 && !isDry ? nextAfter(workspace, invocation, plan) : undefined;
  const lines = [...branches.flatMap((branch) => branchLines(branch, isDry)), ...worktrees.map((path) => `  ${path} went along`), ...leftLines(plan, invocation), ...(signatures ? signatureLines(signatures, isDry) : [])];
  const head = moved.length === 0 ? `nothing to move: the stack stands on ${plan.ground.branch} (${plan.ground.commit.slice(0, 10)})` : `${count(moved.length, 'branch').replace('branchs', 'branches')} ${isDry ? 'would be brought' : 'brought'} upon ${plan.ground.branch} (${plan.ground.commit.slice(0, 10)})`;
  return {
    exit: 0,
    json: { ...factsOf(plan), ...(isDry && { dry_run: true }), branches, worktrees, ...(signatures && { signatures }), ...(action && { undoable: lastOperation(workspace.repository)?.verb === 'restack', next_action: action }) },
    text: () => [printable(head), ...lines.map(printable), ...(action ? [actionText(action)] : [])].join('\n'),
  };
}

/** In the module that it is about. */
function restackWords({ values }: Invocation, ...words: string[]): string[] {
  return ['restack', ...words, ...(typeof values.module === 'string' ? ['--module', values.module] : [])];
}

function factsOf(plan: RestackPlan) {
  const ticket = plan.branches.at(-1)?.ticket;
  return { ...(ticket !== undefined && { ticket }), mode: plan.mode, ground: plan.ground, left: plan.left };
}

function branchLines({ name, onto, state, before, after, commits, dropped, adopted }: RestackedBranch, isDry: boolean): string[] {
  if (state === 'merged') return [`  ${name}: is merged, and left as it is`];
  if (state === 'in-place') return [`  ${name}: stands on ${onto}`];
  const to = isDry ? '' : ` -> ${after.slice(0, 10)}`;
  return [
    `  ${name}: ${before.slice(0, 10)}${to}, ${count(commits, 'commit')} on ${onto}`,
    ...dropped.map(({ commit, subject, why }) => `    left out ${commit.slice(0, 10)} ${subject} (${WHY[why]})`),
    ...adopted.map(({ commit, subject }) => `    kept ${commit.slice(0, 10)} ${subject} (it stood below, and is nowhere else now)`),
  ];
}

const WHY = { upstream: 'what it stands on has it', replaced: 'it has another form below', merge: 'it brought in what the branch stands on' } as const;

function leftLines({ left }: RestackPlan, { program }: Invocation): string[] {
  return left.map((name) => `  ${name} stands on one of these and was left: ${shellCommand([...program.split(' '), 'restack', name])}`);
}

function signatureLines({ made, lost }: Signatures, isDry: boolean): string[] {
  return [...(made > 0 ? [`  ${count(made, 'commit')} signed`] : []), ...(lost > 0 ? [`  ${count(lost, 'signature')} ${isDry ? 'would go' : 'went'} with the commits made anew (git config commit.gpgsign true has them signed)`] : [])];
}

/** Reviewers see it when it is pushed. */
function nextAfter(workspace: Workspace, invocation: Invocation, plan: RestackPlan): NextAction {
  const ticket = plan.branches.at(-1)?.ticket;
  const facts = { context: contextOf(workspace, ticket) };
  const isShared = workspace.repository.tryGit(['remote']).stdout.length > 0 && Object.hasOwn(commands, 'submit');
  const words = ticket === undefined ? [] : ['--ticket', ticket];
  if (isShared) return verbAction(invocation, ['submit', ...words, '--yes'], { description: 'push the branches and bring their pull requests up to date', confirm: true, ...facts });
  return verbAction(invocation, ['next', ...words], { description: 'see what is next; undo takes the restack back', ...facts });
}

/** `place`: undefined in a dry run. */
export function conflictAnswer(workspace: Workspace, invocation: Invocation, plan: RestackPlan, { branches, stop }: Built, place: MendPlace | undefined): Outcome {
  if (!stop) throw new Error('there is a stop where there is a conflict');
  const ticket = plan.branches.at(-1)?.ticket;
  const conflict = { branch: stop.branch, commit: stop.commit, subject: stop.subject, files: stop.conflicts, ...(place && { worktree: place.path, temporary: place.branch === undefined }) };
  const what = plan.mode === 'merge' ? `${stop.subject} cannot be merged into ${stop.branch}` : `${stop.commit.slice(0, 10)} (${stop.subject}) of ${stop.branch} cannot be brought upon ${stop.onto.oid.slice(0, 10)}`;
  const lines = [`${what}: ${stop.conflicts.join(', ')}`];
  if (!place) return { exit: 1, json: { ...factsOf(plan), dry_run: true, branches, conflict }, text: () => lines.map(printable).join('\n') };
  const add = shellCommand(['git', '-C', place.path, 'add', '--', ...stop.conflicts]);
  const run = verbAction(invocation, restackWords(invocation, '--continue'), { description: `mend ${stop.conflicts.join(', ')} in ${place.path}, then ${add}, then go on; restack --abort goes back` });
  const action: AgentAction = { action: 'agent:do', ...run, context: contextOf(workspace, ticket), files: stop.conflicts, worktree: place.path, on_fail: verbAction(invocation, restackWords(invocation, '--abort'), { description: '' }).command };
  return { exit: 1, json: { ...factsOf(plan), branches: [], conflict, next_action: action }, text: () => [...[...lines, `nothing was moved yet; ${place.branch === undefined ? 'a work tree was made for it' : 'its work tree holds the conflict'}: ${place.path}`].map(printable), actionText(action)].join('\n') };
}

/** What rules say stands before anything moves. */
export function refusedAnswer(workspace: Workspace, invocation: Invocation, plan: RestackPlan, findings: readonly LocatedFinding[], isUnderWay: boolean): Outcome {
  const ticket = plan.branches.at(-1)?.ticket;
  const action = verbAction(invocation, isUnderWay ? restackWords(invocation, '--continue', '--no-verify') : ['restack', ...(plan.mode === 'merge' ? ['--merge'] : []), '--no-verify', ...(ticket === undefined ? [] : ['--ticket', ticket])], { description: 'nothing was moved; this moves all the same, and then what the rules say can be mended in a commit', context: contextOf(workspace, ticket) });
  const lines = findings.flatMap(({ ref, path, line, rule, message, remedy }) => [`${ref?.replace('refs/heads/', '') ?? ''}: ${path}:${line}  ${rule}`, `  ${message}`, `  ${remedy}`]);
  return { exit: 1, json: { ...factsOf(plan), findings, refused: 'rules refuse what the branches would come to', next_action: action }, text: () => [...lines.map(printable), actionText(action)].join('\n') };
}

export function abortedAnswer(workspace: Workspace, invocation: Invocation, { plan, place }: RestackState, taken: TakenBack, isGone: boolean): Outcome {
  const ticket = plan.branches.at(-1)?.ticket;
  const kept = [...new Set([...taken.kept, ...(isGone || !place ? [] : [place.path])])];
  const action = verbAction(invocation, restackWords(invocation, '--dry-run', ...(ticket === undefined ? [] : ['--ticket', ticket])), { description: 'see what a restack comes to', context: contextOf(workspace, ticket) });
  const lines = ['everything is as it was before the restack', ...taken.left.map((ref) => `  ${ref} was moved by somebody else meanwhile, and left`), ...kept.map((path) => `  ${path} holds files that git does not know, and was left: git worktree remove --force removes it`)];
  return { exit: 0, json: { ...factsOf(plan), aborted: true, ...taken, kept, next_action: action }, text: () => [...lines.map(printable), actionText(action)].join('\n') };
}
