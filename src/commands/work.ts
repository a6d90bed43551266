import { UserError } from '../error.ts';
import { branchTips } from '../git/branch-tips.ts';
import { withLock } from '../git/lock.ts';
import type { ModuleWorktree } from '../git/modules.ts';
import { writeOutput } from '../git/output.ts';
import { ticketOfBranchName, withoutStamp } from '../workflow/branch-names.ts';
import { contradicting, ticketCandidates, validTicket } from '../workflow/infer-ticket.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { lineOf, wordOf } from './inputs.ts';
import { addModules } from './module-worktrees.ts';
import { makeWorktree, mendInterrupted } from './make-worktree.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { answerOf, plannedText, type Worked } from './work-answer.ts';
import type { WorkWish } from './work-base.ts';
import { planWork, type WorkPlan } from './work-plan.ts';
import { recordStack } from './work-stack.ts';
import { openWorkspace, ticketClues, workspaceAt, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: "a ticket's own branch and worktree: made, or gone on in",
  usage: [
    'work ID [--title TITLE] [--type feature|release|hotfix] [--part N] [--branch NAME] [--print-path] [--yes]',
    'work ID --stack',
    'work ID --node NODE',
  ],
  options: {
    ticket: { type: 'string', help: 'the same as ID; without either, the ticket of the branch or the worktree' },
    title: { type: 'string', help: "what the ticket delivers, for the branch's name; else what its documents or the tracker say" },
    type: { type: 'string', help: 'feature (without it), release or hotfix: where the branch begins and what it is called' },
    version: { type: 'string', help: 'the version of a release or hotfix, where branches are named after it; else what the commits say' },
    stack: { type: 'boolean', help: 'on top of the branch that is checked out here: of another ticket, or one more part of the same' },
    part: { type: 'string', help: 'this part of the stack that the ticket is, from 1' },
    node: { type: 'string', help: "a second agent's worktree for this node; sync merges it back" },
    branch: { type: 'string', help: 'this branch, where several carry the id; or the name of a new one' },
    'print-path': { type: 'boolean', help: 'print the path and nothing else: cd "$(treework work ID --print-path)"' },
    yes: { type: 'boolean', short: 'y', help: 'approve the commands of after_create, for this clone' },
    'dry-run': { type: 'boolean', help: 'only say what would be made' },
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const wish = wishOf(workspace, invocation);
    if (invocation.values['dry-run'] === true) return shown(invocation, plannedText(wish.ticket, await planWork(workspace, wish)));
    const lock = workspace.repository.statePath('worktrees.lock');
    const worked = await withLock(lock, () => perform(workspace, wish));
    const there = workspaceAt(worked.path, invocation.program);
    const prepared = there ? await prepareWorktree(there, invocation) : { steps: [], isReady: true };
    return shown(invocation, await answerOf(there, invocation, { ...worked, prepared }));
  },
};

/** Makes what is not there. */
async function perform(workspace: Workspace, wish: WorkWish): Promise<Omit<Worked, 'prepared'>> {
  mendInterrupted(workspace.repository);
  const plan = await planWork(workspace, wish);
  const { ticket } = wish;
  if (plan.kind === 'resume') {
    // The plan may have come to touch more of them since.
    const { modules } = plan.branch === undefined ? { modules: [] } : addModules({ root: plan.path, branch: plan.branch }, ticket, wish.program);
    return { ticket, path: plan.path, branch: plan.branch, state: 'resumed', title: wish.title, isGoverned: true, modules };
  }
  forgetMissing(workspace, plan);
  const { worktree: { path, branch, base, isThere, upstream }, parent, title, note, from, isGoverned } = plan;
  let modules: readonly ModuleWorktree[] = [];
  const also = () => {
    recordStack(path, plan, wish);
    ({ modules } = addModules({ root: path, branch, parent: parent?.branch }, ticket, wish.program));
  };
  makeWorktree(workspace, plan.worktree, { verb: 'work', ticket, resume: ['work', ticket], worktrees: plan.worktrees, also });
  return { ticket, path, branch, base, title, isGoverned, modules, ...(parent && { parent }), ...(note !== undefined && { note }), ...(from !== undefined && { from }), state: isThere === true || upstream ? 'checked-out' : 'created' };
}

/** git holds on to a worktree whose folder somebody deleted; one that is locked may be on a drive that is not here now. */
function forgetMissing({ repository }: Workspace, { missing }: Extract<WorkPlan, { kind: 'make' }>): void {
  if (!missing) return;
  if (missing.lock !== undefined) throw new UserError(`Unexpected absence of the locked worktree ${missing.path}, expected it to be there${missing.lock === '' ? '' : ` (${missing.lock})`}`, `git worktree unlock '${missing.path}', if it is gone for good`, 'worktree-locked');
  repository.git(['worktree', 'remove', '--', missing.path]);
}

function wishOf(workspace: Workspace, { values, positionals, program }: Invocation): WorkWish {
  const [given, ...rest] = positionals;
  if (rest.length > 0) throw new UserError(`Unexpected ${JSON.stringify(rest[0])}, expected one ticket`, `quote text: ${program} work ${given} --title "SOME WORDS"`, 'usage');
  const { ticket, known } = ticketOf(workspace, given ?? (typeof values.ticket === 'string' ? values.ticket : undefined), program);
  const [node, isStacked, branch] = [lineOf(values, 'node'), values.stack === true, lineOf(values, 'branch')];
  if (node !== undefined && isStacked) throw new UserError('Unexpected --stack beside --node, expected one of them', `a node's worktree begins at its ticket's branch: ${program} work ${ticket} --node ${node}`, 'usage');
  return { ticket, known, title: lineOf(values, 'title'), type: wordOf(values, 'type', ['feature', 'release', 'hotfix']), part: partOf(values), node, branch, isStacked, version: versionOf(values), program };
}

/** The ticket that is named, as it is written where it is known; else what the branch or the worktree says. */
function ticketOf(workspace: Workspace, given: string | undefined, program: string): { ticket: string; known: readonly string[] } {
  const clues = ticketClues(workspace, { values: {} });
  const { known, open } = clues;
  if (given !== undefined) {
    const id = validTicket(given, workspace.settings);
    return { ticket: known.find((one) => one.toLowerCase() === id.toLowerCase()) ?? id, known };
  }
  const [own, other] = ticketCandidates({ ...clues, open: [] });
  if (own && other) throw contradicting(own, other);
  if (own) return { ticket: validTicket(own.id, workspace.settings), known };
  const begun = branchTips(workspace.repository).tips.flatMap(({ name }) => ticketOfBranchName(withoutStamp(name), workspace.settings) ?? []);
  const all = [...new Set([...open, ...begun])].sort();
  const listed = all.length === 0 ? '' : `: ${all.slice(0, 10).join(', ')}${all.length > 10 ? ', …' : ''}`;
  throw new UserError(`Unexpected absence of a ticket, expected its id${listed}`, `${program} work ${all[0] ?? 'ID'}`, 'ticket-missing');
}

function partOf(values: Invocation['values']): number | undefined {
  const text = values.part;
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new UserError(`Unexpected --part ${String(text)}, expected a number from 1 on`, '--part 2', 'input');
}

/** What git takes as a part of a name, and people as a version. */
function versionOf(values: Invocation['values']): string | undefined {
  const version = lineOf(values, 'version')?.replace(/^v(?=\d)/, '');
  if (version === undefined || /^\d+(?:\.\d+)*(?:[-+][0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)*$/.test(version)) return version;
  throw new UserError(`Unexpected --version ${JSON.stringify(version)}, expected one such as 1.4.0`, '--version 1.4.0', 'input');
}

/** With --print-path all that is said goes to standard error. */
function shown(invocation: Pick<Invocation, 'values' | 'json'>, outcome: Outcome): Outcome {
  if (invocation.values['print-path'] !== true || invocation.json) return outcome;
  const text = typeof outcome.text === 'string' ? outcome.text : outcome.text();
  writeOutput(2, text.endsWith('\n') ? text : `${text}\n`);
  return { ...outcome, text: String(outcome.json.path) };
}
