import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EDITED, FOLDER, nodeOf, SPEC, specOf, tasksOf } from '../harness/governed.ts';
import { LanguageClient, placeIn } from '../harness/language-client.ts';
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
