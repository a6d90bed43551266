import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EDITED, nodeOf, SPEC, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { expectDone } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const TICKET = 'docs/specs/PROJ-7';

/** A governed repository whose hook has run once, so that the launcher knows what is governed. */
function begun(): string {
  const cwd = sandbox.repository('repo');
  expectDone(sandbox.treework(cwd, 'init', '--yes'));
  sandbox.write(cwd, { [`${TICKET}/spec.md`]: SPEC, [`${TICKET}/tasks.md`]: tasksOf(SPEC), [`${TICKET}/nodes/build.md`]: nodeOf(SPEC), 'docs/specs/PROJ-8/idea.md': '---\nticket: PROJ-8\n---\n' });
  sandbox.git(cwd, 'add', '.');
  sandbox.git(cwd, 'commit', '-q', '-m', 'docs: begin');
  sandbox.write(cwd, { 'docs/specs/PROJ-8/idea.md': '---\nticket: PROJ-8\ntitle: More\n---\n' });
  sandbox.git(cwd, 'commit', '-q', '-a', '-m', 'docs: more');
  return cwd;
}

/** What the hook says, whether it may use what git prepared or has to wait for a node that starts late. */
function judgements(cwd: string) {
  const delay = (name: string, before: string) => {
    sandbox.write('', { [name]: `#!/bin/sh\n${before}\nexec '${process.execPath}' "$@"\n` });
    chmodSync(join(sandbox.root, name), 0o755);
    execFileSync('sed', ['-i', `s|^treework_node=.*|treework_node='${join(sandbox.root, name)}'|`, join(sandbox.root, cwd, '.git/treework/settings.sh')]);
    rmSync(join(sandbox.root, cwd, '.git/treework/verdicts'), { recursive: true, force: true });
    const { status, output } = sandbox.run('sh', ['.git/treework/hooks/pre-commit'], { cwd });
    return { status, output, left: readdirSync(join(sandbox.root, cwd, '.git/treework')).filter((entry) => entry.startsWith('ahead.')) };
  };
  return { prepared: delay('late-node', 'while [ ! -e "$TREEWORK_AHEAD.done" ]; do sleep 0.01; done; touch used'), alone: delay('alone-node', 'unset TREEWORK_AHEAD') };
}

it.each([
  ['an edit of a frozen spec', (cwd: string) => sandbox.write(cwd, { [`${TICKET}/spec.md`]: EDITED })],
  ['names with line ends, quotes and non-ASCII', (cwd: string) => sandbox.write(cwd, { [`${TICKET}/a\nb "c" ü.md`]: 'x', [`${TICKET}/attachments/x\n:100644 y`]: 'x' })],
  ['a folder in place of a file', (cwd: string) => {
    sandbox.git(cwd, 'rm', '-q', `${TICKET}/nodes/build.md`);
    sandbox.write(cwd, { [`${TICKET}/nodes/build.md/x.md`]: 'x' });
  }],
  ['a ticket moved away', (cwd: string) => sandbox.git(cwd, 'mv', TICKET, 'docs/specs/PROJ-9')],
  ['a new ticket', (cwd: string) => sandbox.write(cwd, { 'docs/specs/PROJ-10/spec.md': SPEC })],
])('says the same of %s with what git prepared while node started', (_, edit) => {
  const cwd = begun();
  edit(cwd);
  sandbox.git(cwd, 'add', '-A');
  const { prepared, alone } = judgements(cwd);
  expect([prepared.status, prepared.output]).toEqual([alone.status, alone.output]);
  expect(prepared.status).toBe(1);
  expect(sandbox.exists(cwd, 'used')).toBe(true);
  expect(prepared.left).toEqual([]);
});
