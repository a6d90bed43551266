import { count, oneLine, printable } from './plain-text.ts';

/** A part of the stack, as it is shown. */
export interface ShownPart {
  readonly branch: string;
  readonly commits: readonly { readonly commit: string; readonly subject: string; readonly files: readonly string[]; readonly share: string | undefined }[];
  readonly files: number;
  readonly lines: number;
  readonly exceeds: string | undefined;
}

export interface ShownSplit {
  readonly branch: string;
  readonly commits: number;
  readonly files: number;
  readonly base: string;
  readonly parts: readonly ShownPart[];
  readonly unclaimed: readonly { readonly path: string; readonly commit: string; readonly branch: string; readonly why: string }[];
  readonly moved: readonly { readonly path: string; readonly commit: string; readonly from: string; readonly to: string; readonly because: string }[];
  readonly proof: string;
}

/** So many files or notes are named; the rest is in `--json` and in a written plan. */
const MOST = 12;

/** A split for a person: what each part holds, what was put where for which reason, and the proof. */
export function splitText(split: ShownSplit): string {
  const { branch, commits, files, base, parts, unclaimed, moved, proof } = split;
  const head = printable(`${branch}: ${count(commits, 'commit')}, ${count(files, 'file')} since ${base.slice(0, 12)}, as ${count(parts.length, 'part')}`);
  const notes = [
    ...section('no scope claims', unclaimed.map(({ path, commit, branch: part, why }) => `${path} (${commit.slice(0, 9)}): in ${part}, ${why}`)),
    ...section('stands higher than its place, for what it builds on', moved.map(({ path, commit, from, to, because }) => `${path} (${commit.slice(0, 9)}): ${from} -> ${to}, on ${because.slice(0, 9)}`)),
  ];
  return [head, ...parts.flatMap(partLines), ...notes, '', proof].join('\n');
}

function partLines({ branch, commits, files, lines, exceeds }: ShownPart): string[] {
  const size = `${count(files, 'file')}, ${count(lines, 'line')} to review`;
  return ['', printable(`${branch}  ${size}${exceeds === undefined ? '' : `  ABOVE ${exceeds}`}`), ...commits.flatMap(({ commit, subject, files: paths, share }) => [`  ${commit.slice(0, 9)} ${oneLine(subject, 80)}${share === undefined ? '' : ` (${share})`}`, ...(share === undefined ? [] : few(paths).map((path) => `    ${path}`))])];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...few(lines).map((line) => `  ${line}`)];
}

function few(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MOST).map(printable);
  return lines.length > MOST ? [...shown, `and ${lines.length - MOST} more`] : shown;
}
