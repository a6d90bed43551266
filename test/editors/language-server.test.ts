import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EDITED, FOLDER, nodeOf, SPEC, specOf, tasksOf } from '../harness/governed.ts';
import { LanguageClient, placeIn, type Place } from '../harness/language-client.ts';
import { Sandbox } from '../harness/sandbox.ts';

const WORKSPACE = '---\ntreework: 1\n---\n';
const FAULTY = specOf('The system rejects expired tokens.');
const [SPEC_PATH, TASKS_PATH] = [`${FOLDER}/spec.md`, `${FOLDER}/tasks.md`];

let sandbox: Sandbox;
let clients: LanguageClient[];
beforeEach(() => {
  sandbox = new Sandbox();
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.process.kill();
  sandbox.remove();
});

async function editor(name: string, files?: Readonly<Record<string, string>>, options?: ConstructorParameters<typeof LanguageClient>[2]): Promise<LanguageClient> {
  if (files) sandbox.repository(name, files);
  const client = new LanguageClient(sandbox, name, options);
  clients.push(client);
  await client.initialize();
  return client;
}

const codes = (diagnostics: readonly { readonly code: string }[]) => diagnostics.map(({ code }) => code);

describe('diagnostics', () => {
  it('come as somebody types, with rule, page and remedy, and go when it is mended', async () => {
    const client = await editor('repo', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: SPEC });
    expect(await client.open(SPEC_PATH, SPEC)).toEqual([]);
    const [diagnostic, ...others] = await client.change(SPEC_PATH, FAULTY);
    expect(others).toEqual([]);
    expect(diagnostic).toMatchObject({ code: 'requirement-keyword', severity: 1, source: 'treework', range: { start: { line: 7, character: 0 }, end: { line: 7, character: 33 } } });
    expect(diagnostic?.message).toMatch(/^Unexpected statement .*\nsay in one sentence what holds/);
    expect(diagnostic?.codeDescription.href).toMatch(/^file:.*\/rules\/requirement-keyword\.md$/);
    expect(await client.change(SPEC_PATH, SPEC)).toEqual([]);
  });

  it('are of the whole ticket: an edit of a frozen spec shows where it leaves the text that was frozen', async () => {
    const client = await editor('repo', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: SPEC, [TASKS_PATH]: tasksOf(SPEC), [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
    expect(await client.open(SPEC_PATH, SPEC)).toEqual([]);
    expect(await client.change(SPEC_PATH, EDITED)).toMatchObject([{ code: 'spec-frozen', range: { start: placeIn(EDITED, 'The system SHALL') } }]);
    expect(await client.change(SPEC_PATH, SPEC)).toEqual([]);
    expect(await client.open(TASKS_PATH, tasksOf(EDITED))).toMatchObject([{ code: 'spec-frozen' }]);
    await client.until(() => (client.said.get(client.uri(`${FOLDER}/nodes/build.md`))?.diagnostics.length ?? 0) > 0);
    expect(codes(client.said.get(client.uri(`${FOLDER}/nodes/build.md`))?.diagnostics ?? []), 'a file that is not open').toEqual(['spec-frozen']);
  });

  it('go when the last file of a ticket is closed, and follow what happens on disk', async () => {
    const client = await editor('repo', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: FAULTY });
    expect(codes(await client.open(SPEC_PATH, FAULTY))).toEqual(['requirement-keyword']);
    sandbox.write('repo', { 'WORKSPACE.md': WORKSPACE.replace('treework: 1', 'treework: 1\nrules:\n  requirement-keyword: warning') });
    client.tell('workspace/didChangeWatchedFiles', { changes: [{ uri: client.uri('WORKSPACE.md'), type: 2 }] });
    await client.until(() => client.said.get(client.uri(SPEC_PATH))?.diagnostics[0]?.severity === 2);
    client.close(SPEC_PATH);
    await client.until(() => client.said.get(client.uri(SPEC_PATH))?.diagnostics.length === 0);
    sandbox.git('repo', 'mv', FOLDER, 'docs/specs/PROJ-8');
    client.tell('workspace/didChangeWatchedFiles', { changes: [{ uri: client.uri(SPEC_PATH), type: 3 }, { uri: client.uri('docs/specs/PROJ-8/spec.md'), type: 1 }] });
    expect(codes(await client.open('docs/specs/PROJ-8/spec.md', FAULTY))).toEqual(['frontmatter-valid', 'requirement-keyword']);
  });

  it('follow WORKSPACE.md as it is typed', async () => {
    const client = await editor('repo', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: FAULTY });
    expect(codes(await client.open(SPEC_PATH, FAULTY))).toEqual(['requirement-keyword']);
    expect(await client.open('WORKSPACE.md', WORKSPACE)).toEqual([]);
    expect(await client.change('WORKSPACE.md', WORKSPACE.replace('1\n', '1\nrules: {requirement-keyword: off}\n'))).toEqual([]);
    await client.until(() => client.said.get(client.uri(SPEC_PATH))?.diagnostics.length === 0);
    expect(codes(await client.change('WORKSPACE.md', '---\ntreework: 1\nrules: [\n---\n'))).toEqual(['frontmatter-valid']);
  });
});

describe('code actions', () => {
  interface Action {
    readonly title: string;
    readonly edit?: { readonly changes: Readonly<Record<string, readonly { readonly newText: string; readonly range: { readonly start: Place; readonly end: Place } }[]>> };
    readonly command?: { readonly command: string; readonly arguments: readonly string[] };
  }
  const actions = async (client: LanguageClient, path: string, line: number) =>
    client.ask<Action[]>('textDocument/codeAction', path, { range: { start: { line, character: 0 }, end: { line, character: 0 } }, context: { diagnostics: [] } });

  it('mend a heading that is misspelt, with any line ends, and say which command mends the rest', async () => {
    const client = await editor('repo', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: SPEC, [TASKS_PATH]: tasksOf(SPEC), 'docs/specs/PROJ-8/spec.md': specOf('It SHALL work.', 'PROJ-8') });
    for (const text of [specOf('It SHALL work.', 'PROJ-8'), specOf('It SHALL work.', 'PROJ-8').replaceAll('\n', '\r\n')]) {
      const misspelt = text.replace('#### Scenario: ', '### Scenario: ');
      const [diagnostic] = client.said.has(client.uri('docs/specs/PROJ-8/spec.md')) ? await client.change('docs/specs/PROJ-8/spec.md', misspelt) : await client.open('docs/specs/PROJ-8/spec.md', misspelt);
      const line = diagnostic?.range.start.line ?? 0;
      expect(misspelt.split('\n')[line]).toMatch(/^### Scenario/);
      const [fix] = await actions(client, 'docs/specs/PROJ-8/spec.md', line);
      const end = text.includes('\r') ? '\r\n' : '\n';
      expect(fix?.edit?.changes[client.uri('docs/specs/PROJ-8/spec.md')]).toEqual([{ range: { start: { line, character: 0 }, end: { line: line + 1, character: 0 } }, newText: `#### Scenario: Expired token${end}` }]);
      expect(await actions(client, 'docs/specs/PROJ-8/spec.md', 0)).toEqual([]);
    }
    await client.open(SPEC_PATH, EDITED);
    const [hint] = await actions(client, SPEC_PATH, placeIn(EDITED, 'The system SHALL').line);
    expect(hint).toMatchObject({ title: 'In a terminal: treework new change --ticket PROJ-7 --from-edit --title "WHAT CHANGES"' });
    expect(hint?.edit, 'nothing is run on behalf of the user').toBeUndefined();
    await client.connection.sendRequest('workspace/executeCommand', { command: hint?.command?.command, arguments: hint?.command?.arguments });
    await client.until(() => client.shown.length > 0);
    expect(client.shown[0]).toContain('--from-edit');
  });
});

it('offers to delete a page that nothing asks for, to editors that can', async () => {
  const readme = '<!-- generated by treework from spec.md and tasks.md; do not edit: `treework check --fix` writes it anew -->\n';
  const files = { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: SPEC, [TASKS_PATH]: tasksOf(SPEC), [`${FOLDER}/README.md`]: readme };
  const path = `${FOLDER}/README.md`;
  sandbox.repository('repo', files);
  for (const [capabilities, titles] of [[{ workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] } } }, ['Mend:', 'In a terminal:']], [{}, ['In a terminal:']]] as const) {
    const client = new LanguageClient(sandbox, 'repo');
    clients.push(client);
    await client.initialize({ capabilities });
    expect(codes(await client.open(path, readme))).toEqual(['readme-fresh']);
    const actions = await client.ask<{ title: string; edit?: object }[]>('textDocument/codeAction', path, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, context: { diagnostics: [] } });
    expect(actions.map(({ title }) => title.replace(/:.*/, ':'))).toEqual(titles);
    if (actions.length > 1) expect(actions[0]?.edit).toEqual({ documentChanges: [{ kind: 'delete', uri: client.uri(path) }] });
  }
});

it('knows the kinds of the repository: their findings, their keys, what they hold', async () => {
  const schema = { type: 'object', required: ['title', 'status'], properties: { title: { type: 'string', description: 'What was decided.' }, status: { enum: ['proposed', 'accepted'] } }, additionalProperties: false };
  const decision = '---\ntitle: Use git\nstatus: maybe\n---\n\n# Use git\n';
  const client = await editor('repo', { 'WORKSPACE.md': '---\ntreework: 1\nkinds:\n  adr: {path: "docs/adr/*.md"}\n---\n', '.treework/schemas/adr.schema.json': JSON.stringify(schema), 'docs/adr/0001-git.md': decision });
  expect(codes(await client.open('docs/adr/0001-git.md', decision))).toEqual(['frontmatter-valid']);
  expect(await client.change('docs/adr/0001-git.md', decision.replace('maybe', 'accepted'))).toEqual([]);
  const labels = async (position: Place) => (await client.ask<{ label: string }[]>('textDocument/completion', 'docs/adr/0001-git.md', { position })).map(({ label }) => label);
  expect(await labels({ line: 2, character: 8 })).toEqual(['proposed', 'accepted']);
  await client.change('docs/adr/0001-git.md', decision.replace('status: maybe\n', '\n'));
  expect(await labels({ line: 2, character: 0 })).toEqual(['status']);
  expect((await client.ask<{ contents: { value: string } }>('textDocument/hover', 'docs/adr/0001-git.md', { position: { line: 0, character: 0 } })).contents.value).toContain('.treework/schemas/adr.schema.json');
});

describe('it survives', () => {
  it('what is not governed: no WORKSPACE.md, no git, no file, no name', async () => {
    const client = await editor('repo', { 'README.md': '# Example\n' });
    sandbox.write('plain', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: FAULTY });
    sandbox.repository('governed', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: FAULTY });
    const others = ['untitled:Untitled-1', 'git:/x/spec.md?ref', 'file:///%zz', 'file://elsewhere/x.md', client.uri(`../plain/${SPEC_PATH}`), client.uri(SPEC_PATH), client.uri('no/such/folder/x.md')];
    for (const uri of others) client.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'markdown', version: 1, text: FAULTY } });
    for (const uri of others) {
      for (const method of ['hover', 'definition', 'references', 'prepareRename', 'completion', 'documentSymbol']) {
        expect(await client.connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position: { line: 1, character: 2 }, context: { includeDeclaration: true } }), `${method} of ${uri}`).toBeNull();
      }
      expect(await client.connection.sendRequest('textDocument/codeAction', { textDocument: { uri }, range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } }, context: { diagnostics: [] } })).toEqual([]);
    }
    expect(codes(await client.open(`../governed/${SPEC_PATH}`, FAULTY)), 'another folder, governed').toEqual(['requirement-keyword']);
    expect(client.reports.filter(({ uri }) => others.includes(uri)), 'nothing is said of the others').toEqual([]);
  });

  it('a document that is broken at every keystroke', async () => {
    const client = await editor('repo', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: SPEC, [TASKS_PATH]: tasksOf(SPEC) });
    const texts: readonly [string, string][] = [[SPEC_PATH, SPEC], [TASKS_PATH, tasksOf(SPEC)], ['WORKSPACE.md', WORKSPACE]];
    for (const [path, text] of texts) await client.open(path, text);
    for (const [path, text] of texts) {
      for (let end = 0; end <= text.length; end += 7) {
        client.type(path, text.slice(0, end));
        const lines = text.slice(0, end).split('\n');
        const position = { line: lines.length - 1, character: (lines.at(-1) as string).length };
        for (const method of ['hover', 'definition', 'completion', 'documentSymbol', 'prepareRename']) await client.ask(`textDocument/${method}`, path, { position }).catch((error: Error) => expect(error.message).toMatch(/^Unexpected rename/));
      }
      await client.change(path, text);
    }
    for (const hostile of ['', '\u0000', '---\n', '<<<<<<< a\n=======\n>>>>>>> b\n', `---\na: ${'['.repeat(3000)}\n---\n`, '---\n__proto__: {}\nnodes: [{nodes: [{nodes: 1}]}, 3, null]\n---\n']) {
      await client.change(TASKS_PATH, hostile);
      await client.ask('textDocument/documentSymbol', TASKS_PATH);
    }
    expect(await client.change(TASKS_PATH, tasksOf(SPEC))).toEqual([]);
    expect(client.shown).toEqual([]);
    expect(client.stderr).toBe('');
  });

  it('a client that leaves, properly or not', async () => {
    const proper = await editor('repo', { 'WORKSPACE.md': WORKSPACE });
    expect(await proper.leave()).toBe(0);
    const gone = await editor('repo');
    gone.process.stdin?.end();
    expect(await gone.ended()).toBe(1);
    const killed = sandbox.run('sh', ['-c', 'sleep 0 & echo $!'], {}).stdout.trim();
    const orphan = new LanguageClient(sandbox, 'repo');
    clients.push(orphan);
    await orphan.initialize({ processId: Number(killed) });
    expect(await orphan.ended(), 'the parent that it was told of is gone').toBe(1);
  });

  it('a repository before its first commit, and a linked worktree', async () => {
    sandbox.run('git', ['init', '-q', 'fresh']);
    sandbox.write('fresh', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: FAULTY });
    const client = await editor('fresh');
    expect(codes(await client.open(SPEC_PATH, FAULTY))).toEqual(['requirement-keyword']);
    sandbox.git('fresh', 'add', '.');
    sandbox.git('fresh', 'commit', '-q', '-m', 'docs: begin');
    sandbox.git('fresh', 'worktree', 'add', '-q', '../linked');
    expect(codes(await client.open(`../linked/${SPEC_PATH}`, FAULTY))).toEqual(['requirement-keyword']);
  });
});

it('lists nothing but the ticket that is open, however many there are', async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`docs/specs/MANY-${index}/spec.md`, specOf('It SHALL work.', `MANY-${index}`)]));
  sandbox.repository('repo', { 'WORKSPACE.md': WORKSPACE, [SPEC_PATH]: SPEC, ...many });
  const git = sandbox.run('sh', ['-c', 'command -v git']).stdout.trim();
  sandbox.write('spy', { git: `#!/bin/sh\necho "$@" >> '${sandbox.root}/calls'\nexec ${git} "$@"\n` });
  chmodSync(join(sandbox.root, 'spy/git'), 0o755);
  const client = await editor('repo', undefined, { env: { PATH: `${join(sandbox.root, 'spy')}:${sandbox.env.PATH}` } });
  await client.open(SPEC_PATH, SPEC);
  expect(await client.change(SPEC_PATH, FAULTY)).toHaveLength(1);
  const listings = sandbox.read('.', 'calls').split('\n').filter((call) => /^(ls-files|ls-tree|status|diff|grep|log|rev-list)\b/.test(call));
  expect(listings).not.toEqual([]);
  for (const call of listings) expect(call).toMatch(/ -- docs\/specs\/PROJ-7$/);
  expect(sandbox.exists('.', 'repo/.git/treework'), 'nothing is written').toBe(false);
});
