import { afterEach, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, frozen, paste } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const PLAN = 'nodes: [{id: red, role: test-writer, covers: none, scope: ["test/**"]}, {id: build, role: implementer, depends_on: [red], scope: ["lib.js"]}, {id: docs, covers: none}]';
const TEST = "const test = require('node:test');\nconst assert = require('node:assert');\nconst lib = require('../lib.js');\n";

interface Story {
  readonly sandbox: Sandbox;
  readonly red: (status?: number, ...more: string[]) => any;
  readonly node: (args: readonly string[], status?: number) => any;
  readonly write: (files: Readonly<Record<string, string>>) => void;
  readonly record: (node: string) => any;
}

/** The node `red` is under way, by test-1. */
function story(): Story {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = frozen(sandbox);
  const tasks = sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:[^]*?^---$/m, () => `${PLAN}\n---`);
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: tasks, 'package.json': '{"scripts": {"test": "node --test"}}\n', 'lib.js': '' });
  commitAll(sandbox, repository);
  const node = (args: readonly string[], status?: number) => ask(sandbox, repository, ['node', ...args], status);
  node(['start', 'red', '--by', 'test-1']);
  return {
    sandbox,
    node,
    red: (status, ...more) => ask(sandbox, repository, ['gate', '--red', 'red', ...(more.length > 0 ? more : ['--by', 'test-1'])], status),
    write: (files) => sandbox.write(repository, files),
    record: (id) => parseDocument(Buffer.from(sandbox.read(repository, `${FOLDER}/nodes/${id}.md`))).data,
  };
}

it('S12: no tests at all are not red', () => {
  const { red, record, write } = story();
  expect(red(1)).toMatchObject({ red: null, refused: 'Unexpected run of no test at all, expected at least one that fails: no tests are not red', next_action: { action: 'agent:do', command: 'treework gate --red red --ticket PROJ-7' } });
  write({ 'test/a.test.js': '\n' });
  expect(red(1).refused).toContain('no tests are not red');
  write({ 'package.json': '{"scripts": {"test": "exit 1"}}\n' });
  expect(red(1).refused).toContain('Unexpected end before any test was counted');
  write({ 'package.json': '{}\n', 'test/a.test.js': '' });
  expect(record('red').history).toHaveLength(1);
});

it('S12: tests that pass, that are hidden, or that only a program’s absence fails are not red', () => {
  const { red, record, write } = story();
  write({ 'test/a.test.js': `${TEST}test('ok', () => {});\n` });
  expect(red(1).refused).toBe('Unexpected 1 passing test and none that fails, expected at least one that fails before the work: what passes already asks for nothing new');
  write({ 'package.json': '{"scripts": {"test": "node --test; exit 3"}}\n' });
  expect(red(1).refused).toContain('an exit status that says otherwise');
  write({ 'package.json': '{"scripts": {"test": "node --test || true"}}\n', 'test/a.test.js': `${TEST}test('bad', () => assert.ok(false));\n` });
  expect(red(1).refused).toBe('Unexpected exit 0 beside 1 failing tests, expected a command that does not hide them');
  write({ 'package.json': '{"scripts": {"test": "no-such-runner"}}\n' });
  expect(red(1).refused).toContain('a missing tool is no pass');
  expect(record('red').history).toHaveLength(1);
});

it('records how many failed in the last word of who wrote the tests, then the work is green', () => {
  const { red, node, record, sandbox, write } = story();
  write({ 'test/a.test.js': `${TEST}test('adds', () => assert.equal(lib.add(1, 2), 3));\ntest('is there', () => assert.ok(lib));\n` });
  const answer = red();
  expect(answer).toMatchObject({ red: { failing: 1 }, tests: { run: 2, failed: 1 }, status: 'in_progress' });
  expect(record('red')).toMatchObject({ l0: '1 of 2 tests fail, as they should before the work', history: [{}, { to: 'in_progress', done: true, by: 'test-1', red: { failing: 1 }, command: 'npm test' }] });
  done(paste(sandbox, answer.next_action));
  node(['complete', 'red', '--by', 'review-1', '--verdict', 'pass', '--verified-by', 'review-1']);
  commitAll(sandbox, 'repo');
  expect(sandbox.treework('repo', 'check', '--all')).toMatchObject({ status: 0 });
  node(['start', 'build', '--by', 'impl-1']);
  const complete = ['complete', 'build', '--gate', '--by', 'impl-1', '--verdict', 'pass', '--verified-by', 'review-1'];
  expect(node(complete, 1)).toMatchObject({ refused: 'build cannot be completed while the tests do not pass; nothing was written', runs: [{ problems: [{ code: 'failed' }] }] });
  expect(record('build').history).toHaveLength(1);
  write({ 'lib.js': 'exports.add = (a, b) => a + b;\n' });
  node(complete);
  expect(record('build').history[1]).toMatchObject({ to: 'complete', command: 'npm test', exit: 0, verdict: 'pass' });
  commitAll(sandbox, 'repo');
  expect(sandbox.treework('repo', 'check', '--all')).toMatchObject({ status: 0 });
});

it('who checks the tests can see them red too: complete --gate of a test-writer wants failing tests', () => {
  const { node, record, write, sandbox } = story();
  const complete = ['complete', 'red', '--gate', '--by', 'review-1', '--verdict', 'pass', '--verified-by', 'review-1'];
  expect(node(complete, 1).refused).toContain('no tests are not red');
  write({ 'test/a.test.js': `${TEST}test('adds', () => assert.equal(lib.add(1, 2), 3));\n` });
  node(complete);
  expect(record('red')).toMatchObject({ status: 'complete', history: [{}, { red: { failing: 1 }, command: 'npm test', verified_by: 'review-1' }] });
  expect(record('red').history[1].exit).toBeUndefined();
  commitAll(sandbox, 'repo');
  expect(sandbox.treework('repo', 'check', '--all')).toMatchObject({ status: 0 });
});

it('is for the node, by the actor, that it is about', () => {
  const { red, node, sandbox } = story();
  const refused = (id: string, by: string) => ask(sandbox, 'repo', ['gate', '--red', id, '--by', by], 2).error.code;
  expect(refused('build', 'test-1')).toBe('node-role');
  expect(refused('docs', 'test-1')).toBe('node-role');
  expect(refused('nobody', 'test-1')).toBe('node-unknown');
  expect(red(2, '--by', 'review-1').error).toMatchObject({ code: 'node-claimed', hint: expect.stringContaining('node complete red --gate') });
  node(['release', 'red', '--by', 'test-1', '--reason', 'later']);
  expect(red(2).error).toMatchObject({ code: 'node-transition', hint: 'treework node start red' });
  node(['start', 'docs', '--by', 'test-1']);
  node(['start', 'red', '--by', 'test-1']);
  expect(node(['complete', 'docs', 'red', '--gate', '--verdict', 'pass', '--verified-by', 'x'], 2).error.code).toBe('node-role');
});
