import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, paste, SPEC, status, workspace } from '../verbs/fixture.ts';

let sandbox: Sandbox;
let repository: string;
beforeEach(() => {
  sandbox = new Sandbox();
  repository = workspace(sandbox);
  sandbox.write(repository, { 'src/index.ts': '', 'test/index.test.ts': '', [`${FOLDER}/spec.md`]: SPEC });
  commitAll(sandbox, repository);
});
afterEach(() => sandbox.remove());

interface Node {
  readonly id: string;
  readonly [key: string]: unknown;
  readonly nodes?: readonly Node[];
}

const PRESETS = ['ticket', 'phases', 'tree'] as const;
const WHY = 'Partners pull reports without CSV exports';

function make(preset: string, ...more: string[]) {
  return ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--preset', preset, '--why', WHY, ...more]);
}

function tasks() {
  return parse(/^---\n(.*?)\n---\n/s.exec(sandbox.read(repository, `${FOLDER}/tasks.md`))?.[1] ?? '');
}

function all(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...all(node.nodes ?? [])]);
}

/** As a person would: each mark replaced by some words. */
function fillIn(): void {
  const path = `${FOLDER}/tasks.md`;
  sandbox.write(repository, { [path]: sandbox.read(repository, path).replaceAll(/\[\[fill: [^\]]*\]\]/g, 'docs/report.md') });
}

describe.each(PRESETS)('new tasks --preset %s', (preset) => {
  it('is committed as the answer says, and passes the check once its places are filled', () => {
    const answer = make(preset);
    expect(tasks()).toMatchObject({ ticket: 'PROJ-7', goal: { title: 'Reports API', why: WHY }, spec: expect.stringMatching(/^sha256:/) });
    fillIn();
    expect(ask(sandbox, repository, ['check', '--all']).findings).toEqual([]);
    done(paste(sandbox, answer.next_action));
    expect(status(sandbox, repository)).toBe('');
  });

  it('O6: the template and the parser agree on every node', () => {
    make(preset);
    const nodes = all(tasks().nodes);
    const template = readFileSync(join(PACKAGE_ROOT, `generators/tasks/${preset}.md`), 'utf8');
    const written = [...template.matchAll(/(?:- |\{)id: ([a-z0-9-]+)/g)].map((match) => match[1]);
    expect(nodes.map(({ id }) => id)).toEqual(written);
    const [document] = ask(sandbox, repository, ['list', 'tasks']).documents;
    expect(all(document.data.nodes).map(({ id }) => id)).toEqual(written);
    expect(JSON.stringify(nodes)).not.toMatch(/\{\{|\}\}/);
  });

  it('takes every title and reason as it is given', () => {
    const title = `"quoted" | {{code}} <% x %> $& # é`;
    make(preset, `--title=${title}`);
    expect(tasks().goal).toEqual({ title, why: WHY });
  });

  it('shows with --dry-run what it would write, and writes nothing', () => {
    expect(make(preset, '--dry-run').edits[0].content).toContain('nodes:');
    expect(status(sandbox, repository)).toBe('');
  });

  it('is refused where a workflow stands already, byte by byte as it was', () => {
    make('ticket');
    const before = sandbox.read(repository, `${FOLDER}/tasks.md`);
    ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--preset', preset], 2);
    expect(sandbox.read(repository, `${FOLDER}/tasks.md`)).toBe(before);
  });
});

describe('what the presets hold', () => {
  it('ticket: tests are written first and seen red, what they ask for is built, both are integrated', () => {
    make('ticket');
    const [red, build, integrate] = tasks().nodes;
    expect(red).toMatchObject({ role: 'test-writer', scope: ['test/**'] });
    expect(red.process.join(' ')).toContain('treework gate --red red');
    expect(build).toMatchObject({ role: 'implementer', depends_on: ['red'], scope: ['src/**'] });
    expect(integrate).toMatchObject({ depends_on: ['build'], order: 'sequential', nodes: [{ type: 'command', command: 'treework gate', covers: 'none' }, { type: 'human', covers: 'none' }] });
  });

  it('ticket: a start of the build before a failing test was seen is refused', () => {
    make('ticket');
    commitAll(sandbox, repository);
    const { spec } = tasks();
    sandbox.write(repository, { [`${FOLDER}/nodes/build.md`]: `---\nnode: build\nstatus: in_progress\nhistory:\n  - {to: in_progress, by: impl-1, at: 2099-01-01T00:00:00Z, spec: "${spec}"}\n---\n` });
    const { findings } = JSON.parse(sandbox.treework(repository, 'check', '--json').stdout);
    expect(findings.map(({ rule }: { rule: string }) => rule)).toContain('tests-first');
  });

  it('O4: phases: the six phases with every step from 2.1 to 2.6 and 4.1 to 4.8, each phase after the one before', () => {
    make('phases');
    const { nodes } = tasks();
    expect(nodes.map(({ id }: Node) => id)).toEqual(['setup', 'planning', 'development', 'quality', 'integration', 'release']);
    expect(nodes.map(({ depends_on = [] }: Node) => depends_on)).toEqual([[], ['setup'], ['planning'], ['development'], ['quality'], ['integration']]);
    const steps = all(nodes).flatMap((node) => (node['x-step'] === undefined ? [] : [String(node['x-step'])]));
    expect(steps.filter((step) => /^[24]/.test(step)).sort()).toEqual(['2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '4.1', '4.2', '4.3', '4.4', '4.5', '4.6', '4.7', '4.8']);
  });

  it('W1: tree: a goal and three phases, whose status nobody sets', () => {
    make('tree');
    expect(tasks().nodes.map(({ id, depends_on = [] }: Node) => [id, depends_on])).toEqual([['explore', []], ['make', ['explore']], ['finish', ['make']]]);
    expect(JSON.stringify(tasks())).not.toContain('status');
  });

  it('what nobody can know is marked: where code and tests are', () => {
    sandbox.git(repository, 'rm', '-q', '-r', 'src', 'test');
    make('ticket');
    const [red, build] = tasks().nodes;
    expect([red.scope, build.scope]).toEqual([[expect.stringContaining('[[fill:')], [expect.stringContaining('[[fill:')]]);
  });
});

describe('with --node', () => {
  it('tree: the phases are those', () => {
    make('tree', '--node', 'look,try', '--node', 'ship');
    expect(tasks().nodes.map(({ id, depends_on = [], nodes = [] }: Node) => [id, depends_on, nodes[0]?.id])).toEqual([['look', [], 'look-1'], ['try', ['look'], 'try-1'], ['ship', ['try'], 'ship-1']]);
  });

  it.each([['ticket', 'build'], ['phases', 'implement']])('%s: %s becomes a phase of them, after the tests', (preset, built) => {
    make(preset, '--node', 'api,ui');
    expect(all(tasks().nodes).find(({ id }) => id === built)).toMatchObject({ nodes: [{ id: 'api' }, { id: 'ui' }] });
    fillIn();
    expect(ask(sandbox, repository, ['check', '--all']).findings).toEqual([]);
  });

  it('a name that the preset has already is refused, and nothing is written', () => {
    const answer = ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--preset', 'ticket', '--node', 'red'], 1);
    expect(answer.findings.map(({ rule }: { rule: string }) => rule)).toContain('node-id-unique');
    expect(status(sandbox, repository)).toBe('');
  });

  it('and without a preset it is as ever', () => {
    ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--node', 'api,ui']);
    expect(tasks().nodes).toEqual([{ id: 'api' }, { id: 'ui' }]);
  });
});

describe('oneshot', () => {
  it('writes nothing, needs no ticket, and says what to do', () => {
    expect(ask(sandbox, repository, ['new', 'tasks', '--preset', 'oneshot'])).toMatchObject({ preset: 'oneshot', created: [], changed: [], steps: [expect.anything(), expect.stringContaining('commit'), expect.stringContaining('new spec')] });
    expect(status(sandbox, repository)).toBe('');
    expect(sandbox.exists(repository, `${FOLDER}/tasks.md`)).toBe(false);
  });
});

it('a preset that there is not is exit 2 and names those there are', () => {
  const { error } = ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', '--preset', 'banana'], 2);
  expect(error.message).toBe('Unexpected --preset "banana", expected ticket, phases, tree or oneshot');
});

it('O6: `banana` is stored as no status, neither in the plan nor in a record', () => {
  make('ticket');
  fillIn();
  const path = `${FOLDER}/tasks.md`;
  const plan = sandbox.read(repository, path);
  sandbox.write(repository, { [path]: plan.replace('  - id: build\n', '  - id: build\n    status: banana\n'), [`${FOLDER}/nodes/red.md`]: '---\nnode: red\nstatus: banana\nhistory:\n  - {to: banana, by: a, at: 2099-01-01T00:00:00Z}\n---\n' });
  const { findings } = JSON.parse(sandbox.treework(repository, 'check', '--all', '--json').stdout);
  const said = findings.filter(({ severity }: { severity: string }) => severity === 'error').map(({ path: at, message }: { path: string; message: string }) => `${at.split('/').at(-1)}: ${message}`).join('\n');
  expect(said).toMatch(/^tasks\.md: Unexpected key `nodes\[1\]\.status`/m);
  expect(said).toMatch(/^red\.md: .*banana/m);
});
