import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unified, type Plugin } from 'unified';
import { VFile } from 'vfile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as check } from '../../src/commands/check.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { placeOf } from '../../src/documents/place.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import type { Finding } from '../../src/tree/finding.ts';
import { LanguageClient } from '../harness/language-client.ts';
import { rulePages, treesOf, type Example } from '../harness/rule-page.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';

/** Examples that an editor can be shown: a work tree, and at most one commit before it. */
const pages = rulePages().map(({ id, examples }) => ({ id, examples: examples.filter((one) => one.before.length <= 1 && one.message === undefined) }));

let sandbox: Sandbox;
let client: LanguageClient;
let remark: Plugin;
beforeAll(async () => {
  sandbox = new Sandbox();
  sandbox.git('.', 'init', '-q', 'template');
  client = new LanguageClient(sandbox, '.', { env: { TREEWORK_PROGRAM: 'npx treework' } });
  await client.initialize({ rootUri: null });
  ({ default: remark } = (await import(pathToFileURL(join(PACKAGE_ROOT, 'dist/remark.mjs')).href)) as { default: Plugin });
});
afterAll(async () => {
  await client.leave();
  sandbox.remove();
});

/** `RULE SEVERITY LINE:COLUMN MESSAGE`, sorted. */
const told = (lines: readonly string[]) => [...lines].sort();

function byCheck(findings: readonly Finding[], path: string): string[] {
  return told(findings.filter((one) => one.path === path).map((one) => `${one.rule} ${one.severity} ${one.line}:${one.column} ${one.message} / ${one.remedy}`));
}

function byServer(path: string): string[] {
  const diagnostics = client.said.get(client.uri(path))?.diagnostics ?? [];
  return told(diagnostics.map(({ code, severity, range: { start }, message }) => `${code} ${severity === 1 ? 'error' : 'warning'} ${start.line + 1}:${start.character + 1} ${message.replace('\n', ' / ')}`));
}

function byRemark(cwd: string, path: string, value: string): string[] {
  const file = new VFile({ cwd, path, value });
  unified().use(remark).runSync({ type: 'root' }, file);
  return told(file.messages.map((one) => `${one.ruleId} ${one.fatal ? 'error' : 'warning'} ${one.line}:${one.column} ${one.reason} / ${one.note}`));
}

/** What `check PATH --json` says, by the verb's own code. */
async function checked(cwd: string, path: string): Promise<readonly Finding[]> {
  const { json } = await check.run({ values: {}, positionals: [path], cwd, json: true, program: 'npx treework', color: false });
  return json.findings ?? [];
}

async function compare(example: Example, name: string): Promise<number> {
  const { before, after } = await treesOf(example);
  cpSync(join(sandbox.root, 'template'), join(sandbox.root, name), { recursive: true });
  const [parent] = before;
  if (parent) {
    sandbox.write(name, parent);
    sandbox.git(name, 'add', '.');
    sandbox.git(name, 'commit', '-q', '-m', 'before');
    for (const top of new Set(Object.keys(parent).map((path) => path.split('/')[0] as string))) rmSync(join(sandbox.root, name, top), { recursive: true });
  }
  sandbox.write(name, after);
  const root = join(sandbox.root, name);
  const settings = settingsOf(parseDocument(Buffer.from(after['WORKSPACE.md'] ?? '')).data);
  const governed = after['WORKSPACE.md'] === undefined ? [] : Object.keys(after).filter((path) => path.endsWith('.md') && placeOf(settings, path));
  for (const path of governed) await client.open(`${name}/${path}`, after[path] as string);
  const scopes = new Map(governed.map((path) => [path, placeOf(settings, path)?.folder ?? path]));
  const known = new Map<string, readonly Finding[]>();
  const found = async (scope: string) => known.get(scope) ?? known.set(scope, await checked(root, scope)).get(scope) ?? [];
  for (const path of governed) {
    const scope = scopes.get(path) as string;
    expect(byServer(`${name}/${path}`), `the language server on ${path} of "${example.title}"`).toEqual(byCheck(await found(scope), path));
    if (parent) continue;
    const own = await found([...scopes.values()].filter((one) => one === scope).length === 1 ? scope : path);
    expect(byRemark(root, path, after[path] as string), `remark on ${path} of "${example.title}"`).toEqual(byCheck(own, path));
  }
  for (const path of governed) client.close(`${name}/${path}`);
  return governed.length;
}

describe('check, remark and the language server say the same of the examples of', () => {
  it.each(pages.filter(({ examples }) => examples.length > 0))('$id', async ({ id, examples }) => {
    for (const [index, example] of examples.entries()) await compare(example, `${id}-${index}`);
  });

  it('which are many', () => {
    expect(pages.flatMap(({ examples }) => examples).length).toBeGreaterThan(60);
  });
});
