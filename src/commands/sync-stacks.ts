import { UserError } from '../error.ts';
import { distancesOf } from '../git/distances.ts';
import { mergedInto } from '../git/merged.ts';
import type { Repository } from '../git/repository.ts';
import { linesOf } from '../git/run.ts';
import { shellCommand } from '../render/shell.ts';
import type { Oid } from '../tree/tree.ts';
import { nodeOfBranch } from '../workflow/branch-plan.ts';
import type { SyncRow } from '../workflow/sync-report.ts';
import type { Realm } from './everywhere.ts';
import { stacksOf, type Stacks } from './restack-gather.ts';
import { ticketClues } from './workspace.ts';

/**
 * What is to be done after everything has moved: branches that stand on one which was merged, or has
 * moved on, are to be restacked; and of branches whose upstream is gone, whether they were merged.
 * Where it cannot be told who stands on whom nothing is said: `restack` says why.
 */
export function afterMoves(realm: Realm, rows: readonly SyncRow[], program: string): SyncRow[] {
  const gone = rows.flatMap(({ module, state, name }) => (module === undefined && state === 'gone' ? [name] : []));
  try {
    const stacks = stacksIn(realm);
    const target = stacks && trunkTip(realm, stacks);
    if (!stacks || target === undefined) return [...rows];
    const children = [...stacks.standing].flatMap(([name, parent]) => (parent === undefined || nodeOfBranch(name) !== undefined ? [] : [{ name, parent }]));
    const asked = [...new Set([...gone, ...children.map(({ parent }) => parent)])].filter((name) => stacks.heads.has(name));
    const merged = new Set(mergedInto(realm.repository, target, asked.map((name) => ({ tip: stacks.heads.get(name) as Oid, branch: name, base: stacks.bases.get(name) }))).flatMap((answer, at) => (answer && answer.how !== 'empty' ? [asked[at]] : [])));
    const told = rows.map((row) => (row.module === undefined && row.state === 'gone' && merged.has(row.name) ? { ...row, why: `${row.follows} is no more: it was merged`, mend: `${program} prune` } : row));
    return [...told, ...restacks(realm, stacks, { children, merged, target }, program)];
  } catch (error) {
    if (error instanceof UserError) return [...rows];
    throw error;
  }
}

/** undefined in a bare repository. */
function stacksIn({ repository, settings }: Realm): Stacks | undefined {
  return repository.root === undefined ? undefined : stacksOf({ repository, settings }, ticketClues({ repository, settings }, { values: {} }).known);
}

function trunkTip({ repository }: Realm, { trunk, heads }: Stacks): Oid | undefined {
  return trunk === undefined ? undefined : (heads.get(trunk) ?? repository.commit(`refs/remotes/origin/${trunk}`));
}

interface Known {
  readonly children: readonly { readonly name: string; readonly parent: string }[];
  /** Branches that the trunk has. */
  readonly merged: ReadonlySet<string | undefined>;
  readonly target: Oid;
}

function restacks({ repository }: Realm, { heads }: Stacks, { children, merged, target }: Known, program: string): SyncRow[] {
  const distances = distancesOf(repository, children.map(({ name, parent }) => [heads.get(name) as Oid, heads.get(parent) as Oid] as const));
  return children.flatMap(({ name, parent }, at): SyncRow[] => {
    const behind = distances[at]?.behind ?? 0;
    const isMerged = merged.has(parent);
    if (isMerged ? hasLeft(repository, heads.get(name) as Oid, heads.get(parent) as Oid, target) : behind === 0) return [];
    const why = isMerged ? `${parent}, on which it stands, was merged` : `${parent}, on which it stands, has moved on`;
    return [{ module: undefined, kind: 'branch', name, state: 'restack', follows: parent, behind, why, mend: shellCommand([...program.split(' '), 'restack', name]) }];
  });
}

/** Whether a branch has of the trunk what came after the merged one on which it stood: it was restacked, and the merged one is only still there. */
function hasLeft(repository: Repository, tip: Oid, parent: Oid, target: Oid): boolean {
  const [base] = linesOf(repository.tryGit(['merge-base', tip, target]).stdout);
  return base !== undefined && repository.tryGit(['merge-base', '--is-ancestor', base, parent]).status === 1;
}
