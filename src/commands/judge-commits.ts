import { trunkName } from '../check/steps.ts';
import { UserError } from '../error.ts';
import { moment } from '../git/clock.ts';
import { branchesBelow, mergeBases, requireCommit, symbolicRef } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import type { Oid, Tree } from '../tree/tree.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import type { Invocation, Outcome } from './command.ts';
import { judgeBranch, judgeSquash, judgeTrunk, rangeOutcome, type LocatedFinding, type RangeResult, type Surroundings } from './judge-range.ts';
import { isNone } from './judge-receive.ts';
import { inFormat, type Judged } from './report-format.ts';

const REMOTE = 'refs/remotes/origin/';

/**
 * Judges `--from REV --to REV`: one step from their merge base; with `--squash` from `from` itself;
 * with a `--ref` that names the trunk commit by commit along first parents, and as a whole. A `from`
 * of zeros (as forges say for a new branch) leaves the start to be found. Never reads a verdict cache.
 * Throws a UserError for an unknown revision or a history that is cut.
 */
export async function judgeCommits(repository: Repository, invocation: Invocation): Promise<Outcome> {
  const [from, to] = ends(invocation);
  const tip = requireCommit(repository, to);
  const start = isNone(from) ? undefined : requireCommit(repository, from);
  const given = typeof invocation.values.ref === 'string' ? fullName(invocation.values.ref) : undefined;
  const ref = given ?? checkedOut(repository, tip);
  const trunk = findTrunk(repository, start ?? tip);
  const surroundings: Surroundings = {
    repository,
    program: invocation.program,
    trunkTips: start === undefined ? [trunk.tip].flatMap((oid) => oid ?? []) : [start],
    judge: settingsIn(repository.treeOf(start ?? tip))?.judge ?? 'branch',
    judged: [],
    now: moment(),
  };
  const isTrunk = given !== undefined && given === `refs/heads/${trunk.name}`;
  const isSquash = invocation.values.squash === true && start !== undefined;
  const result = judged({ ref, tip, isTrunk: ref !== undefined && ref === `refs/heads/${trunk.name}` }, start, isSquash, isTrunk, surroundings);
  if (!result.governed) throw new UserError('Unexpected commits without WORKSPACE.md, expected some that treework governs', `${invocation.program} init`, 'not-governed');
  const bases = () => (isSquash || isTrunk ? [start].flatMap((oid) => oid ?? []) : surroundings.trunkTips.length === 0 ? [] : mergeBases(repository, tip, surroundings.trunkTips));
  return inFormat(rangeOutcome(result, repository, invocation, false), { ...result, ...treesOf(repository, tip, bases), repository, commit: tip, ...(ref !== undefined && { ref }) }, invocation);
}

/** What reports read: each commit's tree once. */
function treesOf(repository: Repository, tip: Oid, bases: () => readonly Oid[]): Pick<Judged, 'before' | 'after' | 'textOf'> {
  const trees = new Map<Oid, Tree>();
  const kept = (commit: Oid) => {
    const tree = trees.get(commit) ?? repository.treeOf(commit);
    trees.set(commit, tree);
    return tree;
  };
  return {
    before: () => bases().map(kept),
    after: kept(tip),
    textOf: (finding) => kept((finding as LocatedFinding).commit ?? tip).read(finding.path)?.toString(),
  };
}

function judged(tip: Parameters<typeof judgeTrunk>[0], start: string | undefined, isSquash: boolean, isTrunk: boolean, surroundings: Surroundings): RangeResult {
  if (isSquash && start !== undefined) return judgeSquash(tip, start, surroundings);
  return isTrunk ? judgeTrunk(tip, start, surroundings) : judgeBranch(tip, surroundings);
}

/** The branch that is checked out where `tip` is its commit: a detached HEAD says nothing. */
function checkedOut(repository: Repository, tip: string): string | undefined {
  return repository.commit('HEAD') === tip ? symbolicRef(repository, 'HEAD') : undefined;
}

function ends({ values, program }: Invocation): [string, string] {
  if (typeof values.from === 'string' && values.from !== '' && typeof values.to === 'string' && values.to !== '') return [values.from, values.to];
  throw new UserError('Unexpected single end of a range, expected --from and --to', `${program} check --from origin/main --to HEAD`, 'usage');
}

/** The trunk by WORKSPACE.md at the start, else the remote's default branch, else main or master. */
function findTrunk(repository: Repository, at: string) {
  const tracked = branchesBelow(repository, REMOTE);
  const local = branchesBelow(repository, 'refs/heads/');
  const name = trunkName({
    configured: settingsIn(repository.treeOf(at))?.trunk,
    head: symbolicRef(repository, `${REMOTE}HEAD`)?.replace(REMOTE, ''),
    existing: [...tracked.keys(), ...local.keys()],
    arriving: [],
  });
  return { name, tip: name === undefined ? undefined : (tracked.get(name) ?? local.get(name)) };
}

function fullName(ref: string): string {
  return ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
}
