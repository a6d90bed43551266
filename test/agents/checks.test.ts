import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHECK_LIMIT_S, editChecked } from '../../src/commands/edit-checks.ts';
import { openWorkspace } from '../../src/commands/workspace.ts';
import { wordsFor } from '../../src/workflow/edit-check.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { ask, done, workspace } from '../verbs/fixture.ts';
import { fire, told } from './client.ts';

/** A linter as small as can be: FIXME is its one finding; it writes down what it was asked. */
const LINTER = `#!/usr/bin/env node
const { appendFileSync, readFileSync } = require('node:fs');
const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
appendFileSync(__dirname + '/asked.txt', JSON.stringify(process.argv.slice(2)) + '\\n');
let bad = 0;
for (const file of files) readFileSync(file, 'utf8').split('\\n').forEach((line, at) => { if (line.includes('FIXME')) { bad = 1; console.log('\\u001b[31m' + process.cwd() + '/' + file + ':' + (at + 1) + ' no FIXME\\u001b[0m ' + 'x'.repeat(60)); } });
process.exitCode = bad;
`;

let sandbox: Sandbox;
let root: string;

beforeEach(() => {
  sandbox = new Sandbox();
  workspace(sandbox, 'repo', settings('{"*.ts": "lint-it {file}"}'));
  root = join(sandbox.root, 'repo');
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  writeFileSync(join(root, 'node_modules/.bin/lint-it'), LINTER);
  chmodSync(join(root, 'node_modules/.bin/lint-it'), 0o755);
  writeFileSync(join(root, '.gitignore'), 'node_modules\nout\n');
});

afterEach(() => sandbox.remove());

const settings = (afterEdit: string) => `---\ntreework: 1\ngates:\n  after_edit: ${afterEdit}\n---\n`;
const configure = (afterEdit: string) => writeFileSync(join(root, 'WORKSPACE.md'), settings(afterEdit));
const approve = () => done(sandbox.treework('repo', 'gate', 'after-edit', '--yes'));
const edited = (path: string, content = 'FIXME\n', session = 'session-1') => {
  sandbox.write('repo', { [path]: content });
  return told(fire(sandbox, 'PostToolUse', { cwd: root, session_id: session, tool_name: 'Write', tool_input: { file_path: join(root, path) } }));
};
const asked = (): string[][] => {
  const path = join(root, 'node_modules/.bin/asked.txt');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as string[]) : [];
};

describe('S13: checks after an edit', () => {
  it('tell the agent what they found, and nothing where they pass or are for other files', () => {
    approve();
    expect(edited('src/a.ts', 'one\nFIXME\n')).toBe(`src/a.ts does not pass lint-it {file} (exit 1)\nsrc/a.ts:2 no FIXME ${'x'.repeat(60)}`);
    expect([edited('src/a.ts', 'one\n'), edited('src/a.js'), edited('out/a.ts')]).toEqual(['', '', '']);
    expect(asked()).toEqual([['src/a.ts'], ['src/a.ts']]);
  });

  it('are for notebooks, too', () => {
    configure('{"*.ipynb": "lint-it {file}"}');
    approve();
    sandbox.write('repo', { 'a.ipynb': 'FIXME\n' });
    expect(told(fire(sandbox, 'PostToolUse', { cwd: root, tool_name: 'NotebookEdit', tool_input: { notebook_path: join(root, 'a.ipynb'), new_source: 'FIXME' } }))).toContain('a.ipynb:1 no FIXME');
  });

  it('get the path as one word, whatever it holds', () => {
    configure('{"*.ts": "lint-it --file={file} {file}"}');
    approve();
    const names = ['src/with space.ts', `src/it's "quoted".ts`, 'src/$(touch gone) `touch gone` ; touch gone &.ts', 'src/ünï*.ts', '-rf.ts'];
    for (const name of names) expect(edited(name)).toContain('no FIXME');
    expect(asked()).toEqual(names.map((name) => (name === '-rf.ts' ? './-rf.ts' : name)).map((name) => [`--file=${name}`, name]));
    expect(existsSync(join(root, 'gone'))).toBe(false);
  });

  it('run only when a person has approved just these in this clone; that is said once', () => {
    expect([edited('a.ts'), edited('a.ts')]).toEqual([expect.stringContaining('treework gate after-edit'), '']);
    expect(edited('a.ts', 'FIXME\n', 'session-2')).toContain('nobody has approved');
    expect(asked()).toEqual([]);
    expect(sandbox.treework('repo', 'gate', 'after-edit', 'a.ts')).toMatchObject({ status: 1, stdout: expect.stringContaining('after_edit *.ts: lint-it {file}') });
    approve();
    expect(edited('a.ts')).toContain('no FIXME');
    configure('{"*.ts": "lint-it --strict {file}"}');
    expect(edited('a.ts', 'FIXME\n', 'session-3')).toContain('nobody has approved');
    expect(asked()).toEqual([['a.ts']]);
  });

  it('tell at most 2,000 bytes, the first findings first', () => {
    configure('{"*.ts": ["lint-it {file}", "lint-it --again {file}"]}');
    approve();
    const said = edited('a.ts', 'FIXME\n'.repeat(500));
    expect(Buffer.byteLength(said)).toBeLessThanOrEqual(2000);
    expect(said).toMatch(/a\.ts:1 no FIXME[\s\S]*… \d+ lines more\n\na\.ts does not pass lint-it --again/);
  });

  it('are bounded in time, which is said once; what takes too long is left out of that session', async () => {
    configure(`{"*.ts": ["${process.execPath.replaceAll('\\', '/')} -e 'setInterval(() => {}, 1000)'", "lint-it {file}"]}`);
    approve();
    sandbox.write('repo', { 'a.ts': 'FIXME\n' });
    const here = openWorkspace({ cwd: root, program: 'treework' });
    const begun = performance.now();
    const said = await editChecked(here, 'a.ts', 'session-1', 'treework', 0.5);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(said).toMatch(/^a\.ts does not pass [\s\S]* \(ended at its time limit of 0\.5 s\)\nIt is left out for the rest of this session\.$/);
    expect(await editChecked(here, 'a.ts', 'session-1', 'treework', 30)).toMatch(/^a\.ts does not pass lint-it \{file\} \(exit 1\)/);
  });

  it('that cannot be run are said once, and the others go on', () => {
    configure('{"*.ts": ["no-such-program", "lint-it && true", "lint-it {file}"]}');
    approve();
    expect(edited('a.ts')).toMatch(/no-such-program \(exit 127: a program that it needs is not there\)[\s\S]*only a shell reads[\s\S]*does not pass lint-it \{file\} \(exit 1\)/);
    expect(edited('a.ts')).toMatch(/^a\.ts does not pass lint-it \{file\} \(exit 1\)\n[^\n]*$/);
  });

  it('never run where nobody governs, nor where treework is off', () => {
    approve();
    sandbox.repository('plain', { 'a.ts': 'FIXME\n' });
    const elsewhere = (file: string) => told(fire(sandbox, 'PostToolUse', { cwd: root, tool_name: 'Write', tool_input: { file_path: file } }));
    expect([elsewhere(join(sandbox.root, 'plain/a.ts')), elsewhere(join(sandbox.root, 'absent/a.ts'))]).toEqual(['', '']);
    done(sandbox.treework('repo', 'off'));
    expect(edited('a.ts')).toBe('');
    done(sandbox.treework('repo', 'on'));
    rmSync(join(root, 'WORKSPACE.md'));
    expect(edited('a.ts')).toBe('');
    expect(asked()).toEqual([]);
  });

  it('that nobody has approved, or that only a shell could read, are named by doctor', () => {
    const named = () => ask(sandbox, 'repo', ['doctor'], 1).checks.filter(({ name }: { name: string }) => name === 'after-edit').map(({ message, mend }: { message: string; mend: string }) => `${message} ${mend}`);
    configure('{"*.ts": "lint-it && true"}');
    expect(named()).toEqual([expect.stringContaining('lint-it && true'), expect.stringMatching(/nobody has approved.*gate after-edit$/)]);
    configure('{"*.ts": "lint-it {file}"}');
    approve();
    expect(named()).toEqual([]);
  });

  it('are run by hand, too', () => {
    configure('{"src/**": "lint-it {file}", "*.md": "lint-it {file}"}');
    approve();
    sandbox.write('repo', { 'src/deep/a.ts': 'FIXME\n', 'b.md': 'fine\n', 'c.txt': 'FIXME\n' });
    expect(ask(sandbox, 'repo', ['gate', 'after-edit', 'src/deep/a.ts', 'b.md', 'c.txt'], 1).checks).toMatchObject([{ path: 'src/deep/a.ts', status: 'failed', end: 'exit 1' }, { path: 'b.md', status: 'passed' }]);
    expect(sandbox.treework('repo/src', 'gate', 'after-edit', 'deep/a.ts').stdout).toContain('src/deep/a.ts:1 no FIXME');
    expect(ask(sandbox, 'repo', ['gate', 'after-edit', 'src/deep/a.ts', '--dry-run']).checks).toEqual([{ path: 'src/deep/a.ts', commands: ['lint-it {file}'] }]);
    expect(ask(sandbox, 'repo', ['gate', 'after-edit', 'absent.ts'], 2).error.code).toBe('no-such-file');
    configure('{}');
    expect(ask(sandbox, 'repo', ['gate', 'after-edit'], 2).error.code).toBe('no-checks');
  });
});

it('all checks of an edit end before the client gives the hook up', () => {
  const { hooks } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'hooks/hooks.json'), 'utf8')) as { hooks: { PostToolUse: { hooks: { timeout: number }[] }[] } };
  // Whoever does not end when told to is killed two seconds later.
  for (const { timeout } of hooks.PostToolUse.flatMap((entry) => entry.hooks)) expect(timeout).toBeGreaterThanOrEqual(CHECK_LIMIT_S + 2 + 2);
});

it('a line becomes words as a shell would read them, without being one', () => {
  expect(wordsFor(`npx eslint --rule '{"semi": 2}' {file}`, 'a b.ts')).toEqual(['npx', 'eslint', '--rule', '{"semi": 2}', 'a b.ts']);
  expect(wordsFor('check "--file={file}"', '$&.ts')).toEqual(['check', '--file=$&.ts']);
  expect(wordsFor('tsc --noEmit', 'a.ts')).toEqual(['tsc', '--noEmit']);
  expect([wordsFor('a | b', 'x'), wordsFor('a > b', 'x'), wordsFor('a\nb', 'x'), wordsFor('', 'x')]).toEqual([undefined, undefined, undefined, undefined]);
});
