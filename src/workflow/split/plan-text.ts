import { parseDocument } from '../../documents/parse.ts';
import { UserError } from '../../error.ts';
import { slugOf } from '../record-name.ts';
import type { Piece, Section } from './arrange.ts';
import { needsOf, type Change, type Histories } from './changes.ts';

/** Which branch a plan is of, and where it stood. */
export interface PlanHead {
  readonly branch: string;
  readonly tip: string;
  readonly base: string;
}

/** So many digits of a commit's id stand in a plan. */
const ID_DIGITS = 12;
const LONGEST_SUBJECT = 60;
const MOST_FAULTS = 8;
const CHANGE = /^- ([0-9a-f]{7,64}) (?:\(no files\)|`([^`]+)`|("(?:[^"\\]|\\.)*"))(?: #(\d[\d,-]*))?(?:[ :(].*)?$/;

/** A plan as Markdown: a heading for each part, under it a line for each change; with `byHunk` one for each hunk. */
export function planText(head: PlanHead, sections: readonly Section[], histories: Histories, byHunk: boolean): string {
  const parts = sections.map(({ name, pieces }, at) => [`## p${at + 1}-${name}`, '', ...pieces.flatMap((piece) => linesOf(piece, histories, byHunk)), ''].join('\n'));
  return [
    '---',
    `branch: ${JSON.stringify(head.branch)}`,
    `tip: "${head.tip}"`,
    `base: "${head.base}"`,
    '---',
    '',
    `# ${head.branch} in ${sections.length} parts`,
    '',
    'Move lines between the parts; rename, add or take away parts. Each change stands exactly once. Within',
    'a part the branch’s own order of commits holds. `#2,4-5` after a file takes these hunks of it: the',
    'others then stand on a line of their own. What comes after that, or is no such line, is not read.',
    '`treework split --from-plan FILE` makes the branches.',
    '',
    ...parts,
  ].join('\n');
}

function linesOf({ commit, changes }: Piece, histories: Histories, byHunk: boolean): string[] {
  const { oid, message } = histories.commits[commit] as Histories['commits'][number];
  const [id, subject] = [oid.slice(0, ID_DIGITS), subjectOf(message)];
  if (changes.length === 0) return [`- ${id} (no files): ${subject}`];
  return changes.flatMap((change) => {
    const [only] = change.steps;
    const start = `- ${id} ${quoted(change.path)}`;
    const count = change.steps.length === 1 && only ? histories.history(only.path).hunkCount(only.step) : 1;
    if (only && count > 1 && (byHunk || only.hunks)) {
      const hunks = histories.history(only.path).hunksOf(only.step);
      const chosen = only.hunks ?? hunks.map((_, at) => at);
      if (!byHunk) return `${start} #${chosen.map((at) => at + 1).join(',')}: ${subject}`;
      return chosen.map((at) => `${start} #${at + 1} (line ${(hunks[at]?.at ?? 0) + 1}, -${hunks[at]?.removed} +${hunks[at]?.added.length}: ${shown(Buffer.from(hunks[at]?.added.find((line) => line.trim() !== '') ?? '', 'latin1').toString(), 40)}): ${subject}`);
    }
    const notes = [...(change.from === undefined ? [] : [`from ${quoted(change.from)}`]), ...(count > 1 ? [`${count} hunks`] : [])];
    return `${start}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}: ${subject}`;
  });
}

export function subjectOf(message: string): string {
  return shown(message.replace(/^\n+/, '').split('\n\n')[0] ?? '', LONGEST_SUBJECT);
}

function shown(text: string, most: number): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line;
}

function quoted(path: string): string {
  return /[`\p{C}]/u.test(path) ? JSON.stringify(path) : `\`${path}\``;
}

interface ReadLine {
  readonly line: number;
  readonly part: number;
  readonly change: Change;
  readonly hunks: readonly number[] | undefined;
}

/**
 * Reads an edited plan. Throws a UserError with `FILE:LINE` for each line that is wrong: no such
 * commit, file or hunk; a change twice or not at all; one that stands below what it builds on.
 */
export function readPlan(bytes: Buffer, file: string, head: PlanHead, histories: Histories): Section[] {
  const { data, problems, bodyLine } = frontmatterOf(bytes);
  const faults: string[] = problems.map(({ line, message }) => `${file}:${line}: ${message}`);
  for (const key of ['branch', 'tip', 'base'] as const) {
    if (faults.length === 0 && data[key] !== head[key]) throw new UserError(`${file}:${lineOf(bytes, key)}: Unexpected ${key} ${String(data[key])}, expected ${head[key]}: the plan is of another state of the branch`, `write it anew: treework split --plan ${file}`, 'plan-stale');
  }
  const reader = new PlanReader(file, histories, faults);
  for (const [at, text] of bytes.toString().split(/\r?\n/).entries()) if (at + 1 >= bodyLine) reader.read(text, at + 1);
  const sections = reader.sections();
  if (faults.length > 0) {
    const more = faults.length > MOST_FAULTS ? [`and ${faults.length - MOST_FAULTS} more`] : [];
    throw new UserError([...faults.slice(0, MOST_FAULTS), ...more].join('\n'), `mend ${file}; treework split --plan OTHER-FILE shows what there is`, 'plan-invalid');
  }
  return sections;
}

function frontmatterOf(bytes: Buffer): { data: Readonly<Record<string, unknown>>; problems: readonly { line: number; message: string }[]; bodyLine: number } {
  const { data, problems } = parseDocument(bytes);
  const lines = bytes.toString().split(/\r?\n/);
  const end = lines.indexOf('---', 1);
  return { data: data ?? {}, problems: problems.map(({ line, message }) => ({ line, message })), bodyLine: lines[0] === '---' && end !== -1 ? end + 2 : 1 };
}

function lineOf(bytes: Buffer, key: string): number {
  const at = bytes.toString().split('\n').findIndex((line) => line.startsWith(`${key}:`));
  return at === -1 ? 1 : at + 1;
}

class PlanReader {
  readonly #file: string;
  readonly #histories: Histories;
  readonly #faults: string[];
  readonly #parts: string[] = [];
  readonly #lines: ReadLine[] = [];
  readonly #empty = new Map<number, number>();
  #last = 1;

  constructor(file: string, histories: Histories, faults: string[]) {
    this.#file = file;
    this.#histories = histories;
    this.#faults = faults;
  }

  read(text: string, line: number): void {
    if (text.trim() !== '') this.#last = line;
    const heading = /^##[ \t]+(.*\S)[ \t]*$/.exec(text)?.[1];
    if (heading !== undefined) return this.#startPart(heading, line);
    if (!/^- [0-9a-f]{7}/.test(text)) return;
    const match = CHANGE.exec(text);
    if (!match) return this.#fault(line, `Unexpected ${JSON.stringify(text.slice(0, 60))}, expected - COMMIT \`FILE\` or - COMMIT \`FILE\` #HUNKS`);
    if (this.#parts.length === 0) return this.#fault(line, 'Unexpected change above the first part, expected a heading ## NAME before it');
    this.#readChange(match, line);
  }

  #startPart(heading: string, line: number): void {
    const name = heading.replace(/^.*--(?=p\d+-)/, '').replace(/^p\d+-/, '');
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) this.#fault(line, `Unexpected part ${JSON.stringify(heading)}, expected a name of small letters, digits and hyphens such as ${slugOf(name) || 'api'}`);
    this.#parts.push(name);
  }

  #readChange([, id = '', plain, json, numbers]: RegExpExecArray, line: number): void {
    const found = this.#histories.commits.flatMap(({ oid }, at) => (oid.startsWith(id) ? [at] : []));
    const [commit] = found;
    if (commit === undefined || found.length > 1) return this.#fault(line, `Unexpected commit ${id}, expected one of the branch${found.length > 1 ? ': several begin so' : ''}`);
    const changes = this.#histories.changes[commit] ?? [];
    if (plain === undefined && json === undefined) {
      if (changes.length > 0) return this.#fault(line, `Unexpected (no files) of ${id}, expected its files`);
      if (this.#empty.has(commit)) return this.#fault(line, `Unexpected second place of ${id}, expected it once`);
      this.#empty.set(commit, this.#parts.length - 1);
      return;
    }
    const path = plain ?? textOf(json as string);
    const change = changes.find((one) => one.path === path);
    if (!change) return this.#fault(line, `Unexpected file ${JSON.stringify(path)} of ${id}, expected one that this commit changes${changes[0] ? `, such as ${quoted(changes[0].path)}` : ''}`);
    const hunks = numbers === undefined ? undefined : hunksIn(numbers);
    const [step] = change.steps;
    const count = change.steps.length > 1 || !step ? 1 : this.#histories.history(step.path).hunkCount(step.step);
    const wrong = hunks?.find((hunk) => !(hunk >= 0 && hunk < count));
    if (hunks && wrong !== undefined) return this.#fault(line, `Unexpected hunk #${wrong + 1} of ${path}, expected ${count === 1 ? 'none: this change cannot be divided' : `#1 to #${count}`}`);
    const twice = this.#lines.find((other) => other.change === change && (!other.hunks || !hunks || other.hunks.some((hunk) => hunks.includes(hunk))));
    if (twice) return this.#fault(line, `Unexpected second place of ${id} ${path}, expected it once: it stands on line ${twice.line} too`);
    this.#lines.push({ line, part: this.#parts.length - 1, change, hunks: hunks?.length === count ? undefined : hunks });
  }

  /** The parts that hold anything, their changes in the order of the branch. */
  sections(): Section[] {
    this.#missing();
    const made = this.#changesMade();
    if (this.#faults.length === 0) this.#misplaced(made);
    return this.#parts
      .map((name, part) => ({
        name,
        pieces: this.#histories.commits.flatMap((_, commit) => {
          const changes = made.filter((one) => one.part === part && one.change.commit === commit).map(({ change }) => change);
          return changes.length > 0 || this.#empty.get(commit) === part ? [{ commit, changes }] : [];
        }),
      }))
      .filter(({ pieces }) => pieces.length > 0);
  }

  #missing(): void {
    for (const [commit, changes] of this.#histories.changes.entries()) {
      const id = this.#histories.commits[commit]?.oid.slice(0, ID_DIGITS);
      if (changes.length === 0 && !this.#empty.has(commit)) this.#fault(this.#last, `Unexpected absence of ${id} (no files), expected it once`);
      for (const change of changes) {
        const lines = this.#lines.filter((line) => line.change === change);
        const [step] = change.steps;
        const left = lines.some(({ hunks }) => hunks === undefined) || !step ? [] : missingHunks(lines, this.#histories.history(step.path).hunkCount(step.step));
        if (lines.length === 0) this.#fault(this.#last, `Unexpected absence of ${id} ${quoted(change.path)}, expected it once`);
        else if (left.length > 0) this.#fault((lines.at(-1) as ReadLine).line, `Unexpected absence of ${id} ${quoted(change.path)} #${left.map((hunk) => hunk + 1).join(',')}, expected each hunk once`);
      }
    }
  }

  /** Lines of one part that are hunks of one change are one change again. */
  #changesMade(): { part: number; change: Change; line: number }[] {
    const made: { part: number; change: Change; line: number }[] = [];
    const seen = new Set<ReadLine>();
    for (const one of this.#lines) {
      if (seen.has(one)) continue;
      const same = this.#lines.filter((other) => other.change === one.change && other.part === one.part);
      for (const other of same) seen.add(other);
      const hunks = one.hunks === undefined ? undefined : same.flatMap((other) => other.hunks ?? []).sort((a, b) => a - b);
      const [step] = one.change.steps;
      const isAll = hunks === undefined || !step || hunks.length === this.#histories.history(step.path).hunkCount(step.step);
      made.push({ part: one.part, line: one.line, change: isAll ? one.change : { ...one.change, steps: one.change.steps.map((each) => ({ ...each, hunks })) } });
    }
    return made;
  }

  #misplaced(made: readonly { part: number; change: Change; line: number }[]): void {
    for (const { part, change, line } of made) {
      for (const need of needsOf(change, this.#histories)) {
        const owner = made.find((other) => other.change.steps.some(({ path, step, hunks }) => path === need.path && step === need.step && (hunks === undefined || hunks.includes(need.hunk))));
        if (!owner || owner.part <= part) continue;
        this.#fault(line, `Unexpected ${quoted(change.path)} below what it builds on (line ${owner.line}, in ${this.#parts[owner.part]}), expected it in ${this.#parts[owner.part]} or above`);
        break;
      }
    }
  }

  #fault(line: number, message: string): void {
    this.#faults.push(`${this.#file}:${line}: ${message}`);
  }
}

function missingHunks(lines: readonly ReadLine[], count: number): number[] {
  const there = new Set(lines.flatMap(({ hunks }) => hunks ?? []));
  return Array.from({ length: count }, (_, hunk) => hunk).filter((hunk) => !there.has(hunk));
}

/** `1,3-4` as [0, 2, 3]. */
function hunksIn(numbers: string): number[] {
  return [...new Set(numbers.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map((number) => (number === '' ? Number.NaN : Number(number)));
    return last >= first && last - first < 100_000 ? Array.from({ length: last - first + 1 }, (_, at) => first + at - 1) : [-1];
  }))];
}

function textOf(json: string): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    return json;
  }
}
