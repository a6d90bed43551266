import type { Oid } from '../tree/tree.ts';

/** A branch of a stack as it was when the restack began: what it comes to follows from this alone. */
export interface PlannedBranch {
  /** Short name. */
  readonly name: string;
  readonly ticket: string | undefined;
  readonly tip: Oid;
  /** The branch it stands on; undefined: on the ground. */
  readonly parent: string | undefined;
  /** The commit it began at, where that is recorded. */
  readonly base: Oid | undefined;
}

/** What a restack is about to do. JSON: it waits in the journal while a conflict is mended. */
export interface RestackPlan {
  /** `rewrite`: commits are made anew upon what they stand on; `merge`: that is merged into the branch. */
  readonly mode: 'rewrite' | 'merge';
  /** What the lowest branch stands on. */
  readonly ground: { readonly branch: string; readonly commit: Oid };
  /** Each after the one it stands on. */
  readonly branches: readonly PlannedBranch[];
  /** Branches that stand on one of these and stay where they are. */
  readonly left: readonly string[];
  /** When it began, in seconds since 1970: merges are of that moment, so that the same plan comes to the same ones. */
  readonly at: number;
  /** Whether rules judge what is made before anything moves. */
  readonly isJudged: boolean;
}

/** A commit that a branch does not have any more. */
export interface DroppedCommit {
  readonly commit: Oid;
  readonly subject: string;
  /** `upstream`: nothing of it was left to do; `replaced`: the branch below has it in another form; `merge`: it brought in what the branch stands on now anyway. */
  readonly why: 'upstream' | 'replaced' | 'merge';
}

/** What a branch comes to. */
export interface RestackedBranch {
  readonly name: string;
  /** The branch it stands on then, or the ground's. */
  readonly onto: string;
  /** `in-place`: nothing to do; `merged`: the ground has it, it is left as it is. */
  readonly state: 'in-place' | 'moved' | 'merged';
  readonly before: Oid;
  readonly after: Oid;
  /** Where it begins then. */
  readonly base: Oid;
  /** Commits of its own that it has then. */
  readonly commits: number;
  readonly dropped: readonly DroppedCommit[];
  /** Commits that the branch below had once and nobody has now: they are kept here. */
  readonly adopted: readonly { readonly commit: Oid; readonly subject: string }[];
}
