import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { crypto } from '../tree/crypto.ts';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { itemsOf, tryGit, type GitOptions } from './run.ts';

/** What a move from one commit to another does to one path. */
interface Arrival {
  readonly path: string;
  readonly mode: string;
  readonly oid: Oid;
  /** The path is new. */
  readonly isNew: boolean;
}

/** What stands in the way of a move, and what is there already as it would arrive. */
export interface Obstacles {
  /** Files of the work tree whose content a move would take away, each once, in the order of their names. */
  readonly paths: readonly string[];
  /** Paths that hold what arrives: to be known to the index, as `<mode> <oid>\t<path>`. */
  readonly arrived: readonly string[];
}

const GONE = '000000';
const LINK = '120000';
const MODULE = '160000';

/**
 * Looks for files that moving a work tree from one commit to another would overwrite or remove:
 * changed ones, untracked ones, ignored ones. A file that already is as it would arrive is none.
 */
export function obstaclesTo(worktree: string, from: Oid, to: Oid, objectFormat: Repository['objectFormat']): Obstacles {
  const options: GitOptions = { cwd: worktree };
  const arrivals = arrivalsOf(options, from, to);
  const changed = changedFiles(options);
  const removed = new Set(arrivals.flatMap(({ path, mode }) => (mode === GONE ? [path] : [])));
  const [paths, suspects]: [Set<string>, Arrival[]] = [new Set(), []];
  for (const arrival of arrivals) {
    const state = changed.get(arrival.path);
    if (state !== undefined) {
      if (arrival.mode === GONE ? isGoneHere(worktree, arrival.path, state) : !state.includes('U') && (state[0] === ' ' || state[1] === ' ')) suspects.push(arrival);
      else paths.add(arrival.path);
    } else if (arrival.isNew && arrival.mode !== MODULE) {
      const inTheWay = blocking(worktree, arrival.path, removed);
      if (inTheWay === arrival.path) suspects.push(arrival);
      else if (inTheWay !== undefined) paths.add(inTheWay);
    }
  }
  const here = contentsOf(options, suspects.filter(({ mode }) => mode !== GONE), objectFormat);
  const arrived: string[] = [];
  for (const { path, mode, oid } of suspects) {
    if (mode === GONE) continue;
    if (here.get(path) === oid) arrived.push(`${mode} ${oid}\t${path}`);
    else paths.add(path);
  }
  return { paths: [...paths].sort(), arrived };
}

/** Each item pair of the raw form is `:<old mode> <new mode> <old> <new> <letter>`, then the path. */
function arrivalsOf(options: GitOptions, from: Oid, to: Oid): Arrival[] {
  const { stdout } = tryGit(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to], options);
  const items = itemsOf(stdout);
  const arrivals: Arrival[] = [];
  for (let at = 0; at + 1 < items.length; at += 2) {
    const [before = '', mode = '', , oid = ''] = (items[at] as string).slice(1).split(' ');
    arrivals.push({ path: items[at + 1] as string, mode, oid, isNew: before === GONE });
  }
  return arrivals;
}

/** Tracked files that are not as in HEAD, with the two letters of `git status`. */
function changedFiles(options: GitOptions): Map<string, string> {
  const { stdout } = tryGit(['status', '-z', '--porcelain', '--untracked-files=no', '--no-renames', '--ignore-submodules=dirty'], options);
  return new Map(itemsOf(stdout).map((item) => [item.slice(3), item.slice(0, 2)] as const));
}

function isGoneHere(worktree: string, path: string, state: string): boolean {
  return !state.includes('U') && state[0] !== 'A' && state[0] !== 'M' && statAt(join(worktree, path)) === undefined;
}

/** What stands where a new file arrives: itself, or a file or link where a folder of its path has to be; undefined where nothing does. */
function blocking(worktree: string, path: string, removed: ReadonlySet<string>): string | undefined {
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const folder = path.slice(0, end);
    const stat = statAt(join(worktree, folder));
    if (stat === undefined) return undefined;
    if (!stat.isDirectory()) return removed.has(folder) ? undefined : folder;
  }
  const stat = statAt(join(worktree, path));
  if (stat === undefined) return undefined;
  if (!stat.isDirectory()) return path;
  // A folder that goes as a whole makes room; git itself refuses where something else is in it.
  return [...removed].some((one) => one.startsWith(`${path}/`)) ? undefined : `${path}/`;
}

function statAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The ids that git would give to what stands there, filters applied. Of what is no file or link, and of names that git cannot be asked about, none. */
function contentsOf(options: GitOptions, arrivals: readonly Arrival[], objectFormat: Repository['objectFormat']): Map<string, Oid> {
  const contents = new Map<string, Oid>();
  const asked: string[] = [];
  for (const { path, mode } of arrivals) {
    const at = join(options.cwd, path);
    const stat = statAt(at);
    if (stat?.isSymbolicLink() && mode === LINK) {
      const target = Buffer.from(readlinkSync(at, 'buffer'));
      contents.set(path, crypto().createHash(objectFormat).update(`blob ${target.length}\0`).update(target).digest('hex'));
    } else if (stat?.isFile() && mode !== LINK && mode !== MODULE && !/["\n]/.test(path)) asked.push(path);
  }
  if (asked.length === 0) return contents;
  const { status, stdout } = tryGit(['hash-object', '--stdin-paths'], { ...options, input: asked.map((path) => `${path}\n`).join('') });
  const oids = status === 0 ? stdout.toString().trimEnd().split('\n') : [];
  for (const [index, oid] of oids.entries()) contents.set(asked[index] as string, oid);
  return contents;
}
