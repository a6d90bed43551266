import type { Oid } from '../tree/tree.ts';

/** What is needed of a commit. */
export interface OwnCommit {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
  readonly author: string;
}

/** Commits above the ground that everything stands on, each after its parents. */
export type Graph<Commit extends OwnCommit = OwnCommit> = ReadonlyMap<Oid, Commit>;

/** A branch, and what it stands on. */
export interface Upon {
  readonly tip: Oid;
  /** Where the branch below stands; undefined where there is none. */
  readonly parent: Oid | undefined;
  /** The commit it began at, where that is known. */
  readonly base: Oid | undefined;
  /** Whether what the branch below had at `base` and has no more was rewritten there: amended, rebased. */
  readonly isRewritten: boolean;
}

/** Whose the commits of a branch are. */
export interface Owned<Commit> {
  /** Its own, each after its parents; merges too. */
  readonly own: readonly Commit[];
  /** Those of `own` that the branch below once had and nobody has now: nothing says that they may be left out. */
  readonly adopted: readonly Commit[];
  /** Earlier forms of commits that the branch below has in another form now. */
  readonly replaced: readonly Commit[];
}

/** The commits of a tip above the ground, each after its parents. */
export function chainOf<Commit extends OwnCommit>(graph: Graph<Commit>, tip: Oid | undefined): Commit[] {
  const [reached, open] = [new Set<Oid>(), tip === undefined ? [] : [tip]];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    const commit = graph.get(oid);
    if (!commit || reached.has(oid)) continue;
    reached.add(oid);
    open.push(...commit.parents);
  }
  return [...graph.values()].filter(({ oid }) => reached.has(oid));
}

/**
 * Which commits of a branch are its own: those that the branch below does not have. Of those that the
 * branch below had when this one began, the ones it has in another form are left out: it was amended or
 * rebased there, or there is a new one by the same author of the same moment, one for each. What is in
 * neither is adopted, not lost.
 */
export function ownCommits<Commit extends OwnCommit>(graph: Graph<Commit>, { tip, parent, base, isRewritten }: Upon): Owned<Commit> {
  const below = chainOf(graph, parent);
  const has = new Set(below.map(({ oid }) => oid));
  const had = new Set(chainOf(graph, base).map(({ oid }) => oid));
  const anew = new Map<string, number>();
  for (const { oid, author } of below) if (!had.has(oid)) anew.set(author, (anew.get(author) ?? 0) + 1);
  const [own, adopted, replaced]: [Commit[], Commit[], Commit[]] = [[], [], []];
  for (const commit of chainOf(graph, tip)) {
    if (has.has(commit.oid)) continue;
    const left = anew.get(commit.author) ?? 0;
    if (had.has(commit.oid) && (isRewritten || left > 0)) {
      anew.set(commit.author, left - 1);
      replaced.push(commit);
      continue;
    }
    own.push(commit);
    if (had.has(commit.oid)) adopted.push(commit);
  }
  return { own, adopted, replaced };
}
