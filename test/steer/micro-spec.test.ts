import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/documents/settings.ts';
import { tokensIn } from '../../src/documents/tokens.ts';
import { microSpec, TOKEN_BUDGET, type MicroSpec, type MicroSpecOptions } from '../../src/workflow/micro-spec.ts';
import { ticketStatus, type NodeState } from '../../src/workflow/node-status.ts';
import { Snapshot } from '../../src/workflow/snapshot.ts';
import { ticketIn } from '../../src/workflow/ticket.ts';
import { FRONTMATTER, record as changeRecord } from '../changes/documents.ts';
import { MemoryTree } from '../harness/memory-tree.ts';
import { DIGEST, DONE, ESCALATE, FAIL, LOGIN, PASS, recordOf, requirement, RESET, START, tasksOf } from '../lifecycle/tickets.ts';

const RUNS = Number(process.env.TREEWORK_RUNS ?? 30);
const FOLDER = 'docs/specs/PROJ-7';

interface Story {
  readonly nodes: string;
  readonly spec?: string;
  readonly records?: Readonly<Record<string, string>>;
  /** From the repository's root. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

function told(node: string, { nodes, spec = LOGIN, records = {}, files = {}, settings = {} }: Story, options?: MicroSpecOptions): MicroSpec {
  const inFolder = { 'spec.md': FRONTMATTER + spec, 'tasks.md': tasksOf(nodes), ...Object.fromEntries(Object.entries(records).map(([id, text]) => [`nodes/${id}.md`, text])) };
  const tree = new MemoryTree({ ...Object.fromEntries(Object.entries(inFolder).map(([name, text]) => [`${FOLDER}/${name}`, text])), ...files });
  const ticket = ticketIn(new Snapshot(tree, settingsOf(settings)), FOLDER, 'PROJ-7', false);
  const status = ticketStatus(ticket);
  return microSpec(ticket, status, status.byId.get(node) as NodeState, options);
}

const messages = ({ missing }: MicroSpec) => missing.map(({ message }) => message);
const section = ({ sections }: MicroSpec, id: string) => sections.find((one) => one.id === id)?.text as string;

/** A record with its summary and its full account. */
const complete = (node: string, l0: string, l1: string, l2 = '') => `${recordOf(node, [START, DONE, PASS], 'complete', l0).replace('history:', `l1: ${l1}\ncovered: {Login: "${DIGEST}"}\nhistory:`)}${l2}`;

describe('the six sections', () => {
  const STORY: Story = {
    nodes: `
  - {id: schema, title: Design the schema, outputs: [{path: out/schema.md, what: the response shape}]}
  - {id: types, depends_on: [schema], covers: none}
  - {id: build, title: Build the handlers, role: implementer, depends_on: [types], scope: ["src/**"], inputs: [{path: docs/api.md, section: Errors, why: the envelope}, out/schema.md], outputs: [src/reports.ts], process: [Add the route, Wire the auth]}
  - {id: docs, covers: none, scope: ["docs/guide/**"]}`,
    records: {
      schema: complete('schema', 'Two tables and a view', '{decisions: [one view per report]}', '\nThe long story of the schema.\n'),
      types: complete('types', 'ReportRow is exported', '{decisions: [discriminated union], contracts: ["ReportRow"], files: [src/types.ts]}', '\nThe long story of the types.\n'),
    },
    files: { 'docs/api.md': '# API\n\nRationale.\n\n## Errors\n\nThe envelope is {error}.\n\n### Codes\n\n401.\n\n## Paging\n\nUnrelated.\n', 'out/schema.md': '# Rows\n\nid, name\n' },
    settings: { models: { implementer: 'large' } },
  };
  const spec = told('build', STORY);

  it('are always the same, in one order', () => {
    expect(spec.sections.map(({ id }) => id)).toEqual(['objective', 'requirements', 'dependencies', 'contracts', 'scope', 'verification']);
    expect(told('docs', STORY).sections).toHaveLength(6);
  });

  it('say what is to be reached, why, and by whom', () => {
    expect(section(spec, 'objective')).toBe(
      '\n## Objective\n\n**Build the handlers**.\n\nGoal of PROJ-7: a. Why: b\n\nRole: **implementer** (model large): makes the tests pass with the least code, changes no test to that end, and leaves nothing for later.\n',
    );
    expect(spec.standing).toBe('Ready to start.');
    expect(spec.isReady).toBe(true);
  });

  it('hold the requirements with their scenarios', () => {
    expect(section(spec, 'requirements')).toContain('### Requirement: Login\n\nThe system SHALL ask for a password.\n#### Scenario: s\n- **WHEN** x\n- **THEN** y\n');
    expect(section(told('docs', STORY), 'objective')).toContain('\n\nRole: **implementer** (model large).\n');
    expect(section(told('docs', STORY), 'requirements')).toBe('\n## Requirements\n\nIt answers for none.\n');
  });

  it('tell L1 of the nodes directly before it, L0 of the others, and of L2 only how to ask for it', () => {
    expect(section(spec, 'dependencies')).toBe(`
## Dependencies

Directly before it (L1):
- **types** (complete): ReportRow is exported
  - decision: discriminated union
  - contract: ReportRow
  - file: src/types.ts

Further back (L0):
- **schema** (complete): Two tables and a view

Full accounts (L2, in tokens: types 8, schema 8) are there for the asking, 1 in this attempt: \`treework node expand build types --ticket PROJ-7\`
`);
    expect(spec.text).not.toContain('The long story');
  });

  it('W4: route the section of an input, not its file, and keep reference and artifacts apart', () => {
    const contracts = section(spec, 'contracts');
    expect(contracts).toContain('Reference (L3), the same in every run: constraints to keep.\n- `docs/api.md` § Errors (the envelope)\n\n```md\n## Errors\n\nThe envelope is {error}.\n\n### Codes\n\n401.\n```\n');
    expect(contracts).toContain('Artifacts (L4) of this workflow: material to work on.\n- `out/schema.md` (made by schema (complete))\n\n```md\n# Rows\n\nid, name\n```\n');
    expect(contracts).not.toMatch(/Rationale|Unrelated/);
    expect(contracts).toContain('Process:\n1. Add the route\n2. Wire the auth\n\nIt makes:\n- `src/reports.ts`\n');
  });

  it('W4: hand the outputs of a phase to the nodes of the next one', () => {
    const phases: Story = {
      nodes: `
  - {id: design, nodes: [{id: schema, outputs: [{path: out/schema.md, what: the response shape}]}]}
  - {id: make, depends_on: [design], nodes: [{id: build}, {id: polish, depends_on: [build]}]}`,
      files: { 'out/schema.md': '# Rows\n' },
    };
    for (const node of ['build', 'polish']) expect(section(told(node, phases), 'contracts')).toContain('- `out/schema.md` (handed over by schema (ready); the response shape)\n\n```md\n# Rows\n```\n');
    expect(section(told('schema', phases), 'contracts')).toBe('\n## Contracts\n\nIt makes:\n- `out/schema.md` (the response shape)\n');
  });

  it('say what it may change, and what others are at work on', () => {
    expect(section(spec, 'scope')).toBe('\n## Scope\n\nIt may change:\n- `src/**`\n\nIts commits carry the line `Node: PROJ-7/build`.\n\nOthers may be at work on:\n- docs: `docs/guide/**`\n');
  });

  it('say how to report, and to the reviewer how to judge', () => {
    expect(section(spec, 'verification')).toContain('`treework node done build --l0 "WHAT WAS MADE" --l1 FILE --l2 FILE --ticket PROJ-7`');
    const done = told('build', { ...STORY, records: { ...STORY.records, build: recordOf('build', [START, DONE]) } });
    expect(done.standing).toBe('Done by impl-1; somebody else’s verdict is awaited.');
    expect(section(done, 'objective')).toContain('Role: **qa**: checks the work of somebody else');
    expect(section(done, 'verification')).toContain('`treework node fail build --finding "WHAT IS WRONG" --ticket PROJ-7`');
    expect(section(told('build', STORY, { role: 'qa', program: 'npx treework' }), 'verification')).toContain('`npx treework node complete build --verdict pass --verified-by YOU --ticket PROJ-7`');
  });
});

describe('the spec as it holds now', () => {
  const { text, digest } = requirement('Login', 'ask for a password');
  const change = changeRecord('accepted', `## MODIFIED Requirements\n\n### Requirement: Login\nWas: ${digest}\n\n${requirement('Login', 'ask for a passkey').text.split('\n').slice(1).join('\n')}`);

  it('is that of the accepted change records, in covers and as an input', () => {
    const story: Story = { nodes: '[{id: build, inputs: ["spec.md#Requirements"]}]', spec: text, files: { [`${FOLDER}/changes/001-passkey.md`]: change } };
    const spec = told('build', story);
    expect(spec.text).toContain('SHALL ask for a passkey');
    expect(spec.text).not.toContain('SHALL ask for a password');
    expect(section(spec, 'requirements')).toContain('(as changes/001-passkey.md has it)');
  });

  it('tells of what is only proposed without following it', () => {
    const spec = told('build', { nodes: '[{id: build}]', spec: text, files: { [`${FOLDER}/changes/001-passkey.md`]: change.replace('status: accepted', 'status: proposed').replace(/ {2}- \{to: accepted.*\n/, '') } });
    expect(section(spec, 'requirements')).toContain('SHALL ask for a password');
    expect(section(spec, 'requirements')).toMatch(/\n\nProposed, and not accepted yet:\n- changes\/001-passkey\.md would change "Login"\n$/);
  });

  it('reopens what was met, and the text says which', () => {
    const story: Story = { nodes: '[{id: build}]', spec: text, records: { build: complete('build', 'Made', '{}') }, files: { [`${FOLDER}/changes/001-passkey.md`]: change } };
    const spec = told('build', story);
    expect(spec.standing).toBe('Reopened: "Login" changed since it was complete. Ready to start again.');
    expect(section(spec, 'requirements')).toContain('**Changed since the node was complete.**');
  });
});

describe('a node that cannot be started', () => {
  it('says why, and is told all the same', () => {
    const nodes = '[{id: a}, {id: b, depends_on: [a]}]';
    expect(told('b', { nodes }).standing).toBe('Not ready: waits for a (ready).');
    expect(told('b', { nodes, records: { a: recordOf('a', [START, FAIL, ESCALATE], 'escalated', '') }, settings: { execution: { max_retries: 0 } } }).standing).toBe('Not ready: skipped while a is escalated.');
    expect(told('b', { nodes }).sections).toHaveLength(6);
  });

  it('after a failure, says what the check found, and forgets it with a reset', () => {
    const failed = told('a', { nodes: '[{id: a}]', records: { a: recordOf('a', [START, FAIL], 'failed', '') } });
    expect(failed.standing).toBe('Failed; attempt 2 of 3 can start.');
    expect(section(failed, 'objective')).toContain('The last check found:\n- no tests\n');
    expect(section(told('a', { nodes: '[{id: a}]', records: { a: recordOf('a', [START, FAIL, RESET], 'reset', '') } }), 'objective')).not.toContain('no tests');
  });
});

describe('inputs that are not there', () => {
  const inputs = (list: string, more: Partial<Story> = {}) => told('build', { nodes: `[{id: schema, outputs: [out/schema.md]}, {id: build, depends_on: [schema], inputs: ${list}}]`, ...more });

  it('are faults, unless a node before is still to make them', () => {
    expect(messages(inputs('[nowhere.md]'))).toEqual(['Unexpected absence of nowhere.md, an input of build, expected a file of the repository or an output of an earlier node']);
    const awaited = inputs('[out/schema.md]');
    expect(messages(awaited)).toEqual([]);
    expect(section(awaited, 'contracts')).toContain('- `out/schema.md` (made by schema (ready)): not there yet');
    expect(messages(inputs('[out/schema.md]', { records: { schema: complete('schema', 'Made', '{}') } }))).toEqual(['Unexpected absence of out/schema.md, an input of build, expected what schema made']);
  });

  it('are said with the headings that there are', () => {
    const spec = inputs('["docs/api.md#Errorz"]', { files: { 'docs/api.md': '# API\n\n## Errors\n\nText.\n' } });
    expect(messages(spec)).toEqual(['Unexpected section "Errorz" of docs/api.md, an input of build, expected one of its headings']);
    expect(section(spec, 'contracts')).toContain('**missing**, no such heading. It has, in tokens:\n  - API (6)\n    - Errors (4)\n');
  });

  it('may be patterns, whose files are listed, each with its text where it fits', () => {
    const files = { 'ref/a.md': '# A\n', 'ref/deep/b.md': '# B\n', 'ref/c.txt': 'C\n', 'ref/d.bin': Buffer.from([0, 255]) };
    expect(section(inputs('["ref/**/*.md"]', { files }), 'contracts')).toContain('- `ref/**/*.md`: 2 files\n  - ref/a.md\n\n```md\n# A\n```\n  - ref/deep/b.md\n\n```md\n# B\n```\n');
    expect(section(inputs('["ref/*.bin"]', { files }), 'contracts')).toContain('- `ref/*.bin` (at ref/d.bin): 2 bytes that are no text\n');
    const none = inputs('["ref/*.rst"]', { files });
    expect([none.missing, none.inputs[0]?.state]).toEqual([[], 'empty']);
    const many = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`ref/${index}.md`, '# X\n']));
    expect(section(inputs('["ref/*.md"]', { files: many }), 'contracts')).toContain('- and 4 files more, not shown\n');
  });

  it('may be sections by any anchor in them', () => {
    const files = { 'docs/api.md': '# API\n\n## Errors\n\n<a id="codes"></a>Codes.\n\n- ### Nested part\n\n## Paging\n\nNo.\n' };
    for (const name of ['errors', 'codes', 'nested-part', '## Errors', 'ERRORS']) expect(section(inputs(`[{path: docs/api.md, section: "${name}"}]`, { files }), 'contracts')).toContain('```md\n## Errors\n\n<a id="codes"></a>Codes.\n\n- ### Nested part\n```\n');
  });

  it.each(['../secret.md', '/etc/passwd', 'docs/../../secret.md', '~/.ssh/id_rsa', 'C:\\secret.md', '..\\secret.md'])('are never looked for outside of the repository: %s', (path) => {
    const spec = inputs(`[${JSON.stringify(path)}]`, { files: { 'secret.md': 'hidden', [path]: 'hidden' } });
    expect(spec.inputs[0]?.state).toBe('outside');
    expect(spec.text).not.toContain('hidden');
  });

  it('in covers are missing requirements', () => {
    expect(messages(told('build', { nodes: '[{id: build, covers: [Logout]}]' }))).toEqual(['Unexpected "Logout" in the covers of build, expected a requirement of the effective spec']);
  });
});

describe('a plan of any shape', () => {
  it('is told as far as it can be read', () => {
    const keys = ['title', 'type', 'role', 'covers', 'scope', 'depends_on', 'order', 'plan', 'command', 'inputs', 'process', 'outputs', 'nodes'] as const;
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('phase', 'command', 'human', 'all', 'none', ['other'], ['docs/*.md'], [{ path: 'docs', section: 1, why: [] }], [{ path: '**' }, 'x:y', '#', '*', '']));
    const node = fc.dictionary(fc.constantFrom(...keys), value);
    const words = fc.dictionary(fc.constantFrom('l0', 'l1', 'covered', 'status', 'history'), fc.oneof(value, fc.array(fc.dictionary(fc.constantFrom('to', 'by', 'done', 'expanded', 'findings', 'reason', 'wave'), fc.oneof(value, fc.constantFrom('in_progress', 'failed', 'complete'))))));
    fc.assert(
      fc.property(node, node, words, (data, other, record) => {
        const story: Story = { nodes: JSON.stringify([{ ...other, id: 'other' }, { ...data, id: 'build' }]), records: { other: `---\n${JSON.stringify({ node: 'other', ...record })}\n---\nBody\n`, build: `---\n${JSON.stringify({ node: 'build', ...record })}\n---\n` }, files: { 'docs/a.md': '# A\n', 'docs/b.bin': Buffer.from([0, 255]) } };
        const spec = told('build', story);
        expect(spec.sections).toHaveLength(6);
        expect(spec.tokens).toBe(tokensIn(Buffer.from(spec.text)));
      }),
      { numRuns: 5 * RUNS },
    );
  });
});

describe('the budget', () => {
  const LONG = Array.from({ length: 40 }, (_, index) => `## Part ${index}\n\n${'word '.repeat(100)}\n`).join('\n');

  it('gives a whole file only where it fits, else its outline, and says how to ask for more', () => {
    const spec = told('build', { nodes: '[{id: build, inputs: [docs/long.md]}]', files: { 'docs/long.md': LONG } });
    expect(spec.tokens).toBeLessThanOrEqual(TOKEN_BUDGET);
    expect(section(spec, 'contracts')).toMatch(/- `docs\/long\.md`: left out here \(5,\d{3} tokens\)\. It has, in tokens:\n {2}- Part 0 \(128\)\n/);
    expect(section(spec, 'contracts')).toContain('Name one as `docs/long.md#Heading` in the inputs, or read the file.');
    expect(spec.text).toContain('Shortened to fit: one text, which says so in its place; `treework context build --ticket PROJ-7 --budget 4000` shows more.');
    expect(section(told('build', { nodes: '[{id: build, inputs: ["docs/long.md#Part 3"]}]', files: { 'docs/long.md': LONG } }), 'contracts')).toContain('## Part 3\n\nword');
    expect(told('build', { nodes: '[{id: build, inputs: [docs/long.md]}]', files: { 'docs/long.md': LONG } }, { budget: 8000 }).text).not.toContain('left out here');
  });

  it('keeps requirements before inputs, and inputs with a section before whole files', () => {
    const spec = told('build', { nodes: '[{id: build, inputs: [docs/a.md, "docs/b.md#B"]}]', files: { 'docs/a.md': '# A\n\n'.padEnd(6000, 'a '), 'docs/b.md': '# B\n\n'.padEnd(6000, 'b ') } });
    expect(spec.sections.flatMap(({ cut }) => cut)).toEqual(['docs/a.md']);
    expect(section(spec, 'requirements')).toContain('SHALL ask for a password');
  });

  it('says what needs more than it in any form', () => {
    const spec = told('build', { nodes: `[{id: build, scope: [${Array.from({ length: 20 }, (_, index) => `"src/${'x'.repeat(180)}${index}"`).join(', ')}], process: [${Array.from({ length: 60 }, () => '"do this and do that and then something else as well, all of it now"').join(', ')}]}]` });
    expect(spec.tokens).toBeGreaterThan(TOKEN_BUDGET);
    expect(spec.text).toMatch(/That is [\d,]+ over the budget: the plan’s own words need more\./);
  });

  const text = fc.oneof(fc.string({ maxLength: 200 }), fc.lorem({ maxCount: 400 }), fc.string({ unit: 'grapheme', maxLength: 300 }));
  const arbitrary = fc.record({
    count: fc.integer({ min: 1, max: 40 }),
    requirements: fc.array(fc.lorem({ maxCount: 200 }), { maxLength: 12 }),
    file: text,
    l0: fc.lorem({ maxCount: 30 }),
    decisions: fc.array(fc.lorem({ maxCount: 60 }), { maxLength: 10 }),
    budget: fc.integer({ min: 1, max: 4000 }),
    isWhole: fc.boolean(),
  });

  it('S5: the tokens that are printed are those that the text measures, and what is cut is said', () => {
    fc.assert(
      fc.property(arbitrary, ({ count, requirements, file, l0, decisions, budget, isWhole }) => {
        const ids = Array.from({ length: count }, (_, index) => `n${index}`);
        const nodes = JSON.stringify([...ids.map((id, index) => ({ id, covers: 'none', ...(index > 0 && { depends_on: [ids[index - 1]] }) })), { id: 'build', depends_on: [ids.at(-1)], inputs: [isWhole ? 'docs/in.md' : { path: 'docs/in.md', section: 'In' }] }]);
        const spec = told('build', {
          nodes,
          spec: requirements.map((words, index) => requirement(`R${index}`, words).text).join(''),
          records: Object.fromEntries(ids.map((id) => [id, complete(id, JSON.stringify(l0), JSON.stringify({ decisions })).replace(/\ncovered:.*/, '')])),
          files: { 'docs/in.md': `# In\n\n${file}` },
        }, { budget });
        expect(spec.tokens).toBe(tokensIn(Buffer.from(spec.text)));
        expect(spec.text).toContain(`\n\nTokens: ${spec.tokens.toLocaleString('en')} of ${budget.toLocaleString('en')}, `);
        for (const one of spec.sections) {
          expect(one.tokens).toBe(tokensIn(Buffer.from(one.text)));
          expect(spec.text).toContain(`${one.title} ${one.tokens.toLocaleString('en')}`);
          expect(spec.text).toContain(one.text);
        }
        const cut = spec.sections.flatMap((one) => one.cut);
        expect(spec.text.includes('Shortened to fit')).toBe(cut.length > 0);
        expect(spec.text.includes('over the budget')).toBe(spec.tokens > budget);
        const full = [...requirements.map((_, index) => `### Requirement: R${index}\n\nThe system`), ...decisions.map((one) => `decision: ${one}`)];
        if (cut.length === 0) for (const piece of full) expect(spec.text).toContain(piece);
        else expect(spec.text).toMatch(/left out|Left out|nodes more|more requirements/);
      }),
      { numRuns: RUNS },
    );
  });
});
