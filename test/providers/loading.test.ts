import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { providerOf } from '../../src/commands/provider.ts';
import { openWorkspace } from '../../src/commands/workspace.ts';
import type { Category } from '../../src/provider-kit.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const MESSAGING = `{ sendMessage: async ({ channel, text }) => ({ id: '1', channel, author: 'acme', at: '2026-11-20T10:30:00Z', text: text + ' from ' + context.root, answers: null, url: null }), readMessages: async () => [] }`;
const esm = (port = MESSAGING) => `export const provider = { name: 'acme', ports: { messaging: (context) => (${port}) } };\n`;

/** A subfolder of a repository that names a provider, with these files installed at its root. */
function configured(name: string, files: Readonly<Record<string, string>> = {}): string {
  sandbox.repository('repo', { 'WORKSPACE.md': `---\ntreework: 1\nproviders: {messaging: ${JSON.stringify(name)}}\n---\n` });
  sandbox.write('repo', Object.fromEntries(Object.entries(files).map(([path, text]) => [`node_modules/${path}`, text])));
  sandbox.write('repo/sub', {});
  return join(sandbox.root, 'repo');
}

const port = <C extends Category>(cwd: string, category: C) => providerOf(openWorkspace({ cwd, program: 'treework' }), category);

it.each<[string, string, Readonly<Record<string, string>>]>([
  ['a package with exports for import alone', 'treework-provider-acme', { 'treework-provider-acme/package.json': '{"name": "x", "type": "module", "exports": {".": {"types": "./x.d.ts", "import": "./lib/x.js"}}}', 'treework-provider-acme/lib/x.js': esm() }],
  ['a scoped package with a main', '@acme/treework-provider', { '@acme/treework-provider/package.json': '{"name": "x", "type": "module", "main": "x.js"}', '@acme/treework-provider/x.js': esm() }],
  ['a CommonJS package', 'acme', { 'acme/package.json': '{"name": "acme"}', 'acme/index.js': esm().replace('export const provider =', 'exports.provider =') }],
])('%s is loaded from the repository', async (_what, name, files) => {
  const root = configured(name, files);
  const message = await (await port(root, 'messaging')).sendMessage({ channel: 'x', text: 'hello' });
  expect(message.text).toBe(`hello from ${root}`);
});

it.each<[string, string, string, Readonly<Record<string, string>>]>([
  ['no such package', 'acme', 'provider-unknown', {}],
  ['a provider to come, whatever package is called so', 'slack', 'provider-unknown', { 'slack/package.json': '{}', 'slack/index.js': esm().replace('export const provider =', 'exports.provider =') }],
  ['one that is built in for something else', 'github', 'provider-category', { 'github/package.json': '{}', 'github/index.js': esm() }],
  ['a path', './evil.js', 'provider-unknown', { '../evil.js': esm() }],
  ['a path that goes up', '../evil', 'provider-unknown', { '../../evil/package.json': '{}' }],
  ['an absolute path', '/etc', 'provider-unknown', {}],
  ['an entry outside of its package', 'acme', 'provider-unknown', { 'acme/package.json': '{"main": "../../evil.js"}' }],
  ['a broken package.json', 'acme', 'provider-unknown', { 'acme/package.json': '{' }],
  ['a package that is no provider', 'acme', 'provider-category', { 'acme/package.json': '{}', 'acme/index.js': 'exports.x = 1;' }],
  ['a package that throws', 'acme', 'provider-broken', { 'acme/package.json': '{}', 'acme/index.js': 'throw new Error("no");' }],
  ['a provider without an operation', 'acme', 'provider-incomplete', { 'acme/package.json': '{"type": "module"}', 'acme/index.js': esm('{ sendMessage() {} }') }],
])('%s is refused', async (_what, name, code, files) => {
  await expect(port(configured(name, files), 'messaging')).rejects.toMatchObject({ code });
});

it('a name that is nearly one that is there is said with it, and the other categories are served', async () => {
  const root = configured('treework-provider-acm', { 'treework-provider-acme/package.json': '{}' });
  await expect(port(root, 'messaging')).rejects.toMatchObject({ message: expect.stringContaining('local, treework-provider-acme'), hint: expect.stringContaining('providers: {messaging: treework-provider-acme}') });
  expect(await (await port(root, 'document-storage')).listDocuments({})).toEqual([]);
});

it('the verb shows what serves what, asks for one operation, and says that memory is for later', () => {
  configured('local');
  const run = (...args: string[]) => sandbox.treework('repo', 'provider', ...args);
  expect(run().stdout).toMatch(/^ci +local +startRun, findRuns[^]*\nmemory +local +nothing yet/);
  expect(run('messaging').stdout).toBe('sendMessage        channel text [answers]\nreadMessages       channel [limit]\n');
  const sent = JSON.parse(run('messaging', 'sendMessage', '--json', '--by', 'ada', '--input', '{"channel": "x", "text": "$(touch /tmp/x)"}').stdout) as object;
  expect(sent).toMatchObject({ ok: true, provider: 'local', answer: { id: '1', author: 'ada', text: '$(touch /tmp/x)' } });
  const codes = [['memory'], ['memori'], ['messaging', 'send'], ['messaging', 'sendMessage', '--input', '{'], ['messaging', 'sendMessage', '--input', '{"chanel": "x"}'], ['git-hosting', 'setStack']].map((args) => (JSON.parse(run(...args, '--json').stdout) as { error: { code: string } }).error.code);
  expect(codes).toEqual(['provider-later', 'usage', 'usage', 'input', 'provider-question', 'unsupported']);
});

it('work takes a ticket’s title from the tracker', () => {
  sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\ntickets: {prefix: GH}\n---\n' });
  const made = sandbox.treework('repo', 'provider', 'ticket-management', 'createTicket', '--json', '--input', '{"title": "Add \\u001b[1mauth & more"}');
  expect(JSON.parse(made.stdout)).toMatchObject({ answer: { id: 'GH-1', title: 'Add auth & more' } });
  expect(sandbox.treework('repo', 'work', '1', '--print-path').stdout).toMatch(/GH-1-add-auth-more\n$/);
});

it('review at a forge without a provider says so, and pushes nothing there', () => {
  sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'docs/specs/PROJ-7/spec.md': '---\nticket: PROJ-7\ntitle: x\n---\n' });
  sandbox.git('repo', 'remote', 'add', 'origin', 'https://github.com/example/example.git');
  const { status, stderr } = sandbox.treework('repo', 'review');
  expect([status, stderr]).toEqual([2, expect.stringContaining('absence of a provider for the pull requests at origin')]);
});
