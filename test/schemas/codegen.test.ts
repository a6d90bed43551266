import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'treework-codegen-'));
  for (const part of ['schemas', 'scripts', 'src', 'docs', 'package.json']) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function codegen(folder: string, ...args: string[]) {
  return spawnSync(process.execPath, ['scripts/codegen.mjs', ...args], { cwd: folder, encoding: 'utf8' });
}

it('has run since the last change of a schema', () => {
  const { status, stderr } = codegen(root, '--check');
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

it('names what is stale without touching it, and mends it', () => {
  const schema = join(copy, 'schemas/idea.schema.json');
  const types = join(copy, 'src/documents/generated/types.ts');
  const before = readFileSync(types, 'utf8');
  writeFileSync(schema, readFileSync(schema, 'utf8').replace('"dropped"', '"forgotten"'));

  const check = codegen(copy, '--check');
  expect(check.status).toBe(1);
  for (const path of ['src/documents/generated/types.ts', 'src/documents/generated/validators.js', 'docs/reference/schemas/idea.md']) {
    expect(check.stderr).toContain(`Unexpected text in ${path}`);
  }
  expect(check.stderr).toContain('run `npm run codegen`');
  expect(readFileSync(types, 'utf8')).toBe(before);

  expect(codegen(copy).status).toBe(0);
  expect(readFileSync(types, 'utf8')).toContain("'open' | 'forgotten'");
  expect(codegen(copy, '--check').status).toBe(0);
});
