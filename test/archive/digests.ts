import { parseDocument } from '../../src/documents/parse.ts';
import { requirementsOf } from '../../src/documents/requirements.ts';

/** The digest of each requirement of a text, by name. */
export function digestsIn(text: string): Record<string, string> {
  return Object.fromEntries(requirementsOf(parseDocument(Buffer.from(text))).map(({ name, digest }) => [name, digest]));
}
