import { distancesOf, type Distance } from '../git/distances.ts';
import { worktreeHolders } from '../git/everywhere-holders.ts';
import { openModules } from '../git/modules.ts';
import type { Repository } from '../git/repository.ts';
import { statusesOf } from '../git/statuses.ts';
import { trackedBranches, type TrackedBranch } from '../git/tracked-branches.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import type { Oid } from '../tree/tree.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import type { TicketPlace } from '../workflow/ticket-lines.ts';
import type { Everywhere, Realm } from './everywhere.ts';

/** The branches of one repository, and what is checked out where. */
interface Branches {
  readonly repository: Repository;
  /** Name of the module; undefined: the workspace's own repository. */
  readonly module: string | undefined;
  readonly tips: readonly TrackedBranch[];
  /** Full name of the trunk. */
  readonly trunk: string | undefined;
  /** Folders of work trees, by the full name of the branch. */
  readonly trees: ReadonlyMap<string, string>;
  /** By the folder of the work tree. */
  readonly dirt: ReadonlyMap<string, number>;
}

/** By a ticket's id in small letters. */
type ByTicket = Map<string, TicketPlace[]>;

/** Every branch and work tree of the workspace's own repository by the ticket that it carries, those that carry none, and the tickets' ids as branches write them. */
export function placesOf({ repository }: Realm, { held, dirt, trunk }: Everywhere, tips: readonly TrackedBranch[], known: readonly string[]): { places: ByTicket; others: TicketPlace[]; names: Map<string, string> } {
  const trees = new Map(held.flatMap(({ kind, name, branch }) => (kind === 'worktree' && branch !== undefined ? [[branch, name] as const] : [])));
  const { places, names, refs } = carried({ repository, module: undefined, tips, trunk, trees, dirt }, known);
  const others = held.flatMap(({ kind, name, branch }): TicketPlace[] => {
    const ref = kind === 'worktree' ? branch : name;
    return kind === 'tag' || (ref !== undefined && refs.has(ref)) ? [] : [{ ref, worktree: kind === 'worktree' ? name : undefined, dirty: 0, upstream: undefined, trunk: undefined, committed: undefined }];
  });
  return { places, others, names };
}

/** Branches and work trees of the modules that are cloned, with what is not committed in them. */
export async function openModuleBranches({ repository, settings }: Realm): Promise<Branches[]> {
  const cloned = openModules(repository, settings.modules).flatMap(({ name, repository: own }) => (own ? [{ name, own }] : []));
  return Promise.all(cloned.map(async ({ name, own }): Promise<Branches> => {
    const [tips, holders] = await Promise.all([trackedBranches(own), worktreeHolders(own)]);
    const answers = await statusesOf(holders.map((holder) => ({ root: holder.name, paths: [] })));
    const dirt = new Map(answers.map((answer, at) => [holders[at]?.name ?? '', 'items' in answer ? answer.items.length : 0] as const));
    const trunk = trunkBranch(own, undefined);
    const trees = new Map(holders.flatMap(({ name: folder, branch }) => (branch === undefined ? [] : [[branch, folder] as const])));
    return { repository: own, module: name, tips, trunk: trunk === undefined ? undefined : `refs/heads/${trunk}`, trees, dirt };
  }));
}

/** The local branches of a module by the ticket that they carry. */
export function modulePlaces(branches: Branches, known: readonly string[]): ByTicket {
  const { places } = carried({ ...branches, tips: branches.tips }, known);
  return new Map([...places].map(([key, own]) => [key, own.filter(({ ref }) => ref?.startsWith('refs/heads/'))] as const));
}

/** Branches by the ticket that they carry, each with how far it is from where it was pushed and from the trunk. */
function carried({ repository, module, tips, trunk, trees, dirt }: Branches, known: readonly string[]) {
  const byRef = new Map(tips.map((tip) => [tip.ref, tip] as const));
  const base = trunk === undefined ? undefined : (byRef.get(trunk) ?? byRef.get(trunk.replace('refs/heads/', 'refs/remotes/origin/')))?.commit;
  const wanted = tips.flatMap((tip) => {
    const ticket = ticketOfBranch(shortOf(tip.ref), known);
    return ticket === undefined ? [] : [{ tip, ticket, upstream: upstreamOf(tip, byRef, trunk) }];
  });
  const distances = distancesOf(repository, wanted.flatMap(({ tip, upstream }) => [byRef.get(upstream ?? '')?.commit, base].map((other) => [tip.commit, other ?? tip.commit] as const)) satisfies (readonly [Oid, Oid])[]);
  const [places, names]: [ByTicket, Map<string, string>] = [new Map(), new Map()];
  for (const [index, { tip, ticket, upstream }] of wanted.entries()) {
    // What is here too is shown once, with how far it is from there.
    if (tip.ref.startsWith('refs/remotes/') && byRef.has(`refs/heads/${shortOf(tip.ref)}`)) continue;
    const key = ticket.toLowerCase();
    const worktree = trees.get(tip.ref);
    const place: TicketPlace = {
      ...(module !== undefined && { module }),
      ref: tip.ref,
      worktree,
      dirty: worktree === undefined ? 0 : (dirt.get(worktree) ?? 0),
      upstream: upstream === undefined ? undefined : { ref: upstream, isGone: !byRef.has(upstream), ...(distances[2 * index] as Distance) },
      trunk: base === undefined ? undefined : (distances[2 * index + 1] as Distance),
      committed: tip.committed,
    };
    if (!names.has(key)) names.set(key, ticket);
    places.set(key, [...(places.get(key) ?? []), place]);
  }
  return { places, names, refs: new Set(wanted.map(({ tip }) => tip.ref)) };
}

/** Where a branch was pushed to: what it follows, unless that is only where it began; else the remote's branch of its name. */
function upstreamOf({ ref, upstream }: TrackedBranch, byRef: ReadonlyMap<string, TrackedBranch>, trunk: string | undefined): string | undefined {
  if (upstream?.startsWith('refs/remotes/') && `refs/heads/${shortOf(upstream)}` !== trunk) return upstream;
  const same = `refs/remotes/origin/${shortOf(ref)}`;
  return ref !== same && byRef.has(same) ? same : undefined;
}

function shortOf(ref: string): string {
  return ref.replace(/^refs\/(?:heads|remotes\/[^/]+)\//, '');
}
