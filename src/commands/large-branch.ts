import { branchesBelow } from '../git/history.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { developBranch, stackPart } from '../workflow/branch-names.ts';
import { reviewSize } from '../workflow/review-size.ts';
import type { LargeBranch } from '../workflow/step.ts';
import { branchBase } from './branch-base.ts';
import type { Workspace } from './workspace.ts';

/** The branch that is checked out, where it is a ticket's one branch and more than a review takes; undefined for any other, and for the trunk. */
export function largeBranch(workspace: Workspace, ticket: string): LargeBranch | undefined {
  const { repository, settings } = workspace;
  const { branch } = repository;
  if (branch === undefined || branch === developBranch(settings) || stackPart(branch, settings) !== undefined) return undefined;
  const trunk = trunkBranch(repository, settings.trunk);
  const refs = branchesBelow(repository, 'refs/');
  const tip = refs.get(`heads/${branch}`);
  if (branch === trunk || tip === undefined) return undefined;
  const base = branchBase(workspace, branch, tip, trunk, refs);
  if (base === undefined || base === tip) return undefined;
  const [before, after] = [repository.treeOf(base), repository.treeOf(tip)];
  const { excess } = reviewSize({ before, after, changed: after.changedFrom([before], ['']) }, settings);
  if (!excess) return undefined;
  const parts = [...refs.keys()].flatMap((ref) => (ref.startsWith('heads/') && ref.includes(`${ticket}--`) ? (stackPart(ref.slice('heads/'.length), settings) === undefined ? [] : [ref]) : []));
  const top = parts.find((ref) => repository.treeOf(refs.get(ref) as string).id === after.id);
  return { branch, excess, top: top?.slice('heads/'.length) };
}
