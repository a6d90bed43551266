import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { unified, type Plugin } from 'unified';
import { VFile } from 'vfile';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { remarkTreework, type TreeworkOptions } from '../../src/remark.ts';
import { nodeOf, SPEC, specOf, tasksOf } from '../harness/governed.ts';
import { PACKAGE_ROOT, Sandbox, type Answer } from '../harness/sandbox.ts';

const FAULTY = specOf('The system rejects expired tokens.');
const REPORTER = `export default (files) => JSON.stringify(files.map((file) => ({ path: file.path, messages: file.messages })), null, 1);\n`;
const SHOUT = `export default () => (tree, file) => { tree.children = []; file.message('beside', undefined, 'mine:shout'); };\n`;

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.remove());

/** A repository that has remark and treework installed. */
function installed(name: string, files: Readonly<Record<string, string>>, plugins: readonly unknown[] = ['treework/remark'], workspace = ''): string {
  sandbox.repository(name, { 'WORKSPACE.md': `---\ntreework: 1\n${workspace}---\n`, '.gitignore': 'node_modules\n', '.remarkrc.json': JSON.stringify({ plugins }), 'reporter.mjs': REPORTER, 'shout.mjs': SHOUT, ...files });
  mkdirSync(join(sandbox.root, name, 'node_modules'));
  symlinkSync(PACKAGE_ROOT, join(sandbox.root, name, 'node_modules/treework'));
  symlinkSync(join(PACKAGE_ROOT, 'node_modules/remark-frontmatter'), join(sandbox.root, name, 'node_modules/remark-frontmatter'));
  return name;
}

function remark(cwd: string, args: readonly string[], input?: string): Answer {
  return sandbox.run(process.execPath, [join(PACKAGE_ROOT, 'node_modules/remark-cli/cli.js'), '--report', './reporter.mjs', '--no-stdout', ...args], { cwd, ...(input !== undefined && { input }) });
}

interface Message {
  readonly reason: string;
  readonly place: { readonly start: object; readonly end: object };
  readonly ruleId: string;
  readonly source: string;
  readonly note: string;
  readonly url: string;
  readonly fatal: boolean;
}

function messagesOf({ stderr }: Answer): Record<string, Message[]> {
  return Object.fromEntries((JSON.parse(stderr) as { path: string; messages: Message[] }[]).map(({ path, messages }) => [path, messages]));
}

const brief = (messages: readonly Message[] = []) => messages.map(({ ruleId, fatal }) => `${ruleId} ${fatal}`);

it('gives remark-cli what check finds, with place, note and page', () => {
  const cwd = installed('basic', { 'docs/specs/PROJ-7/spec.md': FAULTY, 'docs/notes.md': '# Notes\n\nFree of form.\n' });
  const answer = remark(cwd, ['docs', 'WORKSPACE.md']);
  expect(answer.status).toBe(1);
  const messages = messagesOf(answer);
  expect(messages['docs/notes.md']).toEqual([]);
  expect(messages['WORKSPACE.md']).toEqual([]);
  const [finding, ...others] = messages['docs/specs/PROJ-7/spec.md'] as Message[];
  const { findings } = JSON.parse(sandbox.treework(cwd, 'check', '--json').stdout);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ source: 'treework', ruleId: 'requirement-keyword', fatal: true, reason: findings[0].message, note: findings[0].remedy, place: { start: { line: 8, column: 1 }, end: { line: 8, column: 34 } } });
  expect(finding?.url).toMatch(/^file:\/\/.*\/rules\/requirement-keyword\.md$/);
});

it('is the same beside remark-frontmatter and a plugin that empties the tree', () => {
  const files = { 'docs/specs/PROJ-7/spec.md': FAULTY.replace('title: Reports API', 'title: [') };
  const alone = remark(installed('alone', files), ['docs']);
  const beside = remark(installed('beside', files, ['remark-frontmatter', './shout.mjs', 'treework/remark']), ['docs']);
  const [expected, given] = [alone, beside].map((answer) => messagesOf(answer)['docs/specs/PROJ-7/spec.md'] as Message[]) as [Message[], Message[]];
  expect(brief(expected)).toEqual(['frontmatter-valid true', 'requirement-keyword true']);
  expect(given.filter(({ source }) => source === 'mine')).toHaveLength(1);
  expect(given.filter(({ source }) => source === 'treework')).toEqual(expected);
});

it('honours the settings of the work tree, waivers and its own options', () => {
  const spec = { 'docs/specs/PROJ-7/spec.md': FAULTY };
  const said = (name: string, ...more: Parameters<typeof installed> extends [string, unknown, ...infer Rest] ? Rest : never) => {
    const answer = remark(installed(name, spec, ...more), ['docs']);
    return { status: answer.status, said: brief(messagesOf(answer)['docs/specs/PROJ-7/spec.md']) };
  };
  expect(said('off', undefined, 'rules:\n  requirement-keyword: off\n')).toEqual({ status: 0, said: [] });
  expect(said('warning', undefined, 'rules:\n  requirement-keyword: warning\n')).toEqual({ status: 0, said: ['requirement-keyword false'] });
  expect(said('calm', [['treework/remark', { severity: 'warning' }]])).toEqual({ status: 0, said: ['requirement-keyword false'] });
  expect(said('other', [['treework/remark', { rules: ['frontmatter-valid'] }]])).toEqual({ status: 0, said: [] });
  expect(said('only', [['treework/remark', { rules: ['requirement-keyword'] }]])).toEqual({ status: 1, said: ['requirement-keyword true'] });
  const waived = installed('waived', { 'docs/specs/PROJ-7/spec.md': `${FAULTY}\n<!-- treework-allow requirement-keyword: quoted from a contract -->\n` });
  expect(remark(waived, ['docs']).status).toBe(0);
});

it('judges the text that remark holds, not the file on disk', () => {
  const cwd = installed('stdin', { 'docs/specs/PROJ-7/spec.md': SPEC });
  expect(remark(cwd, ['docs']).status).toBe(0);
  const answer = remark(cwd, ['--file-path', 'docs/specs/PROJ-7/spec.md'], FAULTY);
  expect(brief(messagesOf(answer)['docs/specs/PROJ-7/spec.md'])).toEqual(['requirement-keyword true']);
  expect(remark(cwd, [], FAULTY)).toMatchObject({ status: 0 });
});

it('knows of the ticket around a file: an edit of a frozen spec', () => {
  const cwd = installed('frozen', { 'docs/specs/PROJ-7/spec.md': SPEC, 'docs/specs/PROJ-7/tasks.md': tasksOf(SPEC), 'docs/specs/PROJ-7/nodes/build.md': nodeOf(SPEC) });
  expect(remark(cwd, ['docs']).status).toBe(0);
  const answer = remark(cwd, ['--file-path', 'docs/specs/PROJ-7/spec.md'], SPEC.replace('401', '403'));
  expect(brief(messagesOf(answer)['docs/specs/PROJ-7/spec.md'])).toEqual(['spec-frozen true']);
});

it('is silent without git and without WORKSPACE.md, and in a bare folder', () => {
  const cwd = installed('silent', { 'docs/specs/PROJ-7/spec.md': FAULTY });
  sandbox.git(cwd, 'rm', '-q', 'WORKSPACE.md');
  expect(remark(cwd, ['docs'])).toMatchObject({ status: 0 });
  sandbox.git(cwd, 'reset', '-q', '--hard');
  expect(remark(cwd, ['docs'])).toMatchObject({ status: 1 });
  sandbox.run('mv', ['.git', 'elsewhere'], { cwd });
  expect(remark(cwd, ['docs'])).toMatchObject({ status: 0 });
});

it('has the type of a unified plugin and survives every text', () => {
  const plugin: Plugin<[(TreeworkOptions | null)?]> = remarkTreework;
  const cwd = join(sandbox.root, sandbox.repository('hostile', { 'WORKSPACE.md': '---\ntreework: 1\n---\n' }));
  // As people write it: types are inferred, chained, with options.
  const processor = unified().use(remarkTreework).use([[remarkTreework, { severity: 'warning' } satisfies TreeworkOptions]]);
  expect(unified().use(plugin).attachers).toHaveLength(1);
  const hostile = ['', '---', '---\n', '\u0000', '---\n&a *a\n---\n', '<<<<<<< a\n=======\n>>>>>>> b\n', `${'#'.repeat(70_000)}\n`, `---\na: ${'['.repeat(5_000)}\n---\n`, '---\n__proto__: 1\nticket: {}\n---\n### Requirement:\n'];
  for (const path of ['docs/specs/PROJ-7/spec.md', 'docs/specs/PROJ-7/changes/001-a.md', 'WORKSPACE.md', 'docs/specs/PROJ-7/none.txt', '../outside.md', 'a/../b/./c.md', '\n']) {
    for (const value of [...hostile, Buffer.from([0xff, 0xfe, 0x00])]) {
      const file = new VFile({ path, cwd, value });
      processor.runSync({ type: 'root' }, file);
      for (const { line, place, source } of file.messages) expect({ source, placed: line !== undefined && place !== undefined }).toEqual({ source: 'treework', placed: true });
    }
  }
});
