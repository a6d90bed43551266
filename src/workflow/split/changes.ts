import type { BranchCommit, FileChange, FileState } from '../../tree/branch-commit.ts';
import { PathHistory, type Applied, type Contents, type StepHunk } from './path-history.ts';

/** A path in a change: which step of the path's history, and which of its hunks where it is not all of them. */
export interface ChangedStep {
  readonly path: string;
  readonly step: number;
  readonly hunks: readonly number[] | undefined;
}

/** The smallest thing that has a place in the stack: what one commit does to a file, or to files that cannot be told apart. */
export interface Change {
  readonly commit: number;
  readonly steps: readonly ChangedStep[];
  /** The path it is called by: of a move the new one. */
  readonly path: string;
  readonly from: string | undefined;
}

/** A branch's commits with the histories of the paths that they change. */
export interface Histories {
  readonly commits: readonly BranchCommit[];
  /** By commit. */
  readonly changes: readonly (readonly Change[])[];
  history(path: string): PathHistory;
  /** Steps of a path, each with its commit. */
  stepsOf(path: string): readonly { readonly commit: number; readonly before: FileState | undefined; readonly after: FileState | undefined }[];
  /** Paths that cannot both be there, `a` and `a/b`: what is done to one follows what was done to the other. */
  rivalsOf(path: string): readonly string[];
}

export function historiesOf(commits: readonly BranchCommit[], contents: Contents): Histories {
  const steps = new Map<string, { commit: number; before: FileState | undefined; after: FileState | undefined }[]>();
  const rivals = new Map<string, string[]>();
  for (const [commit, { changes }] of commits.entries()) {
    for (const { path, before, after } of changes) {
      const known = steps.get(path);
      if (known) known.push({ commit, before, after });
      else steps.set(path, [{ commit, before, after }]);
    }
  }
  for (const path of steps.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = path.slice(0, end);
      if (!steps.has(above)) continue;
      rivals.set(path, [...(rivals.get(path) ?? []), above]);
      rivals.set(above, [...(rivals.get(above) ?? []), path]);
    }
  }
  const made = new Map<string, PathHistory>();
  const rivalsOf = (path: string) => rivals.get(path) ?? [];
  return {
    commits,
    changes: commits.map((one, commit) => changesOf(one, commit, steps, rivalsOf)),
    history: (path) => {
      const known = made.get(path) ?? new PathHistory(steps.get(path) ?? [], contents);
      made.set(path, known);
      return known;
    },
    stepsOf: (path) => steps.get(path) ?? [],
    rivalsOf,
  };
}

/** A move is one change, and so are rivals of one commit. */
function changesOf({ changes }: BranchCommit, commit: number, steps: ReadonlyMap<string, readonly { readonly commit: number }[]>, rivalsOf: (path: string) => readonly string[]): Change[] {
  const groupOf = new Map<string, FileChange[]>();
  for (const change of changes) groupOf.set(change.path, [change]);
  const join = (path: string, other: string) => {
    const [one, two] = [groupOf.get(path), groupOf.get(other)];
    if (!one || !two || one === two) return;
    one.push(...two);
    for (const { path: moved } of two) groupOf.set(moved, one);
  };
  for (const { path, from } of changes) {
    if (from !== undefined) join(path, from);
    for (const rival of rivalsOf(path)) join(path, rival);
  }
  return [...new Set(changes.map(({ path }) => groupOf.get(path) as FileChange[]))].map((group) => {
    const named = group.find(({ from }) => from !== undefined) ?? group.find(({ after }) => after) ?? (group[0] as FileChange);
    const stepIn = (path: string) => steps.get(path)?.findIndex((step) => step.commit === commit) as number;
    return { commit, path: named.path, from: named.from, steps: group.map(({ path }) => ({ path, step: stepIn(path), hunks: undefined })) };
  });
}

/** What of a path's history a change needs to be there before it. */
export interface Need extends StepHunk {
  readonly path: string;
}

/** Everything a change builds on, of its own commit too. */
export function needsOf(change: Change, histories: Histories): Need[] {
  return change.steps.flatMap(({ path, step, hunks }) => {
    const own = histories.history(path).dependencies(step, hunks).map((need) => ({ path, ...need }));
    const rivals = histories.rivalsOf(path).flatMap((rival) => {
      const before = histories.stepsOf(rival).flatMap(({ commit }, index) => (commit < change.commit ? [index] : []));
      return before.map((index) => ({ path: rival, step: index, hunk: 0 }));
    });
    return [...own, ...rivals];
  });
}

/** The files of a branch while its changes are made in some order. */
export class Progress {
  readonly #histories: Histories;
  readonly #applied = new Map<string, Map<number, 'all' | ReadonlySet<number>>>();

  constructor(histories: Histories) {
    this.#histories = histories;
  }

  /** Makes a change; its paths with what stands there then, those that went first. */
  make(change: Change): { path: string; state: FileState | undefined }[] {
    for (const { path, step, hunks } of change.steps) {
      const applied = this.#applied.get(path) ?? new Map<number, 'all' | ReadonlySet<number>>();
      this.#applied.set(path, applied);
      apply(applied, step, hunks);
    }
    const made = change.steps.map(({ path }) => ({ path, state: this.state(path) }));
    return made.sort((a, b) => Number(a.state !== undefined) - Number(b.state !== undefined));
  }

  /** What would stand at the paths of these changes if they were made. */
  preview(changes: readonly Change[]): { path: string; state: FileState | undefined }[] {
    const copies = new Map<string, Map<number, 'all' | ReadonlySet<number>>>();
    for (const { path, step, hunks } of changes.flatMap((change) => change.steps)) {
      const copy = copies.get(path) ?? new Map(this.#applied.get(path));
      copies.set(path, copy);
      apply(copy, step, hunks);
    }
    return [...copies].map(([path, applied]) => ({ path, state: this.#histories.history(path).stateWith(applied) }));
  }

  state(path: string): FileState | undefined {
    const applied: Applied = this.#applied.get(path) ?? new Map();
    return this.#histories.history(path).stateWith(applied);
  }
}

function apply(applied: Map<number, 'all' | ReadonlySet<number>>, step: number, hunks: readonly number[] | undefined): void {
  const known = applied.get(step);
  applied.set(step, hunks === undefined ? 'all' : new Set([...(known instanceof Set ? known : []), ...hunks]));
}
