import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

const SCHEMA = '{"type": "object", "required": ["title"], "additionalProperties": false, "properties": {"title": {"type": "string"}}}';
let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const workspace = (kinds: string) => `---\ntreework: 1\nkinds:\n${kinds.replaceAll(/^/gm, '  ')}\n---\n`;

function governed(kinds: string, files: Readonly<Record<string, string>> = {}): void {
  sandbox.repository('repo', { 'WORKSPACE.md': workspace(kinds), ...files });
}

interface Told {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

function found(...args: string[]): Told[] {
  const answer = sandbox.treework('repo', 'check', ...args, '--json');
  expect(answer.status, answer.output).toBeLessThan(2);
  return JSON.parse(answer.stdout).findings;
}

const places = (...args: string[]) => found(...args).map(({ rule, path, line }) => `${rule} ${path}:${line}`);

describe('a pattern', () => {
  it.each(['../*.md', '/etc/*.md', 'a/../../b/*.md', 'C:/x/*.md', '..\\\\*.md'])('that leaves the repository (%s) governs nothing and is a finding', (path) => {
    governed(`adr: {path: "${path}"}`, { 'docs/adr/1.md': '# One\n' });
    expect(places()).toEqual(['frontmatter-valid WORKSPACE.md:4']);
    expect(sandbox.treework('repo', 'new', 'adr', '--title', 'x').status).toBe(2);
    expect(sandbox.treework('repo', 'list', 'adr').status).toBe(2);
  });

  it('for everything leaves the core its own', () => {
    governed('page: {path: "**"}', { 'docs/specs/PROJ-7/idea.md': '---\nticket: PROJ-7\ntitle: Reports\n---\n', 'a/b.md': '---\n[\n---\n', '.hidden/b.md': '---\n[\n---\n' });
    expect(places()).toEqual(['frontmatter-valid a/b.md:3']);
    sandbox.write('repo', { 'a/c.md': '---\n[\n---\n' });
    sandbox.git('repo', 'add', '.');
    expect(places('--staged')).toEqual(['frontmatter-valid a/c.md:3']);
  });

  it('that matches what another one matches is a finding at each such file', () => {
    governed('adr: {path: "docs/adr/*.md"}\npage: {path: "docs/**/*.md"}', { 'docs/adr/1.md': '# One\n', 'docs/guide/1.md': '# One\n' });
    expect(found().map(({ rule, path, message }) => [rule, path, /WORKSPACE\.md:4.*WORKSPACE\.md:5|WORKSPACE\.md:5.*WORKSPACE\.md:4/.test(message)])).toEqual([['kind-definition', 'docs/adr/1.md', true]]);
  });
});

describe('a name', () => {
  it('of the core is no kind, and changes nothing of the core', () => {
    governed('spec: {path: "x/*.md"}\nreadme: {path: "y/*.md"}', { 'x/a.md': '---\n[\n---\n', 'docs/specs/PROJ-7/spec.md': '---\nticket: PROJ-7\n---\n' });
    expect(places()).toEqual(['kind-definition WORKSPACE.md:4', 'kind-definition WORKSPACE.md:5', 'frontmatter-valid docs/specs/PROJ-7/spec.md:1']);
  });

  it.each(['constructor', 'to-string', 'has-own-property'])('that JavaScript knows (%s) is a name like any other', (name) => {
    governed(`${name}: {path: "x/*.md"}`, { 'x/a.md': '# A\n' });
    expect(places()).toEqual([]);
    expect(sandbox.treework('repo', 'new', name, '--title', 'B').status).toBe(0);
    expect(sandbox.treework('repo', 'list', name).stdout).toContain('2 of 2 documents');
  });

  it.each(['Adr', 'a b', '__proto__', 'a/b', '"a|b"', '"a&b"'])('that is none (%s) is a finding', (name) => {
    governed(`${name}: {path: "x/*.md"}`, { 'x/a.md': '---\n[\n---\n' });
    expect(places()).toEqual(['frontmatter-valid WORKSPACE.md:4']);
  });
});

describe('a schema', () => {
  it('that asks for the network gets none, and says so', () => {
    governed('adr: {path: "x/*.md"}', { 'x/a.md': '---\ntitle: 1\n---\n', '.treework/schemas/adr.schema.json': '{"$ref": "http://127.0.0.1:9/adr.json"}' });
    expect(places()).toEqual(['kind-definition .treework/schemas/adr.schema.json:1']);
    sandbox.write('repo', { 'x/b.md': '---\ntitle: 1\n---\n' });
    sandbox.git('repo', 'add', '.');
    // The commit of a document tells too that nothing judges it.
    expect(places('--staged')).toEqual(['kind-definition .treework/schemas/adr.schema.json:1']);
  });

  it('behind a link is not followed', () => {
    governed('adr: {path: "x/*.md"}', { 'x/a.md': '# A\n', 'elsewhere.json': SCHEMA, '.treework/schemas/.gitkeep': '' });
    symlinkSync('../../elsewhere.json', join(sandbox.root, 'repo/.treework/schemas/adr.schema.json'));
    expect(places()).toEqual(['kind-definition WORKSPACE.md:4']);
  });

  it('that recurses judges as deep as it can', () => {
    const recursive = '{"type": "object", "properties": {"part": {"$ref": "#"}}, "additionalProperties": false}';
    const deep = `${'{part: '.repeat(60)}{part: 1}${'}'.repeat(60)}`;
    governed('adr: {path: "x/*.md"}', { 'x/a.md': `---\npart: ${deep}\n---\n`, '.treework/schemas/adr.schema.json': recursive });
    expect(places()).toEqual(['frontmatter-valid x/a.md:2']);
  });

  it('removed while documents rely on it by name is a finding in that commit', () => {
    governed('adr: {path: "x/*.md", schema: adr.json}', { 'x/a.md': '---\ntitle: A\n---\n', 'adr.json': SCHEMA });
    expect(places()).toEqual([]);
    sandbox.git('repo', 'rm', '-q', 'adr.json');
    expect(places('--staged')).toEqual(['kind-definition WORKSPACE.md:4']);
  });
});

describe('a document', () => {
  it('of a megabyte is judged, and one byte more is refused unread', () => {
    const head = '---\ntitle: A\n---\n\n## One\n\n';
    const large = head + `${'word '.repeat(15)}\n`.repeat(20_000).slice(0, 1024 * 1024 - head.length);
    governed('adr: {path: "x/*.md", sections: [One], tokens: 300000}', { '.treework/schemas/adr.schema.json': SCHEMA, 'x/a.md': large, 'x/b.md': `${large}x` });
    expect(Buffer.byteLength(large)).toBe(1024 * 1024);
    expect(places()).toContain('frontmatter-valid x/b.md:1');
    expect(places().filter((place) => place.includes('x/a.md'))).toEqual([]);
  });

  it('with CRLF is judged line by line, and made so from such a template', () => {
    const template = '---\r\ntitle: {{title}} # as said\r\n---\r\n## One\r\n';
    governed('adr: {path: "x/*.md", sections: [One, Two], unique: [title]}', { '.treework/schemas/adr.schema.json': SCHEMA, 'x/a.md': '---\r\ntitle: A\r\nstatus: x\r\n---\r\n## Two\r\n\r\n## One\r\n', '.treework/generators/adr.md': template });
    expect(places()).toEqual(['frontmatter-valid x/a.md:3', 'section-missing x/a.md:5']);
    sandbox.write('repo', { '.treework/generators/adr.md': `${template}\r\n## Two\r\n` });
    expect(sandbox.treework('repo', 'new', 'adr', '--title', '"A" | B & C').status).toBe(0);
    expect(sandbox.read('repo', 'x/a-b-c.md')).toBe('---\r\ntitle: "\\"A\\" | B & C" # as said\r\n---\r\n## One\r\n\r\n## Two\r\n');
  });

  it('from a template that holds code is text', () => {
    governed('note: {path: "x/*.md"}', { '.treework/generators/note.md': '# {{title}}\n\n<% throw new Error("run") %> ${process.exit(3)} `$(touch pwned)`\n' });
    expect(sandbox.treework('repo', 'new', 'note', '--title', '$(touch pwned) `x` %PATH%').status).toBe(0);
    expect(sandbox.read('repo', 'x/touch-pwned-x-path.md')).toBe('# $(touch pwned) `x` %PATH%\n\n<% throw new Error("run") %> ${process.exit(3)} `$(touch pwned)`\n');
    expect(sandbox.git('repo', 'status', '--short', '--untracked-files=all')).toBe('?? x/touch-pwned-x-path.md\n');
  });

  it('cannot waive that its kind is broken, nor hide behind a link', () => {
    governed('adr: {path: "x/*.md"}', { '.treework/schemas/adr.schema.json': SCHEMA, 'elsewhere.md': '---\n[\n---\n' });
    sandbox.write('repo', { 'x/.keep': '' });
    symlinkSync('../elsewhere.md', join(sandbox.root, 'repo/x/a.md'));
    sandbox.git('repo', 'add', '.');
    expect(places('--staged')).toEqual(['directory-standard x/a.md:1']);
  });
});

it('a server judges documents of own kinds like everybody else', () => {
  governed('adr: {path: "x/*.md"}', { '.treework/schemas/adr.schema.json': SCHEMA });
  sandbox.write('repo', { 'x/a.md': '---\ntitle: 1\n---\n' });
  sandbox.git('repo', 'add', '.');
  sandbox.git('repo', 'commit', '-q', '-m', 'docs: decide');
  expect(places('--from', 'main~1', '--to', 'main', '--ref', 'main')).toEqual(['frontmatter-valid x/a.md:2']);
});
