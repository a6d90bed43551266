import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

const SCHEMA = JSON.stringify({ type: 'object', required: ['title', 'status'], additionalProperties: false, properties: { title: { type: 'string' }, status: { enum: ['proposed', 'accepted'] } } });
const ADR = '---\ntitle: Use git\nstatus: accepted\n---\n\n## Context\n';
const WORKSPACE = '---\ntreework: 1\nkinds:\n  adr: {path: "docs/adr/*.md"}\n---\n';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

function repository(files: Readonly<Record<string, string>> = {}): string {
  return sandbox.repository('repo', { 'WORKSPACE.md': WORKSPACE, '.treework/schemas/adr.schema.json': SCHEMA, 'docs/adr/0001-use-git.md': ADR, ...files });
}

function found(...args: string[]): string[] {
  const answer = JSON.parse(sandbox.treework('repo', 'check', ...args, '--json').stdout);
  return answer.findings.map((one: { rule: string; path: string; line: number; column: number }) => `${one.rule} ${one.path}:${one.line}:${one.column}`);
}

function stage(files: Readonly<Record<string, string>>): void {
  sandbox.write('repo', files);
  sandbox.git('repo', 'add', '.');
}

describe('a document of a kind of the repository', () => {
  it('is judged by its schema at the commit, in the audit and on its own, with its line', () => {
    repository();
    expect(found()).toEqual([]);
    stage({ 'docs/adr/0002-use-ajv.md': ADR.replace('accepted', 'banana').replace('\n---', '\nowner: me\n---') });
    const expected = ['frontmatter-valid docs/adr/0002-use-ajv.md:3:9', 'frontmatter-valid docs/adr/0002-use-ajv.md:4:1'];
    expect(found('--staged')).toEqual(expected);
    expect(found()).toEqual(expected);
    expect(found('docs/adr/0002-use-ajv.md')).toEqual(expected);
  });

  it('is judged by the schema of the same commit, and anew when that changes', () => {
    repository();
    stage({ '.treework/schemas/adr.schema.json': SCHEMA.replace('"accepted"', '"agreed"') });
    expect(found('--staged')).toEqual(['frontmatter-valid docs/adr/0001-use-git.md:3:9']);
    stage({ 'docs/adr/0001-use-git.md': ADR.replace('accepted', 'agreed') });
    expect(found('--staged')).toEqual([]);
  });

  it('is judged anew when WORKSPACE.md makes it one', () => {
    sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'docs/adr/0001-use-git.md': '# Use git\n' });
    stage({ 'WORKSPACE.md': WORKSPACE, '.treework/schemas/adr.schema.json': SCHEMA });
    expect(found('--staged')).toEqual(['frontmatter-valid docs/adr/0001-use-git.md:1:1']);
  });

  it('needs no frontmatter where its schema asks for none', () => {
    repository({ '.treework/schemas/adr.schema.json': '{"type": "object"}', 'docs/adr/0002-bare.md': '# Bare\n', 'docs/adr/0003-crlf.md': ADR.replaceAll('\n', '\r\n') });
    expect(found()).toEqual([]);
    stage({ 'docs/adr/0002-bare.md': '---\ntitle: open\n' });
    expect(found('--staged')).toEqual(['frontmatter-valid docs/adr/0002-bare.md:1:1']);
  });

  it('may be anything where there is no schema, but readable', () => {
    sandbox.repository('repo', { 'WORKSPACE.md': WORKSPACE, 'docs/adr/0001.md': ADR, 'docs/adr/0002.md': '---\na: 1\na: 2\n---\n', 'docs/adr/0003.md': 'x'.repeat(1024 * 1024 + 1) });
    expect(found()).toEqual(['frontmatter-valid docs/adr/0002.md:3:1', 'frontmatter-valid docs/adr/0003.md:1:1']);
  });
});

it('why says what makes it one', () => {
  repository();
  const facts = JSON.parse(sandbox.treework('repo', 'why', 'docs/adr/0001-use-git.md', '--json').stdout);
  expect(facts).toMatchObject({ kind: 'adr', schema: '.treework/schemas/adr.schema.json', settings: [{ name: 'kind', value: 'adr: docs/adr/*.md', from: 'WORKSPACE.md:4' }] });
  const reason = (path: string) => JSON.parse(sandbox.treework('repo', 'why', path, '--json').stdout).reason;
  expect(reason('.treework/schemas/adr.schema.json')).toBe('the schema of kind adr (WORKSPACE.md:4), judged by kind-definition');
  expect(reason('docs/adr/deep/0001.md')).toContain('no pattern of kinds matches it (adr)');
});

describe('the hook', () => {
  it('sees the documents of a kind', () => {
    repository();
    expect(sandbox.treework('repo', 'init', '--yes').status).toBe(0);
    stage({ 'docs/adr/0002-use-ajv.md': ADR.replace('accepted', 'banana') });
    const refused = sandbox.run('git', ['commit', '-m', 'docs: decide'], { cwd: 'repo' });
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('docs/adr/0002-use-ajv.md:3:9');
    stage({ 'docs/adr/0002-use-ajv.md': ADR });
    expect(sandbox.run('git', ['commit', '-m', 'docs: decide'], { cwd: 'repo' })).toMatchObject({ status: 0 });
  });
});

describe('a kind that treework ships', () => {
  const NOTE = '---\ntitle: Verify tokens\nkind: banana\n---\n';

  it('is nobody’s business until it is named', () => {
    sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'docs/knowledge/verify.md': NOTE });
    expect(found()).toEqual([]);
    stage({ 'WORKSPACE.md': '---\ntreework: 1\nkinds: {knowledge: {}}\n---\n' });
    expect(found('--staged')).toEqual(['frontmatter-valid docs/knowledge/verify.md:3:7']);
    stage({ 'WORKSPACE.md': '---\ntreework: 1\nkinds: {knowledge: {path: "notes/*.md"}}\n---\n', 'notes/other.md': NOTE });
    expect(found('--staged')).toEqual(['frontmatter-valid notes/other.md:3:7']);
  });

  it('has a folder of the layout where there is one', () => {
    sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\nlayout: {capabilities: living}\nkinds: {capability: {}}\n---\n', 'living/reports.md': '---\nname: x\n---\n' });
    expect(found()).toEqual(['frontmatter-valid living/reports.md:1:1', 'frontmatter-valid living/reports.md:2:1']);
  });
});
