import { sectionNamed, sectionsOf } from '../documents/sections.ts';
import { lineOfToken, tokensIn } from '../documents/tokens.ts';
import { CONTINUITY_TOKENS } from '../workflow/continuity.ts';
import type { Rule } from '../workflow/rule.ts';
import { unfilled } from '../workflow/unfilled.ts';

const SECTIONS = ['Agent check-in', 'Current state', 'Task queue', 'Session log', 'Lessons'];

export const rule: Rule = {
  id: 'continuity-shape',
  group: 'document',
  severity: 'error',
  kinds: ['continuity'],

  *document(document, { options, settings }) {
    const { path, bytes, parsed } = document;
    const outline = document.outline();
    if (outline.problem) return void (yield { path, ...outline.problem });
    const sections = sectionsOf(outline);
    const names = Array.isArray(options.sections) && options.sections.length > 0 ? options.sections.map(String) : SECTIONS;
    for (const name of names) {
      if (!sectionNamed(sections, name)) yield { path, line: parsed.bodyLine, message: `Unexpected absence of the section ${name}, expected ${names.join(', ')}`, remedy: `add a heading ## ${name}: whoever comes next looks for it there` };
    }
    yield* unfilled(document, 'fill it in, or write that there is nothing');
    const isBudgeted = settings.kinds.find(({ name }) => name === document.place.kind)?.tokens !== undefined;
    const budget = typeof options.tokens === 'number' && options.tokens > 0 ? options.tokens : CONTINUITY_TOKENS;
    if (isBudgeted || tokensIn(bytes) <= budget) return;
    yield {
      path,
      line: lineOfToken(bytes, budget),
      message: `Unexpected size of about ${tokensIn(bytes)} tokens, expected at most ${budget}: it is read at the start of every session; the budget ends here`,
      remedy: 'move finished tasks and old sessions out: git keeps them, and lessons that last are knowledge notes',
    };
  },
};
