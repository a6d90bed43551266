import type { GraphCommit } from '../git/commit-graph.ts';
import type { Merged } from '../git/merged.ts';
import type { NewObjects } from '../git/new-objects.ts';
import type { Place, Resolution } from '../git/pick.ts';
import { wasRewritten } from '../git/reflog.ts';
import type { Repository } from '../git/repository.ts';
import type { Oid } from '../tree/tree.ts';
import { ownCommits, type Owned } from '../workflow/own-commits.ts';
import type { PlannedBranch, RestackPlan } from '../workflow/restack-plan.ts';

/** Where two sides cannot be joined. */
export interface Stop {
  readonly branch: string;
  /** What cannot be joined with `onto`: a commit of the branch; in mode `merge` what is merged into it. */
  readonly commit: Oid;
  readonly subject: string;
  readonly onto: Place;
  readonly conflicts: readonly string[];
}

/** What building goes by. */
export interface Building {
  readonly repository: Repository;
  readonly plan: RestackPlan;
  readonly graph: ReadonlyMap<Oid, GraphCommit>;
  readonly objects: NewObjects;
  readonly resolutions: readonly Resolution[];
  /** Commits that are made, each after its parents, with what they were made from: nothing for a merge. */
  readonly made: Map<Oid, GraphCommit | undefined>;
  /** How each branch came into the ground; undefined: it did not. */
  readonly merged: ReadonlyMap<string, Merged>;
}

/** What a branch stands on from now on. */
export interface Ground extends Place {
  readonly name: string;
}

/** The branch's own commits: those below it are the branch's that it stands on, also where that one was merged since. */
export function ownedBy({ repository, plan, graph }: Pick<Building, 'repository' | 'plan' | 'graph'>, branch: PlannedBranch): Owned<GraphCommit> {
  const parent = plan.branches.find(({ name }) => name === branch.parent);
  const base = branch.base;
  const isRewritten = parent !== undefined && base !== undefined && graph.has(base) && wasRewritten(repository, parent.name, base);
  return ownCommits(graph, { tip: branch.tip, parent: parent?.tip, base, isRewritten });
}
