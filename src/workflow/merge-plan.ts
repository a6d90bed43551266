import { isDeepStrictEqual as same } from 'node:util';

/** What a merge has to know that the data does not say. */
export interface MergeRules {
  /** Whether a list's order says nothing and its items stand once; `steps` are the keys that lead to it, indices left out. */
  isSet(steps: readonly string[]): boolean;
  /** Lines merged three-way, undefined where both sides changed the same or neighbouring ones. */
  lines(base: readonly string[], ours: readonly string[], theirs: readonly string[]): string[] | undefined;
}

/** The entries of one collection by name: a mapping's keys, or whatever tells the items of a list apart. */
export interface Plan {
  /** Names of the items of each side's list, in its order. */
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  /** Names of what the result holds. */
  readonly order: readonly string[];
}

interface Named {
  readonly id: string;
  readonly data: unknown;
}

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function planOfMappings(base: Mapping | undefined, ours: Mapping, theirs: Mapping): Plan {
  const keys = { base: Object.keys(base ?? {}), ours: Object.keys(ours), theirs: Object.keys(theirs) };
  const named = (names: readonly string[], data: Mapping | undefined) => names.map((id) => ({ id, data: data?.[id] }));
  return { ...keys, order: orderOf(named(keys.base, base), named(keys.ours, ours), named(keys.theirs, theirs), 'says nothing') ?? [] };
}

/**
 * How three lists go together; undefined where they do not. A history goes on from what both sides
 * know, or it is a conflict. Records are told apart by their `id`, items of a set by their value.
 * Any other list is merged line by line, like text.
 */
export function planOfLists(lists: { readonly base: readonly unknown[]; readonly ours: readonly unknown[]; readonly theirs: readonly unknown[] }, steps: readonly string[], rules: MergeRules, isSequential: boolean): Plan | undefined {
  const { base, ours, theirs } = lists;
  if (steps.at(-1) === 'history') return planOfHistories(base, ours, theirs);
  const all = [base, ours, theirs];
  if (all.every(areRecords)) return planBy((item) => (item as { id: string }).id, lists, isSequential ? 'is what happens' : 'is for people');
  const name = (item: unknown) => JSON.stringify(item);
  if (all.some((list) => new Set(list.map(name)).size !== list.length)) return undefined;
  if (rules.isSet(steps)) return planBy(name, lists, 'says nothing');
  const [b, o, t] = [base.map(name), ours.map(name), theirs.map(name)];
  const order = rules.lines(b, o, t);
  return order && new Set(order).size === order.length ? { base: b, ours: o, theirs: t, order } : undefined;
}

function planOfHistories(base: readonly unknown[], ours: readonly unknown[], theirs: readonly unknown[]): Plan | undefined {
  const [shorter, longer] = ours.length <= theirs.length ? [ours, theirs] : [theirs, ours];
  if (!isContinued(base, shorter) || !isContinued(shorter, longer)) return undefined;
  const names = (list: readonly unknown[]) => list.map((_, index) => String(index));
  return { base: names(base), ours: names(ours), theirs: names(theirs), order: names(longer) };
}

function isContinued(begun: readonly unknown[], whole: readonly unknown[]): boolean {
  return begun.length <= whole.length && begun.every((item, index) => same(item, whole[index]));
}

function areRecords(list: readonly unknown[]): boolean {
  const ids = new Set(list.map((item) => (isMapping(item) && typeof item.id === 'string' ? item.id : undefined)));
  return !ids.has(undefined) && ids.size === list.length;
}

function planBy(name: (item: unknown) => string, { base, ours, theirs }: { readonly base: readonly unknown[]; readonly ours: readonly unknown[]; readonly theirs: readonly unknown[] }, order: Order): Plan | undefined {
  const named = (list: readonly unknown[]) => list.map((data) => ({ id: name(data), data }));
  const [b, o, t] = [named(base), named(ours), named(theirs)];
  const merged = orderOf(b, o, t, order);
  const ids = (list: readonly Named[]) => list.map(({ id }) => id);
  return merged && { base: ids(b), ours: ids(o), theirs: ids(t), order: merged };
}

/** What an order says: nothing; how people read it, so that two new orders are a conflict; or what is done first, so that two additions to one place are one too. */
type Order = 'says nothing' | 'is for people' | 'is what happens';

/**
 * Names of what is left, in the order of both sides; undefined where they contradict each other.
 * The same with the sides exchanged: additions to one place stand in the order of their names.
 */
function orderOf(base: readonly Named[], ours: readonly Named[], theirs: readonly Named[], says: Order): string[] | undefined {
  const [b, o, t] = [base, ours, theirs].map((list) => new Map(list.map(({ id, data }) => [id, data]))) as [Map<string, unknown>, Map<string, unknown>, Map<string, unknown>];
  const isLeft = ({ id, data }: Named) => (o.has(id) && t.has(id)) || !b.has(id) || !same(b.get(id), data);
  const [oIds, tIds] = [ours, theirs].map((list) => list.filter(isLeft).map(({ id }) => id)) as [string[], string[]];
  const [common, commonInTheirs] = [oIds.filter((id) => t.has(id)), tIds.filter((id) => o.has(id))];
  const known = base.map(({ id }) => id).filter((id) => o.has(id) && t.has(id));
  let agreed = agreedOrder(known, common, commonInTheirs);
  if (agreed === undefined && says !== 'says nothing') return undefined;
  agreed ??= [...known, ...common.filter((id) => !b.has(id)).sort()];
  const [runs, theirRuns] = [runsOf(oIds, t), runsOf(tIds, o)];
  const order: string[] = [];
  for (const anchor of [undefined, ...agreed]) {
    if (anchor !== undefined) order.push(anchor);
    const [run, theirRun] = [runs.get(anchor) ?? [], theirRuns.get(anchor) ?? []];
    if (run.length > 0 && theirRun.length > 0 && says === 'is what happens') return undefined;
    order.push(...((run[0] ?? '') <= (theirRun[0] ?? '') ? [...run, ...theirRun] : [...theirRun, ...run]));
  }
  return order;
}

function agreedOrder(known: readonly string[], ours: string[], theirs: string[]): string[] | undefined {
  if (same(ours, theirs) || same(known, theirs)) return ours;
  return same(known, ours) ? theirs : undefined;
}

/** What only one side has, by the entry of both sides that it follows; undefined: the beginning. */
function runsOf(ids: readonly string[], other: ReadonlyMap<string, unknown>): Map<string | undefined, string[]> {
  const runs = new Map<string | undefined, string[]>();
  let anchor: string | undefined;
  for (const id of ids) {
    if (other.has(id)) anchor = id;
    else runs.set(anchor, [...(runs.get(anchor) ?? []), id]);
  }
  return runs;
}
