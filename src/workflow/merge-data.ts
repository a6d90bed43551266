import { isDeepStrictEqual as same } from 'node:util';
import { isMapping, planOfLists, planOfMappings, type Mapping, type MergeRules } from './merge-plan.ts';

/** No value on this side. */
export const ABSENT = Symbol('absent');

export interface MergedData {
  readonly data: unknown;
  readonly conflicts: number;
}

/**
 * Three versions of a document's data merged: mappings key by key, lists as `planOfLists` says, any
 * other value by which side changed it. Where both did, `pick` only says which side's value stands in
 * the result; it counts as a conflict. `steps` are the keys that lead to the values.
 */
export function mergeData(base: unknown, ours: unknown, theirs: unknown, rules: MergeRules, pick: 'ours' | 'theirs', steps: readonly string[] = []): MergedData {
  const merge = new DataMerge(rules, pick);
  return { data: merge.value(base, ours, theirs, steps), conflicts: merge.conflicts };
}

class DataMerge {
  conflicts = 0;
  readonly #rules: MergeRules;
  readonly #pick: 'ours' | 'theirs';

  constructor(rules: MergeRules, pick: 'ours' | 'theirs') {
    this.#rules = rules;
    this.#pick = pick;
  }

  /** Records that both sides added under one name are two things: never mixed. */
  value(base: unknown, ours: unknown, theirs: unknown, steps: readonly string[], what?: 'record' | 'sequence'): unknown {
    if (same(ours, theirs) || same(base, theirs)) return ours;
    if (same(base, ours)) return theirs;
    if (isMapping(ours) && isMapping(theirs) && (isMapping(base) || (base === ABSENT && what !== 'record'))) return this.#mapping(isMapping(base) ? base : undefined, ours, theirs, steps);
    if (Array.isArray(ours) && Array.isArray(theirs) && (Array.isArray(base) || base === ABSENT)) return this.#list(Array.isArray(base) ? base : [], ours, theirs, steps, what === 'sequence');
    if (isText(base) && isText(ours) && isText(theirs)) {
      const lines = this.#rules.lines(base.split('\n'), ours.split('\n'), theirs.split('\n'));
      if (lines !== undefined) return lines.join('\n');
    }
    return this.#conflict(ours, theirs);
  }

  #mapping(base: Mapping | undefined, ours: Mapping, theirs: Mapping, steps: readonly string[]): Mapping {
    const merged: Record<string, unknown> = {};
    const isSequential = ours.order === 'sequential' || theirs.order === 'sequential';
    const status = steps.length === 0 ? statusFrom(base, ours, theirs) : undefined;
    for (const key of planOfMappings(base, ours, theirs).order) {
      const [b, o, t] = [base, ours, theirs].map((side) => (side && Object.hasOwn(side, key) ? side[key] : ABSENT));
      const inner = [...steps, key];
      const value = key === 'status' && status ? (status === 'ours' ? o : t) : this.value(b, o, t, inner, key === 'nodes' && isSequential ? 'sequence' : undefined);
      if (value !== ABSENT) Object.defineProperty(merged, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return merged;
  }

  #list(base: readonly unknown[], ours: readonly unknown[], theirs: readonly unknown[], steps: readonly string[], isSequential: boolean): unknown {
    const plan = planOfLists({ base, ours, theirs }, steps, this.#rules, isSequential);
    if (plan === undefined) return this.#conflict(ours, theirs);
    return plan.order.flatMap((id) => {
      const at = (names: readonly string[], list: readonly unknown[]) => (names.includes(id) ? list[names.indexOf(id)] : ABSENT);
      const value = this.value(at(plan.base, base), at(plan.ours, ours), at(plan.theirs, theirs), steps, 'record');
      return value === ABSENT ? [] : [value];
    });
  }

  #conflict(ours: unknown, theirs: unknown): unknown {
    this.conflicts += 1;
    return this.#pick === 'ours' ? ours : theirs;
  }
}

/** Which side's `status` belongs to the merged history: that of the longer one, where each side says what its own history says. */
export function statusFrom(base: Mapping | undefined, ours: Mapping, theirs: Mapping): 'ours' | 'theirs' | undefined {
  const [mine, other] = [historyOf(ours), historyOf(theirs)];
  if (mine === undefined || other === undefined || lastOf(mine) !== ours.status || lastOf(other) !== theirs.status) return undefined;
  if (planOfLists({ base: historyOf(base ?? {}) ?? [], ours: mine, theirs: other }, ['history'], NO_RULES, false) === undefined) return undefined;
  return mine.length >= other.length ? 'ours' : 'theirs';
}

const NO_RULES: MergeRules = { isSet: () => false, lines: () => undefined };

function historyOf(data: Mapping): readonly unknown[] | undefined {
  return Array.isArray(data.history) && data.history.length > 0 ? data.history : undefined;
}

function lastOf(history: readonly unknown[]): unknown {
  const last = history.at(-1);
  return isMapping(last) ? last.to : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\n');
}
