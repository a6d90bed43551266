/** Which steps a judgement consists of: decided here from facts, gathered and run elsewhere. */
import type { Oid } from '../tree/tree.ts';

/** A commit and its parents. */
export interface CommitNode {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
}

/** One step to judge, by commits. */
export interface Step {
  /** None: the state of everything in `after`. */
  readonly before: readonly Oid[];
  readonly after: Oid;
  /** Set when the step is this one commit, not a range. */
  readonly commit?: Oid;
}

/** What is known about one branch that is judged. */
export interface BranchFacts {
  readonly tip: Oid;
  /** Best common ancestors with the trunk: several after a criss-cross, none for unrelated histories. */
  readonly bases: readonly Oid[];
  /** Commits to be judged one by one too, oldest first. */
  readonly each: readonly CommitNode[];
}

export interface TrunkFacts {
  readonly tip: Oid;
  /** Where the trunk stood; undefined when it is new. */
  readonly old: Oid | undefined;
  /** Its new commits along first parents, oldest first. */
  readonly commits: readonly CommitNode[];
}

/**
 * A branch is one step from where it left the trunk, so that what it mended itself is nobody's
 * business; a path counts as changed when it differs from every base.
 */
export function branchSteps({ tip, bases, each }: BranchFacts): Step[] {
  if (bases.includes(tip)) return [];
  return [...each.map(commitStep), { before: bases, after: tip }];
}

/** The trunk is judged commit by commit, and as a whole: a force-push or a hidden merge has no other witness. */
export function trunkSteps({ tip, old, commits }: TrunkFacts): Step[] {
  if (old === tip) return [];
  return [...commits.map(commitStep), { before: old === undefined ? [] : [old], after: tip }];
}

function commitStep({ oid, parents }: CommitNode): Step {
  return { before: parents, after: oid, commit: oid };
}

/** What may be the trunk: names without `refs/heads/`. */
export interface TrunkCandidates {
  /** What WORKSPACE.md of the trunk itself says. */
  readonly configured: string | undefined;
  /** The default branch as git knows it: the server's HEAD, a remote's HEAD. */
  readonly head: string | undefined;
  /** Branches that exist where the trunk is looked for. */
  readonly existing: readonly string[];
  /** Branches that are about to come into being there. */
  readonly arriving: readonly string[];
}

/** The trunk's name; undefined when none can be told. */
export function trunkName({ configured, head, existing, arriving }: TrunkCandidates): string | undefined {
  const usual = [configured, head, 'main', 'master'].filter((name) => name !== undefined);
  if (configured !== undefined && arriving.includes(configured)) return configured;
  return usual.find((name) => existing.includes(name)) ?? usual.find((name) => arriving.includes(name)) ?? configured ?? head;
}
