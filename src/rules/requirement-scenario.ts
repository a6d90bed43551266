import { headingTypos, type HeadingTypo } from '../documents/heading-typos.ts';
import { requirementsOf, type Requirement, type Scenario } from '../documents/requirements.ts';
import type { RequirementWords } from '../documents/settings.ts';
import { beginsWithWord } from '../documents/words.ts';
import { contentSeverity, deltaOf, writtenBy } from '../workflow/change-record.ts';
import { heldBy, type Report, type Rule } from '../workflow/rule.ts';

type Words = Pick<RequirementWords, 'when' | 'then'>;

export const rule: Rule = {
  id: 'requirement-scenario',
  group: 'document',
  severity: 'error',
  kinds: ['spec'],
  holds: ['requirements', 'delta'],

  *document({ path, place, parsed, outline }, { settings }) {
    const { problem } = outline();
    if (problem) yield { path, ...problem };
    const typos = headingTypos(parsed, heldBy(settings, place.kind) === 'delta' ? 'change' : 'spec');
    for (const { line, message, remedy, repaired } of typos) {
      yield { path, line, message, remedy, ...(repaired !== undefined && { fix: { path, from: parsed.text, to: repaired } }) };
    }
    const written = requirementsOf(parsed).filter(({ operation }) => operation === 'ADDED' || operation === 'MODIFIED');
    yield* judge(path, written, settings.requirements, typos);
  },

  // Misspelt headings of change records are change-record-impact's: there a whole entry goes missing.
  reads: ['changes'],
  *ticket(ticket, { settings }) {
    for (const record of ticket.changes) {
      for (const report of judge(record.path, writtenBy(record), settings.requirements, deltaOf(record).problems)) yield { ...report, ...contentSeverity(ticket, record) };
    }
  },
};

function* judge(path: string, requirements: readonly Requirement[], words: Words, typos: readonly Pick<HeadingTypo, 'line'>[]): Iterable<Report> {
  for (let index = 0; index < requirements.length; index += 1) {
    const { name, line, scenarios } = requirements[index] as Requirement;
    const next = requirements[index + 1]?.line ?? Number.POSITIVE_INFINITY;
    if (scenarios.length === 0 && !typos.some((typo) => typo.line > line && typo.line < next)) {
      yield {
        path,
        line,
        message: `Unexpected requirement "${name}" without a scenario, expected "#### Scenario: NAME" with steps below its statement`,
        remedy: `show one case of it: ${example(words)}`,
      };
    }
    for (const scenario of scenarios) {
      if (!hasStep(scenario, words.when) || !hasStep(scenario, words.then)) yield incomplete(path, scenario, words);
    }
  }
}

function hasStep({ steps }: Scenario, choices: readonly string[]): boolean {
  for (const { text } of steps) if (beginsWithWord(text, choices)) return true;
  return false;
}

function incomplete(path: string, scenario: Scenario, words: Words): Report {
  const { name, line } = scenario;
  const missing = [words.when, words.then].filter((choices) => !hasStep(scenario, choices));
  return {
    path,
    line,
    message: `Unexpected scenario "${name}" without ${missing.map((choices) => choices.join(' or ')).join(' and without ')}, expected list items that begin with ${words.when[0]} and ${words.then[0]}`,
    remedy: `write its steps as list items: ${example(words)}`,
  };
}

function example({ when, then }: Words): string {
  return `- **${when[0]}** something happens, - **${then[0]}** this can be observed`;
}
