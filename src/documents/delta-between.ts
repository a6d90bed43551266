import { UserError } from '../error.ts';
import { impactOf, type Delta, type SectionChange } from './delta.ts';
import type { ParsedDocument } from './document.ts';
import { outlineOf } from './outline.ts';
import { requirementsOf, sectionsOf, type Requirement } from './requirements.ts';

/** An edit of a spec as a delta. */
export interface SpecEdit {
  readonly delta: Delta;
  /** undefined when the edit changes no requirement and no prose. */
  readonly impact: 'additive' | 'replacing' | undefined;
  /** What else the edit changes, which no delta can say, in words. Putting the old spec back loses it. */
  readonly unsaid: readonly string[];
}

/**
 * The delta that, folded onto the old spec, gives the requirements and the prose of the new one. A
 * requirement that only has another name is RENAMED. Order is not part of a delta. Throws a UserError
 * when a text is too long to be read.
 */
export function deltaBetween(oldSpec: ParsedDocument, newSpec: ParsedDocument): SpecEdit {
  for (const spec of [oldSpec, newSpec]) {
    const { problem } = outlineOf(spec);
    if (problem) throw new UserError(problem.message, problem.remedy, 'text-too-long');
  }
  const requirements = requirementChanges(firstOfName(requirementsOf(oldSpec)), firstOfName(requirementsOf(newSpec)));
  const sections = sectionChanges(oldSpec, newSpec);
  const delta: Delta = { requirements, sections, taskImpact: '', problems: [] };
  return { delta, impact: impactOf(delta), unsaid: unsaid(oldSpec, newSpec) };
}

function requirementChanges(before: ReadonlyMap<string, Requirement>, after: ReadonlyMap<string, Requirement>): Requirement[] {
  const removed = [...before.values()].filter(({ name }) => !after.has(name));
  const changes: Requirement[] = [];
  const renamedFrom = new Set<Requirement>();
  for (const entry of after.values()) {
    const old = before.get(entry.name);
    if (old) {
      if (old.digest !== entry.digest) changes.push(entryOf(entry, 'MODIFIED', old.digest));
      continue;
    }
    const same = removed.find((one) => one.body === entry.body && one.body !== '' && !renamedFrom.has(one));
    if (same) renamedFrom.add(same);
    changes.push(same ? { ...entryOf(same, 'RENAMED', same.digest), to: entry.name, body: '' } : entryOf(entry, 'ADDED', undefined));
  }
  for (const old of removed) if (!renamedFrom.has(old)) changes.push({ ...entryOf(old, 'REMOVED', old.digest), body: '' });
  return changes;
}

function entryOf(requirement: Requirement, operation: Requirement['operation'], was: string | undefined): Requirement {
  const { name, key, line, endLine, statement, scenarios, body, text, digest } = requirement;
  return { name, key, line, endLine, operation, was, to: undefined, statement, scenarios, body, text, digest };
}

function sectionChanges(oldSpec: ParsedDocument, newSpec: ParsedDocument): SectionChange[] {
  const before = new Map(sectionsOf(oldSpec).map((section) => [section.name, section]));
  const after = new Map(sectionsOf(newSpec).map((section) => [section.name, section]));
  const changes: SectionChange[] = [];
  for (const section of after.values()) {
    const old = before.get(section.name);
    if (!old) changes.push({ ...section, operation: 'ADDED', was: undefined });
    else if (old.digest !== section.digest) changes.push({ ...section, operation: 'MODIFIED', was: old.digest });
  }
  for (const old of before.values()) {
    if (!after.has(old.name)) changes.push({ ...old, operation: 'REMOVED', was: old.digest, body: '' });
  }
  return changes;
}

function unsaid(oldSpec: ParsedDocument, newSpec: ParsedDocument): string[] {
  const found: string[] = [];
  const keys = new Set([...Object.keys(oldSpec.data ?? {}), ...Object.keys(newSpec.data ?? {})]);
  for (const key of keys) {
    if (JSON.stringify(oldSpec.data?.[key]) !== JSON.stringify(newSpec.data?.[key])) found.push(`the frontmatter's ${key}`);
  }
  const before = firstOfName(requirementsOf(oldSpec));
  for (const { name, operation, was, to } of requirementsOf(newSpec)) {
    const old = before.get(name);
    const isSame = operation === (old?.operation ?? 'ADDED') && was === old?.was && to === old?.to;
    if (!isSame) found.push(`what "${name}" says to the capability`);
  }
  return found;
}

/** Requirements by name; of several of one name the first (`requirement-unique` reports the others). */
function firstOfName(requirements: readonly Requirement[]): Map<string, Requirement> {
  const byName = new Map<string, Requirement>();
  for (const requirement of requirements) if (!byName.has(requirement.name)) byName.set(requirement.name, requirement);
  return byName;
}
