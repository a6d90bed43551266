import { parseDelta } from '../documents/delta.ts';
import type { Kind } from '../documents/kinds.ts';
import { parseDocument } from '../documents/parse.ts';
import { fillPlaces, placesIn, placeValues } from '../documents/path-pattern.ts';
import { requirementsOf, type Requirement } from '../documents/requirements.ts';
import type { GovernedDocument, Snapshot } from './snapshot.ts';

/** The kind of a document that changes another file's requirements, with that file's path; undefined for any other. */
export function deltaTarget(snapshot: Snapshot, path: string, kindName: string): { readonly kind: Kind; readonly target: string } | undefined {
  const kind = snapshot.settings.kinds.find(({ name, holds }) => name === kindName && holds === 'delta');
  if (!kind?.of) return undefined;
  const target = fillPlaces(kind.of, (name) => placeValues(kind.path, path).get(name));
  // What `path` does not tell, nobody can.
  return placesIn(target).length === 0 ? { kind, target } : undefined;
}

/** The requirements of a delta's entries, and the first thing that could not be read. */
export function deltaEntries(document: GovernedDocument): { readonly entries: readonly Requirement[]; readonly problems: ReturnType<typeof parseDelta>['problems'] } {
  const { requirements, problems } = parseDelta(document.parsed);
  return { entries: requirements, problems };
}

/** The requirements that a file holds, by `nameKey`; undefined where there is no such file. */
export function requirementsAt(snapshot: Snapshot, path: string): ReadonlyMap<string, Requirement> | undefined {
  const bytes = snapshot.tree.read(path);
  if (!bytes) return undefined;
  const parsed = snapshot.document(path)?.parsed ?? parseDocument(bytes);
  return new Map(requirementsOf(parsed).map((requirement) => [requirement.key, requirement]));
}
