import { mergeBases } from '../git/history.ts';
import type { Oid } from '../tree/tree.ts';
import { developBranch, stackPart } from '../workflow/branch-names.ts';
import { baseRef } from '../workflow/branch-plan.ts';
import type { Workspace } from './workspace.ts';

/** Where a branch began: the last commit that it shares with the trunk, with the part below it, or with where it was begun by treework. */
export function branchBase({ repository, settings }: Workspace, branch: string, tip: Oid, trunk: string | undefined, refs: ReadonlyMap<string, Oid>): Oid | undefined {
  const part = stackPart(branch, settings);
  const below = part === undefined ? [] : [...refs.keys()].filter((ref) => ref.startsWith('heads/') && stackPart(ref.slice('heads/'.length), settings) === part - 1 && ref.slice('heads/'.length).split('--')[0] === branch.split('--')[0]);
  const longLived = [trunk, developBranch(settings)].flatMap((name) => (name === undefined ? [] : [`heads/${name}`, `remotes/origin/${name}`]));
  const found = [baseRef(branch).slice('refs/'.length), ...below, ...longLived].flatMap((ref) => refs.get(ref) ?? []);
  const bases = [...new Set([...new Set(found)].flatMap((commit) => mergeBases(repository, tip, [commit])[0] ?? []))];
  if (bases.length < 2) return bases[0];
  // What everything else is part of.
  return repository.git(['merge-base', '--independent', ...bases]).toString().split('\n')[0];
}
