import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUNS } from '../documents/generators.ts';
import { allowTime } from '../documents/holds.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { merge } from './tools.ts';

allowTime();

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
  mkdirSync(join(sandbox.root, "state's own"));
  cpSync(join(PACKAGE_ROOT, 'hooks/merge-driver.sh'), join(sandbox.root, "state's own/merge-driver.sh"));
});
afterAll(() => sandbox.remove());

const line = fc.constantFrom('title: A', 'x-a: 1', 'x-b: 2', '# note', 'nodes:', '  - {id: a}', '  - {id: b}', '---', '', 'one', 'two');
const document = fc.tuple(fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), fc.boolean()).map(([yaml, body, eol, last]) => ['---', ...yaml, '---', ...body].join(eol) + (last ? eol : ''));
/** Few changes, so that merging is often clean. */
const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1), line), { maxLength: 2 });

function edited(text: string, changes: readonly (readonly [number, number, string])[]): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return changes.reduce((lines, [pick, cut, put]) => {
    const at = pick % (lines.length + 1);
    return [...lines.slice(0, at), put, ...lines.slice(at + cut)];
  }, text.split(eol)).join(eol);
}

describe('what the launcher settles without node', () => {
  it('is what node would say', async () => {
    const seen = { settled: 0, left: 0 };
    await fc.assert(
      fc.property(document, edits, edits, (base, mine, other) => {
        const [ours, theirs] = [edited(base, mine), edited(base, other)];
        sandbox.write('', { base, ours, theirs });
        const answer = sandbox.run('sh', ["state's own/merge-driver.sh", 'base', 'ours', 'theirs', '7', 'docs/specs/PROJ-7/tasks.md']);
        const isSettled = answer.status === 0 && answer.stderr === '';
        seen[isSettled ? 'settled' : 'left'] += 1;
        if (isSettled) expect({ text: sandbox.read('', 'ours'), conflicts: 0 }).toEqual(merge(undefined, base, ours, theirs));
        else expect(answer.stderr).toContain('git merged it as text');
      }),
      { numRuns: RUNS },
    );
    expect(Math.min(seen.settled, seen.left)).toBeGreaterThan(RUNS / 20);
  });
});
