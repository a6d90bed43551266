import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { schemaFacts } from '../../src/documents/schema-facts.ts';
import { kindDocument } from '../../src/render/kind-document.ts';
import { Sandbox } from '../harness/sandbox.ts';

const SCHEMA = {
  type: 'object',
  required: ['title', 'status', 'date'],
  additionalProperties: false,
  properties: {
    number: { type: 'integer' },
    title: { $ref: '#/$defs/line' },
    status: { enum: ['proposed', 'accepted'], default: 'proposed' },
    date: { type: 'string', format: 'date' },
    deciders: { type: 'array', items: { type: 'string' } },
    weight: { type: 'number' },
  },
  $defs: { line: { type: 'string', pattern: '\\S' } },
};
const TEMPLATE = `---
number: {{number}}   # never reused: {{number}}
title: {{title}}
status: {{status}}
date: {{date}}
deciders: {{deciders}}
---
# {{number}}. {{title}}

## Context

{{context}}
`;

function made(values: Readonly<Record<string, string>>, template = TEMPLATE, schema: Record<string, unknown> = SCHEMA): string {
  const known = new Map([['date', '2026-11-20'], ['number', '0007'], ['title', 'Use git'], ['slug', 'use-git']]);
  return kindDocument({ template, templatePath: 't.md', facts: schemaFacts(schema), places: ['slug'], known, given: new Map(Object.entries(values)) });
}

describe('a template becomes a document', () => {
  it('with values as the schema types them, and what nobody said left out or marked', () => {
    expect(made({ deciders: 'ada, bob', context: 'It hurts.' })).toBe(`---
number: 7   # never reused: 0007
title: Use git
status: proposed
date: "2026-11-20"
deciders:
  - ada
  - bob
---
# 0007. Use git

## Context

It hurts.
`);
    expect(made({})).toContain('[[fill: context]]');
    expect(made({})).not.toContain('deciders');
  });

  it.each(['a | b & c', '$& $1 $$', '"quoted" and \'single\'', '{{slug}} in {{title}}', 'no: #comment', '- [ ] *x*', '& anchor', '日本語', 'yes', '{a: b}', '%TAG !'])('whose title is %j, as it was said', (title) => {
    const text = made({ title });
    const { data, problems, body } = parseDocument(Buffer.from(text));
    expect(problems).toEqual([]);
    expect(data?.title).toBe(title);
    expect(body.split('\n')[0]).toBe(`# 0007. ${title}`);
  });

  it('line by line as it stands in the template, CRLF too', () => {
    expect(made({}, TEMPLATE.replaceAll('\n', '\r\n')).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('with what its schema requires where the template forgets it', () => {
    expect(made({ weight: '1.5' }, '# {{title}}\n')).toBe('---\nweight: 1.5\ntitle: Use git\nstatus: proposed\ndate: "2026-11-20"\n---\n# Use git\n');
    const open = { type: 'object', required: ['reason'], properties: { reason: { type: 'string', description: 'Why it is [done].' } } };
    expect(made({}, '# x\n', open)).toBe('---\nreason: "[[fill: Why it is done]]"\n---\n# x\n');
    expect(() => made({}, '# x\n', { type: 'object', required: ['level'], properties: { level: { enum: ['low', 'high'] } } })).toThrow(/absence of level, expected one of low, high/);
    expect(() => made({ weight: 'heavy' })).toThrow(/Unexpected weight "heavy", expected a value of type number/);
  });

  it('or says where the template is broken', () => {
    expect(() => made({}, '---\ntitle: {{title}}\ntitle: {{title}}\n---\n')).toThrow(/t\.md:3/);
  });
});

describe('new KIND of the repository', () => {
  const sandbox = new Sandbox();
  const cwd = 'repo';
  beforeAll(() => {
    sandbox.repository(cwd, {
      'WORKSPACE.md': '---\ntreework: 1\nkinds:\n  adr: {path: "docs/adr/{{number}}-{{slug}}.md", sections: [Context], unique: [number]}\n  note: {path: notes/*.md, sections: [What, Why]}\n  log: {path: "log/{{date}}/*/*.md"}\n---\n',
      '.treework/schemas/adr.schema.json': JSON.stringify(SCHEMA),
      '.treework/generators/adr.md': TEMPLATE,
    });
  });
  afterAll(() => sandbox.remove());
  const run = (...args: string[]) => sandbox.treework(cwd, 'new', ...args);

  it('numbers over all branches, and what it writes passes', () => {
    sandbox.git(cwd, 'checkout', '-q', '-b', 'other');
    expect(run('adr', '--title', 'On a branch').stdout).toContain('docs/adr/0001-on-a-branch.md');
    sandbox.git(cwd, 'add', '.');
    sandbox.git(cwd, 'commit', '-q', '-m', 'docs: decide');
    sandbox.git(cwd, 'checkout', '-q', 'main');
    expect(run('adr', '--title', 'Use git').stdout).toContain('docs/adr/0002-use-git.md');
    expect(run('adr', '--title', 'Use git').stdout).toContain('docs/adr/0003-use-git.md');
    expect(sandbox.treework(cwd, 'check')).toMatchObject({ status: 0 });
  });

  it('refuses what would not pass, and writes nothing', () => {
    const refused = run('adr', '--title', 'Other', '--set', 'date=soon');
    expect(refused.status).toBe(1);
    expect(refused.output).toContain('expected a day such as `2026-11-20`');
    expect(refused.output).toContain('nothing was written');
    expect(run('adr', '--title', 'Other', '--set', 'statsu=x')).toMatchObject({ status: 2, stderr: expect.stringContaining('--set status=…') });
    expect(run('adr', '--title', 'a\nb').status).toBe(2);
    expect(sandbox.git(cwd, 'status', '--short', '--untracked-files=all')).not.toContain('0004');
  });

  it('makes a plain document where there is no template', () => {
    expect(run('note', '--title', 'A | B').status).toBe(0);
    expect(sandbox.read(cwd, 'notes/a-b.md')).toBe('# A | B\n\n## What\n\n[[fill: What]]\n\n## Why\n\n[[fill: Why]]\n');
    expect(sandbox.treework(cwd, 'check')).toMatchObject({ status: 0 });
  });

  it('asks where a document goes when the pattern leaves a choice, and takes no other place', () => {
    expect(run('log', '--title', 'Day')).toMatchObject({ status: 2, stderr: expect.stringContaining('--path') });
    expect(run('log', '--title', 'Day', '--path', 'log/2026-11-20/a/b.md').status).toBe(0);
    for (const path of ['elsewhere.md', 'log/../../x.md', '../log/2026-11-20/a/b.md', '/log/2026-11-20/a/c.md']) expect(run('log', '--title', 'Day', '--path', path).status, path).toBe(2);
  });

  it('shows with --dry-run what it would write', () => {
    const shown = run('adr', '--title', 'Later', '--dry-run');
    expect(shown.stdout).toContain('would create docs/adr/0004-later.md');
    expect(sandbox.git(cwd, 'status', '--short', '--untracked-files=all')).not.toContain('later');
  });

  it('names what there is for a kind that is none', () => {
    expect(run('adl', '--title', 'x')).toMatchObject({ status: 2, stderr: expect.stringMatching(/expected idea, spec, .*adr, note, log, plan.*did you mean treework new adr\?/s) });
  });
});
