import type { Heading } from '../documents/document.ts';
import { nearest } from '../documents/nearest.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';

export const rule: Rule = {
  id: 'section-missing',
  group: 'document',
  severity: 'error',

  document(document, { settings }) {
    if (settings.kinds.length === 0) return [];
    const kind = settings.kinds.find(({ name }) => name === document.place.kind);
    return kind && kind.sections.length > 0 ? sectionsOf(document, kind.sections) : [];
  },
};

function* sectionsOf(document: GovernedDocument, sections: readonly string[]): Iterable<Report> {
  const { headings, problem } = document.outline();
  if (problem) {
    yield { path: document.path, ...problem };
    return;
  }
  const order = sections.join(', ');
  let last: Heading | undefined;
  for (const section of sections) {
    const heading = headings.find(({ text }) => isSame(text, section));
    if (!heading) {
      yield missing(document, section, last, headings.filter(({ text }) => !sections.some((one) => isSame(text, one))));
    } else if (last && heading.line < last.line) {
      yield {
        path: document.path,
        line: heading.line,
        message: `Unexpected section ${section} before ${last.text}, expected the order ${order}`,
        remedy: `move it below ${last.text}`,
      };
    } else {
      last = heading;
    }
  }
}

function missing({ path, parsed }: GovernedDocument, section: string, last: Heading | undefined, others: readonly Heading[]): Report {
  const name = nearest(section, others.map(({ text }) => text));
  const meant = others.find(({ text }) => text === name);
  const where = last ? `after ${last.text}` : 'at the beginning';
  return {
    path,
    line: meant?.line ?? last?.line ?? parsed.bodyLine,
    message: `Unexpected absence of the section ${section}, expected a heading with this text ${where}`,
    remedy: meant ? `rename the heading ${meant.text} to ${section}` : `add ## ${section} ${where}`,
  };
}

function isSame(text: string, section: string): boolean {
  return text.toLowerCase() === section.trim().toLowerCase();
}
