import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { typesSource } from '../../src/render/types-source.ts';

const SCHEMA = {
  type: 'object',
  required: ['title', 'status', 'odd-key'],
  additionalProperties: false,
  properties: {
    title: { type: 'string', description: 'What it is */ about.' },
    status: { enum: ['a "quoted" one', 'b\\', 'c|d'] },
    'odd-key': { type: ['integer', 'null'] },
    owner: { $ref: '#/$defs/person' },
    reviewers: { type: 'array', items: { anyOf: [{ $ref: '#/$defs/person' }, { type: 'string' }] } },
    counts: { type: 'object', additionalProperties: { type: 'number' } },
    both: { allOf: [{ type: 'object', properties: { a: { const: 1 } } }, { $ref: '#/$defs/person' }] },
    never: false,
    any: true,
    far: { $ref: '#/$defs/nowhere' },
  },
  $defs: { person: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, boss: { $ref: '#/$defs/person' } } } },
};
const GOOD = `{ title: 'x', status: 'c|d', 'odd-key': null, owner: { name: 'ada', boss: { name: 'bob' } }, reviewers: ['x', { name: 'y' }], counts: { a: 1 }, both: { a: 1, name: 'z' }, any: 7, 'x-own': true }`;

/** What TypeScript says about a use of the types. */
function faults(source: string): string[] {
  const options: ts.CompilerOptions = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, types: [], skipLibCheck: true };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target) => (name === 'use.ts' ? ts.createSourceFile(name, source, target) : getSourceFile(name, target));
  const program = ts.createProgram(['use.ts'], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

describe('types of the repository’s own kinds', () => {
  const source = typesSource([
    { name: 'adr', path: 'docs/adr/*.md', schema: SCHEMA },
    { name: 'adr-person', path: 'people/*.md', schema: { type: 'object', properties: {} } },
    { name: 'note', path: 'a*/b.md', schema: undefined },
    { name: '9-lives', path: 'cats/*.md', schema: { type: 'object' } },
  ], 'treework');

  it('take what the schema takes', () => {
    expect(faults(`${source}\nexport const good: Adr = ${GOOD};\nexport const data: KindData['note'] = { anything: 1 };`)).toEqual([]);
  }, 60_000);

  it.each([
    ['a wrong choice', GOOD.replace("'c|d'", "'c'")],
    ['a missing key', GOOD.replace("title: 'x', ", '')],
    ['an unknown key', GOOD.replace('any: 7', 'some: 7')],
    ['a wrong type in a definition', GOOD.replace("{ name: 'bob' }", '{ name: 1 }')],
  ])('refuse %s', (_name, value) => {
    expect(faults(`${source}\nexport const bad: Adr = ${value};`)).toHaveLength(1);
  }, 60_000);
});
