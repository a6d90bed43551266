import { PLACEHOLDER_WORDS, placeholdersIn } from '../documents/placeholders.ts';
import { statusOf } from '../workflow/change-record.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';

export const rule: Rule = {
  id: 'placeholder-unfilled',
  group: 'document',
  severity: 'error',
  kinds: ['idea', 'spec', 'tasks', 'change'],

  document(document, { options }) {
    const { kind } = document.place;
    return kind === 'idea' || kind === 'spec' ? marksIn(document, wordsOf(options), 'warning') : [];
  },

  reads: ['tasks.md', 'changes', 'nodes'],
  *ticket({ archived, tasks, changes, nodes }, { options }) {
    const words = wordsOf(options);
    if (tasks) yield* marksIn(tasks, words, archived || nodes.length === 0 ? 'warning' : 'error');
    for (const record of changes) {
      const status = statusOf(record);
      if (status === 'rejected' || status === 'reverted') continue;
      yield* marksIn(record, words, archived || status !== 'accepted' ? 'warning' : 'error');
    }
  },
};

/** One finding a document: a scaffold's marks are one thing to do. */
function* marksIn(document: GovernedDocument, words: readonly string[], severity: 'warning' | 'error'): Iterable<Report> {
  const marks = placeholdersIn(document.parsed, words);
  const [first] = marks;
  if (!first) return;
  const others = marks.slice(1).map((mark) => mark.line);
  const also = others.length === 0 ? '' : ` (${marks.length} places, also line ${[...new Set(others)].slice(0, 5).join(', ')}${others.length > 5 ? ', …' : ''})`;
  yield {
    path: document.path,
    line: first.line,
    column: first.column,
    message: `Unexpected "${first.text}", expected what it stands for${also}`,
    remedy: severity === 'error' ? 'fill it in: work goes by this text already' : 'fill it in, or delete what it belongs to, before this text is frozen or accepted',
    ...(severity === 'warning' && { severity }),
  };
}

function wordsOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  const { words } = options;
  return Array.isArray(words) ? words.filter((word): word is string => typeof word === 'string' && word.trim() !== '') : PLACEHOLDER_WORDS;
}
