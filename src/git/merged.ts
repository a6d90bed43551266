import type { Oid } from '../tree/tree.ts';
import { mergeBases, requireHistory } from './history.ts';
import { mergeTrees } from './merge-trees.ts';
import { patchHashes } from './patch-hashes.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';
import { changedFiles, diffTrees, type TreeDiff } from './tree-diff.ts';

/** A branch of which is asked whether it was merged. */
export interface MergeQuestion {
  readonly tip: Oid;
  /** Short name of a local branch: what its reflog says is heard. */
  readonly branch?: string | undefined;
  /** The commit it began at, where that is known. */
  readonly base?: Oid | undefined;
}

/** How a branch came into the target. `empty`: it has nothing of its own, so that nothing was merged either. */
export interface Merged {
  readonly how: 'ancestor' | 'rebase' | 'squash' | 'empty';
  /** Of a rebase or squash: the first commit of the target that holds all of it, where that is known. */
  readonly at?: Oid;
}

interface Chain {
  readonly question: MergeQuestion;
  /** Its commits that the target does not have. */
  readonly commits: readonly Oid[];
  readonly tree: Oid;
  /** The one commit of the target that it goes back to; undefined where there are several, or none. */
  readonly base: { readonly oid: Oid; readonly tree: Oid } | undefined;
}

/** Where a branch may have come in, and how. */
interface Candidate extends Brought {
  readonly how: 'rebase' | 'squash';
}

/** What the target does not have, and the trees of those of its commits on which that stands. */
interface Outside {
  readonly commits: ReadonlyMap<Oid, { readonly tree: Oid; readonly parents: readonly Oid[] }>;
  readonly bases: ReadonlyMap<Oid, Oid>;
}

/** A branch with what it changes as a whole. */
interface Net {
  readonly chain: Chain;
  readonly paths: ReadonlySet<string>;
}

/** A commit along the target's first parents, and the files it brought. */
interface Brought {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly paths: ReadonlySet<string>;
}

/** Commits of the target that are looked at more closely for one branch. */
const MOST_CANDIDATES = 60;

/**
 * Whether branches were merged into a commit, by whatever method; undefined: not. Never says so of a
 * branch of which something is missing there: for a rebase or a squash, some commit of the target
 * merges with the branch into its own tree, whatever merge drivers are configured. What was merged
 * and changed again since is found where one commit brought all files of the branch, or one each of
 * its commits, unchanged. With a branch that was merged, those are merged on which it was built. Throws a UserError (`shallow`) where history is cut.
 */
export function mergedInto(repository: Repository, target: Oid, questions: readonly MergeQuestion[]): (Merged | undefined)[] {
  if (questions.length === 0) return [];
  requireHistory(repository, questions.map(({ tip }) => tip), [target]);
  const outside = outsideOf(repository, target, questions.map(({ tip }) => tip));
  const chains = questions.map((question) => chainOf(repository, target, question, outside));
  const net = withPaths(repository, chains.filter((chain) => chain !== undefined && !isEmpty(chain, outside)) as Chain[]);
  const answers = contentIn(repository, target, net);
  const found = new Map(net.map(({ chain }, at) => [chain, answers[at] ?? withAnother(chain, net, answers)]));
  return questions.map((question, at) => {
    const chain = chains[at];
    if (!chain) return inHistory(repository, target, question);
    return isEmpty(chain, outside) ? { how: 'empty' } : found.get(chain);
  });
}

/** Whether a branch changes nothing as a whole since it left the target, or since it began upon another branch. */
function isEmpty({ base, tree, question }: Chain, outside: Outside): boolean {
  const began = question.base === undefined ? undefined : outside.commits.get(question.base);
  return base?.tree === tree || began?.tree === tree;
}


function outsideOf(repository: Repository, target: Oid, tips: readonly Oid[]): Outside {
  const input = `${[...new Set(tips)].join('\n')}\n^${target}\n`;
  const lines = linesOf(repository.git(['rev-list', '--stdin', '--topo-order', '--boundary', '--no-commit-header', '--format=%m%H %T %P'], { input }));
  const [commits, bases] = [new Map<Oid, { tree: Oid; parents: Oid[] }>(), new Map<Oid, Oid>()];
  for (const line of lines) {
    const [oid = '', tree = '', ...parents] = line.slice(1).trim().split(' ');
    if (line.startsWith('-')) bases.set(oid, tree);
    else commits.set(oid, { tree, parents });
  }
  return { commits, bases };
}

/** undefined where the tip is in the target's history. */
function chainOf(repository: Repository, target: Oid, question: MergeQuestion, outside: Outside): Chain | undefined {
  const tip = outside.commits.get(question.tip);
  if (!tip) return undefined;
  const [commits, bases, open] = [new Set<Oid>(), new Set<Oid>(), [question.tip]];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    const node = outside.commits.get(oid);
    if (!node) bases.add(oid);
    else if (!commits.has(oid)) {
      commits.add(oid);
      open.push(...node.parents);
    }
  }
  // Several: the target was merged into it.
  const [base, other] = bases.size === 1 ? bases : mergeBases(repository, question.tip, [target]);
  const tree = base === undefined || other !== undefined ? undefined : (outside.bases.get(base) ?? repository.treeOf(base).id);
  return { question, commits: [...commits].reverse(), tree: tip.tree, base: base !== undefined && tree !== undefined ? { oid: base, tree } : undefined };
}

/** A branch whose tip the target has: merged, or nothing was done on it yet. */
function inHistory(repository: Repository, target: Oid, { tip, base, branch }: MergeQuestion): Merged {
  if (base === tip) return { how: 'empty' };
  const isOnLine = linesOf(repository.git(['rev-list', '--first-parent', target, '--not', `${tip}^@`])).includes(tip);
  // Merged by fast-forward, or only ever moved along: who committed on it tells.
  return !isOnLine || (branch !== undefined && hasOwnCommits(repository, branch)) ? { how: 'ancestor' } : { how: 'empty' };
}

function hasOwnCommits(repository: Repository, branch: string): boolean {
  const { status, stdout } = repository.tryGit(['log', '--walk-reflogs', '--format=%gs', `refs/heads/${branch}`, '--']);
  return status === 0 && linesOf(stdout).some((line) => /^(?:commit|rebase|cherry-pick|revert|merge|treework|am)\b(?!.*: Fast-forward)/.test(line));
}

function withPaths(repository: Repository, chains: readonly Chain[]): Net[] {
  const diffs = diffTrees(chains.map(({ base, tree }) => [base?.tree ?? tree, tree] as const), [''], repository.options);
  return chains.map((chain, at) => ({ chain, paths: new Set(changedFiles(diffs[at] as TreeDiff, ['']).map(({ path }) => path)) }));
}

/** For each branch how its content is in the target; undefined where it is not. */
function contentIn(repository: Repository, target: Oid, net: readonly Net[]): (Merged | undefined)[] {
  if (net.length === 0) return [];
  const treeId = repository.treeOf(target).id;
  const atTip = mergeTrees(repository, net.map(({ chain }) => [target, chain.question.tip] as const), { plain: true }).map(({ isClean, tree }) => isClean && tree === treeId);
  const line = lineOf(repository, target, net.map(({ chain }) => chain));
  const hashes = hashesOf(repository, line, net);
  const tried = net.map((one) => candidatesFor(one, line, hashes));
  const pairs = tried.flatMap((candidates, at) => candidates.map(({ oid }) => [oid, (net[at] as Net).chain.question.tip] as const));
  const merges = mergeTrees(repository, pairs, { plain: true });
  let next = 0;
  return net.map(({ chain }, at) => {
    const candidates = tried[at] as readonly Candidate[];
    const answers = merges.slice(next, (next += candidates.length));
    const first = candidates.find((candidate, index) => answers[index]?.isClean && answers[index]?.tree === candidate.tree);
    if (first) return { how: first.how, at: first.oid };
    return atTip[at] && chain.base ? { how: 'squash' as const } : undefined;
  });
}

/** The part of a stack that came in with one above it, which may have written over all of it. */
function withAnother({ question }: Chain, net: readonly Net[], answers: readonly (Merged | undefined)[]): Merged | undefined {
  return answers.find((answer, at) => answer && net[at]?.chain.commits.includes(question.tip));
}

/** The target's commits along first parents since the oldest of the places where the branches left it; oldest first. */
function lineOf(repository: Repository, target: Oid, chains: readonly Chain[]): Brought[] {
  const bases = [...new Set(chains.flatMap(({ base }) => base?.oid ?? []))];
  if (bases.length === 0) return [];
  const oldest = bases.length === 1 ? bases : linesOf(repository.tryGit(['merge-base', '--octopus', ...bases]).stdout);
  const output = repository.git(['log', '-z', '--first-parent', '--diff-merges=first-parent', '--raw', '--no-abbrev', '--no-renames', '--no-show-signature', '--no-color', '--format=%H %T', target, ...(oldest.length > 0 ? ['--not', ...oldest] : []), '--']);
  const line: { oid: Oid; tree: Oid; paths: Set<string> }[] = [];
  const items = output.toString().split('\0');
  for (let at = 0; at < items.length; at += 1) {
    const item = (items[at] as string).replace(/^\n/, '');
    if (item.startsWith(':')) line.at(-1)?.paths.add(items[(at += 1)] as string);
    else if (item !== '') line.push({ oid: item.slice(0, item.indexOf(' ')), tree: item.slice(item.indexOf(' ') + 1).trim(), paths: new Set() });
  }
  return line.reverse();
}

/** Digests of what the branches' commits change, and of what those of the target do that may be the same. */
function hashesOf(repository: Repository, line: readonly Brought[], net: readonly Net[]): ReadonlyMap<Oid, string | undefined> {
  const several = net.filter(({ chain }) => chain.commits.length > 1);
  const alike = line.filter(({ paths }) => several.some((one) => [...paths].every((path) => one.paths.has(path))));
  return alike.length === 0 ? new Map() : patchHashes(repository, [...new Set([...several.flatMap(({ chain }) => chain.commits), ...alike.map(({ oid }) => oid)])]);
}

/** Commits of the target that may be the first to hold all of a branch. */
function candidatesFor({ chain, paths }: Net, line: readonly Brought[], hashes: ReadonlyMap<Oid, string | undefined>): Candidate[] {
  const squashed = paths.size === 0 ? [] : line.filter((brought) => [...paths].every((path) => brought.paths.has(path))).slice(-MOST_CANDIDATES);
  const wanted = new Set(chain.commits.length > 1 ? chain.commits.flatMap((oid) => hashes.get(oid) ?? []) : []);
  const had = new Set<string>();
  const last = line.find(({ oid }) => {
    const hash = hashes.get(oid);
    if (hash !== undefined && wanted.has(hash)) had.add(hash);
    return had.size === wanted.size;
  });
  const rebased: Candidate[] = wanted.size > 1 && last ? [{ ...last, how: 'rebase' }] : [];
  return [...rebased, ...squashed.map((brought) => ({ ...brought, how: 'squash' as const }))];
}
