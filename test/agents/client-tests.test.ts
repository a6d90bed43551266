import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tw-client-'));
  // No registry gives it.
  writeFileSync(join(folder, 'npm'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (client: string | undefined) => {
  const { TREEWORK_CLIENT: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['scripts/client-tests.mjs'], { cwd: PACKAGE_ROOT, encoding: 'utf8', env: { ...env, TMPDIR: folder, PATH: `${folder}:${env.PATH}`, ...(client !== undefined && { TREEWORK_CLIENT: client }) } });
  return [status, stderr];
};

it('the tests in the real client say clearly that they did not run, and fail where they are required', () => {
  const said = expect.stringContaining('client tests: NOT RUN');
  expect([run(undefined), run(join(folder, 'no-such-client')), run('required')]).toEqual([[0, said], [0, said], [1, said]]);
});
