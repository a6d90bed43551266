import type { Oid } from '../tree/tree.ts';
import { withTree, type GraphCommit } from './commit-graph.ts';
import { mergeTrees } from './merge-trees.ts';
import { NewObjects } from './new-objects.ts';
import type { Repository } from './repository.ts';
import { changedFiles, diffTrees } from './tree-diff.ts';

/** How a person mended what could not be joined: this commit upon this tree comes to that tree. */
export interface Resolution {
  readonly commit: Oid;
  /** A tree. */
  readonly onto: Oid;
  readonly tree: Oid;
}

export interface Place {
  readonly oid: Oid;
  readonly tree: Oid;
}

/** What picking came to. */
export interface Picked {
  readonly tip: Place;
  /** Commits of which nothing was left: what they are picked onto has it. */
  readonly dropped: readonly GraphCommit[];
  /** Commits that were made anew, each after its parent, with what they were made from. */
  readonly made: ReadonlyMap<Oid, GraphCommit>;
  /** The first commit that cannot be joined with what it is picked onto. */
  readonly stop?: { readonly commit: GraphCommit; readonly onto: Place; readonly conflicts: readonly string[] };
}

/** A run of picks under way. */
interface Run {
  readonly repository: Repository;
  readonly graph: ReadonlyMap<Oid, GraphCommit>;
  readonly objects: NewObjects;
  readonly resolutions: readonly Resolution[];
  /** Trees of parents that are not in the graph. */
  readonly trees: Map<Oid, Oid>;
  readonly paths: ReadonlyMap<Oid, readonly string[]>;
  readonly dropped: GraphCommit[];
  at: Place;
  readonly made: Map<Oid, GraphCommit>;
}

/**
 * Picks commits, none of them a merge, one upon the other onto a place, as `git rebase` does and with
 * the user's merge drivers, without an index or a work tree. Commits that stand there already stay as
 * they are. Deliberately empty ones are kept, those that become empty are left out and named. The new
 * commits are in `objects`, and still to be written. Commits that touch no file in which the old place
 * differs from the new one are joined in one process, however many they are.
 */
export function pickAll(repository: Repository, graph: ReadonlyMap<Oid, GraphCommit>, objects: NewObjects, onto: Place, commits: readonly GraphCommit[], resolutions: readonly Resolution[]): Picked {
  const trees = treesOutside(repository, graph, commits);
  const run: Run = { repository, graph, objects, resolutions, trees, paths: pathsOf(repository, commits, (commit) => parentTree(commit, graph, trees, repository)), dropped: [], at: onto, made: new Map() };
  let apart: ReadonlySet<string> | undefined;
  for (let next = 0; next < commits.length; ) {
    const commit = commits[next] as GraphCommit;
    const [parent] = commit.parents;
    if (parent === run.at.oid) {
      run.at = { oid: commit.oid, tree: commit.tree };
      next += 1;
      continue;
    }
    if (next === 0 || parent !== commits[next - 1]?.oid) apart = undefined;
    apart ??= differing(run, commit);
    const together = runOf(run, commits, next, apart);
    const trees = treesPicked(run, together);
    const clean = trees.findIndex(({ isClean }) => !isClean);
    const joined = clean === -1 ? together.length : clean;
    for (let index = 0; index < joined; index += 1) put(run, together[index] as GraphCommit, trees[index]?.tree as Oid);
    next += joined;
    if (joined > 0) continue;
    const mended = resolutions.find((one) => one.commit === commit.oid && one.onto === run.at.tree);
    if (!mended) return { tip: run.at, dropped: run.dropped, made: run.made, stop: { commit, onto: run.at, conflicts: trees[0]?.conflicts ?? [] } };
    put(run, commit, mended.tree);
    apart = undefined;
    next += 1;
  }
  return { tip: run.at, dropped: run.dropped, made: run.made };
}

/** The commit at `from`, and those that follow it and touch nothing in which the places differ. */
function runOf({ paths, resolutions, at }: Run, commits: readonly GraphCommit[], from: number, apart: ReadonlySet<string>): GraphCommit[] {
  const isFree = (commit: GraphCommit) => !(paths.get(commit.oid) ?? []).some((path) => apart.has(path));
  const first = commits[from] as GraphCommit;
  if (resolutions.some(({ commit, onto }) => commit === first.oid && onto === at.tree)) return [first];
  const run = [first];
  if (!isFree(first)) return run;
  for (let index = from + 1; index < commits.length; index += 1) {
    const commit = commits[index] as GraphCommit;
    if (commit.parents[0] !== commits[index - 1]?.oid || !isFree(commit)) break;
    run.push(commit);
  }
  return run;
}

/** The trees that commits come to upon the place where the run is: all of them have the parent of the first one for their merge base. */
function treesPicked(run: Run, together: readonly GraphCommit[]) {
  const [first] = together as [GraphCommit];
  const { repository, at, graph, trees } = run;
  const mended = run.resolutions.some(({ commit, onto }) => commit === first.oid && onto === at.tree);
  if (mended) return [{ isClean: false, tree: '', conflicts: [] }];
  if (parentTree(first, graph, trees, repository) === at.tree) return together.map(({ tree }) => ({ isClean: true, tree, conflicts: [] }));
  const stand = new NewObjects(repository.objectFormat);
  const ours = stand.add('commit', Buffer.from([`tree ${at.tree}`, ...first.parents.slice(0, 1).map((parent) => `parent ${parent}`), `author ${NOBODY}`, `committer ${NOBODY}`, '', ''].join('\n')));
  stand.write(repository);
  return mergeTrees(repository, together.map(({ oid }) => [ours, oid] as const));
}

const NOBODY = 'treework <treework@localhost> 0 +0000';

function put(run: Run, commit: GraphCommit, tree: Oid): void {
  const isEmpty = commit.tree === parentTree(commit, run.graph, run.trees, run.repository);
  if (tree === run.at.tree && !isEmpty) {
    run.dropped.push(commit);
    return;
  }
  run.at = { oid: run.objects.add('commit', withTree(commit.raw, tree, [run.at.oid])), tree };
  run.made.set(run.at.oid, commit);
}

/** Paths in which the place that commits are picked onto differs from the one they stood on. */
function differing({ repository, graph, trees, at }: Run, commit: GraphCommit): ReadonlySet<string> {
  const [diff] = diffTrees([[parentTree(commit, graph, trees, repository), at.tree]], [''], repository.options);
  return new Set(diff ? changedFiles(diff, ['']).map(({ path }) => path) : []);
}

function pathsOf(repository: Repository, commits: readonly GraphCommit[], before: (commit: GraphCommit) => Oid): ReadonlyMap<Oid, readonly string[]> {
  const diffs = diffTrees(commits.map((commit) => [before(commit), commit.tree] as const), [''], repository.options);
  return new Map(commits.map(({ oid }, at) => [oid, changedFiles(diffs[at] as (typeof diffs)[number], ['']).map(({ path }) => path)]));
}

function parentTree({ parents: [parent] }: GraphCommit, graph: ReadonlyMap<Oid, GraphCommit>, trees: ReadonlyMap<Oid, Oid>, repository: Repository): Oid {
  return parent === undefined ? repository.emptyTree.id : (graph.get(parent)?.tree ?? (trees.get(parent) as Oid));
}

function treesOutside(repository: Repository, graph: ReadonlyMap<Oid, GraphCommit>, commits: readonly GraphCommit[]): Map<Oid, Oid> {
  const outside = [...new Set(commits.flatMap(({ parents }) => parents.slice(0, 1)))].filter((parent) => !graph.has(parent));
  return new Map(outside.map((parent) => [parent, repository.treeOf(parent).id]));
}
