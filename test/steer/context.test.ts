import { afterEach, describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { tokensIn } from '../../src/documents/tokens.ts';
import { pin } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, paste, SPEC, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const TWO = `${SPEC}
### Requirement: Rate limit

The system SHALL answer HTTP 429 from the hundredth call a minute on.

#### Scenario: Too many calls

- **WHEN** another one comes
- **THEN** the system responds with HTTP 429
`;

const PLAN = `---
ticket: PROJ-7
goal: {title: Ship the reports API, why: Partners pull reports without CSV exports}
spec: ${pin(TWO)}
nodes:
  # what everything rests on
  - {id: schema, covers: none, scope: ["db/**"], outputs: [out/schema.md]} # small
  - id: types
    covers: none
    scope: ["types/**"]
    depends_on: [schema]

  # the work itself
  - id: build
    title: Build the handlers
    covers: [Token validation, Rate limit]
    scope: ["src/**"]
    depends_on: [types]
    inputs: ["docs/api.md#Errors", out/schema.md]
---

Notes of the planner.
`;

const record = (node: string, l0: string, l1: string, body: string) => `---
node: ${node}
status: complete
l0: ${l0}
l1: ${l1}
history:
  - {to: in_progress, by: impl-1, at: "2026-11-20T08:00:00Z", spec: "${pin(TWO)}"}
  - {to: complete, by: impl-1, at: "2026-11-20T09:00:00Z", verdict: pass, verified_by: review-1}
---
${body}`;

const RECORDS = {
  [`${FOLDER}/nodes/schema.md`]: record('schema', 'Two tables and a view', '{decisions: [one view per report]}', '\nThe long story of the schema.\n'),
  [`${FOLDER}/nodes/types.md`]: record('types', 'ReportRow is exported', '{decisions: [discriminated union], files: [types/row.ts]}', '\nThe long story of the types.\n'),
};
const FILES = { 'docs/api.md': '# API\n\nRationale.\n\n## Errors\n\nThe envelope is {error}.\n\n## Paging\n\nUnrelated.\n', 'out/schema.md': '# Rows\n\nid, name\n' };

function planned(files: Readonly<Record<string, string>> = {}, settings = ''): { sandbox: Sandbox; repository: string } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = 'repo';
  sandbox.prepare(JSON.stringify([files, settings]), [repository], () => {
    workspace(sandbox, repository, `---\ntreework: 1\n${settings}---\n\n# How we work\n`);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: TWO, [`${FOLDER}/tasks.md`]: PLAN, ...RECORDS, ...FILES, ...files });
    commitAll(sandbox, repository);
  });
  return { sandbox, repository };
}

describe('context', () => {
  it('S5: holds the texts of the requirements, L1 of the dependencies and the section of an input, and measures them', () => {
    const { sandbox, repository } = planned();
    const answer = ask(sandbox, repository, ['context', 'build']);
    expect(answer).toMatchObject({ ticket: 'PROJ-7', node: 'build', status: 'ready', ready: true, budget: 2000, findings: [], role: 'implementer' });
    const section = (id: string) => answer.sections.find((one: { id: string }) => one.id === id).text as string;
    expect(section('requirements')).toContain('The system SHALL reject expired tokens with HTTP 401.');
    expect(section('requirements')).toContain('- **THEN** the system responds with HTTP 429');
    expect(section('dependencies')).toContain('- **types** (complete): ReportRow is exported\n  - decision: discriminated union\n  - file: types/row.ts\n');
    expect(section('dependencies')).toContain('- **schema** (complete): Two tables and a view\n');
    expect(section('contracts')).toContain('## Errors\n\nThe envelope is {error}.\n```');
    expect(answer.text).not.toMatch(/long story|Rationale|Unrelated/);
    expect(answer.tokens).toBe(tokensIn(Buffer.from(answer.text)));
    expect(answer.inputs).toMatchObject([
      { path: 'docs/api.md', section: 'Errors', layer: 'L3', state: 'there' },
      { path: 'out/schema.md', layer: 'L4', state: 'there', made_by: 'schema' },
    ]);
    const printed = done(sandbox.treework(repository, 'context', 'build', '--ticket', 'PROJ-7')).stdout;
    expect(printed).toBe(answer.text);
    expect(sandbox.git(repository, 'status', '--porcelain')).toBe('');
  });

  it('S5: is what `next` points to when a node has begun', () => {
    const { sandbox, repository } = planned();
    expect(ask(sandbox, repository, ['context', 'build']).next_action.command).toBe('treework node start build --ticket PROJ-7');
    ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-2', '--commit']);
    const { next_action: next } = ask(sandbox, repository, ['next']);
    expect(next).toMatchObject({ action: 'agent:do', nodes: [{ node: 'build', context: 'treework context build --ticket PROJ-7' }] });
    expect(done(sandbox.run('sh', ['-c', next.nodes[0].context], { cwd: repository })).stdout).toContain('The system SHALL reject expired tokens with HTTP 401.');
  });

  it('reads the disk: an artifact that git ignores, and what is not committed yet', () => {
    const { sandbox, repository } = planned({ '.gitignore': 'out/\n' });
    sandbox.write(repository, { 'out/schema.md': '# Rows of today\n' });
    expect(done(sandbox.treework(repository, 'context', 'build')).stdout).toContain('# Rows of today');
  });

  it('follows no link, and shows no control characters', () => {
    const { sandbox, repository } = planned({ [`${FOLDER}/tasks.md`]: PLAN.replace('"docs/api.md#Errors"', 'docs/link.md, docs/escape.txt') });
    sandbox.write('', { 'secret.md': 'hidden\n' });
    sandbox.write(repository, { 'docs/escape.txt': 'a\u001b[2Jb\r\nc\n' });
    sandbox.run('ln', ['-s', '../../secret.md', 'docs/link.md'], { cwd: repository });
    const text = done(sandbox.treework(repository, 'context', 'build')).stdout;
    expect(text).toContain('- `docs/link.md`: a link, which is not followed: read it there\n');
    expect(text).toContain('```txt\na\ufffd[2Jb\nc\n```\n');
    expect(text).not.toContain('hidden');
  });

  it('tells of a node in any state, of the current one without a name, and in any folder of the ticket', () => {
    const { sandbox, repository } = planned();
    ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-2']);
    expect(ask(sandbox, repository, ['context', '--cwd', FOLDER])).toMatchObject({ node: 'build', status: 'in_progress', ready: false, standing: 'In progress by impl-2.' });
    expect(ask(sandbox, repository, ['context', 'schema'])).toMatchObject({ status: 'complete', standing: 'Complete, verified by review-1.' });
    ask(sandbox, repository, ['node', 'add', 'docs', '--depends-on', 'build', '--covers', 'none']);
    expect(ask(sandbox, repository, ['context', 'docs'])).toMatchObject({ ready: false, standing: 'Not ready: waits for build (in_progress).', waits_for: ['build'] });
  });

  it('exits with 1 where something is missing that nobody is still to make, and tells it all the same', () => {
    const { sandbox, repository } = planned({ [`${FOLDER}/tasks.md`]: PLAN.replace('docs/api.md#Errors', 'docs/api.md#Erors').replace('out/schema.md]\n---', 'out/schema.md, docs/gone.md]\n---') });
    const answer = ask(sandbox, repository, ['context', 'build'], 1);
    expect(answer.findings).toMatchObject([
      { rule: 'contract-input', path: `${FOLDER}/tasks.md`, line: 19, message: 'Unexpected section "Erors" of docs/api.md, an input of build, expected one of its headings' },
      { rule: 'contract-input', line: 19, message: 'Unexpected absence of docs/gone.md, an input of build, expected a file of the repository or an output of an earlier node' },
    ]);
    expect(answer.sections).toHaveLength(6);
    expect(sandbox.treework(repository, 'context', 'build').stdout).toMatch(/^# PROJ-7\/build: Build the handlers\n\nReady to start\. \*\*Missing: 2 things that it needs, which are said below\.\*\*\n/);
  });

  it.each([
    [['context', 'nothing'], 'node-unknown'],
    [['context', 'build', 'types'], 'usage'],
    [['context', 'build', '--budget', 'much'], 'input'],
    [['context', 'build', '--ticket', 'PROJ-8'], 'ticket-unknown'],
    [['context', '--ticket', 'PROJ-9'], 'tasks-missing'],
    [['context', '--ticket', 'PROJ-10'], 'tasks-invalid'],
  ])('refuses %j', (args, code) => {
    const { sandbox, repository } = planned({ 'docs/specs/PROJ-9/spec.md': SPEC.replace('PROJ-7', 'PROJ-9'), 'docs/specs/PROJ-10/tasks.md': '---\nnodes: [\n---\n' });
    expect(ask(sandbox, repository, [...args, ...(args.includes('--ticket') ? [] : ['--ticket', 'PROJ-7'])], 2).error.code).toBe(code);
  });
});

describe('node expand', () => {
  const begun = (settings = '') => {
    const story = planned({}, settings);
    ask(story.sandbox, story.repository, ['node', 'start', 'build', '--by', 'impl-2']);
    return story;
  };

  it('S5: gives L2 on demand, once, writes who asked, and the context has it from then on', () => {
    const { sandbox, repository } = begun();
    const answer = ask(sandbox, repository, ['node', 'expand', 'build', 'types', '--by', 'impl-2']);
    expect(answer).toMatchObject({ node: 'build', left: 0, limit: 1, expanded: [{ node: 'types', text: 'The long story of the types.\n', tokens: 8 }], changed: [`${FOLDER}/nodes/build.md`] });
    const { data } = parseDocument(Buffer.from(sandbox.read(repository, `${FOLDER}/nodes/build.md`)));
    expect(data).toMatchObject({ status: 'in_progress', history: [{ to: 'in_progress' }, { to: 'in_progress', by: 'impl-2', expanded: ['types'] }] });
    done(paste(sandbox, answer.next_action));
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
    expect(done(sandbox.treework(repository, 'context', 'build')).stdout).toContain('All that types tells (L2):\n\n```md\nThe long story of the types.\n```\n');
    const again = ask(sandbox, repository, ['node', 'expand', 'build', 'types']);
    expect(again).toMatchObject({ changed: [], expanded: [{ text: 'The long story of the types.\n' }] });
    expect(sandbox.git(repository, 'status', '--porcelain')).toBe('');
  });

  it('S3: goes by execution.expand_limit, whatever it is', () => {
    const asked = (settings: string) => {
      const { sandbox, repository } = begun(settings);
      return ['types', 'schema'].map((of) => sandbox.treework(repository, 'node', 'expand', 'build', of).status);
    };
    expect(asked('')).toEqual([0, 2]);
    expect(asked('execution: {expand_limit: 2}\n')).toEqual([0, 0]);
    expect(asked('execution: {expand_limit: 0}\n')).toEqual([2, 2]);
  });

  it('refuses beyond the limit and says who may raise it, gives nothing away, and counts anew with a new attempt', () => {
    const { sandbox, repository } = begun();
    const both = ask(sandbox, repository, ['node', 'expand', 'build', 'types', 'schema'], 2);
    expect(both.error).toEqual({ code: 'expand-limit', message: 'Unexpected expand of types, schema for build, expected at most 1 in one attempt', hint: 'work from L0 and L1 (treework context build); who keeps WORKSPACE.md may raise execution.expand_limit there' });
    expect(sandbox.treework(repository, 'node', 'expand', 'build', 'types', '--dry-run').output).not.toContain('long story');
    ask(sandbox, repository, ['node', 'expand', 'build', 'types', '--by', 'impl-2']);
    expect(ask(sandbox, repository, ['node', 'expand', 'build', 'schema'], 2).error.message).toBe('Unexpected expand of schema for build, expected at most 1 in one attempt: types was asked for already');
    ask(sandbox, repository, ['node', 'fail', 'build', '--by', 'review-1', '--finding', 'no tests']);
    ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-3']);
    expect(ask(sandbox, repository, ['node', 'expand', 'build', 'schema', '--by', 'impl-3'])).toMatchObject({ left: 0 });
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('commits the asking with --commit and tells the account all the same', () => {
    const { sandbox, repository } = begun();
    commitAll(sandbox, repository);
    expect(done(sandbox.treework(repository, 'node', 'expand', 'build', 'types', '--commit')).stdout).toMatch(/^All that types tells \(L2, 8 tokens\):\n\n```md\nThe long story of the types\.\n```\n[^]*\ncommitted [0-9a-f]{10}: /);
    expect(sandbox.git(repository, 'status', '--porcelain')).toBe('');
  });

  it('is asked by a node at work, about nodes that it comes after', () => {
    const { sandbox, repository } = planned();
    const code = (...args: string[]) => ask(sandbox, repository, ['node', 'expand', ...args], 2).error.code;
    expect(code('build', 'types')).toBe('node-transition');
    expect(code('build')).toBe('usage');
    ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-2']);
    expect([code('build', 'build'), code('build', 'nothing'), code('nothing', 'types')]).toEqual(['expand-unknown', 'expand-unknown', 'node-unknown']);
  });

  it('gives the whole record where nobody wrote an account, and what node done was given as one', () => {
    const { sandbox, repository } = planned({ [`${FOLDER}/nodes/types.md`]: record('types', 'ReportRow is exported', '{}', '') });
    ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-2']);
    expect(ask(sandbox, repository, ['node', 'expand', 'build', 'types']).expanded[0].text).toMatch(/^---\nnode: types\n[^]*verified_by: review-1\}\n---\n$/);
    sandbox.write(repository, { 'src/l2.md': '# How it went\n\nTwo ways were tried.\n', 'empty.md': '\n' });
    expect(ask(sandbox, repository, ['node', 'done', 'build', '--by', 'impl-2', '--l0', 'Made', '--l2', 'empty.md'], 2).error.code).toBe('input');
    ask(sandbox, repository, ['node', 'done', 'build', '--by', 'impl-2', '--l0', 'Made', '--l2', 'src/l2.md']);
    expect(sandbox.read(repository, `${FOLDER}/nodes/build.md`)).toMatch(/\n---\n\n# How it went\n\nTwo ways were tried\.\n$/);
    ask(sandbox, repository, ['node', 'complete', 'build', '--by', 'impl-2', '--verdict', 'pass', '--verified-by', 'review-1']);
    ask(sandbox, repository, ['node', 'add', 'docs', '--covers', 'none', '--depends-on', 'build']);
    expect(done(sandbox.treework(repository, 'context', 'docs')).stdout).toContain('Full accounts (L2, in tokens: build 9, schema 8)');
    sandbox.git(repository, 'add', FOLDER);
    sandbox.git(repository, 'commit', '-q', '-m', 'chore: go on');
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('keeps to the limit where two ask at once', () => {
    const { sandbox, repository } = begun();
    const script = 'treework node expand build types >/dev/null 2>&1 & a=$!; treework node expand build schema >/dev/null 2>&1 & b=$!; wait $a; x=$?; wait $b; echo $((x + $?))';
    expect(sandbox.run('sh', ['-c', script], { cwd: repository }).stdout.trim()).toBe('2');
    expect(sandbox.read(repository, `${FOLDER}/nodes/build.md`).match(/expanded/g)).toHaveLength(1);
  });
});

describe('node add', () => {
  const tasks = (sandbox: Sandbox, repository: string) => sandbox.read(repository, `${FOLDER}/tasks.md`);

  it('adds to a frozen plan that is under way, and changes nothing else by a byte', () => {
    const { sandbox, repository } = planned();
    const answer = ask(sandbox, repository, ['node', 'add', 'docs', '--title', 'The manual: part one', '--after', 'types', '--depends-on', 'types', '--covers', 'none', '--scope', 'docs/**', '--role', 'writer']);
    expect(answer).toMatchObject({ node: 'docs', under: null, index: 2, pin: pin(TWO), changed: [`${FOLDER}/tasks.md`] });
    expect(tasks(sandbox, repository)).toBe(PLAN.replace('    depends_on: [schema]\n', '    depends_on: [schema]\n  - id: docs\n    title: "The manual: part one"\n    role: writer\n    covers: none\n    scope:\n      - docs/**\n    depends_on:\n      - types\n'));
    done(paste(sandbox, answer.next_action));
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('keeps CRLF, comments and unknown keys, at the top, before and under', () => {
    const CRLF = PLAN.replace('nodes:\n', 'x-board: 12\nnodes:\n').replaceAll('\n', '\r\n');
    const { sandbox, repository } = planned({ [`${FOLDER}/tasks.md`]: CRLF });
    ask(sandbox, repository, ['node', 'add', 'plan', '--before', 'schema', '--covers', 'none', '--type', 'human']);
    ask(sandbox, repository, ['node', 'add', 'later', '--type', 'phase', '--order', 'sequential']);
    ask(sandbox, repository, ['node', 'add', 'lint', '--under', 'later', '--command', 'npm run lint']);
    ask(sandbox, repository, ['node', 'add', 'fix', '--under', 'later', '--before', 'lint', '--covers', 'none']);
    const expected = CRLF.replace('nodes:\r\n', 'nodes:\r\n  - id: plan\r\n    type: human\r\n    covers: none\r\n').replace(
      'out/schema.md]\r\n---',
      'out/schema.md]\r\n  - id: later\r\n    type: phase\r\n    order: sequential\r\n    nodes:\r\n      - id: fix\r\n        covers: none\r\n      - id: lint\r\n        type: command\r\n        covers: none\r\n        command: npm run lint\r\n---',
    );
    expect(tasks(sandbox, repository)).toBe(expected);
  });

  it('S15: loses nothing where two add at once, and takes any words', () => {
    const { sandbox, repository } = planned();
    const title = 'Ünïcode — "quotes": #1, {x: [y]} & 漢字';
    const script = 'treework node add one --covers none --depends-on build --title "$TITLE" >/dev/null & a=$!; treework node add two --covers none --depends-on build >/dev/null & b=$!; wait $a; x=$?; wait $b; echo $((x + $?))';
    expect(sandbox.run('sh', ['-c', script], { cwd: repository, env: { TITLE: title } }).stdout.trim()).toBe('0');
    const { nodes } = parseDocument(Buffer.from(tasks(sandbox, repository))).data as { nodes: { id: string; title?: string }[] };
    expect(nodes.map(({ id }) => id).sort()).toEqual(['build', 'one', 'schema', 'two', 'types']);
    expect(nodes.find(({ id }) => id === 'one')?.title).toBe(title);
    expect(done(sandbox.treework(repository, 'context', 'one')).stdout).toContain(`# PROJ-7/one: ${title}\n`);
  });

  it('makes a phase of a leaf that nobody has begun, and of no other', () => {
    const { sandbox, repository } = planned();
    expect(ask(sandbox, repository, ['node', 'add', 'rows', '--under', 'types', '--covers', 'none'], 2).error).toMatchObject({ code: 'node-begun', message: 'Unexpected node under types, which has a record, expected a phase or a node that nobody has begun' });
    ask(sandbox, repository, ['node', 'add', 'handlers', '--under', 'build', '--covers', 'Token validation', '--covers', 'Rate limit']);
    ask(sandbox, repository, ['node', 'add', 'routes', '--under', 'build', '--covers', 'none', '--scope', 'src/routes/**', '--depends-on', 'handlers']);
    expect(ask(sandbox, repository, ['context', 'build'])).toMatchObject({ standing: 'A phase, ready: the nodes in it are started.' });
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('shows the plan in the derived README with the same write', () => {
    const { sandbox, repository } = planned({}, 'rules: {readme-fresh: {required: true}}\n');
    done(sandbox.treework(repository, 'check', '--fix'));
    commitAll(sandbox, repository);
    const answer = ask(sandbox, repository, ['node', 'add', 'docs', '--covers', 'none', '--depends-on', 'build']);
    expect(answer.changed).toEqual([`${FOLDER}/tasks.md`, `${FOLDER}/README.md`]);
    expect(sandbox.read(repository, `${FOLDER}/README.md`)).toContain('- **docs** (after build)');
    done(paste(sandbox, answer.next_action));
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it.each<[readonly string[], number, string]>([
    [['types'], 2, 'node-exists'],
    [['Docs'], 2, 'input'],
    [[], 2, 'usage'],
    [['docs', '--depends-on', 'typs'], 2, 'node-unknown'],
    [['docs', '--under', 'nothing'], 2, 'node-unknown'],
    [['docs', '--depends-on', 'docs'], 2, 'node-cycle'],
    [['docs', '--before', 'build', '--after', 'types'], 2, 'usage'],
    [['docs', '--under', 'types', '--before', 'build'], 2, 'usage'],
    [['docs', '--under', 'build', '--depends-on', 'build', '--covers', 'Token validation'], 2, 'node-cycle'],
    [['docs', '--type', 'command'], 2, 'input'],
    [['docs', '--type', 'agent', '--command', 'x'], 2, 'input'],
    [['docs', '--type', 'robot'], 2, 'input'],
    [['docs', '--covers', 'Tokn validation'], 1, 'spec-covered'],
    [['docs', '--covers', 'none', '--scope', 'src/**'], 1, 'scope-disjoint'],
    [['docs', '--covers', 'none', '--scope', '../out'], 1, 'frontmatter-valid'],
    [['orphan'], 2, 'node-recorded'],
  ])('refuses %j with exit %i and writes nothing', (args, exit, code) => {
    const { sandbox, repository } = planned({ [`${FOLDER}/nodes/orphan.md`]: record('orphan', 'x', '{}', '').replace('status: complete', 'status: skipped').replace(/ {2}- \{to: complete.*\n/, '  - {to: skipped, by: dana, at: "2026-11-20T09:00:00Z", reason: replanned}\n') });
    const before = tasks(sandbox, repository);
    const answer = ask(sandbox, repository, ['node', 'add', ...args], exit);
    expect(exit === 2 ? answer.error.code : answer.findings[0].rule).toBe(code);
    expect(tasks(sandbox, repository)).toBe(before);
    expect(sandbox.git(repository, 'status', '--porcelain')).toBe('');
  });
});
