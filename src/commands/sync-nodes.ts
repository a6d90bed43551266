import { ticketFolder } from '../documents/place.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Settings } from '../documents/settings.ts';
import { distancesOf } from '../git/distances.ts';
import { fastForward } from '../git/fast-forward.ts';
import { placesOf, type Place } from '../git/followed.ts';
import { branchesBelow } from '../git/history.ts';
import { mergeCommits } from '../git/merge-commits.ts';
import { readObjects } from '../git/objects.ts';
import type { Repository } from '../git/repository.ts';
import { itemsOf } from '../git/run.ts';
import { statusesOf } from '../git/statuses.ts';
import { shellCommand } from '../render/shell.ts';
import type { Oid } from '../tree/tree.ts';
import { nodeOfBranch, parentKey } from '../workflow/branch-plan.ts';
import { ticketOfBranchName } from '../workflow/branch-names.ts';
import type { SyncRow } from '../workflow/sync-report.ts';
import { forwardedRow, type Unit } from './sync-repository.ts';

/** A node's branch `ID--@NODE` whose work is over, and the branch of its ticket that it goes back to. */
export interface FinishedNode {
  readonly branch: string;
  readonly ticket: string;
  readonly node: string;
  readonly into: string;
}

const OVER = new Set(['complete', 'skipped']);

/** The nodes with a branch of their own on which their record says that they are over. */
export function finishedNodes(repository: Repository, settings: Settings): FinishedNode[] {
  const heads = branchesBelow(repository, 'refs/heads/');
  const nodes = [...heads.keys()].flatMap((branch) => {
    const [node, ticket] = [nodeOfBranch(branch), ticketOfBranchName(branch, settings)];
    return node === undefined || ticket === undefined ? [] : [{ branch, ticket, node }];
  });
  if (nodes.length === 0) return [];
  const records = readObjects(nodes.map(({ branch, ticket, node }) => `${heads.get(branch)}:${ticketFolder(settings, ticket)}/nodes/${node}.md`), repository.options);
  const parents = parentsIn(repository);
  return nodes.flatMap((one, index) => {
    const record = records[index];
    const status = record?.type === 'blob' ? parseDocument(record.content).data?.status : undefined;
    const into = parents.get(parentKey(one.branch)) ?? onlyBranch([...heads.keys()], one.ticket, settings);
    return typeof status === 'string' && OVER.has(status) && into !== undefined && heads.has(into) ? [{ ...one, into }] : [];
  });
}

/** What is recorded of where branches began. */
function parentsIn(repository: Repository): ReadonlyMap<string, string> {
  const { status, stdout } = repository.tryGit(['config', '-z', '--get-regexp', '^branch\\..*\\.treework-parent$']);
  return new Map(status === 0 ? itemsOf(stdout).map((item) => [item.slice(0, item.indexOf('\n')), item.slice(item.indexOf('\n') + 1)] as const) : []);
}

/** The ticket's own branch, where it has exactly one. */
function onlyBranch(names: readonly string[], ticket: string, settings: Settings): string | undefined {
  const own = names.filter((name) => nodeOfBranch(name) === undefined && ticketOfBranchName(name, settings)?.toLowerCase() === ticket.toLowerCase());
  return own.length === 1 ? own[0] : undefined;
}

/**
 * Brings the work of finished nodes back into their tickets' branches, one after the other: by
 * fast-forward, else by a merge that is made without a work tree and of which nothing is left where it
 * has conflicts. A node's worktree with something that is in no commit is named, and waits.
 */
export async function mergeBack(unit: Unit, nodes: readonly FinishedNode[], dryRun: boolean, program: string): Promise<SyncRow[]> {
  const rows: SyncRow[] = [];
  for (const { branch, into, ticket, node } of nodes) {
    const places = await placesOf(unit.repository, [branch, into]);
    const [from, to] = [places.find((one) => one.branch === branch), places.find((one) => one.branch === into)];
    if (!from || !to) continue;
    const { ahead, behind } = distancesOf(unit.repository, [[to.commit, from.commit]])[0] as { ahead: number; behind: number };
    if (behind === 0) continue;
    const row = { module: unit.module, kind: 'branch', name: into, worktree: to.worktree, from: to.commit, follows: branch, behind, ahead } as const;
    rows.push(await mergeOne(unit, { from, to, row, message: `Merge node ${node} of ${ticket}` }, dryRun, program));
  }
  return rows;
}

interface Merging {
  readonly from: Place;
  readonly to: Place;
  readonly row: Omit<SyncRow, 'state'> & { readonly ahead: number };
  readonly message: string;
}

async function mergeOne({ repository }: Unit, { from, to, row, message }: Merging, dryRun: boolean, program: string): Promise<SyncRow> {
  const uncommitted = from.worktree === undefined ? [] : await pathsIn(from.worktree);
  if (uncommitted.length > 0) return { ...row, name: from.branch ?? row.name, worktree: from.worktree, state: 'dirty', paths: uncommitted, why: 'its work is not all committed', mend: shellCommand(['git', '-C', from.worktree ?? '.', 'status']) };
  if (to.operation !== undefined) return { ...row, state: 'operation', why: `a ${to.operation} is under way`, mend: shellCommand(['git', '-C', to.worktree ?? '.', 'status']) };
  const merged = row.ahead === 0 ? { commit: from.commit as Oid } : mergeCommits(repository, { base: to.commit, head: from.commit }, message);
  if (merged.conflicts) return { ...row, state: 'conflict', paths: merged.conflicts, mend: mergeCommand(to, from.branch ?? '', repository) };
  if (dryRun) return { ...row, state: 'merged', to: merged.commit };
  const done = await fastForward(repository, to, merged.commit);
  return forwardedRow({ ...row, to: merged.commit }, done, { folder: to.worktree ?? repository.options.cwd, program, moved: 'merged' });
}

async function pathsIn(worktree: string): Promise<string[]> {
  const [answer] = await statusesOf([{ root: worktree, paths: [] }]);
  return answer && 'items' in answer ? answer.items.map((item) => item.slice(3)) : [];
}

function mergeCommand({ worktree, branch = '' }: Place, from: string, repository: Repository): string {
  if (worktree !== undefined) return shellCommand(['git', '-C', worktree, 'merge', from]);
  const folder = repository.options.cwd;
  return `${shellCommand(['git', '-C', folder, 'switch', branch])} && ${shellCommand(['git', '-C', folder, 'merge', from])}`;
}
