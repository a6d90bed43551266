import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { specOf, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

const COUNT = 12;
let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const spec = (number: number) => specOf('The system SHALL reject expired tokens.', `PROJ-${number}`);

/** A partial clone, and how many times git connected to its origin while a command ran there. */
function partialClone(): string {
  const tickets = Array.from({ length: COUNT }, (_, index) => index + 1);
  sandbox.repository('origin', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', ...Object.fromEntries(tickets.map((number) => [`docs/specs/PROJ-${number}/spec.md`, spec(number)])) });
  sandbox.git('origin', 'config', 'uploadpack.allowFilter', 'true');
  sandbox.git('origin', 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  sandbox.git('origin', 'switch', '--quiet', '--create', 'topic');
  for (const number of tickets) sandbox.write('origin', { [`docs/specs/PROJ-${number}/tasks.md`]: tasksOf(number === 3 ? specOf('The system SHALL do something else.', 'PROJ-3') : spec(number), `PROJ-${number}`) });
  sandbox.git('origin', 'add', '.');
  sandbox.git('origin', 'commit', '--quiet', '--message', 'feat: freeze');
  sandbox.git('', 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${sandbox.root}/origin`, 'partial');
  return 'partial';
}

function connections(run: () => void): number {
  const trace = join(sandbox.root, 'trace');
  rmSync(trace, { force: true });
  sandbox.env.GIT_TRACE2_EVENT = trace;
  run();
  delete sandbox.env.GIT_TRACE2_EVENT;
  return readFileSync(trace, 'utf8').split('\n').filter((line) => line.includes('"event":"child_start"') && line.includes('git-upload-pack')).length;
}

it('a partial clone is judged rightly, and asks its origin for many documents at once', () => {
  const clone = partialClone();
  let output = '';
  const asked = connections(() => {
    output = sandbox.treework(clone, 'check', '--from', 'origin/main', '--to', 'origin/topic').output;
  });
  expect(output).toContain('docs/specs/PROJ-3/');
  expect(output).toContain('spec-frozen');
  expect(output).not.toContain('docs/specs/PROJ-4/');
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(COUNT / 2);
});

it('status of a partial clone asks its origin for all branches’ documents at once', () => {
  const clone = partialClone();
  sandbox.git(clone, 'checkout', '--quiet', 'main');
  let output = '';
  const asked = connections(() => {
    output = sandbox.treework(clone, 'status').output;
  });
  expect(output.split('\n').filter((line) => /^PROJ-\d+ .*0\/1  build: ready/.test(line))).toHaveLength(COUNT);
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThanOrEqual(3);
  expect(connections(() => sandbox.treework(clone, 'status'))).toBe(0);
});

it('a partial clone that cannot reach its origin is an error, not a pass', () => {
  const clone = partialClone();
  rmSync(join(sandbox.root, 'origin'), { recursive: true });
  expect(sandbox.treework(clone, 'check', '--from', 'origin/main', '--to', 'origin/topic').status).toBeGreaterThan(0);
});
