import { UserError } from '../error.ts';
import { graphAbove, type GraphCommit } from '../git/commit-graph.ts';
import { mergedInto } from '../git/merged.ts';
import { mergeTrees } from '../git/merge-trees.ts';
import { NewObjects } from '../git/new-objects.ts';
import { pickAll, type Picked, type Place, type Resolution } from '../git/pick.ts';
import type { Repository } from '../git/repository.ts';
import type { Owned } from '../workflow/own-commits.ts';
import type { DroppedCommit, PlannedBranch, RestackedBranch, RestackPlan } from '../workflow/restack-plan.ts';
import { ownedBy, type Building, type Ground, type Stop } from './restack-building.ts';
import { mergeBranch } from './restack-merge.ts';

/** What a plan comes to, all of it computed and nothing of it done. */
export interface Built {
  readonly branches: readonly RestackedBranch[];
  readonly stop: Stop | undefined;
  /** Commits that it made, each after its parents, with what they were made from: nothing for a merge. */
  readonly made: Building['made'];
}

/**
 * Computes where each branch of a plan comes to stand, by plumbing alone. The same plan and the same
 * resolutions come to the same commits. Throws a UserError (`merge-inside`) for a merge that cannot be
 * made anew.
 */
export function build(repository: Repository, plan: RestackPlan, resolutions: readonly Resolution[]): Built {
  const { ground, branches } = plan;
  const graph = graphAbove(repository, ground.commit, branches.flatMap(({ tip, base }) => [tip, ...(base === undefined ? [] : [base])]));
  const answers = mergedInto(repository, ground.commit, branches.map(({ name, tip, base }) => ({ tip, branch: name, base })));
  const merged = new Map(branches.flatMap(({ name }, at) => (answers[at] && answers[at].how !== 'empty' ? [[name, answers[at]] as const] : [])));
  const building = { repository, plan, graph, objects: new NewObjects(repository.objectFormat), resolutions, merged, made: new Map() };
  const floor: Ground = { name: ground.branch, oid: ground.commit, tree: repository.treeOf(ground.commit).id };
  const [places, built] = [new Map<string, Ground>(), [] as RestackedBranch[]];
  for (const branch of branches) {
    const onto = (branch.parent === undefined ? undefined : places.get(branch.parent)) ?? floor;
    const result = merged.has(branch.name) ? leftAsItIs(branch, onto) : plan.mode === 'merge' ? mergeBranch(building, branch, onto) : rewriteBranch(building, branch, onto);
    if ('conflicts' in result) return written(building, built, result);
    built.push(result.branch);
    places.set(branch.name, result.branch.state === 'merged' ? onto : { name: branch.name, ...result.place });
  }
  return written(building, built, undefined);
}

function written({ repository, objects, made }: Building, branches: readonly RestackedBranch[], stop: Stop | undefined): Built {
  objects.write(repository);
  return { branches, stop, made };
}

function leftAsItIs({ name, tip, base }: PlannedBranch, onto: Ground): { branch: RestackedBranch; place: Place } {
  return { branch: { name, onto: onto.name, state: 'merged', before: tip, after: tip, base: base ?? onto.oid, commits: 0, dropped: [], adopted: [] }, place: onto };
}

function rewriteBranch(building: Building, branch: PlannedBranch, onto: Ground): { branch: RestackedBranch; place: Place } | Stop {
  const { repository, graph, objects, resolutions, made } = building;
  const owned = ownedBy(building, branch);
  const { commits, dropped } = withoutUpstream(building, branch, onto, owned);
  const picked = pickAll(repository, graph, objects, onto, commits, resolutions);
  for (const [oid, from] of picked.made) made.set(oid, from);
  if (picked.stop) return { branch: branch.name, commit: picked.stop.commit.oid, subject: picked.stop.commit.subject, onto: picked.stop.onto, conflicts: picked.stop.conflicts };
  return { branch: restacked(branch, onto, { owned, commits, dropped, picked }), place: picked.tip };
}

interface Rewritten {
  readonly owned: Owned<GraphCommit>;
  readonly commits: readonly GraphCommit[];
  readonly dropped: readonly DroppedCommit[];
  readonly picked: Picked;
}

function restacked(branch: PlannedBranch, onto: Ground, { owned, commits, dropped, picked }: Rewritten): RestackedBranch {
  const lost = [...owned.replaced.map((commit) => droppedAs(commit, 'replaced')), ...dropped, ...picked.dropped.map((commit) => droppedAs(commit, 'upstream'))];
  const left = commits.length - picked.dropped.length;
  // All of it is upstream: whoever has the branch finds it as it was.
  const isMerged = left === 0 && lost.some(({ why }) => why === 'upstream');
  const after = isMerged ? branch.tip : picked.tip.oid;
  const adopted = owned.adopted.filter((commit) => commits.includes(commit) && !picked.dropped.includes(commit)).map(({ oid, subject }) => ({ commit: oid, subject }));
  return { name: branch.name, onto: onto.name, state: isMerged ? 'merged' : after === branch.tip ? 'in-place' : 'moved', before: branch.tip, after, base: onto.oid, commits: left, dropped: isMerged || after === branch.tip ? [] : lost, adopted };
}

/** Leaves out the first commits that the ground has already, squashed or not, and merges that only brought in what the branch stands on. */
function withoutUpstream(building: Building, branch: PlannedBranch, onto: Ground, { own }: Owned<GraphCommit>): { commits: GraphCommit[]; dropped: DroppedCommit[] } {
  const { repository, plan, graph } = building;
  const merges = own.filter(({ parents }) => parents.length > 1);
  requireMade(building, branch, merges, own);
  const line = own.filter(({ parents }) => parents.length < 2);
  const dropped = merges.map((commit) => droppedAs(commit, 'merge'));
  if (onto.oid !== plan.ground.commit || line[0] === undefined || line[0].parents[0] === onto.oid) return { commits: line, dropped };
  const there = mergedInto(repository, plan.ground.commit, line.map(({ oid }) => ({ tip: oid })));
  const isEmpty = ({ tree, parents: [parent] }: GraphCommit) => parent !== undefined && tree === (graph.get(parent)?.tree ?? repository.treeOf(parent).id);
  const last = line.findLastIndex((commit, at) => (there[at]?.how === 'rebase' || there[at]?.how === 'squash') && !isEmpty(commit));
  const cut = line.slice(0, last + 1);
  return { commits: [...cut.filter(isEmpty), ...line.slice(last + 1)], dropped: [...dropped, ...cut.filter((commit) => !isEmpty(commit)).map((commit) => droppedAs(commit, 'upstream'))] };
}

/** Throws a UserError for a merge of something else than what the branch stands on, or one that was mended by hand. */
function requireMade({ repository }: Building, { name }: PlannedBranch, merges: readonly GraphCommit[], own: readonly GraphCommit[]): void {
  const owns = new Set(own.map(({ oid }) => oid));
  const again = mergeTrees(repository, merges.flatMap(({ parents: [first = '', second = ''] }) => [[first, second] as const]));
  merges.forEach(({ oid, tree, parents, subject }, at) => {
    const isForeign = parents.length > 2 || parents.filter((parent) => owns.has(parent)).length > 1;
    if (!isForeign && again[at]?.isClean && again[at]?.tree === tree) return;
    throw new UserError(`Unexpected merge ${oid.slice(0, 10)} (${subject}) in ${name}, expected commits that can be made anew: ${isForeign ? 'it joins two lines of the branch’s own' : 'it was mended by hand'}; nothing was moved`, 'restack --merge leaves it as it is', 'merge-inside');
  });
}

function droppedAs({ oid, subject }: GraphCommit, why: DroppedCommit['why']): DroppedCommit {
  return { commit: oid, subject, why };
}
