import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { expect, it } from 'vitest';
import { remarkTreework } from '../../src/remark.ts';
import { ruleFacts } from '../../src/rules/facts.generated.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { LanguageClient } from '../harness/language-client.ts';

const COMMAND = ['npx', 'treework', 'lsp', '--stdio'];
const page = readFileSync(join(PACKAGE_ROOT, 'docs/editors.md'), 'utf8');
const snippets = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text: text as string }));
const inLanguage = (language: string) => snippets.filter((one) => one.language === language).map((one) => one.text);
interface Helix {
  readonly 'language-server': { readonly treework: { readonly command: string; readonly args: readonly string[] } };
  readonly language: readonly object[];
}
interface Zed {
  readonly language_servers: { readonly treework: object };
}
type Code = { readonly 'glspc.server.command': string; readonly 'glspc.server.commandArguments': readonly string[] };
type Remark<Plugin> = { readonly plugins: readonly Plugin[] };
const [code, simple, chosen] = inLanguage('json').map((text) => JSON.parse(text) as unknown) as [Code, Remark<string>, Remark<[string, { severity: 'warning'; rules: string[] }]>];
const [helix, zed, cargo] = inLanguage('toml').map((text) => parseToml(text) as unknown) as [Helix, Zed, object];
const strings = (text: string, quote: string) => [...text.matchAll(new RegExp(`${quote}([^${quote}]*)${quote}`, 'g'))].map(([, one]) => one as string);

it('has a snippet for every editor that it names, in a language that is checked here', () => {
  expect(snippets.map(({ language }) => language)).toEqual(['json', 'lua', 'toml', 'toml', 'toml', 'rust', 'json', 'json']);
});

it('starts the server by the same command everywhere', () => {
  expect([code['glspc.server.command'], ...code['glspc.server.commandArguments']]).toEqual(COMMAND);
  const { command, args } = helix['language-server'].treework;
  expect([command, ...args]).toEqual(COMMAND);
  expect(helix.language[0]).toMatchObject({ name: 'markdown', 'language-servers': expect.arrayContaining(['treework']) });
  const [lua = ''] = inLanguage('lua');
  expect(strings(/cmd = \{(.*)\}/.exec(lua)?.[1] ?? '', "'")).toEqual(COMMAND);
  const [rust = ''] = inLanguage('rust');
  expect([strings(/which\((.*?)\)/.exec(rust)?.[1] ?? '', '"')[0], ...strings(/args = \[(.*?)\]/.exec(rust)?.[1] ?? '', '"')]).toEqual(COMMAND);
  expect(zed.language_servers.treework).toEqual({ name: 'treework', languages: ['Markdown'] });
  expect(cargo).toHaveProperty('dependencies.zed_extension_api');
});

it('which is one that serves', async () => {
  const sandbox = new Sandbox();
  const client = new LanguageClient(sandbox, '.', { args: COMMAND.slice(3) });
  try {
    const { capabilities } = await client.initialize();
    // What the page promises.
    expect(capabilities).toMatchObject({ hoverProvider: true, definitionProvider: true, referencesProvider: true, documentSymbolProvider: true, renameProvider: { prepareProvider: true }, completionProvider: {}, codeActionProvider: {} });
    expect(await client.leave()).toBe(0);
  } finally {
    client.process.kill();
    sandbox.remove();
  }
});

it('configures remark with what the plugin takes', () => {
  const { exports } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { exports: object };
  expect(exports).toHaveProperty(['./remark']);
  expect(simple.plugins).toContain('treework/remark');
  const [name, options] = chosen.plugins[0] as (typeof chosen.plugins)[number];
  expect(name).toBe('treework/remark');
  expect(typeof remarkTreework(options)).toBe('function');
  expect(ruleFacts.map(({ id }) => id)).toEqual(expect.arrayContaining(options.rules));
});
