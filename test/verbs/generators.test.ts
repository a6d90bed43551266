import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { command } from '../../src/commands/new.ts';
import { PRESETS } from '../../src/documents/presets.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';

const FOLDER = join(PACKAGE_ROOT, 'generators');
const kinds = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'inputs.schema.json')));

describe.each(kinds)('generators/%s', (kind) => {
  const schema = JSON.parse(readFileSync(join(FOLDER, kind, 'inputs.schema.json'), 'utf8'));

  it('describes inputs that are options of new, each in words', () => {
    const validate = new Ajv2020({ strict: true }).compile(schema);
    expect(validate({ unknown: 1 })).toBe(false);
    for (const [name, property] of Object.entries<{ description?: string }>(schema.properties)) {
      if (name !== 'path') expect(Object.keys(command.options)).toContain(name);
      expect(property.description).toMatch(/\S/);
    }
  });

  it('is named in the usage, with every input it cannot do without', () => {
    const usage = command.usage.filter((line) => line.startsWith(`new ${kind} `)).join('\n');
    for (const name of schema.required) expect(usage).toMatch(name === 'path' ? /PATH/ : new RegExp(`(?<!\\[)--${name}`));
    for (const name of Object.keys(schema.properties)) expect(usage.toLowerCase()).toContain(name);
  });

  it('marks what is to be filled in as the rule knows it', () => {
    const template = readFileSync(join(FOLDER, kind, 'template.md'), 'utf8');
    for (const mark of template.match(/\[\[[^\]]*\]\]/g) ?? []) expect(mark).toMatch(/^\[\[fill: [^\]]+\]\]$/);
  });
});

const TITLE = 'A "title" | with & $& {{slug}}: #1';
const NEEDED: Readonly<Record<string, readonly string[]>> = { release: ['--set', 'version=1.4.0'], planning: ['--set', 'document=epics'] };
const presets = readdirSync(FOLDER).filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -'.md'.length));

describe('kinds that treework ships', () => {
  it('have a template each', () => {
    expect(presets.sort()).toEqual(Object.keys(PRESETS).sort());
  });

  it.each(presets)('new %s switches it on and passes the check, whatever the title holds', (kind) => {
    const sandbox = new Sandbox();
    try {
      const cwd = sandbox.repository('repo', { 'WORKSPACE.md': '---\r\ntreework: 1 # the format\r\n---\r\n' });
      const made = sandbox.treework(cwd, 'new', kind, '--title', TITLE, ...(NEEDED[kind] ?? []), '--json');
      expect(made.status, made.output).toBe(0);
      expect(sandbox.read(cwd, 'WORKSPACE.md')).toBe(`---\r\ntreework: 1 # the format\r\nkinds:\r\n  ${kind}: {}\r\n---\r\n`);
      const path = JSON.parse(made.stdout).path as string;
      const text = sandbox.read(cwd, path);
      expect(text).not.toMatch(/twslot|(?<!& )\{\{(?!slug\}\}: #1)/);
      if (text.includes('title:')) expect(text).toContain(`title: ${JSON.stringify(TITLE)}`);
      const check = JSON.parse(sandbox.treework(cwd, 'check', '--json').stdout);
      expect(check.findings.filter((one: { severity: string }) => one.severity === 'error')).toEqual([]);
      expect(sandbox.treework(cwd, 'new', kind, '--title', TITLE, ...(NEEDED[kind] ?? [])).output).toContain('it exists already');
    } finally {
      sandbox.remove();
    }
  });
});
