import { mergeTrees } from '../git/merge-trees.ts';
import type { Place } from '../git/pick.ts';
import type { Oid } from '../tree/tree.ts';
import { chainOf } from '../workflow/own-commits.ts';
import type { PlannedBranch, RestackedBranch } from '../workflow/restack-plan.ts';
import { ownedBy, type Building, type Ground, type Stop } from './restack-building.ts';

/**
 * Merges what a branch stands on into it, where it does not have that yet; commits stay as they are.
 * What was squashed into the ground is joined with the squash first, where both say the same, and only
 * then with what came after it.
 */
export function mergeBranch(building: Building, branch: PlannedBranch, onto: Ground): { branch: RestackedBranch; place: Place } | Stop {
  const { repository, plan, graph, resolutions, made } = building;
  const { name, tip } = branch;
  const tree = graph.get(tip)?.tree ?? repository.treeOf(tip).id;
  const commits = ownedBy(building, branch).own.length;
  const answer = (after: Place): { branch: RestackedBranch; place: Place } => ({ branch: { name, onto: onto.name, state: after.oid === tip ? 'in-place' : 'moved', before: tip, after: after.oid, base: branch.base ?? onto.oid, commits, dropped: [], adopted: [] }, place: after });
  if (holds(building, tip, onto.oid)) return answer({ oid: tip, tree });
  // Nothing of its own yet: it goes along.
  if (holds(building, onto.oid, tip)) return answer(onto);
  const mended = resolutions.find((one) => one.commit === onto.oid && one.onto === tree);
  const merged = mended ? { isClean: true, tree: mended.tree, conflicts: [] } : (throughSquash(building, branch, onto) ?? mergeTrees(repository, [[tip, onto.oid]])[0]);
  if (!merged?.isClean) return { branch: name, commit: onto.oid, subject: onto.name, onto: { oid: tip, tree }, conflicts: merged?.conflicts ?? [] };
  const message = `Merge branch '${onto.name}' into ${name}`;
  const at = `${plan.at} +0000`;
  const oid = repository.git(['commit-tree', '--no-gpg-sign', '-p', tip, '-p', onto.oid, merged.tree], { input: `${message}\n`, env: { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at } }).toString().trim();
  made.set(oid, undefined);
  return answer({ oid, tree: merged.tree });
}

/** Whether a history has a commit; both may be new. */
function holds({ repository, graph }: Building, tip: Oid, commit: Oid): boolean {
  if (tip === commit) return true;
  const known = chainOf(graph, tip);
  if (known.some(({ oid }) => oid === commit)) return true;
  if (known.length > 0 && graph.has(commit)) return false;
  return repository.tryGit(['merge-base', '--is-ancestor', commit, tip]).status === 0;
}

/** The merge by way of the commit that squashed the branch below; undefined where there is none, or that alone has conflicts. */
function throughSquash({ repository, plan, merged }: Building, branch: PlannedBranch, onto: Ground) {
  const at = branch.parent === undefined ? undefined : merged.get(branch.parent)?.at;
  if (at === undefined || onto.oid !== plan.ground.commit || at === onto.oid) return undefined;
  const [first] = mergeTrees(repository, [[branch.tip, at]]);
  if (!first?.isClean) return undefined;
  const joined = repository.git(['commit-tree', '--no-gpg-sign', '-p', branch.tip, '-p', at, first.tree], { input: 'a step of a merge\n' }).toString().trim();
  const [second] = mergeTrees(repository, [[joined, onto.oid]]);
  return second?.isClean ? second : undefined;
}
