import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOLDER, specOf, tasksOf } from '../harness/governed.ts';
import { LanguageClient, placeIn, type Place } from '../harness/language-client.ts';
import { Sandbox } from '../harness/sandbox.ts';

const [SPEC_PATH, TASKS_PATH, RECORD_PATH] = [`${FOLDER}/spec.md`, `${FOLDER}/tasks.md`, `${FOLDER}/changes/001-retry.md`];
const SPEC = `${specOf('The system SHALL reject expired tokens with HTTP 401.')}
## Notes

See [above](#requirement-token-validation) and [the guide](../../guide.md#how-to-begin).
`;
const TASKS = `---
ticket: PROJ-7
goal: {title: Ship the reports API, why: Partners pull reports without CSV exports}
spec: ''
nodes:
  - id: build
    covers: ["Token validation"]
    scope: ["src/**"]
  - id: server
    depends_on: [build]
    covers:
      - Token validation
---
`;
const RECORD = `---
title: Tell how long to wait
impact: additive
status: proposed
blocks: [server]
history:
  - {to: proposed, by: impl-1, at: 2026-11-20T10:00:00Z}
---
## ADDED Requirements

### Requirement: Retry

The system SHALL say in Retry-After how long to wait.

#### Scenario: Too many

- **WHEN** it asks again
- **THEN** the answer says how many seconds to wait
`;
const FILES = {
  'WORKSPACE.md': '---\ntreework: 1\n---\n',
  [SPEC_PATH]: SPEC,
  [TASKS_PATH]: TASKS,
  [RECORD_PATH]: RECORD,
  'docs/guide.md': '# Guide\n\n## How to begin\n\nRead [what holds](specs/PROJ-7/spec.md#requirement-token-validation "the spec").\n',
  'docs/specs/PROJ-8/spec.md': specOf('The system SHALL build on it.', 'PROJ-8').replace('title: Reports API', 'title: More\nstacked_on: PROJ-7'),
  'docs/specs/PROJ-9/spec.md': `${specOf('The system SHALL be frozen.', 'PROJ-9')}\n## Notes\n\n[See](../PROJ-7/spec.md#notes)\n`,
};
const FROZEN = tasksOf(FILES['docs/specs/PROJ-9/spec.md'], 'PROJ-9');

let sandbox: Sandbox;
let client: LanguageClient;
beforeAll(async () => {
  sandbox = new Sandbox();
  sandbox.repository('repo', { ...FILES, 'docs/specs/PROJ-9/tasks.md': FROZEN });
  client = new LanguageClient(sandbox, 'repo');
  await client.initialize();
  await client.open(SPEC_PATH, SPEC);
  await client.open(TASKS_PATH, TASKS);
  await client.open(RECORD_PATH, RECORD);
  await client.open('docs/specs/PROJ-8/spec.md', FILES['docs/specs/PROJ-8/spec.md']);
  await client.open('docs/specs/PROJ-9/spec.md', FILES['docs/specs/PROJ-9/spec.md']);
});
afterAll(async () => {
  await client.leave();
  sandbox.remove();
});

interface Spot {
  readonly uri: string;
  readonly range: { readonly start: Place; readonly end: Place };
}

/** `path:line:text` of each place. */
function told(spots: readonly Spot[] | null, texts: Readonly<Record<string, string>> = FILES): string[] {
  return (spots ?? []).map(({ uri, range }) => {
    const path = Object.keys(texts).find((one) => client.uri(one) === uri) ?? uri;
    const line = texts[path]?.split('\n')[range.start.line] ?? '';
    return `${path.replace(`${FOLDER}/`, '')}:${range.start.line + 1}:${line.slice(range.start.character, range.end.character)}`;
  });
}

const after = (text: string, what: string, n = 0): Place => ({ ...placeIn(text, what, n), character: placeIn(text, what, n).character + 1 });

describe('definition and references', () => {
  const definition = async (path: string, position: Place) => told(await client.ask('textDocument/definition', path, { position }));
  const references = async (path: string, position: Place) => told(await client.ask('textDocument/references', path, { position, context: { includeDeclaration: true } }));

  it('lead from a name to where it is given', async () => {
    expect(await definition(TASKS_PATH, after(TASKS, 'build]'))).toEqual(['tasks.md:6:build']);
    expect(await definition(RECORD_PATH, after(RECORD, 'server'))).toEqual(['tasks.md:9:server']);
    expect(await definition(TASKS_PATH, after(TASKS, 'Token validation'))).toEqual(['spec.md:8:Token validation']);
    expect(await definition(TASKS_PATH, after(TASKS, 'Token validation', 1))).toEqual(['spec.md:8:Token validation']);
    expect(await definition('docs/specs/PROJ-8/spec.md', after(FILES['docs/specs/PROJ-8/spec.md'], 'PROJ-7'))).toEqual(['spec.md:1:']);
    expect(await definition(TASKS_PATH, after(TASKS, 'Partners'))).toEqual([]);
  });

  it('lead along links, to the heading', async () => {
    expect(await definition(SPEC_PATH, after(SPEC, 'above'))).toEqual(['spec.md:8:### Requirement: Token validation']);
    expect(await definition(SPEC_PATH, after(SPEC, 'guide.md'))).toEqual(['docs/guide.md:3:## How to begin']);
  });

  it('find every place that names the same', async () => {
    expect(await references(SPEC_PATH, after(SPEC, 'Token validation'))).toEqual(['spec.md:8:Token validation', 'tasks.md:7:Token validation', 'tasks.md:12:Token validation']);
    expect(await references(TASKS_PATH, after(TASKS, 'server'))).toEqual(['tasks.md:9:server', 'changes/001-retry.md:5:server']);
    expect((await references(SPEC_PATH, after(SPEC, 'PROJ-7'))).sort()).toEqual(['docs/specs/PROJ-8/spec.md:4:PROJ-7', 'spec.md:2:PROJ-7', 'tasks.md:2:PROJ-7']);
    expect((await references(SPEC_PATH, after(SPEC, 'Notes'))).sort()).toEqual(['docs/specs/PROJ-9/spec.md:20:../PROJ-7/spec.md#notes', 'spec.md:18:## Notes']);
  });
});

describe('hover', () => {
  const hover = async (path: string, position: Place) => (await client.ask<{ contents: { value: string } } | null>('textDocument/hover', path, { position }))?.contents.value;

  it('says of a requirement its digest, who covers it and what changes it', async () => {
    for (const [path, text] of [[SPEC_PATH, SPEC], [TASKS_PATH, TASKS]] as const) {
      const said = await hover(path, after(text, 'Token validation'));
      expect(said).toMatch(/Digest `sha256:[0-9a-f]{64}`, as `docs\/specs\/PROJ-7\/spec\.md` has it/);
      expect(said).toContain('Covered by `build`, `server`.');
      expect(said).toContain('No change record names it.');
    }
    expect(await hover(RECORD_PATH, after(RECORD, 'Retry\n'))).toContain('Changed by `docs/specs/PROJ-7/changes/001-retry.md` (proposed).');
  });

  it('says of the frontmatter what why says', async () => {
    const why = sandbox.treework('repo', 'why', SPEC_PATH).stdout;
    expect(await hover(SPEC_PATH, { line: 0, character: 1 })).toBe(`\`\`\`text\n${why.trimEnd()}\n\`\`\``);
    expect(await hover(SPEC_PATH, after(SPEC, 'The system'))).toBeUndefined();
  });
});

it('outlines headings, and the nodes of tasks.md', async () => {
  interface Symbol {
    readonly name: string;
    readonly children: readonly Symbol[];
  }
  const names = (symbols: readonly Symbol[]): unknown[] => symbols.map(({ name, children }) => (children.length > 0 ? [name, names(children)] : name));
  expect(names(await client.ask('textDocument/documentSymbol', SPEC_PATH))).toEqual([['Requirements', [['Requirement: Token validation', ['Scenario: Expired token']]]], 'Notes']);
  expect(names(await client.ask('textDocument/documentSymbol', TASKS_PATH))).toEqual(['build', 'server']);
});

describe('rename', () => {
  type Changes = Record<string, { range: { start: Place; end: Place }; newText: string }[]>;
  async function rename(path: string, position: Place, newName: string): Promise<Record<string, string>> {
    const { changes } = await client.ask<{ changes: Changes }>('textDocument/rename', path, { position, newName });
    return Object.fromEntries(Object.keys(FILES).flatMap((one) => {
      const edits = changes[client.uri(one)];
      return edits ? [[one.replace(`${FOLDER}/`, ''), edits.reduce((text, edit) => applied(text, edit), FILES[one as keyof typeof FILES] as string)]] : [];
    }));
  }
  function applied(text: string, { range, newText }: Changes[string][number]): string {
    const offset = ({ line, character }: Place) => text.split('\n').slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
    return text.slice(0, offset(range.start)) + newText + text.slice(offset(range.end));
  }

  it('gives a requirement another name wherever it is named or linked to', async () => {
    const renamed = (text: string) => text.replaceAll('Token validation', 'Token checks: all').replaceAll('requirement-token-validation', 'requirement-token-checks-all');
    expect(await client.ask('textDocument/prepareRename', SPEC_PATH, { position: after(SPEC, 'Token validation') })).toMatchObject({ placeholder: 'Token validation', range: { start: placeIn(SPEC, 'Token validation') } });
    const texts = await rename(TASKS_PATH, after(TASKS, 'Token validation'), 'Token checks: all');
    expect(texts).toEqual({ 'spec.md': renamed(SPEC), 'tasks.md': expect.stringMatching(/covers: \["Token checks: all"\]/), 'docs/guide.md': renamed(FILES['docs/guide.md']) });
    expect(texts['tasks.md']).toMatch(/- ["']Token checks: all["']\n---/);
  });

  it('gives a node another name', async () => {
    expect(await rename(TASKS_PATH, after(TASKS, 'server'), 'api')).toEqual({ 'tasks.md': TASKS.replace('id: server', 'id: api'), 'changes/001-retry.md': RECORD.replace('[server]', '[api]') });
  });

  it('gives a heading another name, with the links to it', async () => {
    const { changes } = await client.ask<{ changes: Changes }>('textDocument/rename', 'docs/specs/PROJ-8/spec.md', { position: after(FILES['docs/specs/PROJ-8/spec.md'], 'Requirements'), newName: 'What is required' });
    expect(Object.keys(changes)).toEqual([client.uri('docs/specs/PROJ-8/spec.md')]);
  });

  it('refuses what is frozen, here or in a text that links to it, and says what to do', async () => {
    const frozen = FILES['docs/specs/PROJ-9/spec.md'];
    await expect(client.ask('textDocument/prepareRename', 'docs/specs/PROJ-9/spec.md', { position: after(frozen, 'Token validation') })).rejects.toThrow(/PROJ-9\/spec\.md is frozen.*treework new change --ticket PROJ-9 --from-edit/);
    await expect(rename('docs/specs/PROJ-9/spec.md', after(frozen, 'Notes'), 'Remarks')).rejects.toThrow(/is frozen/);
    await expect(rename(SPEC_PATH, after(SPEC, 'Notes'), 'Remarks'), 'the frozen spec links to it').rejects.toThrow(/PROJ-9\/spec\.md is frozen/);
    await expect(rename(SPEC_PATH, after(SPEC, 'Token validation'), 'retry')).rejects.toThrow(/no other requirement/);
    await expect(rename(TASKS_PATH, after(TASKS, 'server'), 'Not an id')).rejects.toThrow(/small letters/);
    expect(await client.ask('textDocument/prepareRename', SPEC_PATH, { position: after(SPEC, 'The system') })).toBeNull();
  });
});

describe('completion', () => {
  const TYPED = 'docs/specs/PROJ-7/tasks.md';
  async function labels(lines: string): Promise<string[]> {
    const text = `---\n${lines.replace('|', '')}\n---\n`;
    client.type(TYPED, text);
    const position = placeIn(`---\n${lines}`, '|');
    const items = await client.ask<{ label: string; textEdit: { range: { start: Place; end: Place } } }[]>('textDocument/completion', TYPED, { position });
    for (const { textEdit } of items) expect(textEdit.range.end).toEqual(position);
    return items.map(({ label }) => label);
  }

  it('offers keys that are not there yet, and values of the schema', async () => {
    expect(await labels('ticket: PROJ-7\n|')).toEqual(['goal', 'spec', 'shape', 'recurs', 'nodes']);
    expect(await labels('shape: |')).toEqual(['workflow', 'operation']);
    expect(await labels('goal:\n  title: x\n  w|')).toContain('why');
    expect(await labels('nodes:\n  - id: build\n    |\n    type: agent')).toEqual(expect.arrayContaining(['depends_on', 'covers', 'scope']));
    expect(await labels('nodes:\n  - id: build\n    |\n    type: agent')).not.toContain('type');
    expect(await labels('nodes:\n- id: build\n  type: |')).toContain('command');
    expect(await labels('nodes:\n  - {id: build, ty|')).toContain('type');
    expect(await labels('nodes:\n  - {id: build, type: |')).toContain('human');
  });

  it('offers nodes and requirements by name', async () => {
    const nodes = 'nodes:\n  - id: build\n  - id: server\n';
    expect(await labels(`${nodes}    depends_on: [|]`)).toEqual(['build', 'server']);
    expect(await labels(`${nodes}    depends_on:\n      - |`)).toEqual(['build', 'server']);
    expect(await labels(`${nodes}    covers: [Tok|]`)).toEqual(expect.arrayContaining(['Token validation', 'Retry']));
    expect(await labels(`${nodes}    covers: |`)).toEqual(expect.arrayContaining(['all', 'none']));
    expect(await labels('title: x\n---\n\nbody |')).toEqual([]);
  });
});
