import { parseDocument } from '../documents/parse.ts';
import { fillPlaces, placesIn, placeValues } from '../documents/path-pattern.ts';
import { requirementsOf, type Requirement } from '../documents/requirements.ts';
import type { GovernedDocument, Snapshot } from './snapshot.ts';

/** The path of the file whose requirements a document changes; undefined where its kind does not tell. */
export function deltaTarget({ settings }: Snapshot, { path, place }: GovernedDocument): string | undefined {
  const kind = settings.kinds.find(({ name, holds }) => name === place.kind && holds === 'delta');
  if (!kind?.of) return undefined;
  const target = fillPlaces(kind.of, (name) => placeValues(kind.path, path).get(name));
  // What `path` does not tell, nobody can.
  return placesIn(target).length === 0 ? target : undefined;
}

/** The requirements that a file holds, by `nameKey`; undefined where there is no such file. */
export function requirementsAt(snapshot: Snapshot, path: string): ReadonlyMap<string, Requirement> | undefined {
  const bytes = snapshot.tree.read(path);
  if (!bytes) return undefined;
  const parsed = snapshot.document(path)?.parsed ?? parseDocument(bytes);
  return new Map(requirementsOf(parsed).map((requirement) => [requirement.key, requirement]));
}
