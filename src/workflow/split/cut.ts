import type { FileState } from '../../tree/branch-commit.ts';
import { linesChanged } from '../review-size.ts';
import type { Piece, Section } from './arrange.ts';
import { Progress, type Change, type Histories } from './changes.ts';
import type { Contents } from './path-history.ts';

export interface Limits {
  readonly maxFiles: number;
  readonly maxLines: number;
}

/** What somebody reviews of a part. */
export interface PartSize {
  readonly files: number;
  readonly lines: number;
}

/** A part of the stack, as it is going to be. */
export interface SizedSection extends Section {
  readonly size: PartSize;
  /** Above the limits, and cannot be cut further. */
  readonly isExcessive: boolean;
}

export interface Measure {
  readonly histories: Histories;
  readonly contents: Contents;
  isReviewed(path: string): boolean;
}

/**
 * Parts within the limits: one that is above them is cut between commits, one commit that is above
 * them alone between its files, folder by folder. What is still above them is one file.
 */
export function cutToLimits(sections: readonly Section[], measure: Measure, limits: Limits): SizedSection[] {
  const progress = new Progress(measure.histories);
  return sections.flatMap((section) => {
    const cuts = new Cuts(measure, limits, progress);
    for (const piece of section.pieces) cuts.add(piece);
    const parts = cuts.all();
    return parts.map((part, at) => ({ ...part, name: parts.length === 1 ? section.name : `${section.name}-${at + 1}` }));
  });
}

/** The sizes of parts that somebody else has cut. */
export function sizesOf(sections: readonly Section[], measure: Measure, limits: Limits): SizedSection[] {
  const progress = new Progress(measure.histories);
  return sections.map(({ name, pieces }) => {
    const tally = new Tally(measure, progress);
    for (const { changes } of pieces) tally.make(changes);
    return { name, pieces, ...sized(tally.size, limits) };
  });
}

function sized(size: PartSize, limits: Limits): { size: PartSize; isExcessive: boolean } {
  return { size, isExcessive: isAbove(size, limits) };
}

function isAbove({ files, lines }: PartSize, { maxFiles, maxLines }: Limits): boolean {
  return files > maxFiles || lines > maxLines;
}

class Cuts {
  readonly #measure: Measure;
  readonly #limits: Limits;
  readonly #progress: Progress;
  readonly #parts: Omit<SizedSection, 'name'>[] = [];
  #pieces: Piece[] = [];
  #tally: Tally;

  constructor(measure: Measure, limits: Limits, progress: Progress) {
    this.#measure = measure;
    this.#limits = limits;
    this.#progress = progress;
    this.#tally = new Tally(measure, progress);
  }

  add(piece: Piece): void {
    if (this.#fits(piece.changes)) return this.#take(piece.commit, piece.changes);
    this.#closeFull();
    if (this.#fits(piece.changes)) return this.#take(piece.commit, piece.changes);
    // Too much for one part by itself: folder by folder, so that what belongs together stays so.
    const ordered = [...piece.changes].sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const change of ordered) {
      if (!this.#fits([change])) this.#closeFull();
      this.#take(piece.commit, [change]);
    }
  }

  all(): Omit<SizedSection, 'name'>[] {
    this.#close();
    return this.#parts;
  }

  /** What nobody reviews always does. */
  #fits(changes: readonly Change[]): boolean {
    const [now, size] = [this.#tally.size, this.#tally.sizeWith(changes)];
    return !isAbove(size, this.#limits) || (size.files <= now.files && size.lines <= now.lines);
  }

  /** A part without anything to review is not worth one of its own. */
  #closeFull(): void {
    if (this.#tally.size.files > 0) this.#close();
  }

  #take(commit: number, changes: readonly Change[]): void {
    this.#tally.make(changes);
    const last = this.#pieces.at(-1);
    if (last?.commit === commit) this.#pieces[this.#pieces.length - 1] = { commit, changes: [...last.changes, ...changes] };
    else this.#pieces.push({ commit, changes });
  }

  #close(): void {
    if (this.#pieces.length === 0) return;
    this.#parts.push({ pieces: this.#pieces, ...sized(this.#tally.size, this.#limits) });
    this.#pieces = [];
    this.#tally = new Tally(this.#measure, this.#progress);
  }
}

/** What a part differs in from what is below it, as its changes are made. */
class Tally {
  readonly #measure: Measure;
  readonly #progress: Progress;
  readonly #before = new Map<string, FileState | undefined>();
  readonly #lines = new Map<string, number>();

  constructor(measure: Measure, progress: Progress) {
    this.#measure = measure;
    this.#progress = progress;
  }

  get size(): PartSize {
    return { files: this.#lines.size, lines: [...this.#lines.values()].reduce((sum, lines) => sum + lines, 0) };
  }

  sizeWith(changes: readonly Change[]): PartSize {
    const after = new Map(this.#progress.preview(changes).map(({ path, state }) => [path, state]));
    const lines = new Map(this.#lines);
    for (const [path, state] of after) this.#count(path, state, lines);
    return { files: lines.size, lines: [...lines.values()].reduce((sum, count) => sum + count, 0) };
  }

  make(changes: readonly Change[]): void {
    for (const change of changes) {
      for (const { path } of change.steps) if (!this.#before.has(path)) this.#before.set(path, this.#progress.state(path));
      for (const { path, state } of this.#progress.make(change)) this.#count(path, state, this.#lines);
    }
  }

  #count(path: string, state: FileState | undefined, into: Map<string, number>): void {
    if (!this.#measure.isReviewed(path)) return;
    const before = this.#before.has(path) ? this.#before.get(path) : this.#progress.state(path);
    if (before?.oid === state?.oid && before?.mode === state?.mode) into.delete(path);
    else into.set(path, linesChanged(this.#text(before), this.#text(state)));
  }

  #text(state: FileState | undefined): string | undefined {
    return state === undefined ? undefined : this.#measure.contents.text(state.oid)?.toString('latin1');
  }
}
