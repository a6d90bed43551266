import { describe, expect, it } from 'vitest';
import { inferKind, inferPattern } from '../../src/documents/infer-kind.ts';
import { inferSchema } from '../../src/documents/infer-schema.ts';
import { ownSchema } from '../../src/documents/own-schema.ts';
import { parseDocument } from '../../src/documents/parse.ts';

const ADRS = [1, 2, 3, 4, 5, 6].map((number) => ({
  path: `docs/adr/000${number}-choice-${number}.md`,
  text: `---
title: Choice ${number}
status: ${number < 4 ? 'accepted' : 'proposed'}
date: 2026-11-0${number}
link: https://example.com/${number}
weight: ${number === 3 ? 1.5 : number}
deciders: [ada, bob]
review: {by: ada, at: 2026-11-20T10:00:00Z}
${number === 2 ? 'superseded: true\n' : ''}x-team: core
---
# ${number}. Choice ${number}

## Context

### Detail

## ${number === 5 ? 'decision' : 'Decision'}

## Consequences
${number === 6 ? '\n## More\n' : ''}`,
}));
const samples = ADRS.map(({ path, text }) => ({ path, parsed: parseDocument(Buffer.from(text)) }));

describe('a kind is inferred', () => {
  const kind = inferKind('docs/adr/*.md', samples);

  it('with the types, formats and choices that all files show', () => {
    expect(kind.schema).toEqual({
      type: 'object',
      required: ['title', 'status', 'date', 'link', 'weight', 'deciders', 'review'],
      additionalProperties: false,
      properties: {
        title: { type: 'string' },
        status: { type: 'string', enum: ['accepted', 'proposed'], default: 'proposed' },
        date: { type: 'string', format: 'date' },
        link: { type: 'string', format: 'uri' },
        weight: { type: 'number' },
        deciders: { type: 'array', items: { type: 'string' } },
        review: { type: 'object', required: ['by', 'at'], additionalProperties: false, properties: { by: { type: 'string' }, at: { type: 'string', format: 'date-time' } } },
        superseded: { type: 'boolean' },
      },
    });
  });

  it('so that every file meets it', () => {
    const { judge, problem } = ownSchema(Buffer.from(JSON.stringify(kind.schema)));
    expect(problem).toBeUndefined();
    for (const { parsed } of samples) expect(judge(parsed.data)).toEqual([]);
  });

  it('with the sections that all files have in one order, the places of their names, and a template', () => {
    expect(kind.path).toBe('docs/adr/{{number}}-{{slug}}.md');
    expect(kind.sections).toEqual(['Context', 'Decision', 'Consequences']);
    expect(kind.unique).toEqual(['number']);
    expect(kind.template).toContain('date: {{date}}\n');
    expect(kind.template).toContain('\n# {{number}}. {{title}}\n\n## Context\n\n[[fill: Context]]\n');
  });

  it('from mixed values as what they have in common', () => {
    expect(inferSchema([{ a: 1, b: null, c: {} }, { a: 'x', b: 'y', c: { one: 1 } }, { c: { two: 2 } }])).toEqual({
      type: 'object',
      required: ['c'],
      additionalProperties: false,
      properties: { a: { type: ['integer', 'string'] }, b: { type: ['null', 'string'] }, c: { type: 'object', additionalProperties: { type: 'integer' } } },
    });
    expect(inferSchema([{}])).toEqual({ type: 'object', additionalProperties: false, properties: {} });
  });

  it.each([
    ['notes/*.md', ['notes/a.md', 'notes/1-b.md'], 'notes/*.md'],
    ['notes/*.md', ['notes/README.md', 'notes/1-b.md'], 'notes/{{number}}-{{slug}}.md'],
    ['log/*.md', ['log/2026-11-20-a.md'], 'log/{{date}}-{{slug}}.md'],
    ['log/*.md', ['log/README.md'], 'log/*.md'],
    ['log/**', ['log/1-a.md'], 'log/**'],
  ])('%s with %j is %s', (pattern, paths, expected) => {
    expect(inferPattern(pattern, paths)).toBe(expected);
  });
});
