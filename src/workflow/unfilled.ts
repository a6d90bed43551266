import { placeholdersIn } from '../documents/placeholders.ts';
import type { Report } from './rule.ts';
import type { GovernedDocument } from './snapshot.ts';

/** The first place of a document that is still to be filled in, as a finding. */
export function* unfilled({ path, parsed }: GovernedDocument, remedy: string): Iterable<Report> {
  const [mark] = placeholdersIn(parsed);
  if (mark) yield { path, line: mark.line, column: mark.column, message: `Unexpected "${mark.text}", expected what it stands for`, remedy };
}
