import { UserError } from '../error.ts';
import { withLock } from '../git/lock.ts';
import { broughtBy } from '../git/merged-at.ts';
import { linesOf } from '../git/run.ts';
import { emptyTrash } from '../git/trash.ts';
import { tellObstacle } from '../render/prune-text.ts';
import { shellCommand } from '../render/shell.ts';
import { baseRef } from '../workflow/branch-plan.ts';
import { pruneObstacles, type Obstacle } from '../workflow/prune-verdict.ts';
import type { Invocation, Outcome } from './command.ts';
import { mendInterrupted } from './make-worktree.ts';
import { pruneOne } from './prune-apply.ts';
import { pruneCandidates, type Candidate } from './prune-candidates.ts';
import { inspectAll } from './prune-inspect.ts';
import { routeOf, standOf, type ReleaseGround } from './release-ground.ts';
import { meantRelease } from './release-push.ts';

const CONSENT = { byName: true, caches: true, discard: [] };

/** Takes away the branch and the worktree of a release that was begun and is not merged, where nothing in them is new. */
export async function abortRelease(ground: ReleaseGround, invocation: Invocation): Promise<Outcome> {
  const { workspace, program } = ground;
  const { repository } = workspace;
  withLock(repository.statePath('worktrees.lock'), () => mendInterrupted(repository));
  const { branch, version, type, commit } = meantRelease(ground, invocation);
  const { base, target } = routeOf(ground, type);
  if (broughtBy(repository, standOf(ground, target), commit, branch)) throw new UserError(`Unexpected --abort of ${version}, which is in ${target}, expected one that is not merged`, `${program} release ${version} --finish`, 'release-merged');
  const begun = repository.commit(baseRef(branch)) ?? standOf(ground, base);
  const own = linesOf(repository.git(['log', '--no-show-signature', '--format=%h %s', `${begun}..${commit}`, '--']));
  if (own.length > 1 || own.some((line) => !line.endsWith(` chore(release): ${version}`))) throw new UserError(`Unexpected ${own.length} commits on ${branch} (${own.slice(0, 3).join('; ')}${own.length > 3 ? '; …' : ''}), expected that of its beginning alone`, `git branch -D ${branch} deletes it with them, after git worktree remove`, 'release-has-work');
  const candidates = await pruneCandidates(workspace, { wanted: (name) => name === branch });
  const [found] = candidates.all;
  const candidate: Candidate = { ...(found as Candidate), facts: { ...(found as Candidate).facts, merged: 'empty', state: 'none' } };
  if (invocation.values['dry-run'] === true) {
    const [inspected] = await inspectAll([candidate], candidates.keepers, invocation.cwd, workspace);
    return answer(ground, candidate, inspected === undefined ? [] : pruneObstacles(inspected.facts, CONSENT), 'would take away');
  }
  const work = { workspace, cwd: invocation.cwd, keepers: candidates.keepers, withBranch: true };
  const done = await withLock(repository.statePath('prune.lock'), () => pruneOne(work, candidate, CONSENT));
  emptyTrash(repository);
  if (done.branchStays !== undefined) throw new UserError(`Unexpected branch ${branch} that stays: ${done.branchStays}`, `git branch -D ${branch}`, 'release-branch');
  return answer(ground, done.candidate, done.obstacles, 'took away');
}

function answer({ program, remote }: ReleaseGround, { facts, remotes, commit }: Candidate, obstacles: readonly Obstacle[], did: string): Outcome {
  const { branch, worktree } = facts;
  const told = obstacles.map((obstacle) => tellObstacle(obstacle, facts, { program, named: branch, main: '.' }));
  if (told.length > 0) return { exit: 1, json: { branch, worktree: worktree?.root ?? null, refused: `${branch} stays`, obstacles: told }, text: () => [`${branch} stays:`, ...told.map(({ message }) => `  ${message}`)].join('\n') };
  const left = remotes.map((name) => `${name} is left: ${shellCommand(['git', 'push', remote ?? 'origin', '--delete', branch])}`);
  return { exit: 0, json: { branch, worktree: worktree?.root ?? null, commit, remotes, aborted: did === 'took away' }, text: () => [`${did} ${branch}${worktree === undefined ? '' : ` and ${worktree.root}`}; ${shellCommand(['git', 'branch', branch, commit])} brings it back`, ...left].join('\n') };
}
