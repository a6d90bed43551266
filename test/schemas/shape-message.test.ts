import { expect, it } from 'vitest';
import { validators } from '../../src/documents/generated/validators.js';
import type { DocumentKind } from '../../src/documents/generated/types.ts';
import { shapeMessage } from '../../src/documents/shape-message.ts';

const node = (more: object) => ({ ticket: 'P-1', goal: { title: 'a', why: 'b' }, spec: '', nodes: [{ id: 'a', ...more }] });
const change = { title: 'a', impact: 'additive', status: 'proposed', history: [{ to: 'proposed', by: 'a', at: '2026-11-20T10:00Z' }] };

const cases: [DocumentKind, unknown, string, string, (string | number)[], 'key' | 'value'][] = [
  ['spec', { ticket: 'P-1', titel: 'a' }, 'Missing key `title`, expected it to be there', 'Rename `titel` to `title`.', [], 'key'],
  ['spec', { ticket: 'P-1', title: 'a', titel: 'a' }, 'Unexpected key `titel`, expected one of `ticket`, `title`, `capability`, `stacked_on`, `keywords`; did you mean `title`?', 'Rename it to `title`, or call it `x-titel` if it is your own.', ['titel'], 'key'],
  ['spec', { ticket: 'P-1', title: 'a', owner: 'me' }, 'Unexpected key `owner`, expected one of `ticket`, `title`, `capability`, `stacked_on`, `keywords`', 'Remove it, or call it `x-owner` if it is your own.', ['owner'], 'key'],
  ['spec', { title: 'a' }, 'Missing key `ticket`, expected it to be there', 'Add `ticket: …` to the frontmatter.', [], 'key'],
  ['spec', { ticket: 'P-1', title: 404 }, 'Unexpected type number for `title`, expected string', 'Put it in quotes: `title: "404"`.', ['title'], 'value'],
  ['spec', { ticket: 'P-1', title: null }, 'Unexpected type nothing for `title`, expected string', 'Give `title` a value; an optional key can be left out.', ['title'], 'value'],
  ['spec', { ticket: 'P-1', title: '' }, 'Unexpected empty value for `title`, expected some text', 'Write some text.', ['title'], 'value'],
  ['spec', { ticket: 'PROJ7', title: 'a' }, 'Unexpected value `PROJ7` for `ticket`, expected a ticket id such as `PROJ-7`', 'Write a ticket id such as `PROJ-7`.', ['ticket'], 'value'],
  ['spec', ['a'], 'Unexpected type list for the frontmatter, expected mapping', 'Write the frontmatter as lines of `key: value`.', [], 'value'],
  ['tasks', { ...node({}), goal: { title: 'a' } }, 'Missing key `goal.why`, expected it to be there', 'Add `why: …` to `goal`.', ['goal'], 'key'],
  ['tasks', { ...node({}), nodes: 'build' }, 'Unexpected type string for `nodes`, expected list', 'Write it as a list: `nodes: [build]`.', ['nodes'], 'value'],
  ['tasks', { ...node({}), nodes: [] }, 'Unexpected empty list for `nodes`, expected at least 1 item', 'Add what is missing to `nodes`.', ['nodes'], 'value'],
  ['tasks', node({ covers: 'al' }), 'Unexpected value `al` for `nodes[0].covers`, expected `all`, `none`, or a list of requirement names', 'Write `all`, `none`, or a list of requirement names.', ['nodes', 0, 'covers'], 'value'],
  ['tasks', node({ covers: { a: 1 } }), 'Unexpected type mapping for `nodes[0].covers`, expected `all`, `none`, or a list of requirement names', 'Write `all`, `none`, or a list of requirement names.', ['nodes', 0, 'covers'], 'value'],
  ['tasks', node({ covers: ['a', 7] }), 'Unexpected type number for `nodes[0].covers[1]`, expected string', 'Put it in quotes: `- "7"`.', ['nodes', 0, 'covers', 1], 'value'],
  ['tasks', node({ inputs: [{ path: 'a', layr: 'L3' }] }), 'Unexpected key `nodes[0].inputs[0].layr`, expected one of `path`, `section`, `layer`, `why`; did you mean `layer`?', 'Rename it to `layer`, or call it `x-layr` if it is your own.', ['nodes', 0, 'inputs', 0, 'layr'], 'key'],
  ['tasks', node({ depends_on: ['b', 'b'] }), 'Unexpected second `b` in `nodes[0].depends_on`, expected every item once', 'Remove one of the two.', ['nodes', 0, 'depends_on'], 'value'],
  ['tasks', node({ plan: 'yes' }), 'Unexpected value `yes` for `nodes[0].plan`, expected `required`', 'Write `required`.', ['nodes', 0, 'plan'], 'value'],
  ['tasks', node({ nodes: [{ id: 'a b' }] }), 'Unexpected value `a b` for `nodes[0].nodes[0].id`, expected small letters, digits and hyphens, such as `build-api`', 'Write small letters, digits and hyphens, such as `build-api`.', ['nodes', 0, 'nodes', 0, 'id'], 'value'],
  ['change', { ...change, status: 'banana' }, 'Unexpected value `banana` for `status`, expected one of `proposed`, `accepted`, `rejected`, `reverted`', 'Write one of `proposed`, `accepted`, `rejected`, `reverted`.', ['status'], 'value'],
  ['change', { ...change, status: 'acepted' }, 'Unexpected value `acepted` for `status`, expected one of `proposed`, `accepted`, `rejected`, `reverted`; did you mean `accepted`?', 'Write `accepted`.', ['status'], 'value'],
  ['workspace', { treework: 2 }, 'Unexpected value `2` for `treework`, expected `1`', 'Write `1`.', ['treework'], 'value'],
  ['workspace', { treework: 1, stale_days: 0 }, 'Unexpected value `0` for `stale_days`, expected at least 1', 'Write at least 1.', ['stale_days'], 'value'],
  ['workspace', { treework: 1, stale_days: 1.5 }, 'Unexpected type number for `stale_days`, expected whole number', 'Write `stale_days` as a whole number.', ['stale_days'], 'value'],
  ['workspace', { treework: 1, gates: { coverage: 101 } }, 'Unexpected value `101` for `gates.coverage`, expected at most 100', 'Write at most 100.', ['gates', 'coverage'], 'value'],
  ['workspace', { treework: 1, rules: { 'Spec Frozen': 'off' } }, 'Unexpected key `rules.Spec Frozen`, expected small letters, digits and hyphens, such as `build-api`', 'Rename the key.', ['rules', 'Spec Frozen'], 'key'],
  ['workspace', { treework: 1, rules: { 'spec-frozen': 'of' } }, 'Unexpected value `of` for `rules.spec-frozen`, expected `off`, `warning`, `error`, or a mapping with `severity` and options', 'Write `off`, `warning`, `error`, or a mapping with `severity` and options.', ['rules', 'spec-frozen'], 'value'],
  ['spec', { ticket: 'a`b\nc', title: 'a' }, 'Unexpected value `"a\'b\\nc"` for `ticket`, expected a ticket id such as `PROJ-7`', 'Write a ticket id such as `PROJ-7`.', ['ticket'], 'value'],
];

it.each(cases)('%s %j', (kind, data, message, remedy, at, what) => {
  const found = validators[kind](data).map(shapeMessage);
  expect(found).toContainEqual({ message, remedy, at, what });
});

it('says one thing for each thing to mend', () => {
  const errors = validators.tasks(node({ covers: 'al', inputs: [7], scope: 'src' }));
  expect(errors.map((error) => error.path.join('.'))).toEqual(['nodes.0.covers', 'nodes.0.scope', 'nodes.0.inputs.0']);
});
