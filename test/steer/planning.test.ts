import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseDocument } from '../../src/documents/parse.ts';
import { planningDocument, PLANNING_DOCUMENTS, type PlanningName } from '../../src/workflow/planning.ts';
import { specQuestions } from '../../src/workflow/planning-questions.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, json, paste, SPEC, status, workspace } from '../verbs/fixture.ts';
import { ARCHITECTURE, EPICS, PLANNED, REQUIREMENTS } from './planned.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 100);
let sandbox: Sandbox;
let repository: string;
beforeEach(() => {
  sandbox = new Sandbox();
  repository = workspace(sandbox);
});
afterEach(() => sandbox.remove());

const read = (name: PlanningName, text: string) => planningDocument(name, `planning/reports/${name}.md`, parseDocument(Buffer.from(text)));
const frontmatter = (text: string) => parse(/^---\n(.*?)\n---\n/s.exec(text)?.[1] ?? '');
const errors = (findings: readonly { severity: string }[]) => findings.filter(({ severity }) => severity === 'error');

function plan(files: Readonly<Record<string, string>> = PLANNED): void {
  done(sandbox.treework(repository, 'new', 'planning', 'reports', '--title', 'Partner reports'));
  sandbox.write(repository, files);
  commitAll(sandbox, repository);
}

describe('new planning SLUG', () => {
  it('O5: makes requirements, architecture and epics at once, and the check takes them', () => {
    const answer = ask(sandbox, repository, ['new', 'planning', 'reports', '--title', 'Partner "reports" | {{slug}}']);
    expect(answer.created).toEqual(PLANNING_DOCUMENTS.map((name) => `planning/reports/${name}.md`));
    for (const name of PLANNING_DOCUMENTS) expect(frontmatter(sandbox.read(repository, `planning/reports/${name}.md`))).toEqual({ title: 'Partner "reports" | {{slug}}', document: name, status: 'draft' });
    expect(errors(ask(sandbox, repository, ['check', '--all']).findings)).toEqual([]);
    done(paste(sandbox, answer.next_action));
    expect(status(sandbox, repository)).toBe('');
  });

  it.each(PLANNING_DOCUMENTS)('O6: template and parser agree about %s', (name) => {
    const template = readFileSync(join(PACKAGE_ROOT, `generators/planning/${name}.md`), 'utf8').replace('{{title}}', 'x');
    const document = read(name, template);
    expect([...document.problems, ...document.entries.flatMap(({ problems }) => problems)]).toEqual([]);
    expect(document.entries.map(({ id, priority }) => [id, priority])).toEqual({ requirements: [['REQ-1', 'must']], architecture: [], epics: [['EPIC-1', 'must']] }[name]);
  });

  it('writes over nothing', () => {
    sandbox.write(repository, { 'planning/reports/epics.md': 'mine\n' });
    expect(ask(sandbox, repository, ['new', 'planning', 'reports', '--title', 'x'], 2).error.code).toBe('exists');
    expect(status(sandbox, repository)).toBe('?? planning/reports/epics.md\n');
  });

  it('makes one document as any kind does, from its own template', () => {
    ask(sandbox, repository, ['new', 'planning', '--title', 'Reports', '--set', 'document=epics']);
    expect(sandbox.read(repository, 'planning/reports/epics.md')).toContain('### EPIC-1:');
    expect(ask(sandbox, repository, ['new', 'planning', 'a', 'b', '--title', 'x'], 2).error.code).toBe('usage');
    expect(ask(sandbox, repository, ['new', 'planning', '../x/..', '--title', 'x'], 2).error.code).toBe('input');
  });

  it('O6: a priority `banana` is refused and never stored anywhere', () => {
    plan({ ...PLANNED, 'planning/reports/requirements.md': REQUIREMENTS.replace('Priority: should', 'Priority: banana') });
    const { findings } = json(sandbox.treework(repository, 'check', '--all', '--json'));
    expect(errors(findings)).toMatchObject([{ rule: 'planning-consistent', message: expect.stringContaining('"banana"') }]);
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--from', 'planning/reports'], 2).error.code).toBe('planning-invalid');
    expect(sandbox.exists(repository, FOLDER)).toBe(false);
  });
});

describe('entries', () => {
  it('are read with their fields, text and what they are accepted by', () => {
    const [, limit, billing] = read('requirements', REQUIREMENTS).entries;
    expect(limit).toMatchObject({ id: 'REQ-2', name: 'Rate limit', priority: 'should', dependsOn: ['REQ-1'], text: 'At most 100 requests a minute for one key.', accepted: ['the 101st request within a minute is answered with HTTP 429'] });
    expect(billing).toMatchObject({ id: 'REQ-3', priority: "won't" });
    expect(read('epics', EPICS).entries[1]).toMatchObject({ id: 'EPIC-2', dependsOn: ['EPIC-1'], requirements: ['REQ-4'], scope: ['src/export/**', 'src/pages/**'] });
  });

  it('of CRLF documents are the same', () => {
    const told = (text: string) => read('requirements', text).entries.map(({ lines: _, ...rest }) => rest);
    expect(told(REQUIREMENTS.replaceAll('\n', '\r\n'))).toEqual(told(REQUIREMENTS));
  });

  it('of any text are read without an error', () => {
    const pieces = fc.constantFrom('# x', '## Requirements', '## Epics', '### REQ-1: a', '### EPIC-1', '### x', '#### Accepted when', '- Priority: must', '- Priority:', '- Depends on: REQ-1', '- a: b', 'text', '', '```', '<!--', '-->', '[[fill: x]]', '- \u2028', '\u0000');
    fc.assert(
      fc.property(fc.array(pieces), fc.constantFrom(...PLANNING_DOCUMENTS), (lines, name) => {
        const planning = { [name]: read(name, `---\ntitle: x\n---\n${lines.join('\n')}`) };
        const questions = specQuestions(planning, ['SHALL']);
        expect(new Set(questions.map(({ id }) => id).filter((id) => !id.startsWith('REQ-'))).size).toBe(questions.filter(({ id }) => !id.startsWith('REQ-')).length);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('new spec --from', () => {
  it('O6: lists the questions that the planning leaves open, and those that it answers with where', () => {
    plan();
    const { questions } = ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--from', 'planning/reports', '--dry-run']);
    const open = questions.filter((one: { open: boolean }) => one.open).map(({ id }: { id: string }) => id);
    expect(open).toEqual(['data', 'interfaces', 'REQ-2.statement', 'REQ-4.accepted', 'open-1']);
    expect(questions.find(({ id }: { id: string }) => id === 'targets')).toEqual({ id: 'targets', question: expect.any(String), answer: '200 ms for a page.', source: 'planning/reports/architecture.md', open: false });
    expect(questions.map(({ id }: { id: string }) => id)).not.toContain('REQ-3.statement');
    expect(status(sandbox, repository)).toBe('');
  });

  it('adapts: without an architecture its questions are open, and what is answered is asked no more', () => {
    sandbox.write(repository, { 'planning/reports/requirements.md': REQUIREMENTS });
    const open = (...more: string[]) => ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--from', 'reports', '--dry-run', ...more]).questions.filter((one: { open: boolean }) => one.open).map(({ id }: { id: string }) => id);
    expect(open()).toEqual(['technology', 'parts', 'data', 'interfaces', 'targets', 'REQ-2.statement', 'REQ-4.accepted', 'open-1']);
    expect(open('--set', 'targets=Fast', '--set', 'REQ-4.accepted=The third page holds 200 rows')).toEqual(['technology', 'parts', 'data', 'interfaces', 'REQ-2.statement', 'open-1']);
  });

  it('fills in what is answered, marks the rest, and what is marked cannot be frozen', () => {
    plan();
    const answer = ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--from', 'planning/reports', '--set', 'REQ-2.statement=The system SHALL answer at most 100 requests a minute for one key.']);
    const text = sandbox.read(repository, `${FOLDER}/spec.md`);
    expect(frontmatter(text)).toEqual({ ticket: 'PROJ-7', title: 'Partner reports', 'x-planning': 'planning/reports', 'x-requirements': { 'Token validation': 'REQ-1', 'Rate limit': 'REQ-2', 'Paged export': 'REQ-4' } });
    expect(text).toContain('#### Scenario: It is sent to any endpoint\n\n- **GIVEN** a token whose exp is in the past\n- **WHEN** it is sent to any endpoint\n- **THEN** the system responds with HTTP 401\n');
    expect(text).toContain('- Who may revoke a key? [[fill: what was decided]]');
    expect(text).not.toContain('Billing');
    expect(errors(ask(sandbox, repository, ['check', '--all']).findings)).toEqual([]);
    expect(ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7'], 1).findings.map(({ rule }: { rule: string }) => rule)).toContain('placeholder-unfilled');
    done(paste(sandbox, answer.next_action));
  });

  it('takes any answer for what it is: text', () => {
    plan();
    const hard = '## Not a heading [[fill: x]] <!-- --> $& {{slug}} `code` | é';
    ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--from', 'planning/reports', '--set', `data=${hard}`, '--set', `REQ-2.statement=The system SHALL do ${hard}`, '--set', `REQ-4.accepted=${hard}`]);
    expect(errors(ask(sandbox, repository, ['check', '--all']).findings)).toEqual([]);
    expect(sandbox.read(repository, `${FOLDER}/spec.md`)).toContain('**Not a heading [[fill: x]] <!-- --> $& {{slug}} `code` | é**');
  });

  it('is exit 2 for a planning that is not there, an answer to no question, and a terminal that is none', () => {
    plan();
    const refused = (...args: string[]) => ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', ...args], 2).error;
    expect(refused('--from', 'planning/other')).toMatchObject({ code: 'planning-missing', hint: expect.stringContaining('new planning other') });
    expect(refused('--from', 'planning/reports', '--set', 'target=x')).toMatchObject({ code: 'input', hint: '--set targets="…"' });
    expect(refused('--from', 'planning/reports', '--interactive').code).toBe('no-terminal');
    expect(status(sandbox, repository)).toBe('');
  });

  it('asks on a terminal what is open, one question after the other, and leaves what is not answered', () => {
    plan();
    const answers = ['Tables', '', 'The system SHALL answer 100 requests.', 'Page three', 'Dana'].map((line) => `${line}\n`).join('');
    const asked = sandbox.run('script', ['-qec', 'treework new spec --ticket PROJ-7 --from planning/reports --interactive', '/dev/null'], { cwd: repository, input: answers });
    expect(asked.output).toContain('1 of 5: Which data does it keep, in what form?');
    expect(asked.output).toContain('5 of 5: Who may revoke a key?');
    const text = sandbox.read(repository, `${FOLDER}/spec.md`);
    expect(text).toContain('### Data\n\nTables\n');
    expect(text).toContain('### Interfaces\n\n[[fill:');
    expect(text).toContain('- Who may revoke a key? Dana\n');
  });

  it('without planning documents asks for everything', () => {
    const answer = sandbox.run('script', ['-qec', 'treework new spec --ticket PROJ-7 --title Reports --interactive', '/dev/null'], { cwd: repository, input: '\n'.repeat(9) });
    expect(answer.output).toContain('1 of 9: Which problem does it solve');
    expect(errors(ask(sandbox, repository, ['check', '--all']).findings)).toEqual([]);
  });
});

describe('new tasks --from', () => {
  const ready = (files: Readonly<Record<string, string>> = PLANNED) => {
    plan(files);
    done(sandbox.treework(repository, 'new', 'spec', '--ticket', 'PROJ-7', '--from', 'planning/reports'));
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: sandbox.read(repository, `${FOLDER}/spec.md`).replaceAll(/\[\[fill: [^\]]*\]\]/g, 'something') });
  };
  const findingsOfTicket = () => ask(sandbox, repository, ['check', '--all']).findings.filter(({ path }: { path: string }) => path.startsWith(FOLDER));
  const tasks = () => frontmatter(sandbox.read(repository, `${FOLDER}/tasks.md`));

  it('makes a node of each epic, with what it covers, its scope and what it waits for', () => {
    ready();
    ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--from', 'planning/reports', '--why', 'Nobody waits']);
    expect(tasks().nodes).toEqual([
      { id: 'tokens', title: 'Tokens', role: 'implementer', covers: ['Token validation'], scope: ['src/auth/**'], 'x-epic': 'EPIC-1' },
      { id: 'reports-in-pages', title: 'Reports in pages', role: 'implementer', covers: ['Paged export'], depends_on: ['tokens'], scope: ['src/export/**', 'src/pages/**'], 'x-epic': 'EPIC-2' },
      { id: 'rest', title: expect.stringContaining('which epic delivers REQ-2'), role: 'implementer', covers: ['Rate limit'] },
    ]);
    expect(findingsOfTicket()).toMatchObject([{ rule: 'placeholder-unfilled', severity: 'warning' }]);
  });

  it('puts them into a preset: after the tests, before the integration', () => {
    ready({ ...PLANNED, 'planning/reports/epics.md': EPICS.replace('Requirements: REQ-4', 'Requirements: REQ-4, REQ-2') });
    sandbox.write(repository, { 'test/a.ts': '' });
    ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--from', 'planning/reports', '--preset', 'ticket', '--why', 'Nobody waits']);
    expect(tasks().nodes[1]).toMatchObject({ id: 'build', depends_on: ['red'], nodes: [{ id: 'tokens' }, { id: 'reports-in-pages', depends_on: ['tokens'], covers: ['Rate limit', 'Paged export'].toReversed() }] });
    expect(findingsOfTicket()).toEqual([]);
  });

  it('is exit 2 beside --node, and where no epics are', () => {
    ready();
    expect(ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--from', 'planning/reports', '--node', 'a'], 2).error.code).toBe('input');
    sandbox.git(repository, 'rm', '-q', 'planning/reports/epics.md');
    expect(ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--from', 'planning/reports'], 2).error.code).toBe('planning-missing');
    sandbox.write(repository, { 'planning/reports/epics.md': '---\ntitle: x\ndocument: epics\n---\n## Epics\n' });
    expect(ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--from', 'planning/reports'], 2).error.code).toBe('planning-empty');
  });
});

describe('new plan', () => {
  const asked = () => {
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: SPEC });
    done(sandbox.treework(repository, 'new', 'tasks', '--ticket', 'PROJ-7', '--why', 'Partners pull reports'));
    sandbox.write(repository, { [`${FOLDER}/tasks.md`]: sandbox.read(repository, `${FOLDER}/tasks.md`).replace('  - id: build\n', '  - id: build\n    title: Build it\n    plan: required\n    scope: ["src/**"]\n  - id: docs\n    covers: none\n') });
    commitAll(sandbox, repository);
  };

  it('🗺️ carries ticket and node, asks for the files, and once approved lets the node make them', () => {
    asked();
    sandbox.write(repository, { 'src/a.ts': '' });
    sandbox.git(repository, 'add', '.');
    sandbox.write('', { message: 'feat: a\n\nNode: PROJ-7/build\n' });
    const judged = () => sandbox.run('treework', ['hook', 'commit-msg', '../message'], { cwd: repository });
    expect(judged().output).toContain('treework new plan --ticket PROJ-7 --node build');
    const { path } = ask(sandbox, repository, ['new', 'plan', '--node', 'build']);
    expect(path).toBe('.plans/proj-7-build.md');
    expect(frontmatter(sandbox.read(repository, path))).toMatchObject({ title: 'Plan of Build it', status: 'draft', ticket: 'PROJ-7', node: 'build', creates: [expect.stringContaining('[[fill:')] });
    expect(errors(ask(sandbox, repository, ['check', '--all']).findings)).toEqual([]);
    const filled = sandbox.read(repository, path).replace(/creates:.*/, 'creates: [src/a.ts]').replace('draft', 'approved').replaceAll(/\[\[fill: [^\]]*\]\]/g, 'One file; the alternative is two, rejected.');
    sandbox.git(repository, 'reset', '-q');
    sandbox.write(repository, { [path]: filled });
    sandbox.git(repository, 'add', '.plans', 'WORKSPACE.md');
    sandbox.git(repository, 'commit', '-q', '-m', 'docs: plan the build');
    sandbox.git(repository, 'add', '.');
    expect(judged().output).toBe('');
  });

  it('for a node that asks for none, for a ticket alone, and for nothing', () => {
    asked();
    expect(frontmatter(sandbox.read(repository, ask(sandbox, repository, ['new', 'plan', '--node', 'docs', '--title', 'Write']).path))).toEqual({ title: 'Write', status: 'draft', ticket: 'PROJ-7', node: 'docs' });
    expect(ask(sandbox, repository, ['new', 'plan', '--ticket', 'PROJ-7', '--title', 'All']).path).toBe('.plans/proj-7.md');
    expect(frontmatter(sandbox.read(repository, ask(sandbox, repository, ['new', 'plan', '--title', 'Elsewhere']).path))).toEqual({ title: 'Elsewhere', status: 'draft' });
    expect(ask(sandbox, repository, ['new', 'plan', '--node', 'bild'], 2).error).toMatchObject({ code: 'node-unknown', hint: '--node build' });
    expect(ask(sandbox, repository, ['new', 'plan', '--node', 'build,docs'], 2).error.code).toBe('input');
  });
});

it('the planning of these tests is one that the check accepts', () => {
  plan();
  expect(ask(sandbox, repository, ['check', '--all']).findings).toMatchObject([{ path: 'planning/reports/architecture.md', severity: 'warning' }]);
  expect(ARCHITECTURE).toContain('## Targets');
});
