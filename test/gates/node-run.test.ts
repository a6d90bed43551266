import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, frozen, paste } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

/** A repository whose workflow is these nodes, as YAML in flow style. */
function planned(nodes: string): { sandbox: Sandbox; repository: string; run: (args: readonly string[], status?: number) => any } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = frozen(sandbox);
  const tasks = sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:[^]*?^---$/m, () => `nodes: [{id: build}, ${nodes}]\n---`);
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: tasks });
  commitAll(sandbox, repository);
  return { sandbox, repository, run: (args, status) => ask(sandbox, repository, ['node', 'run', ...args, '--by', 'ci-1'], status) };
}

function record(sandbox: Sandbox, repository: string, node: string): { data: any; body: string } {
  const { data, body } = parseDocument(Buffer.from(sandbox.read(repository, `${FOLDER}/nodes/${node}.md`)));
  return { data, body };
}

it('S10: a command node keeps what was printed and the exit status, and can be committed', () => {
  const { sandbox, repository, run } = planned(`{id: lint, type: command, covers: none, command: 'echo "3 files"; pwd; echo fine >&2'}`);
  const answer = run(['lint']);
  expect(answer).toMatchObject({ ticket: 'PROJ-7', node: 'lint', status: 'complete', exit: 0, signal: null, timed_out: false, continued: false });
  const { data, body } = record(sandbox, repository, 'lint');
  expect(data).toMatchObject({ status: 'complete', history: [{ to: 'in_progress', by: 'ci-1' }, { to: 'complete', by: 'ci-1', exit: 0, command: 'echo "3 files"; pwd; echo fine >&2' }] });
  expect(body).toContain(`## Output\n\nexit 0 after `);
  expect(body).toContain(`\n3 files\n${join(sandbox.root, repository)}\nfine\n`);
  done(paste(sandbox, answer.next_action));
  expect(sandbox.treework(repository, 'check', '--all').output).toMatch(/^no findings|^0 errors|checked/);
  expect(run(['lint'], 2).error.code).toMatch(/node-complete|node-transition/);
});

it('S10: another exit status fails the node with the last lines, and it can be run again', () => {
  const { sandbox, repository, run } = planned(`{id: lint, type: command, covers: none, command: 'echo one; printf "two: TB%s\\n" D; test -f ready || { echo "not ready"; exit 3; }'}`);
  const failed = run(['lint'], 1);
  expect(failed).toMatchObject({ ok: false, status: 'failed', exit: 3, output: { tail: 'one\ntwo: TBD\nnot ready' } });
  expect(record(sandbox, repository, 'lint').data).toMatchObject({ status: 'failed', history: [{}, { to: 'failed', exit: 3, findings: [expect.stringMatching(/^exit 3: echo one/), 'one', 'not ready'] }] });
  commitAll(sandbox, repository);
  sandbox.write(repository, { ready: '' });
  expect(run(['lint'])).toMatchObject({ status: 'complete', exit: 0 });
  const { body } = record(sandbox, repository, 'lint');
  expect(body.match(/## Output/g)).toHaveLength(1);
  expect(body).not.toContain('not ready\n');
  commitAll(sandbox, repository);
  expect(sandbox.treework(repository, 'check', '--all')).toMatchObject({ status: 0 });
});

it('S10: zero checks are no pass: a node without a command, or with a comment for one, is not run', () => {
  const { sandbox, repository, run } = planned(`{id: none, type: command, covers: none}, {id: blank, type: command, covers: none, command: '# the linter, one day'}, {id: agent, covers: none}`);
  expect(run(['none'], 2).error).toMatchObject({ code: 'node-command', message: expect.stringContaining('nothing checked is no pass') });
  expect(run(['blank'], 2).error.code).toBe('node-command');
  expect(run(['agent'], 2).error).toMatchObject({ code: 'node-type', message: 'Unexpected run of agent, which is of type agent, expected a node of type command' });
  expect(run(['nobody'], 2).error.code).toBe('node-unknown');
  expect(existsSync(join(sandbox.root, repository, FOLDER, 'nodes'))).toBe(false);
});

it('a missing program and the time limit fail it, and nothing goes on running', () => {
  const { sandbox, repository, run } = planned(`{id: tool, type: command, covers: none, command: no-such-linter --all}, {id: hang, type: command, covers: none, command: 'echo begun; sleep 600'}`);
  expect(run(['tool'], 1)).toMatchObject({ exit: 127, status: 'failed' });
  expect(record(sandbox, repository, 'tool').data.history[1].findings[0]).toBe('exit 127: a program that it needs is not there: no-such-linter --all');
  const begun = Date.now();
  expect(run(['hang', '--timeout', '0.5'], 1)).toMatchObject({ timed_out: true, status: 'failed', output: { tail: 'begun' } });
  expect(Date.now() - begun).toBeLessThan(60_000);
  expect(record(sandbox, repository, 'hang').data.history[1]).toMatchObject({ findings: ['ended at its time limit of 0.5 s: echo begun; sleep 600', 'begun'] });
  expect(run(['hang', '--timeout', 'soon'], 2).error.code).toBe('input');
  commitAll(sandbox, repository);
  expect(sandbox.treework(repository, 'check', '--all')).toMatchObject({ status: 0 });
});

it('whatever is printed, the record stays a document that passes', () => {
  const hostile = ['---', '## MODIFIED Requirements', '### Requirement: x', '<<<<<<< HEAD', '=======', '>>>>>>> other', '[gone](nowhere.md)', '[[fill: me]] TBD', '````', '<!-- treework-disable -->', '<script>', '\u001b[31mred\u001b[0m\u0007', '{{x}}', 'a\rb', '\u0000\u2028'].join('\n');
  const { sandbox, repository, run } = planned(`{id: loud, type: command, covers: none, command: cat hostile.txt big.txt hostile.txt}, {id: sad, type: command, covers: none, command: cat hostile.txt; false}`);
  sandbox.write(repository, { 'hostile.txt': `${hostile}\n`, 'big.txt': 'ä line of output\n'.repeat(50_000) });
  expect(run(['loud'])).toMatchObject({ status: 'complete' });
  run(['sad'], 1);
  const { body } = record(sandbox, repository, 'loud');
  expect(body.length).toBeLessThan(5000);
  expect(body).toContain('\nred\n');
  expect(body).toMatch(/the last \d+ lines of \d+ bytes/);
  commitAll(sandbox, repository);
  expect(sandbox.treework(repository, 'check', '--all').output).not.toContain('error  ');
});

it('what people wrote into the record stays, and so do its CRLF line ends', () => {
  const { sandbox, repository, run } = planned(`{id: lint, type: command, covers: none, command: 'test -f ready'}`);
  run(['lint'], 1);
  const path = `${FOLDER}/nodes/lint.md`;
  sandbox.write(repository, { ready: '', [path]: `${sandbox.read(repository, path)}\n## Notes\n\nThe linter is new.\n`.replaceAll('\n', '\r\n') });
  run(['lint']);
  const text = sandbox.read(repository, path);
  expect(text).toContain('\r\n## Notes\r\n\r\nThe linter is new.\r\n');
  expect(text.replaceAll('\r\n', '')).not.toContain('\n');
});

it.each(['SIGTERM', 'SIGKILL'] as const)('S10: ended by %s in between it stays in progress, and the next run goes on and says so', async (signal) => {
  const { sandbox, repository, run } = planned(`{id: slow, type: command, covers: none, command: 'echo $$ > begun; test -f ready || sleep 600'}`);
  const child = spawn('treework', ['node', 'run', 'slow', '--by', 'ci-1'], { cwd: join(sandbox.root, repository), env: sandbox.env, stdio: 'ignore' });
  await vi.waitFor(() => expect(sandbox.exists(repository, 'begun') && sandbox.read(repository, 'begun')).toMatch(/^\d+\n$/), 60_000);
  expect(ask(sandbox, repository, ['node', 'run', 'slow', '--by', 'ci-2'], 2).error.code).toBe('node-claimed');
  expect(run(['slow'], 2).error.code).toBe('locked');
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill(signal);
  await ended;
  const group = -Number(sandbox.read(repository, 'begun'));
  // Told to end it ends its command too; killed outright it cannot, and the command is ours to end.
  if (signal === 'SIGKILL') process.kill(group, 'SIGKILL');
  await vi.waitFor(() => expect(() => process.kill(group, 0)).toThrow(), 10_000);
  expect(record(sandbox, repository, 'slow').data).toMatchObject({ status: 'in_progress', history: [{ to: 'in_progress' }] });
  sandbox.write(repository, { ready: '' });
  expect(run(['slow'])).toMatchObject({ continued: true, status: 'complete', exit: 0 });
  expect(record(sandbox, repository, 'slow').data.history).toHaveLength(2);
});

it('what a document says reaches the shell as it is written, and as nothing else', () => {
  const { sandbox, repository, run } = planned(`{id: quote, title: '\`touch owned\` $(touch owned)', type: command, covers: none, command: 'echo ''$(touch no)'''}`);
  expect(ask(sandbox, repository, ['node', 'run', 'quote', '--dry-run'])).toMatchObject({ dry_run: true, command: `echo '$(touch no)'` });
  expect(run(['quote', '--ticket', 'PROJ-7']).output.tail).toBe('$(touch no)');
  expect([sandbox.exists(repository, 'owned'), sandbox.exists(repository, 'no')]).toEqual([false, false]);
});
