import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deltaBetween } from '../../src/documents/delta-between.ts';
import { parseDelta, renderDelta } from '../../src/documents/delta.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { requirementsOf, sectionsOf } from '../../src/documents/requirements.ts';
import { effectiveSpec } from '../../src/workflow/effective-spec.ts';
import { body as anyBody } from '../documents/generators.ts';
import { FRONTMATTER, record, spec, ticket } from './documents.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 300);
const TIMEOUT = 180_000 + RUNS * 60;

const text = fc.oneof(
  fc.constantFrom('The system SHALL a.', 'The system MUST b.\n\nMore.', '', '    code\n\ttab  \n', '```\n## not a heading\n```', '- list\n  - nested', 'Was: long ago', 'To: x', '#### Scenario: s\n- **WHEN** x\n- **THEN** y', '<!-- c -->', '#### Notes\nn', 'a\r\nb'),
  anyBody.filter((body) => !/^ {0,3}##(?!#)|^ {0,3}###[ \t]|^ {0,3}(?:=+|-+)[ \t]*$/m.test(body)),
);
const name = fc.constantFrom('A', 'B', 'C', 'a', 'Token validation', 'Zürich', 'D `code`', 'e # f');
const requirement = fc.record({ name, text });
const requirements = fc.uniqueArray(requirement, { maxLength: 5, selector: (one) => one.name.toLowerCase() });
const section = fc.record({ name: fc.constantFrom('Requirements', 'Notes', 'Context', 'MODIFIED Requirements', 'Section: x'), text, requirements });
const end = fc.constantFrom('\n', '\n', '\r\n');

/** Specs whose requirements have names of their own; anything may stand around them. */
const document = fc
  .record({ preamble: text, sections: fc.array(section, { maxLength: 4 }), end, open: fc.constantFrom('', '', '\n```\nopen', '\n<!-- open') })
  .map(({ preamble, sections, end: eol, open }) => {
    const seen = new Set<string>();
    const parts = sections.flatMap((one) => [
      `## ${one.name}`,
      one.text,
      ...one.requirements.filter(({ name: own }) => !seen.has(own.toLowerCase()) && seen.add(own.toLowerCase())).flatMap((entry) => [`### Requirement: ${entry.name}`, entry.text]),
    ]);
    return FRONTMATTER + [preamble, ...parts].join('\n').replaceAll(/\r?\n/g, eol) + open;
  });

function saidBy(entries: readonly { name: string; body: string; digest: string }[]): string[] {
  return entries.map(({ name: own, body, digest }) => JSON.stringify([own, body, digest])).sort();
}

function uniqueNames(source: string): boolean {
  const names = requirementsOf(parseDocument(Buffer.from(source))).map((entry) => entry.name.replace(/\s/g, '').toLowerCase());
  return new Set(names).size === names.length;
}

describe('the delta between two specs', () => {
  test('rendered, read and folded onto the old spec gives the new one', () => {
    fc.assert(
      fc.property(document.filter(uniqueNames), document.filter(uniqueNames), (before, after) => {
        const [old, wanted] = [before, after].map((source) => parseDocument(Buffer.from(source)));
        if (!old || !wanted) throw new Error('unreachable');
        const { delta } = deltaBetween(old, wanted);
        const text = record('accepted', renderDelta(delta));
        const folded = effectiveSpec(ticket({ 'spec.md': before, 'changes/001-edit.md': text }));
        expect(folded.problems, text).toEqual([]);
        expect(saidBy(folded.requirements), text).toEqual(saidBy(requirementsOf(wanted)));
        expect(saidBy(folded.sections), text).toEqual(saidBy(sectionsOf(wanted)));
      }),
      { numRuns: RUNS },
    );
  }, TIMEOUT);

  test('is empty for the same text with other line ends and trailing blanks', () => {
    fc.assert(
      fc.property(document.filter(uniqueNames), (source) => {
        const other = source.replaceAll('\r\n', '\n').replaceAll('\n', ' \r\n');
        const edit = deltaBetween(parseDocument(Buffer.from(source)), parseDocument(Buffer.from(other.replace(/^(?:.*\r\n){4}/, FRONTMATTER))));
        expect(edit.delta.requirements).toEqual([]);
        expect(edit.delta.sections).toEqual([]);
        expect(edit.impact).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  }, TIMEOUT);

  test('is additive where only new things stand, else replacing', () => {
    const old = spec('## Requirements\n### Requirement: A\nThe system SHALL a.\n');
    expect(deltaBetween(old, spec('## Requirements\n### Requirement: A\nThe system SHALL a.\n### Requirement: B\nb\n## Notes\nn\n')).impact).toBe('additive');
    expect(deltaBetween(old, spec('## Requirements\n### Requirement: A\nThe system SHALL not a.\n')).impact).toBe('replacing');
    expect(deltaBetween(old, spec('')).delta.requirements.map((entry) => entry.operation)).toEqual(['REMOVED']);
  });

  test('knows a new name from a new requirement', () => {
    const { delta } = deltaBetween(spec('### Requirement: A\nThe system SHALL a.\n'), spec('### Requirement: B\nThe system SHALL a.\n'));
    expect(renderDelta(delta)).toMatch(/^## RENAMED Requirements\n### Requirement: A\nWas: sha256:[0-9a-f]{64}\nTo: B\n$/);
  });

  test('says what it cannot say', () => {
    const old = spec('### Requirement: A\na\n');
    const edited = parseDocument(Buffer.from('---\nticket: PROJ-7\ntitle: Other\n---\n## MODIFIED Requirements\n### Requirement: A\na\n'));
    expect(deltaBetween(old, edited).unsaid).toEqual(["the frontmatter's title", 'what "A" says to the capability']);
  });

  test('reads back as it was rendered, without a problem', () => {
    const { delta } = deltaBetween(spec('### Requirement: A\na SHALL\n## Notes\nx\n'), spec('Intro\n### Requirement: A\nb SHALL\n### Requirement: C\nc SHALL\n'));
    const read = parseDelta(parseDocument(Buffer.from(record('proposed', renderDelta({ ...delta, taskImpact: 'build is done again.' })))));
    expect(read.problems).toEqual([]);
    expect(read.taskImpact).toBe('build is done again.');
    expect(read.requirements.map((entry) => [entry.operation, entry.name, entry.was, entry.body])).toEqual([
      ['ADDED', 'C', undefined, 'c SHALL'],
      ['MODIFIED', 'A', delta.requirements[0]?.was, 'b SHALL'],
    ]);
  });
});
