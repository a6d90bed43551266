import type { Settings } from '../../documents/settings.ts';
import type { FileState } from '../../tree/branch-commit.ts';
import type { Tree } from '../../tree/tree.ts';
import { reviewedPaths } from '../review-size.ts';
import { slugOf } from '../record-name.ts';
import { arrange, type Moved, type Section } from './arrange.ts';
import { Progress, type Change, type Histories } from './changes.ts';
import { cutToLimits, sizesOf, type Measure, type SizedSection } from './cut.ts';
import type { Contents } from './path-history.ts';
import { placeByFolders, placeByNodes, placeInOne, type Placement, type Unclaimed, type Workflow } from './place.ts';

/** What a branch is divided by. */
export type SplitBy = 'node' | 'folder' | 'commit';

/** A stack as it is going to be, the lowest part first. */
export interface SplitPlan {
  readonly sections: readonly SizedSection[];
  /** What stands higher than its place, for what it builds on. */
  readonly moved: readonly Moved[];
  /** What nothing claims, with the reason for its place. */
  readonly unclaimed: readonly Unclaimed[];
}

export interface SplitInput {
  readonly histories: Histories;
  readonly contents: Contents;
  /** The tree at the top. */
  readonly tree: Tree;
  readonly settings: Settings;
}

/** The stack that a branch is to become; see `placeByNodes`, `arrange` and `cutToLimits`. */
export function planSplit(input: SplitInput, by: SplitBy, workflow: Workflow): SplitPlan {
  const { histories, settings } = input;
  const placement = placementOf(histories, by, workflow);
  const { sections, moved } = arrange(histories, placement);
  const cut = cutToLimits(sections, measureOf(input), settings.review);
  return { sections: cut.map((section) => ({ ...section, name: by === 'commit' ? nameOf(section, histories) : partName(section.name) })), moved, unclaimed: placement.unclaimed };
}

/** Folders, and nodes of a plan that is not valid, may be called anything; branches may not. */
function partName(name: string): string {
  return /^[a-z0-9][a-z0-9-]*$/.test(name) ? name : slugOf(name) || 'part';
}

/** The same for parts that a person has put together. */
export function sizedPlan(input: SplitInput, sections: readonly Section[]): SplitPlan {
  return { sections: sizesOf(sections, measureOf(input), input.settings.review), moved: [], unclaimed: [] };
}

function placementOf(histories: Histories, by: SplitBy, workflow: Workflow): Placement {
  if (by === 'node') return placeByNodes(histories, workflow);
  return by === 'folder' ? placeByFolders(histories) : placeInOne(histories);
}

function measureOf({ histories, contents, tree, settings }: SplitInput): Measure {
  const paths = [...new Set(histories.changes.flat().flatMap(({ steps }) => steps.map(({ path }) => path)))];
  const reviewed = new Set(reviewedPaths(tree, paths, settings));
  return { histories, contents, isReviewed: (path) => reviewed.has(path) };
}

/** What the first commit of a part does. */
function nameOf({ pieces }: Section, { commits }: Histories): string {
  const subject = commits[pieces[0]?.commit ?? 0]?.message.trimStart().split('\n')[0] ?? '';
  return slugOf(subject.replace(/^\w+(?:\([^)]*\))?!?: /, '')) || 'work';
}

/** One commit of the stack: a commit of the branch, or those of its files that belong to the part. */
export interface PlannedCommit {
  readonly commit: number;
  /** What stands at the paths of the commit's changes afterwards. */
  readonly files: readonly { readonly path: string; readonly state: FileState | undefined }[];
  /** Which of how many: a commit that is in several parts. */
  readonly share: { readonly number: number; readonly of: number } | undefined;
}

/** The commits of each part, in order. */
export function commitsOf(sections: readonly Section[], histories: Histories): PlannedCommit[][] {
  const progress = new Progress(histories);
  const pieces = sections.flatMap((section) => section.pieces);
  const [shares, seen] = [countBy(pieces.map(({ commit }) => commit)), new Map<number, number>()];
  return sections.map((section) =>
    section.pieces.map(({ commit, changes }) => {
      const of = shares.get(commit) ?? 1;
      const number = (seen.get(commit) ?? 0) + 1;
      seen.set(commit, number);
      return { commit, files: filesOf(changes, progress), share: of > 1 ? { number, of } : undefined };
    }),
  );
}

function filesOf(changes: readonly Change[], progress: Progress): { path: string; state: FileState | undefined }[] {
  return changes.flatMap((change) => progress.make(change));
}

function countBy<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
