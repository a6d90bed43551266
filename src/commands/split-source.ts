import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { readBranch, type BranchHistory } from '../git/branch-commits.ts';
import { branchesBelow, mergeBases, requireCommit, requireHistory } from '../git/history.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import type { Oid } from '../tree/tree.ts';
import { developBranch, stackPart } from '../workflow/branch-names.ts';
import { inferTicket } from '../workflow/infer-ticket.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { historiesOf, type Histories } from '../workflow/split/changes.ts';
import type { Workflow } from '../workflow/split/place.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import { ticketAnywhere } from '../workflow/ticket.ts';
import { branchBase } from './branch-base.ts';
import type { Invocation } from './command.ts';
import { ticketClues, type Workspace } from './workspace.ts';

/** The branch that is to be split, with everything that is known of it. */
export interface SplitSource {
  readonly branch: string;
  readonly history: BranchHistory;
  readonly histories: Histories;
  readonly workflow: Workflow;
  /** The number of the first part. */
  readonly first: number;
  /** All refs of this clone, by their names without `refs/`. */
  readonly refs: ReadonlyMap<string, Oid>;
}

/** Throws a UserError where there is no branch, no ticket or nothing to split. */
export function splitSource(workspace: Workspace, invocation: Invocation): SplitSource {
  const { repository, settings } = workspace;
  const { values, positionals, program } = invocation;
  const [named, extra] = positionals;
  if (extra !== undefined) throw new UserError(`Unexpected ${JSON.stringify(extra)}, expected one branch`, `${program} split BRANCH`, 'usage');
  const branch = named ?? repository.branch;
  if (branch === undefined) throw new UserError('Unexpected detached HEAD, expected a branch', `${program} split BRANCH, or git switch BRANCH`, 'no-branch');
  const refs = branchesBelow(repository, 'refs/');
  const tip = refs.get(`heads/${branch}`);
  if (tip === undefined) throw new UserError(`Unexpected branch ${branch}, expected one of this clone with a commit`, 'git branch lists them', 'no-branch');
  const trunk = trunkBranch(repository, settings.trunk);
  if (branch === trunk || branch === developBranch(settings)) throw new UserError(`Unexpected split of ${branch}, expected a branch of a ticket`, `git switch BRANCH, or ${program} split BRANCH`, 'trunk');
  const clues = ticketClues(workspace, invocation);
  const ticket = inferTicket(named === undefined ? clues : { ...clues, option: clues.option, folder: undefined, worktree: undefined, branch, known: clues.known, open: clues.open }, settings);
  const base = typeof values.base === 'string' ? givenBase(workspace, values.base, tip) : branchBase(workspace, branch, tip, trunk, refs);
  if (base === undefined) throw new UserError(`Unexpected branch ${branch} without a commit in common with the trunk, expected one that left it`, `${program} split --base REVISION`, 'no-base');
  requireHistory(repository, [tip], [base]);
  if (base === tip) throw new UserError(`Unexpected branch ${branch} without commits of its own, expected some to split`, 'commit first; --base REVISION says where it began', 'nothing-to-split');
  const history = readBranch(repository, tip, base);
  const histories = historiesOf(history.commits, history.blobs);
  const tasks = ticketAnywhere(new Snapshot(repository.tree(history.tree), settings), ticket)?.tasks;
  const folders = [ticketFolder(settings, ticket), archivedFolder(settings, ticket)];
  return { branch, history, histories, refs, first: stackPart(branch, settings) ?? 1, workflow: { ticket, nodes: taskNodes(tasks?.data ?? {}), folders, modules: settings.modules } };
}

function givenBase({ repository }: Workspace, revision: string, tip: Oid): Oid {
  const base = mergeBases(repository, tip, [requireCommit(repository, revision)])[0];
  if (base === undefined) throw new UserError(`Unexpected --base ${revision}, expected a commit that the branch was made from`, 'git log shows them', 'no-base');
  return base;
}
