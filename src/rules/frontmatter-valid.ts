import { shapeMessage } from '../documents/shape-message.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';

export const rule: Rule = {
  id: 'frontmatter-valid',
  group: 'document',
  severity: 'error',

  document(document) {
    return document.isValid ? misplaced(document) : [...malformed(document), ...misplaced(document)];
  },
};

function* malformed({ parsed, path, shape }: GovernedDocument): Iterable<Report> {
  for (const problem of parsed.problems) yield { path, ...problem };
  for (const error of shape) {
    const { message, remedy, at, what } = shapeMessage(error);
    yield { path, ...parsed.locate(at, what), message, remedy };
  }
}

/** A document that says it belongs elsewhere than where it lies. */
function* misplaced(document: GovernedDocument): Iterable<Report> {
  const { data, parsed, path, place } = document;
  if (typeof data.ticket === 'string' && place.ticket !== undefined && data.ticket !== place.ticket) {
    yield {
      path,
      ...parsed.locate(['ticket']),
      message: `Unexpected ticket ${data.ticket}, expected ${place.ticket} as the folder is named`,
      remedy: `write ticket: ${place.ticket}, or move the file to its own ticket's folder`,
    };
  }
  if (place.kind === 'node' && typeof data.node === 'string' && data.node !== place.name) {
    yield {
      path,
      ...parsed.locate(['node']),
      message: `Unexpected node ${data.node}, expected ${place.name} as the file is named`,
      remedy: `write node: ${place.name}, or rename the file`,
    };
  }
}
