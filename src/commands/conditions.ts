import { nearest } from '../documents/nearest.ts';
import { conditionsOf, type Condition } from '../documents/where.ts';
import { UserError } from '../error.ts';
import type { Invocation } from './command.ts';

/** What `--where` asks for. Throws a UserError for what is no condition. */
export function conditionsIn({ values, program }: Invocation): Condition[] {
  return [values.where].flat().flatMap((text) => {
    if (typeof text !== 'string') return [];
    const conditions = conditionsOf(text);
    if (!conditions) throw new UserError(`Unexpected --where ${JSON.stringify(text)}, expected conditions such as status=accepted,date>2026-01-01`, `${program} list KIND --where 'status!=accepted'`, 'input');
    return conditions;
  });
}

/** Throws a UserError for a key that is none of `known`; `what`: whose keys those are. */
export function refuseUnknown(conditions: readonly Condition[], known: readonly string[], what: string): void {
  for (const { key } of conditions) {
    if (known.includes(key) || known.includes(key.split('.', 1)[0] as string)) continue;
    const meant = nearest(key, known);
    throw new UserError(`Unexpected key ${key}, expected one of ${what}: ${known.join(', ')}`, `--where ${meant ?? known[0]}=…`, 'input');
  }
}

/** The value of a key, a dot leading into a mapping. */
export function valueAt(data: Readonly<Record<string, unknown>>, key: string): unknown {
  if (Object.hasOwn(data, key)) return data[key];
  return key.split('.').reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name) ? (inner as Record<string, unknown>)[name] : undefined), data);
}
