import { isRegular, type FileState } from '../../tree/branch-commit.ts';
import { bytesOfLines, diffLines, linesOfBytes, type Hunk } from '../../tree/line-diff.ts';
import type { Oid } from '../../tree/tree.ts';

/** The contents that a history is made of. */
export interface Contents {
  /** undefined for what is no text, or too large to be looked into. */
  text(oid: Oid): Buffer | undefined;
  /** Keeps a content that nobody had before; its object id. */
  keep(content: Buffer): Oid;
}

/** What one commit does to a path. */
export interface PathStep {
  readonly before: FileState | undefined;
  readonly after: FileState | undefined;
}

/** A step, or one hunk of it, counted from 0; a step that cannot be divided has one. */
export interface StepHunk {
  readonly step: number;
  readonly hunk: number;
}

/** Of a step what is applied: everything, or some of its hunks. */
export type Applied = ReadonlyMap<number, 'all' | ReadonlySet<number>>;

interface WovenLine {
  readonly text: string;
  /** undefined: it was there before. */
  readonly by: StepHunk | undefined;
  gone: StepHunk | undefined;
}

interface Analysed {
  /** Depends on all that came before in this path, and all that comes after depends on it. */
  readonly isBarrier: boolean;
  readonly hunks: readonly Hunk[];
  readonly dependsOn: readonly (readonly StepHunk[])[];
}

/** The lines of one stretch between two barriers, those that went too, in an order that all its versions share. */
interface Weave {
  readonly first: number;
  readonly lines: WovenLine[];
}

/**
 * The versions of one file, as steps that can be applied in another order than they were made in.
 * A weave (M. J. Rochkind, "The Source Code Control System", 1975) holds every line of every version
 * with what brought it and what took it: any set of steps that holds whatever its members depend on
 * has one content.
 */
export class PathHistory {
  readonly #steps: readonly PathStep[];
  readonly #contents: Contents;
  #analysed: readonly Analysed[] | undefined;
  readonly #weaves: Weave[] = [];

  constructor(steps: readonly PathStep[], contents: Contents) {
    this.#steps = steps;
    this.#contents = contents;
  }

  /** How many hunks a step has; 1 for what cannot be divided. */
  hunkCount(step: number): number {
    return Math.max(1, this.#analysis()[step]?.hunks.length ?? 1);
  }

  /** The lines of a step's hunks; none for what cannot be divided. */
  hunksOf(step: number): readonly Hunk[] {
    return this.#analysis()[step]?.hunks ?? [];
  }

  /** What has to come before a step, or before these of its hunks: what made, took or stood right beside the lines that it changes. */
  dependencies(step: number, hunks?: readonly number[]): StepHunk[] {
    const { dependsOn, isBarrier } = this.#analysis()[step] as Analysed;
    return isBarrier || hunks === undefined ? dependsOn.flat() : hunks.flatMap((hunk) => dependsOn[hunk] ?? []);
  }

  /** What stands at the path with these steps applied, which hold all that they depend on. */
  stateWith(applied: Applied): FileState | undefined {
    if (applied.size === 0) return this.#steps[0]?.before;
    const last = Math.max(...applied.keys());
    if (applied.size === last + 1 && [...applied].every(([step, hunks]) => hunks === 'all' || hunks.size === this.hunkCount(step))) return this.#steps[last]?.after;
    const weave = this.#weaveOf(last);
    const isIn = (at: StepHunk): boolean => {
      const hunks = applied.get(at.step);
      return hunks === 'all' || hunks?.has(at.hunk) === true;
    };
    const start = this.#steps[weave.first];
    const state = this.#analysis()[weave.first]?.isBarrier ? start?.after : start?.before;
    if (!state) return state;
    const lines = weave.lines.filter(({ by, gone }) => (by === undefined || isIn(by)) && !(gone && isIn(gone))).map(({ text }) => text);
    return { mode: state.mode, oid: this.#contents.keep(bytesOfLines(lines)) };
  }

  #weaveOf(step: number): Weave {
    this.#analysis();
    return this.#weaves.findLast(({ first }) => first <= step) as Weave;
  }

  #analysis(): readonly Analysed[] {
    if (this.#analysed) return this.#analysed;
    const analysed: Analysed[] = [];
    let since: StepHunk[] = [];
    let barrier: StepHunk[] = [];
    for (const [step, { before, after }] of this.#steps.entries()) {
      const texts = this.#textsOf(before, after);
      if (texts === undefined) {
        analysed.push({ isBarrier: true, hunks: [], dependsOn: [[...barrier, ...since]] });
        [barrier, since] = [[{ step, hunk: 0 }], []];
        this.#weaves.push({ first: step, lines: this.#fresh(after) });
        continue;
      }
      if (step === 0) this.#weaves.push({ first: 0, lines: this.#fresh(before) });
      const hunks = diffLines(...texts);
      const dependsOn = weaveIn((this.#weaves.at(-1) as Weave).lines, step, hunks).map((found) => [...barrier, ...found]);
      analysed.push({ isBarrier: false, hunks, dependsOn });
      since.push(...hunks.map((_, hunk) => ({ step, hunk })));
    }
    this.#analysed = analysed;
    return analysed;
  }

  #fresh(state: FileState | undefined): WovenLine[] {
    const content = isRegular(state) ? this.#contents.text(state.oid) : undefined;
    return content ? linesOfBytes(content).map((text) => ({ text, by: undefined, gone: undefined })) : [];
  }

  /** The lines of both sides where a step changes nothing but the text of a file. */
  #textsOf(before: FileState | undefined, after: FileState | undefined): [string[], string[]] | undefined {
    if (!isRegular(before) || !isRegular(after) || before.mode !== after.mode) return undefined;
    const [old, now] = [this.#contents.text(before.oid), this.#contents.text(after.oid)];
    return old && now ? [linesOfBytes(old), linesOfBytes(now)] : undefined;
  }
}

/** Puts a step's hunks into a weave; for each what it touches. */
function weaveIn(lines: WovenLine[], step: number, hunks: readonly Hunk[]): StepHunk[][] {
  const visible = lines.flatMap((line, index) => (line.gone ? [] : [index]));
  const touched: StepHunk[][] = [];
  // From the end, so that what was counted stays true.
  for (let hunk = hunks.length - 1; hunk >= 0; hunk -= 1) {
    const { at, removed, added } = hunks[hunk] as Hunk;
    const [from, to] = [at === 0 ? -1 : (visible[at - 1] as number), visible[at + removed] ?? lines.length];
    const near = lines.slice(Math.max(from, 0), to + 1);
    touched[hunk] = near.flatMap(({ by, gone }) => [by ?? [], gone ?? []].flat());
    for (const index of visible.slice(at, at + removed)) (lines[index] as WovenLine).gone = { step, hunk };
    const end = removed > 0 ? (visible[at + removed - 1] as number) : from;
    insert(lines, end + 1, added.map((text) => ({ text, by: { step, hunk }, gone: undefined })));
  }
  return touched.map((found) => found.filter((other) => other.step !== step));
}

function insert(lines: WovenLine[], at: number, added: readonly WovenLine[]): void {
  const tail = lines.splice(at);
  for (const line of added) lines.push(line);
  for (const line of tail) lines.push(line);
}
