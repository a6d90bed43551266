import { trunkName } from '../check/steps.ts';
import { moment } from '../git/clock.ts';
import { branchesBelow, symbolicRef } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import type { Oid } from '../tree/tree.ts';
import { developBranch } from '../workflow/branch-names.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import type { Invocation, Outcome } from './command.ts';
import { besideDevelop, joinResults, judgeBranch, judgeTrunk, rangeOutcome, type Surroundings } from './judge-range.ts';

const BRANCHES = 'refs/heads/';

interface Update {
  readonly ref: string;
  /** Undefined when the branch comes into being. */
  readonly old: Oid | undefined;
  readonly tip: Oid;
}

/**
 * Judges what a push brings to this repository, before it is accepted: `input` is what git gives to
 * pre-receive, a line `<old> <new> <ref>` per ref. Policy is the trunk's, as it stands here now.
 * Deletions and refs that are no branches are not judged. Never reads a verdict cache.
 */
export function judgeReceive(repository: Repository, input: string, invocation: Invocation): Outcome {
  const updates = updatesOf(input);
  const existing = branchesBelow(repository, BRANCHES);
  const trunk = findTrunk(repository, existing, updates);
  const arriving = updates.find((update) => update.ref === `${BRANCHES}${trunk}`);
  const [stands, comes] = [trunk === undefined ? undefined : existing.get(trunk), arriving?.tip];
  const governing = stands ?? comes;
  const policy = governing === undefined ? undefined : repository.treeOf(governing);
  const settings = policy && settingsIn(policy);
  const develop = settings && developBranch(settings);
  const surroundings: Surroundings = {
    repository,
    program: invocation.program,
    trunkTips: [stands, comes].flatMap((tip) => tip ?? []),
    judge: settings?.judge ?? 'branch',
    judged: ['--branches'],
    now: moment(),
    ...(policy && { policy }),
  };
  const results = updates.map((update) => (update === arriving ? judgeTrunk({ ...update, isTrunk: true }, update.old, surroundings) : judgeBranch(update, besideDevelop(surroundings, update.ref, develop, existing))));
  return rangeOutcome(joinResults(results), repository, invocation, true);
}

function findTrunk(repository: Repository, existing: ReadonlyMap<string, Oid>, updates: readonly Update[]): string | undefined {
  const head = symbolicRef(repository, 'HEAD')?.replace(BRANCHES, '');
  const arriving = new Map(updates.map((update) => [update.ref.slice(BRANCHES.length), update.tip]));
  const names = { head, existing: [...existing.keys()], arriving: [...arriving.keys()] };
  const usual = trunkName({ ...names, configured: undefined });
  const tip = usual === undefined ? undefined : (existing.get(usual) ?? arriving.get(usual));
  return trunkName({ ...names, configured: tip === undefined ? undefined : settingsIn(repository.treeOf(tip))?.trunk });
}

function updatesOf(input: string): Update[] {
  const lines = input.split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const [old, tip, ref] = line.split(' ') as [Oid, Oid, string];
    if (!ref.startsWith(BRANCHES) || isNone(tip)) return [];
    return [{ ref, old: isNone(old) ? undefined : old, tip }];
  });
}

/** git writes an oid of zeros for a ref that does not exist. */
export function isNone(oid: Oid): boolean {
  return /^0+$/.test(oid);
}
