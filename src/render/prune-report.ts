import type { Obstacle } from '../workflow/prune-verdict.ts';
import { count, printable } from './plain-text.ts';
import { painter } from './paint.ts';
import { someOf } from './prune-text.ts';
import { shellCommand } from './shell.ts';

/** One branch, as `prune` answers. */
export interface PruneView {
  readonly ticket: string | null;
  readonly branch: string;
  readonly commit: string;
  readonly merged: string | null;
  /** What it was looked for in. */
  readonly into: string;
  readonly worktree: string | null;
  readonly obstacles: readonly { readonly code: Obstacle['code'] | 'branch-only'; readonly message: string; readonly mend: string; readonly paths?: readonly string[] }[];
  /** What is in the work tree that git does not have and no work tree that stays. */
  readonly discards: readonly string[];
  /** What stands in a work tree that stays, too. */
  readonly copies: readonly string[];
  readonly claims: readonly { readonly ticket: string; readonly node: string; readonly by: string | undefined }[];
  readonly remotes: readonly string[];
  readonly branch_deleted: boolean;
  readonly branch_stays: string | null;
}

const HOW: Readonly<Record<string, string>> = { ancestor: 'merged', rebase: 'rebased', squash: 'squashed', empty: 'nothing done' };

/** What could go, and what keeps the rest. */
export function listText(views: readonly PruneView[], { others, next, color }: { readonly others: number; readonly next: string | undefined; readonly color: boolean }): string {
  const paint = painter(color);
  const ready = views.filter(({ obstacles }) => obstacles.length === 0);
  const kept = views.filter(({ obstacles }) => obstacles.length > 0);
  return [
    ...ready.flatMap((view) => [`${paint('green', 'ready')}  ${headOf(view)}`, ...(view.worktree === null ? ['       no work tree, the branch alone'] : [`       ${printable(view.worktree)}`])]),
    ...kept.flatMap((view) => [`${paint('yellow', 'stays')}  ${headOf(view)}`, ...obstacleLines(view, '       ')]),
    `${ready.length} ready, ${kept.length} ${kept.length === 1 ? 'stays' : 'stay'}${others > 0 ? `; ${count(others, 'branch').replace('branchs', 'branches')} not merged, or with nothing on ${others === 1 ? 'it' : 'them'}` : ''}`,
    ...(next === undefined ? [] : [`next: remove what is ready\n  ${next}`]),
  ].join('\n');
}

interface PrunedReport {
  readonly removed: readonly PruneView[];
  readonly kept: readonly PruneView[];
  /** Work trees that a killed process had moved, and that stand where they stood again. */
  readonly back: readonly string[];
  readonly isRehearsal: boolean;
  readonly withBranches: boolean;
}

export function prunedText({ removed, kept, back, isRehearsal, withBranches }: PrunedReport): string {
  const would = isRehearsal ? 'would remove' : 'removed';
  const lines = [
    ...back.map((root) => `put back ${printable(root)}, which a prune that was killed had moved`),
    ...removed.flatMap((view) => [
      ...(view.worktree === null ? [] : [`${would} ${printable(view.worktree)}: ${headOf(view)}`]),
      ...(view.discards.length === 0 ? [] : [`  with ${someOf(view.discards)}`]),
      ...branchLines(view, isRehearsal, withBranches),
    ]),
    ...kept.flatMap((view) => [`${headOf(view)} stays`, ...obstacleLines(view, '  ')]),
  ];
  return lines.length === 0 ? 'nothing to prune' : lines.join('\n');
}

function branchLines({ branch, commit, branch_deleted: isDeleted, branch_stays: stays, remotes, worktree }: PruneView, isRehearsal: boolean, withBranches: boolean): string[] {
  const name = printable(branch);
  const lead = worktree === null ? '' : '  ';
  const own = isDeleted
    ? [`${lead}deleted the branch ${name}; ${shellCommand(['git', 'branch', branch, commit])} brings it back`]
    : withBranches
      ? [isRehearsal ? `${lead}would delete the branch ${name}` : `${lead}the branch ${name} stays: ${printable(stays ?? '')}`]
      : [];
  const left = withBranches ? remotes.map((remote) => `${lead}${printable(remote)} is left: ${shellCommand(['git', 'push', remote.slice(0, -branch.length - 1), '--delete', branch])}`) : [];
  return [...own, ...left];
}

function obstacleLines({ obstacles, claims }: PruneView, indent: string): string[] {
  return [
    ...obstacles.flatMap(({ message, mend }) => [`${indent}${message}`, `${indent}  ${printable(mend)}`]),
    ...claims.map(({ ticket, node, by }) => `${indent}${node} of ${ticket} is claimed there${by === undefined ? '' : ` by ${printable(by)}`}, and that is not committed`),
  ];
}

function headOf({ branch, merged, into }: PruneView): string {
  return `${printable(branch)}${merged === null ? '' : ` (${HOW[merged] ?? merged}${merged === 'empty' ? '' : ` into ${printable(into)}`})`}`;
}

/** What a person is asked before files go that stand nowhere else. */
export function questionText(root: string, paths: readonly string[]): string {
  return [`In ${printable(root)} these stand nowhere else, and would be deleted:`, ...paths.map((path) => `  ${printable(path)}`)].join('\n');
}
