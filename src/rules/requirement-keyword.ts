import { requirementsOf, type Requirement } from '../documents/requirements.ts';
import { findWord, withoutCode } from '../documents/words.ts';
import { contentSeverity, writtenBy } from '../workflow/change-record.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';

export const rule: Rule = {
  id: 'requirement-keyword',
  group: 'document',
  severity: 'error',
  kinds: ['spec'],
  holds: ['requirements', 'delta'],

  document(spec, { settings }) {
    const written = requirementsOf(spec.parsed).filter(({ operation }) => operation === 'ADDED' || operation === 'MODIFIED');
    return judge(spec.path, written, keywordsOf(spec) ?? settings.requirements.keywords);
  },

  reads: ['spec.md', 'changes'],
  *ticket(ticket, { settings }) {
    const { changes, spec } = ticket;
    if (changes.length === 0) return;
    const keywords = keywordsOf(spec) ?? settings.requirements.keywords;
    for (const record of changes) {
      for (const report of judge(record.path, writtenBy(record), keywords)) yield { ...report, ...contentSeverity(ticket, record) };
    }
  },
};

/** A spec may be written in another language than the workspace's. */
function keywordsOf(spec: GovernedDocument | undefined): readonly string[] | undefined {
  const keywords: unknown = spec?.data.keywords;
  return Array.isArray(keywords) && keywords.length > 0 && keywords.every((word) => typeof word === 'string' && word.trim() !== '') ? keywords : undefined;
}

function* judge(path: string, requirements: readonly Requirement[], keywords: readonly string[]): Iterable<Report> {
  for (const { name, line, statement } of requirements) {
    const said = withoutCode(statement.join(' '));
    if (findWord(said, keywords)) continue;
    const words = keywords.length > 1 ? `${keywords.slice(0, -1).join(', ')} or ${keywords.at(-1)}` : String(keywords[0]);
    const near = findWord(said.toLowerCase(), keywords.map((word) => word.toLowerCase()));
    yield {
      path,
      line,
      message: said === '' ? `Unexpected requirement "${name}" without a statement, expected a sentence with ${words} below its heading` : `Unexpected statement of requirement "${name}" without ${words}, expected one of them${near ? `; "${near.word}" in another case does not count` : ''}`,
      remedy: near ? `write ${keywords.find((word) => word.toLowerCase() === near.word)}` : `say in one sentence what holds, with ${words}; what binds nobody stands outside requirements`,
    };
  }
}
