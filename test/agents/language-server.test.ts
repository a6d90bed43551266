import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LanguageClient } from '../harness/language-client.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { done, FOLDER, frozen } from '../verbs/fixture.ts';

interface Wired {
  readonly command: string;
  readonly args: readonly string[];
  readonly extensionToLanguage: Readonly<Record<string, string>>;
}

const { lspServers } = JSON.parse(readFileSync(join(PACKAGE_ROOT, '.claude-plugin/plugin.json'), 'utf8')) as { lspServers: Readonly<Record<string, Wired>> };
const { treework } = lspServers as { treework: Wired };
const [TASKS, NODE] = [`${FOLDER}/tasks.md`, `${FOLDER}/nodes/build.md`];

let sandbox: Sandbox;
let repository: string;
let servers: LanguageClient[];

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
  servers = [];
});

afterEach(() => {
  for (const { process } of servers) process.kill();
  sandbox.remove();
});

/** What the client starts for the plugin, in the folder of the session. */
async function server(folder: string, cwd = folder): Promise<{ server: LanguageClient; info: unknown }> {
  const words = treework.args.map((word) => word.replace('${CLAUDE_PLUGIN_ROOT}', PACKAGE_ROOT));
  const one = new LanguageClient(sandbox, folder, { command: [treework.command, ...words], cwd });
  servers.push(one);
  return { server: one, info: (await one.initialize()).serverInfo };
}

describe('X19: the language server of the plugin', () => {
  it('is for Markdown, and publishes what an edit breaks elsewhere in its ticket; of the document itself the hook tells', async () => {
    done(sandbox.treework(repository, 'node', 'start', 'build', '--commit'));
    const text = sandbox.read(repository, TASKS);
    expect(treework.extensionToLanguage).toEqual({ '.md': 'markdown' });
    const { server: one } = await server(repository, `${repository}/docs`);
    const codes = (path: string) => one.said.get(one.uri(path))?.diagnostics.map(({ code }) => code);
    expect(await one.open(TASKS, text)).toEqual([]);
    expect(await one.change(TASKS, text.replace('- id: build', '- id: make\n    type: nonsense'))).toEqual([]);
    await one.until(() => (codes(NODE)?.length ?? 0) > 0);
    expect(codes(NODE)).toEqual(['node-record-orphan']);
    // What is wrong there is told when somebody edits another document.
    await one.open(NODE, sandbox.read(repository, NODE));
    await one.until(() => (codes(TASKS)?.length ?? 0) > 0);
    expect([codes(TASKS), codes(NODE)]).toEqual([['frontmatter-valid'], []]);
  });

  it('is the treework that the repository brings, where it brings one', async () => {
    mkdirSync(join(sandbox.root, repository, 'node_modules'));
    expect((await server(repository)).info).toMatchObject({ name: 'treework' });
    mkdirSync(join(sandbox.root, repository, 'node_modules/treework/dist'), { recursive: true });
    writeFileSync(join(sandbox.root, repository, 'node_modules/treework/dist/cli.cjs'), `process.argv.push('--stdio'); require(${JSON.stringify(join(PACKAGE_ROOT, 'dist/cli.cjs'))}); require('node:fs').writeFileSync(${JSON.stringify(join(sandbox.root, 'own.txt'))}, process.argv.join(' '));`);
    expect((await server(repository, `${repository}/docs/specs`)).info).toMatchObject({ name: 'treework' });
    expect(sandbox.read('', 'own.txt')).toMatch(/lsp --stdio --beside-hooks/);
  });

  it('answers and says nothing where nobody governs, nor outside of a repository', async () => {
    sandbox.repository('plain', { 'docs/specs/PROJ-7/spec.md': '---\nticket: PROJ-9\n---\n' });
    mkdirSync(join(sandbox.root, 'nowhere'));
    for (const folder of ['plain', 'nowhere']) {
      const { server: one, info } = await server(folder);
      expect(info).toMatchObject({ name: 'treework' });
      one.tell('textDocument/didOpen', { textDocument: { uri: one.uri('docs/specs/PROJ-7/spec.md'), languageId: 'markdown', version: 1, text: '---\nticket: PROJ-9\n---\n' } });
      // What is asked afterwards is answered afterwards.
      for (const question of ['textDocument/documentSymbol', 'textDocument/documentSymbol']) await one.ask(question, 'docs/specs/PROJ-7/spec.md');
      expect([one.reports, one.shown, one.stderr]).toEqual([[], [], '']);
    }
  });
});
