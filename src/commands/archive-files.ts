import { placeOf } from '../documents/place.ts';
import { markdownWith } from '../git/grep.ts';
import { contentAt, ignoredAmong } from '../git/held-files.ts';
import { shellCommand } from '../render/shell.ts';
import type { Edit } from '../tree/edit.ts';
import { rewritten, type LeftBecause } from '../workflow/archive-move.ts';
import type { ArchiveContext, Problem } from './archive-context.ts';

/** One file of the commit to be: what it was in the last one, and what it is to be. */
export interface PlannedFile {
  readonly path: string;
  /** undefined: it was not there. */
  readonly old: Buffer | undefined;
  /** undefined: it is gone. */
  readonly now: Buffer | undefined;
  readonly kind?: 'executable' | 'symlink';
}

/** Everything that the move of a folder does to files. */
export interface PlannedMove {
  /** The folder's files: first each at its new place, then each gone from the old one. */
  readonly arriving: readonly PlannedFile[];
  readonly leaving: readonly PlannedFile[];
  /** Documents elsewhere whose links follow. */
  readonly relinked: readonly PlannedFile[];
  /** Files that git does not track and that go along, uncommitted: their new paths. */
  readonly along: readonly PlannedFile[];
  readonly alongLeaving: readonly PlannedFile[];
  /** Documents whose links lead nowhere from now on, and why they were left so. */
  readonly left: readonly { readonly path: string; readonly because: LeftBecause }[];
  readonly problems: readonly Problem[];
}

/** More than this of what git ignores is nobody's attachment. */
const MOST_IGNORED = 200;

/** What moves and what follows; `takeAlong` takes files that git does not know along, too. */
export function planMove(context: ArchiveContext, takeAlong: boolean): PlannedMove {
  const { move, held } = context;
  const left: { path: string; because: LeftBecause }[] = [];
  const problems: Problem[] = [];
  const text = (path: string, bytes: Buffer) => {
    if (!/\.md$/i.test(path)) return bytes;
    const page = rewritten(context.head, path, bytes, move, context.branch !== undefined && context.branch === context.trunk);
    if (page.left !== undefined) left.push({ path, because: page.left });
    return Buffer.from(page.text).equals(bytes) ? bytes : Buffer.from(page.text);
  };
  const movedTo = (path: string) => move.to + path.slice(move.from.length);
  const moves = held.flatMap(({ path, kind }) => {
    const old = context.contentOf(path);
    if (old === undefined) {
      problems.push({ check: 'submodule', path, message: `Unexpected ${kind === 'submodule' ? 'submodule' : 'folder'} ${path} in a ticket's folder, expected files alone`, remedy: `git mv ${path} to a place of its own, and commit that` });
      return [];
    }
    const special = kind === 'executable' || kind === 'symlink' ? { kind } : {};
    return [{ from: { path, old, now: undefined, ...special }, to: { path: movedTo(path), old: undefined, now: kind === 'symlink' ? old : text(path, old), ...special } }];
  });
  return { arriving: moves.map(({ to }) => to), leaving: moves.map(({ from }) => from), relinked: linkingFiles(context, text), ...alongside(context, takeAlong, movedTo, problems), left, problems };
}

/** Markdown files outside of the folder that name it, with their links rewritten where they may be. */
function linkingFiles(context: ArchiveContext, text: (path: string, bytes: Buffer) => Buffer): PlannedFile[] {
  const { workspace: { repository }, move, head } = context;
  const name = move.from.slice(move.from.lastIndexOf('/') + 1);
  const inside = (path: string) => [move.from, move.to].some((folder) => path.startsWith(`${folder}/`));
  return markdownWith(repository.workRoot, name).filter((path) => !inside(path)).flatMap((path) => {
    if (head.tree.entry(path)?.type !== 'file') return [];
    const old = context.contentOf(path);
    const now = old && text(path, old);
    return old && now && !now.equals(old) ? [{ path, old, now }] : [];
  });
}

/** What git ignores goes along without a word to anybody but its owner; what it merely does not know only when asked to. */
function alongside({ workspace: { repository }, uncommitted, move }: ArchiveContext, takeAlong: boolean, movedTo: (path: string) => string, problems: Problem[]): Pick<PlannedMove, 'along' | 'alongLeaving'> {
  const below = (path: string) => path.startsWith(`${move.from}/`);
  const { ignored } = uncommitted;
  if (ignored.length > MOST_IGNORED) {
    problems.push({ check: 'ignored', path: ignored[0] as string, message: `Unexpected ${ignored.length} files in ${move.from} that git ignores, expected at most ${MOST_IGNORED} to take along`, remedy: `move them out of ${move.from}: git ls-files --others --ignored --exclude-standard -- ${move.from} names them` });
    return { along: [], alongLeaving: [] };
  }
  const stillIgnored = ignoredAmong(repository, ignored.map(movedTo));
  const exposed = ignored.filter((path) => !stillIgnored.has(movedTo(path)));
  if (!takeAlong) for (const path of exposed) problems.push({ check: 'dirty', path, message: `Unexpected ${path} that git ignores here and would not in ${move.to}, expected it to stay ignored: it would be offered to the next commit`, remedy: `move it out of ${move.from}, or ignore ${movedTo(path)} too`, mayAllow: true });
  const going = [...ignored.filter((path) => takeAlong || stillIgnored.has(movedTo(path))), ...(takeAlong ? uncommitted.untracked.filter(below) : [])];
  const files = going.flatMap((path) => {
    const content = contentAt(repository, path);
    return content ? [{ path, content }] : [];
  });
  return { along: files.map(({ path, content }) => ({ path: movedTo(path), old: undefined, now: content })), alongLeaving: files.map(({ path, content }) => ({ path, old: content, now: undefined })) };
}

/** The edits that are left to make: none for what an interrupted run has made. Files that are neither as they were nor as they are to be are problems. */
export function editsLeft({ workspace: { repository, settings } }: ArchiveContext, planned: PlannedMove, others: readonly PlannedFile[]): { readonly edits: Edit[]; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const arrived = new Map([...planned.arriving, ...planned.along].map((file) => [file, contentAt(repository, file.path)]));
  const leave = (from: PlannedFile, to: PlannedFile | undefined): Edit[] => {
    const here = contentAt(repository, from.path);
    if (here === undefined && to && arrived.get(to)?.equals(to.now as Buffer)) return [];
    if (here !== undefined && from.old?.equals(here)) return [edit(from, here)];
    problems.push(dirty(from.path, here === undefined ? 'deletion' : 'change'));
    return [];
  };
  const leaving = [...planned.leaving.flatMap((from, index) => leave(from, planned.arriving[index])), ...planned.alongLeaving.flatMap((from, index) => leave(from, planned.along[index]))];
  const arriving = [...arrived].flatMap(([file, here]) => {
    if (here === undefined) return [edit(file, undefined)];
    if (here.equals(file.now as Buffer)) return [];
    problems.push({ check: 'taken', path: file.path, message: `Unexpected ${file.path}, expected nothing where the ticket goes`, remedy: `move ${file.path} away` });
    return [];
  });
  const changing = others.flatMap((file) => {
    const here = contentAt(repository, file.path);
    const is = (bytes: Buffer | undefined) => (bytes === undefined ? here === undefined : here?.equals(bytes) === true);
    if (is(file.now)) return [];
    if (is(file.old)) return [edit(file, here)];
    problems.push(dirty(file.path, placeOf(settings, file.path) ? 'change' : 'file'));
    return [];
  });
  return { edits: [...arriving, ...changing, ...leaving], problems };
}

function edit({ path, now, kind }: PlannedFile, here: Buffer | undefined): Edit {
  return { path, content: now, expect: here ?? 'absent', ...(kind && { kind }) };
}

function dirty(path: string, what: string): Problem {
  return { check: 'dirty', path, message: `Unexpected uncommitted ${what} of ${path}, expected it as the last commit has it: the archive writes it`, remedy: `${shellCommand(['git', 'add', '--', path])} and commit it, or ${shellCommand(['git', 'checkout', 'HEAD', '--', path])}` };
}
