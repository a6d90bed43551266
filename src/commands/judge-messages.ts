import { ticketFolder } from '../documents/place.ts';
import { checkCommit, concernsCommit, type CommitChange } from '../check/commit.ts';
import type { Said } from '../check/active-rules.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { GitTree } from '../git/git-tree.ts';
import { readCommits, walkCommits, type Commit } from '../git/history.ts';
import { rules } from '../rules/index.generated.ts';
import type { Oid, Tree } from '../tree/tree.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import { nodeTrailers } from '../workflow/trailers.ts';
import type { LocatedFinding, Surroundings, Tip } from './judge-range.ts';

/** Commits that are read, and compared with their parents, in one git process each. */
const BATCH = 256;

interface SaidOfCommits {
  readonly findings: LocatedFinding[];
  readonly waived: Said['waived'];
}

/** Judges each commit of a history that is no merge, with its message. `not`: revisions and options of rev-list that leave out. */
export function judgeMessages({ ref, tip }: Tip, not: readonly string[], surroundings: Surroundings): SaidOfCommits {
  const oids = walkCommits(surroundings.repository, { tip, not, firstParent: false, withoutMerges: true, roots: [''] });
  const batches = Array.from({ length: Math.ceil(oids.length / BATCH) }, (_, index) => oids.slice(index * BATCH, (index + 1) * BATCH));
  const said = batches.flatMap((batch) => judgeBatch(changesOf(batch, ref, surroundings), surroundings));
  return {
    findings: said.flatMap(({ change, findings }) => findings.map((finding) => ({ ...finding, ...(ref !== undefined && { ref }), commit: change.commit, parent: change.parent }))),
    waived: said.flatMap(({ waived }) => waived),
  };
}

/** Judges a range as the one commit that a squash merge makes of it: its message is all messages, oldest first. */
export function judgeSquashed({ ref, tip }: Tip, from: Oid, surroundings: Surroundings): SaidOfCommits {
  const { repository } = surroundings;
  const oids = walkCommits(repository, { tip, not: [from], firstParent: false, withoutMerges: true, roots: [''] });
  if (oids.length === 0) return { findings: [], waived: [] };
  const message = readCommits(repository, oids).map((commit) => commit.message).join('\n');
  const [base, head] = readCommits(repository, [from, tip]) as [Commit, Commit];
  const change = { before: [repository.tree(base.tree)], after: repository.tree(head.tree), message, ...surroundings.policy && { policy: surroundings.policy } };
  const { findings, waived } = checkCommit(change, { rules, program: surroundings.program, origin: from.slice(0, 10) });
  return { findings: findings.map((finding) => ({ ...finding, ...(ref !== undefined && { ref }), commit: tip })), waived };
}

interface MadeCommit extends CommitChange {
  readonly commit: Oid;
  readonly parent: Oid;
}

function changesOf(oids: readonly Oid[], ref: string | undefined, { repository, policy }: Surroundings): MadeCommit[] {
  const commits = readCommits(repository, oids).filter(({ parents }) => parents.length === 1);
  const known = new Map(commits.map((commit) => [commit.oid, commit]));
  const missing = [...new Set(commits.flatMap(({ parents }) => parents))].filter((oid) => !known.has(oid));
  for (const parent of readCommits(repository, missing)) known.set(parent.oid, parent);
  const trees = new Map<Oid, Tree>();
  const treeOf = ({ tree }: Commit) => {
    const one = trees.get(tree) ?? repository.tree(tree);
    trees.set(tree, one);
    return one;
  };
  const changes = commits.map((commit) => {
    const [parent] = commit.parents as [Oid];
    return { before: [treeOf(known.get(parent) as Commit)], after: treeOf(commit), message: commit.message, commit: commit.oid, parent, ...(policy && { policy }), ...(ref !== undefined && { ref: ref.replace(/^refs\/heads\//, '') }) };
  });
  GitTree.prefetchAll([...trees.values()].map((tree) => ({ tree, paths: ['', WORKSPACE_PATH] })), repository.options);
  return changes;
}

function judgeBatch(changes: readonly MadeCommit[], { repository, program }: Surroundings) {
  const concerned = changes.filter((change) => concernsCommit(change, { rules, program }));
  prefetchNamed(concerned, repository);
  GitTree.compareAll(concerned.map(({ before, after }) => ({ before: before[0] as Tree, after })), [''], repository.options);
  return concerned.map((change) => ({ change, ...checkCommit(change, { rules, program, origin: change.parent.slice(0, 10) }) }));
}

/** Loads the tickets that messages name, as each commit and its parent have them. */
function prefetchNamed(changes: readonly MadeCommit[], { options }: Surroundings['repository']): void {
  const requests = changes.flatMap(({ before, after, message }) => {
    const settings = settingsIn(after);
    const folders = settings === undefined ? [] : [...new Set(nodeTrailers(message).map(({ ticket }) => ticketFolder(settings, ticket)))];
    const paths = folders.flatMap((folder) => [folder, `${folder}/tasks.md`]);
    return paths.length === 0 ? [] : [...before, after].map((tree) => ({ tree, paths }));
  });
  GitTree.prefetchAll(requests, options);
}
