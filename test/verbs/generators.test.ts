import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { command } from '../../src/commands/new.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';

const FOLDER = join(PACKAGE_ROOT, 'generators');
const kinds = readdirSync(FOLDER);

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
