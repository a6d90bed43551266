import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

interface Project {
  readonly sandbox: Sandbox;
  readonly gate: (args: readonly string[], status?: number) => any;
  readonly write: (files: Readonly<Record<string, string>>) => void;
}

/** A committed repository with these files; `gates` as in WORKSPACE.md. */
function project(files: Readonly<Record<string, string>>, gates = '{}'): Project {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.repository('repo', { 'WORKSPACE.md': `---\ntreework: 1\ngates: ${gates}\n---\n`, '.gitignore': '__pycache__/\n', ...files });
  return { sandbox, gate: (args, status) => ask(sandbox, 'repo', ['gate', ...args], status), write: (more) => sandbox.write('repo', more) };
}

const PACKAGE = JSON.stringify({ name: 'a', version: '1.0.0', scripts: { test: 'node --test' } });
const LIB = 'exports.add = (a, b) => a + b;\nexports.sub = (a, b) => {\n  return a - b;\n};\n';
const testsOf = (...lines: string[]) => `const test = require('node:test');\nconst assert = require('node:assert');\nconst lib = require('../lib.js');\n${lines.join('\n')}\n`;
const ADD = "test('adds', () => assert.equal(lib.add(1, 2), 3));";
const SUB = "test('subtracts', () => assert.equal(lib.sub(3, 2), 1));";
const NODE = { 'package.json': PACKAGE, 'lib.js': LIB, 'test/lib.test.js': testsOf(ADD, SUB) };

const codes = (answer: any) => answer.gates.flatMap((gate: any) => gate.runs.flatMap((run: any) => run.problems.map((one: any) => one.code)));
const states = (answer: any) => Object.fromEntries(answer.gates.map(({ gate, state }: any) => [gate, state]));

it('runs what the project’s files say, counts tests and measures lines', () => {
  const { gate } = project(NODE);
  const answer = gate([]);
  expect(states(answer)).toEqual({ lint: 'none', types: 'none', build: 'none', test: 'passed', coverage: 'passed' });
  expect(answer.gates[3].runs).toMatchObject([{ command: 'npm test', why: 'scripts.test of package.json', exit: 0, tests: { run: 2, failed: 0, formats: ['node:test'] } }]);
  expect(answer.gates[4].runs).toMatchObject([{ coverage: { percent: 100, least: 80 } }]);
  expect(answer).toMatchObject({ dirty: false, changed_meanwhile: false, commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
});

it('O7: a missing tool is no pass, and the answer says how to get it', () => {
  const absent = project({ 'go.mod': 'module a\n' });
  absent.sandbox.env.PATH = `${join(absent.sandbox.root, '.bin')}:/usr/bin:/bin`;
  expect(absent.gate(['lint'], 1).gates[0].runs).toMatchObject([{ ok: false, exit: null, problems: [{ code: 'missing-tool', message: 'Unexpected absence of go, which go vet ./... needs, expected it: a missing tool is no pass', mend: expect.stringContaining('go.dev') }] }]);
  const { gate } = project({ 'package.json': '{"devDependencies": {"vitest": "4"}}', node_modules: '' }, '{lint: no-such-linter --all, build: "sh -c no-such-tool", types: python3 -m no_such_module}');
  const answer = gate([], 1);
  expect(states(answer)).toEqual({ lint: 'failed', types: 'failed', build: 'failed', test: 'failed', coverage: 'failed' });
  expect(answer.gates.slice(0, 4).flatMap(({ runs }: any) => runs[0].problems)).toMatchObject([
    { code: 'missing-tool', message: expect.stringContaining('no-such-linter') },
    { code: 'missing-tool', mend: 'python3 -m pip install no_such_module' },
    { code: 'missing-tool', message: expect.stringContaining('no-such-tool') },
    { code: 'missing-tool', message: expect.stringContaining('vitest'), mend: expect.stringContaining('npm install') },
  ]);
  expect(codes(project({ 'package.json': '{"dependencies": {"a": "1"}, "scripts": {"test": "true"}}' }).gate(['test'], 1))).toEqual(['not-prepared']);
});

it('O7: no tests, all skipped, and a count that cannot be read are no pass', () => {
  const { gate, write } = project({ 'package.json': PACKAGE });
  const none = gate(['test'], 1);
  expect(codes(none)).toEqual(['no-tests']);
  expect(none.next_action).toMatchObject({ action: 'agent:do', command: 'treework gate test', problems: [{ gate: 'test', message: expect.stringContaining('no test at all'), mend: expect.stringContaining('write a test') }] });
  write({ 'test/empty.test.js': '\n' });
  expect(codes(gate(['test'], 1))).toEqual(['no-tests']);
  write({ 'test/empty.test.js': "require('node:test').skip('later', () => {});\n" });
  expect(codes(gate(['test'], 1))).toEqual(['no-tests']);
  write({ 'package.json': JSON.stringify({ scripts: { test: 'echo all tests passed' } }) });
  expect(codes(gate(['test'], 1))).toEqual(['unreadable']);
});

it('failing tests fail it, also where the command hides them', () => {
  const { gate } = project({ ...NODE, 'test/bad.test.js': testsOf("test('bad', () => assert.ok(false));"), 'package.json': PACKAGE.replace('node --test', 'node --test || true') });
  const [run] = gate(['test'], 1).gates[0].runs;
  expect(run).toMatchObject({ exit: 0, tests: { run: 3, failed: 1 }, problems: [{ code: 'failed', message: 'Unexpected 1 failing test of 3, expected none: npm test hides it with the exit status 0' }] });
  expect(run.tail.length).toBeGreaterThan(3);
});

it('the time limit kills what hangs', () => {
  const { gate } = project({}, '{test: "echo begun; sleep 600", coverage: off}');
  const begun = Date.now();
  expect(codes(gate(['test', '--timeout', '0.5'], 1))).toEqual(['overdue']);
  expect(Date.now() - begun).toBeLessThan(60_000);
});

it('what is switched off is said, and switching off everything is no pass', () => {
  const { gate, sandbox } = project(NODE, '{coverage: off, lint: off}');
  expect(states(gate([]))).toMatchObject({ coverage: 'off', lint: 'off', test: 'passed' });
  expect(sandbox.treework('repo', 'gate', 'coverage', 'lint')).toMatchObject({ status: 1, stdout: expect.stringMatching(/coverage {2}off .*nobody looked\nnothing was checked, and that is no pass/) });
});

it('coverage below 80, unread or below the ratchet is no pass; the ratchet holds the trunk’s value too', () => {
  const low = project({ ...NODE, 'lib.js': `${LIB}exports.more = (a) => {\n${'  a += 1;\n'.repeat(20)}  return a;\n};\n` });
  expect(codes(low.gate(['coverage'], 1))).toEqual(['too-low']);
  expect(codes(project({ 'package.json': PACKAGE }, '{coverage_command: "echo fine"}').gate(['coverage'], 1))).toEqual(['unreadable']);
  const { sandbox, gate } = project({ 'table.txt': 'TOTAL    100    30    70.00%\n' }, '{coverage: ratchet, coverage_command: cat table.txt}');
  expect(gate(['coverage'], 1).gates[0].runs[0].problems).toMatchObject([{ code: 'too-low', mend: 'treework gate coverage --raise' }]);
  expect(gate(['coverage', '--raise'])).toMatchObject({ percent: 70, created: ['.treework/coverage.json'], next_action: { command: expect.stringContaining('git commit') } });
  commitAll(sandbox, 'repo');
  expect(gate(['coverage'])).toMatchObject({ ok: true });
  sandbox.git('repo', 'switch', '-q', '-c', 'lower');
  sandbox.write('repo', { 'table.txt': 'TOTAL    100    40    60.00%\n', '.treework/coverage.json': '{ "percent": 50 }\n' });
  expect(gate(['coverage'], 1).gates[0].runs[0]).toMatchObject({ coverage: { percent: 60, least: 70 } });
  expect(gate(['coverage', '--raise'])).toMatchObject({ percent: 60, least: 70, changed: [] });
  sandbox.write('repo', { 'table.txt': 'TOTAL    1000    100    90.005%\n' });
  expect(gate(['coverage', '--raise'])).toMatchObject({ percent: 90, least: 70, changed: ['.treework/coverage.json'] });
  sandbox.write('repo', { '.treework/coverage.json': 'broken' });
  expect(gate(['coverage'], 2).error.code).toBe('coverage-file');
});

it('keeps the verdict with its tree, and uses it only for the same one and on request', () => {
  const { sandbox, gate, write } = project({}, '{test: "echo x >> ../runs; printf \'1..1\\\\nok 1\\\\n\'", coverage: off}');
  const runs = () => sandbox.read('', 'runs').length / 2;
  const first = gate(['test']);
  expect(readdirSync(join(sandbox.root, 'repo/.git/treework/gates'))).toEqual([`${first.tree}.json`]);
  gate(['test']);
  expect(runs()).toBe(2);
  expect(gate(['test', '--cached']).gates[0].runs[0]).toMatchObject({ ok: true, cached_from: expect.stringMatching(/^20/) });
  expect(runs()).toBe(2);
  write({ 'new.txt': 'untracked\n' });
  const dirty = gate(['test', '--cached']);
  expect(dirty).toMatchObject({ dirty: true });
  expect(dirty.tree).not.toBe(first.tree);
  expect(runs()).toBe(3);
  expect(sandbox.treework('repo', 'gate', 'test').stdout).toContain('of the work tree with what is not committed');
  commitAll(sandbox, 'repo');
  expect(gate(['test', '--cached'])).toMatchObject({ tree: dirty.tree, dirty: false });
  expect(runs()).toBe(4);
  sandbox.write('repo/.git/treework/gates', { [`${dirty.tree}.json`]: 'broken' });
  expect(gate(['test', '--cached']).ok).toBe(true);
  expect(runs()).toBe(5);
});

it('a failure is never taken from what is kept, and a tree that changes meanwhile is not kept', () => {
  const { sandbox, gate } = project({}, '{test: "test -f ../ready && printf \'1..1\\\\nok 1\\\\n\'", coverage: off, lint: "date > made.txt"}');
  gate(['test'], 1);
  sandbox.write('', { ready: '' });
  expect(gate(['test', '--cached']).ok).toBe(true);
  const changed = gate(['lint']);
  expect(changed).toMatchObject({ ok: true, changed_meanwhile: true });
  expect(sandbox.read('repo', `.git/treework/gates/${changed.tree}.json`)).not.toContain('made.txt');
});

it('projects in folders, and modules that are repositories of their own, are run where they are', () => {
  const { sandbox, gate } = project({ 'api/package.json': PACKAGE, 'api/lib.js': LIB, 'api/test/lib.test.js': testsOf(ADD), 'web/Makefile': 'test:\n\t@printf "1..1\\nok 1\\n"\n' }, '{coverage: off}');
  expect(gate(['test']).gates[0].runs).toMatchObject([{ folder: 'api', command: 'npm test', ok: true }, { folder: 'web', command: 'make test', ok: true }]);
  sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\ngates: {coverage: off}\nmodules: {web: web, core: ../core}\n---\n' });
  expect(gate(['test']).gates[0].runs).toHaveLength(2);
  sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\ngates: {coverage: off}\nmodules: {core: modules/core}\n---\n' });
  expect(gate(['test'], 1).gates[0].missing).toMatchObject([{ missing: 'module core is not here: modules/core', mend: 'git clone URL modules/core' }]);
});

it('Python’s unittest is run and counted as Python counts', () => {
  const { gate, write } = project({ 'requirements.txt': '', 'tests/__init__.py': '', 'tests/test_a.py': 'import unittest\nclass T(unittest.TestCase):\n    def test_one(self): self.assertEqual(1 + 1, 2)\n' }, '{coverage: off}');
  expect(gate(['test']).gates[0].runs[0]).toMatchObject({ command: 'python3 -m unittest discover -v -s tests -t .', tests: { run: 1, failed: 0 } });
  write({ 'tests/test_a.py': '' });
  expect(codes(gate(['test'], 1))).toEqual(['no-tests']);
});

it('shows the commands and why these, without running any', () => {
  const { sandbox } = project(NODE, '{lint: "touch ran"}');
  const answer = sandbox.treework('repo', 'gate', '--dry-run');
  expect(answer.stdout).toContain('lint      touch ran\n          because of gates.lint of WORKSPACE.md\n');
  expect(answer.stdout).toContain('coverage  node --experimental-test-coverage --test\n');
  expect(sandbox.exists('repo', 'ran')).toBe(false);
});
