import { describe, expect, it } from 'vitest';
import { ownSchema } from '../../src/documents/own-schema.ts';
import { shapeMessage } from '../../src/documents/shape-message.ts';

const read = (schema: unknown) => ownSchema(Buffer.from(typeof schema === 'string' ? schema : JSON.stringify(schema, null, 2)));
const ADR = {
  type: 'object',
  required: ['title', 'status'],
  additionalProperties: false,
  properties: {
    title: { type: 'string', minLength: 3 },
    status: { enum: ['proposed', 'accepted'] },
    date: { type: 'string', format: 'date' },
    number: { type: ['integer', 'null'], exclusiveMinimum: 0 },
    tags: { type: 'array', maxItems: 2, items: { type: 'string', pattern: '^[a-z]+$', 'x-expected': 'small letters' } },
    link: { oneOf: [{ type: 'string', format: 'uri' }, { type: 'object', required: ['to'] }] },
  },
};

describe('a schema of the repository judges', () => {
  it.each<[unknown, string]>([
    [{ title: 'Use git' }, 'Missing key `status`, expected it to be there'],
    [{ title: 'ab', status: 'accepted' }, 'Unexpected value `ab` for `title`, expected at least 3 characters'],
    [{ title: 'Use git', status: 'acepted' }, 'Unexpected value `acepted` for `status`, expected one of `proposed`, `accepted`; did you mean `accepted`?'],
    [{ title: 'Use git', status: 'accepted', date: '2026-13-01' }, 'Unexpected value `2026-13-01` for `date`, expected a day such as `2026-11-20`'],
    [{ title: 'Use git', status: 'accepted', number: 'x' }, 'Unexpected type string for `number`, expected integer or null'],
    [{ title: 'Use git', status: 'accepted', number: 0 }, 'Unexpected value `0` for `number`, expected more than 0'],
    [{ title: 'Use git', status: 'accepted', tags: ['A'] }, 'Unexpected value `A` for `tags[0]`, expected small letters'],
    [{ title: 'Use git', status: 'accepted', tags: ['a', 'b', 'c'] }, 'Unexpected type list for `tags`, expected at most 2 items'],
    [{ title: 'Use git', status: 'accepted', owner: 'me' }, 'Unexpected key `owner`, expected one of `title`, `status`, `date`, `number`, `tags`, `link`'],
    [{ title: 'Use git', status: 'accepted', link: 7 }, 'Unexpected value `7` for `link`, expected exactly one of the forms that its schema allows'],
    [{ title: 'Use git', status: 'accepted', link: 'nowhere' }, 'Unexpected value `nowhere` for `link`, expected an address such as `https://example.com/page`'],
  ])('%j', (data, message) => {
    expect(read(ADR).judge(data).map((error) => shapeMessage(error).message)).toEqual([message]);
  });

  it('and takes what is right, x- keys and formats it does not know among it', () => {
    expect(read(ADR).judge({ title: 'Use git', status: 'accepted', 'x-team': 'core' })).toEqual([]);
    expect(read({ type: 'object', 'x-ui': 1, properties: { a: { format: 'moon-phase', markdownDescription: '**a**' } } }).judge({ a: 1 })).toEqual([]);
  });
});

describe('a union of definitions', () => {
  const union = { type: 'object', properties: { owner: { anyOf: [{ $ref: '#/$defs/person' }, { $ref: '#/$defs/team' }], 'x-expected': 'a name or a team' } }, $defs: { person: { type: 'string', minLength: 2 }, team: { type: 'object', required: ['name'], properties: { parent: { anyOf: [{ $ref: '#/$defs/team' }, { type: 'null' }] } } } } };

  it.each<[unknown, string[]]>([
    [{ owner: 7 }, ['Unexpected value `7` for `owner`, expected a name or a team']],
    [{ owner: 'x' }, ['Unexpected value `x` for `owner`, expected at least 2 characters']],
    [{ owner: { title: 'x' } }, ['Missing key `owner.name`, expected it to be there']],
    [{ owner: { name: 'x', parent: { name: 'y', parent: null } } }, []],
  ])('%j', (data, messages) => {
    expect(read(union).judge(data).map((error) => shapeMessage(error).message)).toEqual(messages);
  });

  it('that name one another without end is read in no time', () => {
    const names = Array.from({ length: 12 }, (_, index) => `d${index}`);
    const all = names.map((name) => ({ $ref: `#/$defs/${name}` }));
    const schema = { type: 'object', properties: { a: { anyOf: all } }, $defs: Object.fromEntries(names.map((name) => [name, { type: 'object', properties: { b: { anyOf: all } } }])) };
    expect(read(schema).problem).toBeUndefined();
    expect(read(schema).judge({ a: 1 })).not.toEqual([]);
    expect(read(schema).judge({ a: { b: {} } })).toEqual([]);
  });
});

describe('a schema that cannot judge says why, at its line', () => {
  it.each<[string, unknown, RegExp, number]>([
    ['no JSON', '{\n  "type": "object",\n}\n', /expected JSON/, 3],
    ['a list', '[]', /expected a schema/, 1],
    ['a misspelt keyword', { type: 'object', requierd: ['a'] }, /unknown keyword: "requierd"/, 3],
    ['an unknown type', { type: 'objekt' }, /valid JSON Schema/, 1],
    ['a reference to the network', { type: 'object', properties: { a: { $ref: 'http://127.0.0.1:1/a.json' } } }, /nothing is fetched/, 5],
    ['a reference to another file', { $ref: './common.schema.json#/$defs/a' }, /nothing else is read/, 2],
    ['a reference to nothing', { $ref: '#/$defs/a' }, /#\/\$defs\/a/, 1],
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }, /Unexpected dialect/, 2],
    ['a judge that answers later', { $async: true, type: 'object' }, /judges at once/, 2],
    ['an invalid pattern', { type: 'object', properties: { a: { pattern: '(' } } }, /valid JSON Schema/, 1],
  ])('%s', (_name, schema, message, line) => {
    const { problem, judge } = read(schema);
    expect(problem?.message).toMatch(message);
    expect(problem?.line).toBe(line);
    expect(judge({ anything: 1 })).toEqual([]);
  });

  it('nothing', () => {
    expect(ownSchema(Buffer.alloc(0)).problem?.message).toMatch(/expected JSON/);
    expect(ownSchema(Buffer.alloc(1024 * 1024, ' ')).problem?.message).toMatch(/Unexpected size/);
  });
});
