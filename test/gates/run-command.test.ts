import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runCommand, type CommandResult } from '../../src/git/run-command.ts';

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), "tw it's $HOME ")))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, more: Partial<Parameters<typeof runCommand>[1]> = {}): Promise<CommandResult> {
  return runCommand(command, { cwd: folder, seconds: 30, ...more });
}

/** Whether a process is there, and no zombie. */
function isAlive(pid: string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

it('keeps what a command prints on both streams, its status and where it ran', async () => {
  expect(await run('pwd; echo oops >&2; exit 3')).toMatchObject({ exit: 3, signal: undefined, isOverdue: false, output: { head: `${folder}\noops\n`, tail: '', dropped: 0 } });
  expect(await run('kill -9 $$')).toMatchObject({ exit: undefined, signal: 'SIGKILL' });
  expect(await run('no-such-program-anywhere')).toMatchObject({ exit: 127 });
  expect(await run('true', { cwd: join(folder, 'absent') })).toMatchObject({ exit: 127 });
});

it('runs the line as it is written, with an empty standard input', async () => {
  const { output } = await run(`printf '%s|' "a b" 'c$HOME' \\$x; cat; echo end`);
  expect(output.head).toBe('a b|c$HOME|$x|end\n');
});

it('keeps head and tail of much output, counts all of it, and cuts no character in two', async () => {
  const { output } = await run(`node -e 'process.stdout.write("ä".repeat(500000) + "END")'`, { keep: 1001 });
  expect(output.bytes).toBe(1_000_003);
  expect(output.head).toBe('ä'.repeat(500));
  expect(output.tail).toBe(`${'ä'.repeat(499)}END`);
  expect(output.dropped).toBe(1_000_003 - 2002);
  const few = await run(`printf 'äöü%.0s' 1 2 3 4`, { keep: 15 });
  expect(few.output).toEqual({ head: 'äöü'.repeat(4), tail: '', bytes: 24, dropped: 0 });
});

it('kills the whole process group at the limit, also what ignores a polite end', async () => {
  const result = await run(`trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 0.1; done' & echo $!; wait; while :; do sleep 0.1; done`, { seconds: 0.5 });
  expect(result).toMatchObject({ isOverdue: true, exit: undefined, signal: 'SIGKILL' });
  expect(result.seconds).toBeLessThan(20);
  const pids = result.output.head.trim().split('\n');
  expect(pids.length).toBeGreaterThan(0);
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 10_000);
});

it('does not wait for what a command leaves running, and ends it', async () => {
  const result = await run('sleep 600 & echo $!');
  expect(result).toMatchObject({ exit: 0, isOverdue: false });
  await vi.waitFor(() => expect(isAlive(result.output.head.trim())).toBe(false), 10_000);
});

it('takes away what git and a test runner set, and passes on the rest', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index', NODE_TEST_CONTEXT: 'child-v8', MINE: 'kept' });
  try {
    const { output } = await run('echo "[$GIT_DIR][$GIT_INDEX_FILE][$NODE_TEST_CONTEXT][$MINE][$MORE]"', { env: { MORE: 'added' } });
    expect(output.head).toBe('[][][][kept][added]\n');
  } finally {
    for (const name of ['GIT_DIR', 'GIT_INDEX_FILE', 'NODE_TEST_CONTEXT', 'MINE']) delete process.env[name];
    Object.assign(process.env, before);
  }
});
