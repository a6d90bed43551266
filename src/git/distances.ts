import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** How many commits one has that the other lacks. */
export interface Distance {
  readonly ahead: number;
  readonly behind: number;
}

/**
 * For each pair of commits how far the first is ahead of the second, and behind it: two git processes
 * for however many pairs, since all of them are counted on one graph, that above what all have in common.
 */
export function distancesOf(repository: Repository, pairs: readonly (readonly [Oid, Oid])[]): Distance[] {
  const apart = pairs.filter(([a, b]) => a !== b);
  const parents = apart.length === 0 ? new Map<Oid, readonly Oid[]>() : graphOf(repository, [...new Set(apart.flat())]);
  const known = new Map<Oid, ReadonlySet<Oid>>();
  const reach = (tip: Oid) => {
    const set = known.get(tip) ?? reachable(tip, parents);
    known.set(tip, set);
    return set;
  };
  return pairs.map(([a, b]) => (a === b ? { ahead: 0, behind: 0 } : { ahead: lacking(reach(a), reach(b)), behind: lacking(reach(b), reach(a)) }));
}

/** Commits with their parents, without what all tips have in common. */
function graphOf(repository: Repository, tips: readonly Oid[]): Map<Oid, readonly Oid[]> {
  const common = repository.tryGit(['merge-base', '--octopus', ...tips]);
  const bases = common.status === 0 ? linesOf(common.stdout) : [];
  const listed = repository.git(['rev-list', '--parents', '--stdin'], { input: [...tips, ...bases.map((base) => `^${base}`)].map((line) => `${line}\n`).join('') });
  return new Map(linesOf(listed).map((line) => {
    const [commit = '', ...parents] = line.split(' ');
    return [commit, parents] as const;
  }));
}

function reachable(tip: Oid, parents: ReadonlyMap<Oid, readonly Oid[]>): Set<Oid> {
  const seen = new Set<Oid>();
  const pending = parents.has(tip) ? [tip] : [];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const parent of parents.get(at) ?? []) if (parents.has(parent)) pending.push(parent);
  }
  return seen;
}

function lacking(own: ReadonlySet<Oid>, other: ReadonlySet<Oid>): number {
  let count = 0;
  for (const commit of own) if (!other.has(commit)) count += 1;
  return count;
}
