import { sectionNamed, sectionsOf, type Section } from '../documents/sections.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { unfilled } from '../workflow/unfilled.ts';

const SECTIONS = ['Goal', 'Approach', 'Steps', 'Files'];
/** Beginnings of words that tell of another way that was not taken. */
const ALTERNATIVES = ['alternativ', 'instead', 'rather than', 'rejected', 'refused', 'considered'];

export const rule: Rule = {
  id: 'plan-sections',
  group: 'document',
  severity: 'error',
  kinds: ['plan'],

  *document(document, { options }) {
    const { status } = document.data;
    if (status === 'rejected') return;
    const names = wordsOf(options.sections) ?? SECTIONS;
    const outline = document.outline();
    if (outline.problem) return void (yield { path: document.path, ...outline.problem });
    for (const report of judge(document, names, sectionsOf(outline), wordsOf(options.alternatives) ?? ALTERNATIVES)) {
      yield status === 'approved' ? report : { ...report, severity: 'warning' };
    }
  },
};

function* judge(document: GovernedDocument, names: readonly string[], sections: readonly Section[], alternatives: readonly string[]): Iterable<Report> {
  const { path, parsed, data } = document;
  const [, approach, steps, files] = names;
  for (const name of names) {
    const section = sectionNamed(sections, name);
    const isListed = name === files && (isFilled(data.creates) || isFilled(data.modifies));
    if (!section && !isListed) yield { path, line: parsed.bodyLine, message: `Unexpected plan without a section ${name}, expected ${names.join(', ')}`, remedy: `add a heading ## ${name} and what belongs there` };
    else if (section?.text === '' && !isListed) yield { path, line: section.heading.line, message: `Unexpected empty section ${section.heading.text}, expected what belongs there`, remedy: 'write it, or reject the plan' };
  }
  const how = approach === undefined ? undefined : sectionNamed(sections, approach);
  if (how && how.text !== '' && !tellsOf(`${sections.map(({ heading }) => heading.text).join('\n')}\n${how.text}`, alternatives)) {
    yield { path, line: how.heading.line, message: `Unexpected ${how.heading.text} without an alternative, expected which other way there is and why it was not taken`, remedy: 'name the alternatives in that section or under a heading of their own: a plan is a choice', severity: 'warning' };
  }
  const done = steps === undefined ? undefined : sectionNamed(sections, steps);
  if (done && done.text !== '' && !/^ {0,3}(?:[-+*]|\d+[.)]|#{1,6})[ \t]/m.test(done.text)) yield { path, line: done.heading.line, message: `Unexpected ${done.heading.text} without a list, expected the steps one by one`, remedy: 'write each step as an item: 1. …' };
  yield* unfilled(document, 'fill it in: work goes by an approved plan');
}

function tellsOf(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.some((word) => lower.includes(word.toLowerCase()));
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

function wordsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value.filter((word): word is string => typeof word === 'string' && word.trim() !== '') : undefined;
}
