import { belongingsOf } from '../git/belongings.ts';
import { realFolder } from '../git/files.ts';
import { processesInside } from '../git/processes-inside.ts';
import type { Repository } from '../git/repository.ts';
import { emptyTrash, forgetWorktree, moveToTrash, takeBack } from '../git/trash.ts';
import { gitDirOf, listWorktrees } from '../git/worktrees.ts';
import { baseRef } from '../workflow/branch-plan.ts';
import { branchStays, moduleConsent, pruneObstacles, type Obstacle, type PruneConsent } from '../workflow/prune-verdict.ts';
import type { Candidate } from './prune-candidates.ts';
import { holdingsOf, inspectAll, type Inspected } from './prune-inspect.ts';
import type { Workspace } from './workspace.ts';

/** What came of one candidate. */
export interface Pruned {
  readonly candidate: Inspected;
  /** What stood against it; then nothing was done. */
  readonly obstacles: readonly Obstacle[];
  readonly isWorktreeRemoved: boolean;
  readonly isBranchDeleted: boolean;
  /** Why the branch stays though it was asked to go. */
  readonly branchStays: string | undefined;
}

export interface PruneWork {
  readonly workspace: Workspace;
  readonly cwd: string;
  readonly keepers: readonly string[];
  readonly withBranch: boolean;
}

/** Removes one work tree, and its branch where that is asked for, after a last look at everything that could have changed since it was judged. */
export async function pruneOne(work: PruneWork, candidate: Candidate, consent: PruneConsent): Promise<Pruned> {
  const { workspace, keepers, cwd, withBranch } = work;
  const { repository } = workspace;
  const inspected = (await inspectAll([candidate], keepers, cwd, workspace))[0] as Inspected;
  const obstacles = pruneObstacles(inspected.facts, consent);
  const kept = (against: readonly Obstacle[]): Pruned => ({ candidate: inspected, obstacles: against, isWorktreeRemoved: false, isBranchDeleted: false, branchStays: undefined });
  if (obstacles.length > 0) return kept(obstacles);
  for (const { name, ...module } of inspected.modules) {
    const done = await pruneOne({ ...work, ...module }, module.candidate, moduleConsent(consent));
    emptyTrash(module.workspace.repository);
    const [first] = done.obstacles;
    if (first) return kept([{ code: 'module', name, facts: done.candidate.facts, first }]);
  }
  const isRemoved = inspected.facts.worktree !== undefined;
  if (isRemoved) {
    const late = await removeWorktree(repository, inspected, keepers, consent);
    if (late.length > 0) return kept(late);
  }
  const stays = withBranch ? deleteBranch(repository, inspected) : undefined;
  return { candidate: inspected, obstacles: [], isWorktreeRemoved: isRemoved, isBranchDeleted: withBranch && stays === undefined, branchStays: stays };
}

/** Looked at once more where nobody finds it any more: whatever was written until then is seen. */
async function removeWorktree(repository: Repository, inspected: Inspected, keepers: readonly string[], consent: PruneConsent): Promise<readonly Obstacle[]> {
  const { facts } = inspected;
  const worktree = facts.worktree as NonNullable<typeof facts.worktree>;
  const gitDir = gitDirOf(worktree.root);
  const trashed = moveToTrash(repository, worktree.root, gitDir);
  try {
    const belongings = await belongingsOf({ root: trashed.tree, gitDir }, keepers);
    const processes = [...processesInside([realFolder(trashed.tree)]).values()].flat();
    const late = pruneObstacles({ ...facts, worktree: { ...worktree, modules: [], processes, holds: holdingsOf(inspected, belongings) } }, consent);
    if (late.length === 0) forgetWorktree(repository, trashed);
    else takeBack(trashed);
    return late;
  } catch (error) {
    takeBack(trashed);
    throw error;
  }
}

/** Deletes the branch if it still is where it was judged; answers with why it stays otherwise. */
function deleteBranch(repository: Repository, { facts, commit, base }: Candidate): string | undefined {
  const { branch } = facts;
  const holder = listWorktrees(repository).find((one) => one.branch === branch)?.path;
  const stays = branchStays(facts, holder);
  if (stays !== undefined) return stays;
  const input = `delete refs/heads/${branch}\0${commit}\0${base === undefined ? '' : `delete ${baseRef(branch)}\0${base}\0`}`;
  const { status, stderr } = repository.tryGit(['update-ref', '-z', '--stdin'], { input });
  if (status !== 0) return `git refuses: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  repository.tryGit(['config', '--remove-section', `branch.${branch}`]);
  return undefined;
}
