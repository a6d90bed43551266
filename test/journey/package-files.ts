/** The small package that the journey makes: what an agent writes into each document and file, by name. */

/** A part of a requirement's text, as it is asked for. */
const SCENARIO = (name: string, given: string, when: string, then: string) => `#### Scenario: ${name}\n\n- **GIVEN** ${given}\n- **WHEN** ${when}\n- **THEN** ${then}\n`;

export const REQUIREMENTS = `## Requirements

### Requirement: Parsing

The package SHALL turn a duration such as 1h30m into seconds.

${SCENARIO('Hours and minutes', 'the text 1h30m', 'it is parsed', 'the answer is 5400')}
### Requirement: Refusal

The package SHALL throw a RangeError for a text that is no duration.

${SCENARIO('An unknown unit', 'the text 3x', 'it is parsed', 'a RangeError is thrown')}`;

export const PLAN = `nodes:
  - {id: tests, title: Tests of the parser, role: test-writer, covers: none, scope: ["test/**"]}
  - {id: parse, title: The parser, role: implementer, scope: ["src/parse.js", "test/parse.test.js"], depends_on: [tests]}
  - {id: format, title: The formatter, role: implementer, covers: none, scope: ["src/format.js"], depends_on: [tests]}
  - {id: manual, title: The manual, covers: none, scope: ["README.md"], depends_on: [parse, format]}
  - {id: suite, title: All tests, type: command, command: npm test, covers: none, depends_on: [parse, format]}
  - {id: ship, title: Fit to be shipped, type: human, covers: none, depends_on: [manual, suite]}`;

/** Of the ticket that the fork makes; its goal is the fork’s reason, and one node does it. */
export const SUB_REQUIREMENTS = `## Requirements

### Requirement: Rounding

The package SHALL round seconds down to whole ones.

${SCENARIO('A fraction', 'the number 1.9', 'it is rounded', 'the answer is 1')}`;

export const BLOCKING_CHANGE = `## ADDED Requirements

### Requirement: Days

The package SHALL turn days into seconds.

${SCENARIO('One day', 'the text 1d', 'it is parsed', 'the answer is 86400')}
## Task impact

- \`parse\` covers it.
`;

const TESTS = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../src/parse.js';

test('hours and minutes', () => assert.equal(parse('1h30m'), 5400));
test('an unknown unit', () => assert.throws(() => parse('3x'), RangeError));
`;

/** What the implementer of a node writes at which attempt, counted from 0; the last one holds from then on. */
export const WORK: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  tests: [{ 'test/parse.test.js': TESTS }],
  parse: [
    // The first attempt forgets the refusal.
    { 'src/parse.js': "const UNITS = { h: 3600, m: 60, s: 1 };\n\nexport function parse(text) {\n  return [...text.matchAll(/(\\d+)([hms])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit], 0);\n}\n" },
    { 'src/parse.js': "const UNITS = { d: 86400, h: 3600, m: 60, s: 1 };\n\nexport function parse(text) {\n  if (!/^(?:\\d+[dhms])+$/.test(text)) throw new RangeError(`no duration: ${text}`);\n  return [...text.matchAll(/(\\d+)([dhms])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit], 0);\n}\n" },
    { 'src/parse.js': "const UNITS = { d: 86400, h: 3600, m: 60, s: 1 };\n\nexport function parse(text) {\n  if (!/^(?:\\d+[dhms])+$/.test(text)) throw new TypeError(`no duration: ${text}`);\n  return [...text.matchAll(/(\\d+)([dhms])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit], 0);\n}\n", 'test/parse.test.js': TESTS.replace('RangeError', 'TypeError') },
  ],
  format: [{ 'src/format.js': 'export const format = (seconds) => `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;\n' }],
  manual: [{ 'README.md': '# durations\n\n`parse("1h30m")` is 5400.\n' }],
};
