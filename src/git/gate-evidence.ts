import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namesIn, readText, removeFile, writeFileAtomic } from './files.ts';
import type { Repository } from './repository.ts';
import { withWorkTree } from './work-tree.ts';

/** So many trees are remembered; then the oldest half goes. */
const MOST = 200;

/** What a gate is run on. */
export interface GatedTree {
  /** Of the whole work tree as it would be committed, untracked files too. */
  readonly tree: string;
  /** The commit it is on; null before the first one. */
  readonly commit: string | null;
  /** Whether the tree is another than the commit's. */
  readonly isDirty: boolean;
}

/** The work tree as it stands now. */
export async function gatedTree(repository: Repository): Promise<GatedTree> {
  const tree = await withWorkTree(repository, [''], ({ id }) => id);
  const commit = repository.commit('HEAD');
  const committed = commit === undefined ? undefined : repository.treeOf(commit).id;
  return { tree, commit: commit ?? null, isDirty: committed !== tree };
}

/** What is known of a tree: whatever was kept last, of any shape; undefined when there is nothing. */
export function gateEvidence(repository: Repository, tree: string): unknown {
  try {
    return JSON.parse(readText(place(repository, tree)) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what was found of a tree, in the folder that all worktrees share; it may be deleted at any time. */
export function keepGateEvidence(repository: Repository, tree: string, evidence: unknown): void {
  writeFileAtomic(place(repository, tree), `${JSON.stringify(evidence, null, 2)}\n`);
  const folder = repository.statePath('gates');
  const names = namesIn(folder);
  if (names.length <= MOST) return;
  const aged = names.map((name) => ({ name, time: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 })).sort((a, b) => a.time - b.time);
  for (const { name } of aged.slice(0, MOST / 2)) removeFile(join(folder, name));
}

/** Calls `use` with an empty folder for what a command reports; it is removed afterwards. */
export async function withReportFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'treework-gate-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function place(repository: Repository, tree: string): string {
  return repository.statePath('gates', `${tree}.json`);
}
