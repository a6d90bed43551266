import { trunkName } from '../check/steps.ts';
import { moment } from '../git/clock.ts';
import { branchesBelow, remotesAt, requireCommit, symbolicRef } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import type { Oid } from '../tree/tree.ts';
import { developBranch } from '../workflow/branch-names.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import type { Invocation, Outcome } from './command.ts';
import { besideDevelop, joinResults, judgeBranch, judgeTrunk, rangeOutcome, type Surroundings } from './judge-range.ts';
import { isNone } from './judge-receive.ts';

const BRANCHES = 'refs/heads/';

interface Update {
  /** Full name at the remote. */
  readonly ref: string;
  /** What the remote says it has; undefined when the branch comes into being. */
  readonly old: Oid | undefined;
  readonly tip: Oid;
}

/**
 * Judges what is about to be pushed: `input` is what git gives to pre-push, a line `<local ref>
 * <local oid> <remote ref> <remote oid>` per ref, and the invocation's words are `pre-push REMOTE
 * URL`. Deletions and refs that are no branches are not judged. Never reads a verdict cache.
 */
export function judgePush(repository: Repository, input: string, invocation: Invocation): Outcome {
  const updates = updatesOf(input);
  const remote = remoteOf(repository, invocation.positionals[1] ?? 'origin', invocation.positionals[2]);
  const prefix = `refs/remotes/${remote}/`;
  const tracked = branchesBelow(repository, prefix);
  const { trunk, judge, develop } = findTrunk(repository, updates, tracked, symbolicRef(repository, `${prefix}HEAD`)?.replace(prefix, ''));
  const arriving = updates.find((update) => update.ref === `${BRANCHES}${trunk}`);
  const surroundings: Surroundings = {
    repository,
    program: invocation.program,
    trunkTips: [trunk === undefined ? undefined : tracked.get(trunk), arriving?.tip].flatMap((tip) => tip ?? []),
    judge,
    judged: [`--remotes=${remote}`],
    now: moment(),
  };
  const results = updates.map((update) => {
    if (update !== arriving) return judgeBranch(update, besideDevelop(surroundings, update.ref, develop, tracked));
    return judgeTrunk({ ...update, isTrunk: true }, update.old === undefined ? undefined : requireCommit(repository, update.old), surroundings);
  });
  return rangeOutcome(joinResults(results), repository, invocation, true);
}

/** The configured remote that is pushed to. Git gives the URL for a name when the user did. */
function remoteOf(repository: Repository, name: string, url: string | undefined): string {
  if (repository.config(`remote.${name}.url`) !== undefined) return name;
  return remotesAt(repository, url ?? name)[0] ?? 'origin';
}

function findTrunk(repository: Repository, updates: readonly Update[], tracked: ReadonlyMap<string, Oid>, head: string | undefined) {
  const arriving = new Map(updates.map((update) => [update.ref.slice(BRANCHES.length), update.tip]));
  const names = { head, existing: [...tracked.keys()], arriving: [...arriving.keys()] };
  const usual = trunkName({ ...names, configured: undefined });
  const tip = (usual === undefined ? undefined : (tracked.get(usual) ?? arriving.get(usual))) ?? updates[0]?.tip;
  const settings = tip === undefined ? undefined : settingsIn(repository.treeOf(tip));
  return { trunk: trunkName({ ...names, configured: settings?.trunk }), judge: settings?.judge ?? 'branch', develop: settings && developBranch(settings) };
}

function updatesOf(input: string): Update[] {
  const lines = input.split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    // From the end: a local ref may be an expression with spaces, `HEAD@{1 day ago}`.
    const [tip, ref, old] = line.split(' ').slice(-3) as [Oid, string, Oid];
    if (!ref.startsWith(BRANCHES) || isNone(tip)) return [];
    return [{ ref, old: isNone(old) ? undefined : old, tip }];
  });
}
