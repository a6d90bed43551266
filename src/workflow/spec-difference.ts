import type { Requirement } from '../documents/requirements.ts';

/** What of a requirement is compared. */
type Compared = Pick<Requirement, 'name' | 'digest' | 'text' | 'body'>;

export interface Demands {
  readonly requirements: readonly Compared[];
}

/** One requirement that is not what it was. */
export interface RequirementChange {
  readonly kind: 'added' | 'modified' | 'removed' | 'renamed';
  readonly name: string;
  /** Its canonical text before; undefined when it is new. */
  readonly old: string | undefined;
  /** Its canonical text now; undefined when it is gone. */
  readonly now: string | undefined;
}

/** What a spec demands now and did not before, and the other way round: in the order of the new spec, removed ones last. */
export function specDifference(before: Demands, after: Demands): RequirementChange[] {
  const old = byName(before.requirements);
  const now = byName(after.requirements);
  const gone = [...old.values()].filter(({ name }) => !now.has(name));
  const renamed = new Set<Compared>();
  const changes = [...now.values()].flatMap((requirement): RequirementChange[] => {
    const earlier = old.get(requirement.name);
    if (earlier?.digest === requirement.digest) return [];
    const { name, text } = requirement;
    if (earlier) return [{ kind: 'modified', name, old: earlier.text, now: text }];
    const source = gone.find((one) => !renamed.has(one) && one.body === requirement.body);
    if (!source) return [{ kind: 'added', name, old: undefined, now: text }];
    renamed.add(source);
    return [{ kind: 'renamed', name, old: source.text, now: text }];
  });
  const removed = gone.filter((one) => !renamed.has(one)).map(({ name, text }): RequirementChange => ({ kind: 'removed', name, old: text, now: undefined }));
  return [...changes, ...removed];
}

/** The first of each name: a second one is a finding. */
function byName(requirements: readonly Compared[]): ReadonlyMap<string, Compared> {
  const found = new Map<string, Compared>();
  for (const one of requirements) if (!found.has(one.name)) found.set(one.name, one);
  return found;
}
