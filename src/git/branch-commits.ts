import { isRegular, isSameState, type BranchCommit, type FileChange, type FileState } from '../tree/branch-commit.ts';
import { bytesOfLines, linesOfBytes, mergeLines } from '../tree/line-diff.ts';
import type { Oid } from '../tree/tree.ts';
import { BlobStore } from './blob-store.ts';
import { EditedTree } from './edited-tree.ts';
import { walkCommits } from './history.ts';
import { NewObjects } from './new-objects.ts';
import { readObjects } from './objects.ts';
import { pathOfBytes } from './path-bytes.ts';
import type { Repository } from './repository.ts';

/** A branch from the commit that it left another at, read as a line of commits whose changes lead from one tree to the other. */
export interface BranchHistory {
  readonly base: Oid;
  readonly tip: Oid;
  /** The tree of the tip. */
  readonly tree: Oid;
  readonly commits: readonly BranchCommit[];
  /** Contents of all files that change, and what is made anew. */
  readonly blobs: BlobStore;
  readonly objects: NewObjects;
  /** The tree of the base, with the folders of all files that change. */
  openBase(): EditedTree;
}

interface RawCommit {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
  readonly raw: Buffer;
}

/**
 * Reads a branch. Merges are taken apart: first the commits of the first parent's side, then those of
 * the other, then what the merge itself changes; a change that does not apply beside what the other
 * side did arrives with the merge that resolved it.
 */
export function readBranch(repository: Repository, tip: Oid, base: Oid): BranchHistory {
  const objects = new NewObjects(repository.objectFormat);
  const blobs = new BlobStore(repository, objects);
  const oids = walkCommits(repository, { tip, not: [base], firstParent: false, roots: [''] });
  const all = readRaw(repository, [base, ...oids]);
  const baseTree = (all.get(base) as RawCommit).tree;
  const order = inLine(tip, all, base);
  const merges = order.filter(({ parents }) => parents.length > 1);
  const chain = firstParents(tip, all, base);
  const resolving = merges.filter(({ oid }) => chain.has(oid) && holds(oid, all, base));
  const plain = order.filter(({ parents }) => parents.length < 2);
  // An empty tree stands before a first commit.
  const empty = repository.emptyTree.id;
  const parents = readRaw(repository, plain.flatMap((one) => one.parents).filter((oid) => !all.has(oid)));
  const treeBefore = ({ parents: [parent] }: RawCommit) => (parent === undefined ? empty : ((all.get(parent) ?? parents.get(parent)) as RawCommit).tree);
  const diffs = diffPairs(repository, [...plain.map((one) => [treeBefore(one), one.tree] as const), ...resolving.map((one) => [baseTree, one.tree] as const)]);
  const changesOf = new Map([...plain, ...resolving].map((one, at) => [one.oid, diffs[at] as FileChange[]]));
  const touched = [...new Set(diffs.flat().map(({ path }) => path))];
  blobs.load(diffs.flat().flatMap(({ before, after }) => [before, after].flatMap((state) => (state && state.mode !== '160000' ? state.oid : []))));
  const openBase = () => EditedTree.open(repository, baseTree, touched, objects);
  const isLine = merges.length === 0 && order.every((one, at) => one.parents.length === 1 && one.parents[0] === (at === 0 ? base : order[at - 1]?.oid));
  const commits = isLine ? order.map((one) => ({ ...one, changes: changesOf.get(one.oid) ?? [] })) : flattened(order, changesOf, new Set(resolving.map(({ oid }) => oid)), openBase, blobs);
  return { base, tip, tree: (all.get(tip) as RawCommit).tree, commits, blobs, objects, openBase };
}

function readRaw(repository: Repository, oids: readonly Oid[]): Map<Oid, RawCommit> {
  if (oids.length === 0) return new Map();
  return new Map(readObjects(oids, repository.options).map((object, at) => {
    if (object?.type !== 'commit') throw new Error(`no commit ${oids[at]}`);
    const end = object.content.indexOf('\n\n');
    const [tree = '', ...rest] = object.content.toString('latin1', 0, end === -1 ? undefined : end).split('\n');
    const others = rest.findIndex((line) => !line.startsWith('parent '));
    const parents = rest.slice(0, others === -1 ? rest.length : others).map((line) => line.slice('parent '.length));
    return [object.oid, { oid: object.oid, tree: tree.slice('tree '.length), parents, message: end === -1 ? '' : object.content.toString('utf8', end + 2), raw: object.content }] as const;
  }));
}

/** Each commit after its parents, those of the first parent first. */
function inLine(tip: Oid, all: ReadonlyMap<Oid, RawCommit>, base: Oid): RawCommit[] {
  const seen = new Set([base]);
  const order: RawCommit[] = [];
  const stack: { commit: RawCommit; next: number }[] = [];
  const visit = (oid: Oid | undefined) => {
    const commit = oid === undefined || seen.has(oid) ? undefined : all.get(oid);
    if (!commit) return;
    seen.add(commit.oid);
    stack.push({ commit, next: 0 });
  };
  visit(tip);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const parent = top.commit.parents[top.next];
    top.next += 1;
    if (parent !== undefined) visit(parent);
    else order.push((stack.pop() as typeof top).commit);
  }
  return order;
}

function firstParents(tip: Oid, all: ReadonlyMap<Oid, RawCommit>, base: Oid): Set<Oid> {
  const chain = new Set<Oid>();
  for (let at: Oid | undefined = tip; at !== undefined && at !== base && all.has(at); at = all.get(at)?.parents[0]) chain.add(at);
  return chain;
}

/** Whether the base is among what a commit was made from. */
function holds(oid: Oid, all: ReadonlyMap<Oid, RawCommit>, base: Oid): boolean {
  const seen = new Set<Oid>();
  const pending = [oid];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at === base) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    pending.push(...(all.get(at)?.parents ?? []));
  }
  return false;
}

/** A history that is no line, made one. */
function flattened(order: readonly RawCommit[], changesOf: ReadonlyMap<Oid, readonly FileChange[]>, resolving: ReadonlySet<Oid>, openBase: () => EditedTree, blobs: BlobStore): BranchCommit[] {
  const [base, now] = [openBase(), openBase()];
  const touched = new Set<string>();
  const commits: BranchCommit[] = [];
  for (const { oid, message, raw, parents } of order) {
    const isMerge = parents.length > 1;
    if (isMerge && !resolving.has(oid)) continue;
    const told = changesOf.get(oid) ?? [];
    const wanted = isMerge ? resolution(told, touched, base, now) : told;
    const changes: FileChange[] = [];
    // What goes makes room for what comes.
    for (const change of [...wanted].sort((a, b) => Number(a.after !== undefined) - Number(b.after !== undefined))) {
      const before = now.get(change.path);
      const after = isMerge ? change.after : applied(change, before, blobs);
      if (after === 'conflict' || isSameState(before, after) || (after && !now.hasRoom(change.path))) continue;
      now.set(change.path, after);
      touched.add(change.path);
      changes.push({ path: change.path, before, after, ...(change.from !== undefined && { from: change.from }) });
    }
    if (changes.length > 0 || (!isMerge && told.length === 0)) commits.push({ oid, message, raw, changes });
  }
  return commits;
}

/** What is left to become what a merge holds, which contains the base: of its own and of what did not apply. */
function resolution(told: readonly FileChange[], touched: ReadonlySet<string>, base: EditedTree, now: EditedTree): FileChange[] {
  const wanted = new Map<string, FileState | undefined>([...touched].map((path) => [path, base.get(path)]));
  for (const { path, after } of told) wanted.set(path, after);
  return [...wanted].map(([path, after]) => ({ path, before: now.get(path), after }));
}

/** What a change makes of a file that is perhaps another than it was made from. */
function applied({ before, after }: FileChange, now: FileState | undefined, blobs: BlobStore): FileState | undefined | 'conflict' {
  if (isSameState(now, before)) return after;
  if (isSameState(now, after)) return after;
  if (!isRegular(now) || !isRegular(before) || !isRegular(after)) return 'conflict';
  const texts = [before, now, after].map(({ oid }) => blobs.text(oid));
  const [base, ours, theirs] = texts.map((text) => (text ? linesOfBytes(text) : undefined));
  const lines = base && ours && theirs && mergeLines(base, ours, theirs);
  const mode = now.mode === before.mode ? after.mode : after.mode === before.mode ? now.mode : undefined;
  return lines && mode !== undefined ? { mode, oid: blobs.keep(bytesOfLines(lines)) } : 'conflict';
}

const COLON = 0x3a;
const NEWLINE = 0x0a;

/** What differs between pairs of trees, moves recognised; one `diff-tree`. */
function diffPairs(repository: Repository, pairs: readonly (readonly [Oid, Oid])[]): FileChange[][] {
  if (pairs.length === 0) return [];
  const input = pairs.map(([before, after]) => `${before} ${after}\n`).join('');
  const output = repository.git(['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-abbrev', '--find-renames'], { input });
  const diffs: FileChange[][] = [];
  const next = (from: number) => output.indexOf(0, from);
  for (let offset = 0; offset < output.length; ) {
    if (output[offset] !== COLON) {
      diffs.push([]);
      offset = output.indexOf(NEWLINE, offset) + 1;
      continue;
    }
    const endOfMeta = next(offset);
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', status = ''] = output.toString('latin1', offset + 1, endOfMeta).split(' ');
    const endOfPath = next(endOfMeta + 1);
    const path = pathOfBytes(output.subarray(endOfMeta + 1, endOfPath));
    const [before, after] = [stateOf(oldMode, oldOid), stateOf(newMode, newOid)];
    offset = endOfPath + 1;
    if (status.startsWith('R')) {
      const end = next(offset);
      diffs.at(-1)?.push({ path, before, after: undefined }, { path: pathOfBytes(output.subarray(offset, end)), before: undefined, after, from: path });
      offset = end + 1;
    } else diffs.at(-1)?.push({ path, before, after });
  }
  if (diffs.length !== pairs.length) throw new Error(`git diff-tree answered ${diffs.length} of ${pairs.length} pairs`);
  return diffs;
}

function stateOf(mode: string, oid: Oid): FileState | undefined {
  return mode === '000000' ? undefined : { mode, oid };
}
