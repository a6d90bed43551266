import { check, type JudgedTicket } from '../check/engine.ts';
import { branchSteps, trunkSteps, type Step } from '../check/steps.ts';
import { governedRoots } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { mergeBases, readCommits, requireHistory, walkCommits, type Commit, type Walk } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import { rangeReport } from '../render/text-report.ts';
import { rules } from '../rules/index.generated.ts';
import type { Finding } from '../tree/finding.ts';
import type { Oid, RefUpdate, Tree } from '../tree/tree.ts';
import { MESSAGE_PATH } from '../workflow/rule.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import type { Invocation, Outcome } from './command.ts';
import { judgeMessages, judgeSquashed } from './judge-messages.ts';
import { prefetchSteps } from './prefetch-steps.ts';

/** A finding and where in a history it was made. */
export interface LocatedFinding extends Finding {
  /** Full name of the branch that was judged. */
  readonly ref?: string;
  /** The commit that did it, or the tip of the range that was judged as one step. */
  readonly commit: Oid;
  /** Where that commit was judged by itself: its first parent. A later commit that mends does not help it. */
  readonly parent?: Oid;
}

export interface RangeResult {
  /** False when no WORKSPACE.md governs anything of what was judged. */
  readonly governed: boolean;
  readonly findings: readonly LocatedFinding[];
  readonly waived: readonly { readonly finding: Finding; readonly reason: string }[];
  readonly documents: number;
  readonly tickets: number;
  readonly perTicket: readonly JudgedTicket[];
  /** Ids of rules that were not asked, since the branch's name is not known. */
  readonly unjudged: readonly string[];
  /** What the baselines of the judged trees know. */
  readonly known: readonly Finding[];
}

/** A commit's first line may be of any length. */
const LONGEST_SUBJECT = 100;
/** Steps that are loaded together. */
const BATCH = 64;

/** What branches are judged by. */
export interface Surroundings {
  readonly repository: Repository;
  readonly program: string;
  /** Where the trunk stands: as it was and, when it is pushed along, as it will be. None when there is no trunk. */
  readonly trunkTips: readonly Oid[];
  readonly judge: 'branch' | 'each';
  /** Arguments for rev-list: commits that were judged as part of a branch. Never tags: those nobody judged. */
  readonly judged: readonly string[];
  /** Where step rules read WORKSPACE.md; each step's first parent when absent. */
  readonly policy?: Tree;
  /** The moment of the judgement. */
  readonly now: Date;
}

/** A branch with what it will be. */
export interface Tip {
  /** Full name; undefined when it is not known. */
  readonly ref?: string | undefined;
  readonly tip: Oid;
  readonly isTrunk?: boolean;
}

/** In flow `contrib` a branch may have left `develop`, which is judged itself: what stands there already is not judged as part of another. */
export function besideDevelop(surroundings: Surroundings, ref: string, develop: string | undefined, branches: ReadonlyMap<string, Oid>): Surroundings {
  const tip = develop === undefined || ref === `refs/heads/${develop}` ? undefined : branches.get(develop);
  return tip === undefined || surroundings.trunkTips.length === 0 ? surroundings : { ...surroundings, trunkTips: [...surroundings.trunkTips, tip] };
}

/** Judges the trunk's step from `old` (undefined: it is new). Throws a UserError (`shallow`) where history is cut. */
export function judgeTrunk(branch: Tip, old: Oid | undefined, surroundings: Surroundings): RangeResult {
  const { tip } = branch;
  const bases = old === undefined ? [] : [old];
  requireHistory(surroundings.repository, [tip], bases);
  const not = old === undefined ? [] : [old, ...surroundings.judged];
  const commits = governedCommits({ tip, not, firstParent: true }, bases, surroundings);
  return withCommits(judgeSteps(trunkSteps({ tip, old, commits }), branch, surroundings), judgeMessages(branch, [...bases, ...surroundings.judged], surroundings));
}

/** Judges a branch from where it left the trunk. Throws a UserError (`shallow`) where history is cut. */
export function judgeBranch(branch: Tip, surroundings: Surroundings): RangeResult {
  const { tip } = branch;
  const { repository, trunkTips, judge, judged } = surroundings;
  const bases = trunkTips.length > 0 ? mergeBases(repository, tip, trunkTips) : [];
  requireHistory(repository, [tip, ...trunkTips], bases);
  if (bases.length === 0) return judgeTrunk(branch, undefined, surroundings);
  const each = judge === 'each' ? governedCommits({ tip, not: [...bases, ...judged], firstParent: false }, bases, surroundings) : [];
  return withCommits(judgeSteps(branchSteps({ tip, bases, each }), branch, surroundings), judgeMessages(branch, [...bases, ...judged], surroundings));
}

/** Judges one step between two commits, whatever lies between them. */
export function judgeSquash(branch: Tip, from: Oid, surroundings: Surroundings): RangeResult {
  return withCommits(judgeSteps([{ before: [from], after: branch.tip }], branch, surroundings), judgeSquashed(branch, from, surroundings));
}

function withCommits(result: RangeResult, { findings, waived }: ReturnType<typeof judgeMessages>): RangeResult {
  return { ...result, findings: [...result.findings, ...findings], waived: [...result.waived, ...waived] };
}

/** Several results as one. */
export function joinResults(results: readonly RangeResult[]): RangeResult {
  return {
    governed: results.some((one) => one.governed),
    findings: results.flatMap((one) => one.findings),
    waived: results.flatMap((one) => one.waived),
    documents: results.reduce((sum, one) => sum + one.documents, 0),
    tickets: results.reduce((sum, one) => sum + one.tickets, 0),
    perTicket: joinTickets(results.flatMap((one) => one.perTicket)),
    unjudged: [...new Set(results.flatMap((one) => one.unjudged))],
    known: [...new Map(results.flatMap((one) => one.known).map((finding) => [JSON.stringify([finding.rule, finding.path, finding.message]), finding])).values()],
  };
}

/** One entry for each folder, however many steps touch it. */
function joinTickets(tickets: readonly JudgedTicket[]): JudgedTicket[] {
  const byFolder = new Map<string, JudgedTicket>();
  for (const ticket of tickets) {
    const known = byFolder.get(ticket.folder);
    byFolder.set(ticket.folder, known ? { ...known, documents: Math.max(known.documents, ticket.documents), isChanged: known.isChanged || ticket.isChanged } : ticket);
  }
  return [...byFolder.values()];
}

/** The answer of everything that judges commits. Hooks say nothing when all is well. */
export function rangeOutcome(result: RangeResult, repository: Repository, invocation: Pick<Invocation, 'color'>, isHook: boolean): Outcome {
  const failed = result.findings.some((finding) => finding.severity === 'error');
  const unjudged = result.unjudged.length === 0 ? '' : `\nnot judged, since the branch's name is not known (--ref NAME says it): ${result.unjudged.join(', ')}`;
  return {
    exit: failed ? 1 : 0,
    json: { findings: result.findings, waived: result.waived, checked: { documents: result.documents, tickets: result.tickets }, ...(result.known.length > 0 && { baseline: { known: result.known.length } }), ...(unjudged !== '' && { unjudged: result.unjudged }) },
    text: () => (isHook && result.findings.length === 0 ? '' : rangeReport(result, groupsOf(result.findings, repository), invocation.color) + unjudged),
    ...(isHook && { stream: 'stderr' as const }),
  };
}

function groupsOf(findings: readonly LocatedFinding[], repository: Repository) {
  const byPlace = new Map<string, LocatedFinding[]>();
  for (const finding of findings) {
    const key = `${finding.ref ?? ''} ${finding.commit}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), finding]);
  }
  return [...byPlace.values()].map((group) => {
    const { ref, commit, parent } = group[0] as LocatedFinding;
    const [facts] = readCommits(repository, [commit]) as [Commit];
    const tree = repository.tree(facts.tree);
    const subject = (facts.message.split('\n')[0] as string).slice(0, LONGEST_SUBJECT);
    return {
      heading: `${ref === undefined ? '' : `${ref.replace(/^refs\/heads\//, '')}: `}${commit.slice(0, 10)} ${subject}`,
      findings: group,
      ...(parent !== undefined && { note: `this commit is judged by itself: put the mend into it, by git commit --amend while it is the last one, else by git rebase -i ${parent.slice(0, 10)}` }),
      textOf: (path: string) => (path === MESSAGE_PATH ? facts.message : tree.read(path)?.toString()),
    };
  });
}

function judgeSteps(steps: readonly Step[], branch: Tip, surroundings: Surroundings): RangeResult {
  const { repository, program, policy, now } = surroundings;
  const { ref } = branch;
  const trees = new CommitTrees(repository, steps.flatMap((step) => [...step.before, step.after]));
  const found = new Map<string, LocatedFinding>();
  const results = steps.map((step, index) => {
    if (index % BATCH === 0 && steps.length > 2) {
      trees.forget();
      prefetchSteps(repository, steps.slice(index, index + BATCH).map((one) => trees.of(one)), policy);
    }
    const { before, after } = trees.of(step);
    const change = {
      before,
      after,
      ...(policy && { policy }),
      ...(ref !== undefined && { ref: ref.replace(/^refs\/heads\//, '') }),
      ...(step.commit === undefined && { isRange: true, now, update: updateOf(branch, step, surroundings) }),
      get through() {
        return step.commit === undefined ? passedThrough(step, surroundings) : [];
      },
    };
    const result = check(change, { rules, scope: before.length === 0 ? 'all' : 'changed', program, ...(step.before[0] !== undefined && { origin: step.before[0].slice(0, 10) }) });
    for (const finding of result.findings) {
      const key = JSON.stringify([finding.rule, finding.path, finding.message]);
      if (!found.has(key)) found.set(key, { ...finding, ...(ref !== undefined && { ref }), commit: step.after, ...(step.commit !== undefined && step.before[0] !== undefined && { parent: step.before[0] }) });
    }
    return result;
  });
  const most = (counts: number[]) => counts.reduce((left, right) => Math.max(left, right), 0);
  return {
    ...joinResults(results.map((result) => ({ ...result, findings: [] }))),
    findings: [...found.values()],
    // The same ones again and again, step by step.
    documents: most(results.map((result) => result.documents)),
    tickets: most(results.map((result) => result.tickets)),
  };
}

function updateOf({ tip, isTrunk = false }: Tip, { before }: Step, { repository, judged }: Surroundings): RefUpdate {
  return {
    isTrunk,
    get commits() {
      return readCommits(repository, walkCommits(repository, { tip, not: [...before, ...judged], firstParent: true, roots: [''] }));
    },
  };
}

/** The trees between a step's ends that touch anything governed. */
export function passedThrough(step: Step, surroundings: Pick<Surroundings, 'repository' | 'policy'>): Tree[] {
  const commits = governedCommits({ tip: step.after, not: step.before, firstParent: false }, step.before, surroundings);
  return commits.map((commit) => surroundings.repository.tree(commit.tree));
}

/** Commits of a walk that touch what any WORKSPACE.md on the way, at its ends or of the policy governs. */
function governedCommits(walk: Omit<Walk, 'roots'>, bases: readonly Oid[], surroundings: Pick<Surroundings, 'repository' | 'policy'>): Commit[] {
  const { repository, policy } = surroundings;
  const turns = readCommits(repository, walkCommits(repository, { ...walk, roots: [WORKSPACE_PATH] }));
  const ends = readCommits(repository, [...new Set([walk.tip, ...bases, ...turns.flatMap((turn) => turn.parents)])]);
  const trees = [...new Set([...turns, ...ends].map((commit) => commit.tree))].map((tree) => repository.tree(tree));
  trees[0]?.prefetch([WORKSPACE_PATH], trees);
  const settings = [...trees, ...(policy ? [policy] : [])].flatMap((tree) => settingsIn(tree) ?? []);
  const roots = new Set([WORKSPACE_PATH, ...settings.flatMap(governedRoots)]);
  if (settings.length === 0) return turns;
  return readCommits(repository, walkCommits(repository, { ...walk, roots: roots.has('') ? [''] : [...roots] }));
}

/** The trees of commits, read in one go; each tree once, so that what is loaded for one step serves the next. */
class CommitTrees {
  readonly #commits: ReadonlyMap<Oid, Commit>;
  readonly #trees = new Map<Oid, Tree>();
  readonly #repository: Repository;

  constructor(repository: Repository, oids: readonly Oid[]) {
    this.#repository = repository;
    this.#commits = new Map(readCommits(repository, [...new Set(oids)]).map((commit) => [commit.oid, commit]));
  }

  commit(oid: Oid): Commit {
    return this.#commits.get(oid) as Commit;
  }

  /** Drops what was loaded, to bound memory over a long range. */
  forget(): void {
    for (const tree of this.#trees.values()) tree.forget();
    this.#trees.clear();
  }

  of(step: Step): { before: Tree[]; after: Tree } {
    return { before: step.before.map((oid) => this.tree(oid)), after: this.tree(step.after) };
  }

  tree(oid: Oid): Tree {
    const id = this.commit(oid).tree;
    const known = this.#trees.get(id) ?? this.#repository.tree(id);
    this.#trees.set(id, known);
    return known;
  }
}
