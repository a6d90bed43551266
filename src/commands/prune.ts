import { UserError } from '../error.ts';
import { realFolder } from '../git/files.ts';
import { withLock } from '../git/lock.ts';
import { openModules } from '../git/modules.ts';
import { beginOperation, isRunning, openOperations, resumeOperation } from '../git/operation.ts';
import { emptyTrash, recoverTrash } from '../git/trash.ts';
import { listText, prunedText, questionText, type PruneView } from '../render/prune-report.ts';
import { tellObstacle } from '../render/prune-text.ts';
import { pruneObstacles, type Obstacle, type PruneConsent } from '../workflow/prune-verdict.ts';
import { verbAction } from './actions.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { agrees, canAsk } from './confirm.ts';
import { linesOf } from './inputs.ts';
import { pruneOne, type Pruned } from './prune-apply.ts';
import { pruneCandidates, type Candidate, type Candidates } from './prune-candidates.ts';
import { inspectAll, type Inspected } from './prune-inspect.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'remove worktrees of what is merged, and its branches; what stands nowhere else stays',
  usage: ['prune', 'prune TICKET-OR-BRANCH… [--branches] [--yes] [--discard PATH]…', 'prune --all [--branches] [--yes]'],
  options: {
    all: { type: 'boolean', help: 'everything that is merged and finished' },
    branches: { type: 'boolean', help: 'delete the merged branches, too; remote ones are only named' },
    yes: { type: 'boolean', help: 'ignored folders that tools make anew (node_modules, dist, …) may go' },
    discard: { type: 'string', multiple: true, help: 'a file or folder of that work tree that stands nowhere else and may go; several times' },
    'dry-run': { type: 'boolean', help: 'show what would be removed, and remove nothing' },
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const { positionals, values } = invocation;
    if (positionals.length === 0 && values.all !== true) return list(workspace, invocation);
    if (positionals.length > 0 && values.all === true) throw new UserError('Unexpected names beside --all, expected one of both', `${invocation.program} prune --all`, 'usage');
    if (values.discard !== undefined && positionals.length === 0) throw new UserError('Unexpected --discard without a name, expected the ticket whose work tree is meant', `${invocation.program} prune TICKET --discard PATH`, 'usage');
    if (values['dry-run'] === true) return rehearse(workspace, invocation);
    return withLock(workspace.repository.statePath('prune.lock'), () => prune(workspace, invocation));
  },
};

/** Those that were named, or all of them. Throws a UserError for a name that nothing has. */
async function chosen(workspace: Workspace, { positionals, program, values }: Invocation): Promise<Candidates> {
  const prefix = workspace.settings.ticketPrefix;
  const names = positionals.map((name) => (prefix !== undefined && /^#?\d+$/.test(name) ? `${prefix}-${name.replace('#', '')}` : name));
  const isMeant = (name: string, branch: string, ticket: string | undefined) => name === branch || name.toLowerCase() === ticket?.toLowerCase();
  const wanted = names.length === 0 ? undefined : (branch: string, ticket: string | undefined) => names.some((name) => isMeant(name, branch, ticket));
  const candidates = await pruneCandidates(workspace, { wanted, withBranches: values.branches === true });
  const unknown = names.find((name) => !candidates.all.some(({ facts: { branch, ticket } }) => isMeant(name, branch, ticket)));
  if (unknown !== undefined) throw new UserError(`Unexpected ${unknown}, expected a ticket with a local branch, or the branch itself (not the trunk, nor one that gathers)`, `${program} prune lists them`, 'prune-unknown');
  return candidates;
}

function consentOf({ values, positionals }: Invocation): PruneConsent {
  const discard = linesOf(values, 'discard').map((path) => path.replace(/^\.\//, ''));
  return { byName: positionals.length > 0, caches: values.yes === true, discard };
}

/** What could be removed, and what keeps the rest; looks, and changes nothing. */
async function list(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const candidates = await pruneCandidates(workspace);
  const about = candidates.all.filter(({ facts: { merged, state } }) => (merged !== undefined && merged !== 'empty') || state === 'archived');
  const inspected = await inspectAll(about, candidates.keepers, invocation.cwd, workspace);
  const consent = consentOf(invocation);
  const views = inspected.map((one) => viewOf(one, pruneObstacles(one.facts, consent), workspace, invocation, candidates));
  const ready = views.filter(({ obstacles }) => obstacles.length === 0);
  const words = ready.some(({ worktree }) => worktree !== null) ? ['prune', '--all'] : ['prune', '--all', '--branches'];
  const next = ready.length === 0 ? undefined : verbAction(invocation, words, { description: `remove ${ready.length === 1 ? 'what is' : 'all that are'} ready: nothing in them stands nowhere else` });
  const others = candidates.all.length - about.length;
  return { exit: 0, json: { candidates: views, others, targets: candidates.targets, ...(next && { next_action: next }) }, text: () => listText(views, { others, next: next?.command, color: invocation.color }) };
}

/** `--dry-run`: what would be done. */
async function rehearse(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const candidates = await chosen(workspace, invocation);
  const consent = consentOf(invocation);
  const inspected = await inspectAll(selected(candidates, invocation), candidates.keepers, invocation.cwd, workspace);
  const views = inspected.map((one) => viewOf(one, [...pruneObstacles(one.facts, consent)], workspace, invocation, candidates));
  const ready = views.filter((view) => view.obstacles.length === 0 && (view.worktree !== null || invocation.values.branches === true));
  const kept = views.filter((view) => view.obstacles.length > 0);
  return {
    exit: kept.length > 0 && consent.byName ? 1 : 0,
    json: { dry_run: true, would_remove: ready, kept },
    text: () => prunedText({ removed: ready, kept, back: [], isRehearsal: true, withBranches: invocation.values.branches === true }),
  };
}

/** Without names only what was merged, or is archived, is spoken of; a branch alone only where branches are to go. */
function selected(candidates: Candidates, { positionals, values }: Invocation): Candidate[] {
  return candidates.all.filter(({ facts: { merged, worktree } }) => {
    if (positionals.length > 0) return true;
    return merged !== undefined && merged !== 'empty' && (worktree !== undefined || values.branches === true);
  });
}

async function prune(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const { repository, settings } = workspace;
  const recovered = recoverTrash(repository);
  for (const { repository: module } of openModules(repository, settings.modules)) if (module) recoverTrash(module);
  for (const record of openOperations(repository)) if (record.verb === 'prune' && !isRunning(record)) resumeOperation(repository, record).finish();
  const candidates = await chosen(workspace, invocation);
  const consent = consentOf(invocation);
  const work = { workspace, cwd: invocation.cwd, keepers: candidates.keepers, withBranch: invocation.values.branches === true };
  const results: Pruned[] = [];
  const operation = beginOperation(repository, { verb: 'prune', resume: ['prune', ...(consent.byName ? invocation.positionals : ['--all'])], refs: [], worktrees: [] });
  try {
    for (const candidate of selected(candidates, invocation)) {
      const asked = canAsk(invocation.json) ? await askAbout((await inspectAll([candidate], candidates.keepers, invocation.cwd, workspace))[0] as Inspected, consent) : consent;
      results.push(await pruneOne(work, candidate, asked));
    }
  } finally {
    operation.finish();
  }
  emptyTrash(repository);
  return answer(workspace, invocation, candidates, results, recovered);
}

/** At a terminal: what stands nowhere else, or only tools make anew, is named and asked for. */
async function askAbout({ facts }: Inspected, consent: PruneConsent): Promise<PruneConsent> {
  const against = pruneObstacles(facts, consent);
  const isAskable = against.length > 0 && against.every(({ code }) => code === 'caches' || (code === 'own-files' && consent.byName));
  if (!isAskable) return consent;
  const paths = against.flatMap((one) => ('paths' in one ? one.paths : []));
  return (await agrees(questionText(facts.worktree?.root ?? facts.branch, paths))) ? { ...consent, discard: [...consent.discard, ...paths] } : consent;
}

function answer(workspace: Workspace, invocation: Invocation, candidates: Candidates, results: readonly Pruned[], recovered: ReturnType<typeof recoverTrash>): Outcome {
  const { positionals, values } = invocation;
  const isDone = (one: Pruned) => one.isWorktreeRemoved || one.isBranchDeleted;
  const view = (one: Pruned) => viewOf(one.candidate, one.obstacles, workspace, invocation, candidates, one);
  const removed = results.filter(isDone).map(view);
  const kept = results.filter((one) => !isDone(one)).map(view);
  return {
    exit: kept.length > 0 && positionals.length > 0 ? 1 : 0,
    json: { removed, kept, put_back: recovered.back, stuck: recovered.stuck, ...(kept.length > 0 && positionals.length > 0 && { refused: `${kept.length} of ${results.length} stay` }) },
    text: () => prunedText({ removed, kept, back: recovered.back, isRehearsal: false, withBranches: values.branches === true }),
  };
}

function viewOf({ facts, commit, remotes, belongings, claims }: Inspected, obstacles: readonly Obstacle[], { repository }: Workspace, { program, values, positionals }: Invocation, candidates: Candidates, done?: Pruned): PruneView {
  const { branch, ticket, merged, target, worktree } = facts;
  const main = candidates.keepers[0] ?? realFolder(repository.commonDir);
  const named = ticket !== undefined && candidates.all.filter((one) => one.facts.ticket === ticket).length === 1 ? ticket : branch;
  const told = obstacles.map((obstacle) => tellObstacle(obstacle, facts, { program, named, main }));
  const isIdle = obstacles.length === 0 && worktree === undefined && values.branches !== true && positionals.length > 0;
  const idle = { code: 'branch-only', message: 'it has no work tree, and the branch stays unless --branches asks', mend: `${program} prune ${named} --branches` } as const;
  return {
    ticket: ticket ?? null,
    branch,
    commit,
    merged: merged ?? null,
    into: target,
    worktree: worktree?.root ?? null,
    obstacles: isIdle ? [idle] : told,
    discards: [...(belongings?.own ?? []), ...(belongings?.caches ?? [])],
    copies: belongings?.copies ?? [],
    claims,
    remotes,
    branch_deleted: done?.isBranchDeleted ?? false,
    branch_stays: done?.branchStays ?? null,
  };
}
