import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { done, FOLDER, frozen } from '../verbs/fixture.ts';
import { isOfMainThread, toldIn, type MessagesRequest, type ScriptedAnswer } from './messages-server.ts';
import { session } from './session.ts';

let sandbox: Sandbox;
let repository: string;
let root: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
  root = join(sandbox.root, repository);
});

afterEach(() => sandbox.remove());

const call = (tool: string, input: Record<string, unknown>): ScriptedAnswer => ({ blocks: [{ tool, input }] });
const wait = call('Bash', { command: 'sleep 2', description: 'Wait' });
/** What the model was told by the last request, and what the client wrote down of its language servers. */
async function after(folder: string, ...answers: readonly ScriptedAnswer[]): Promise<{ told: string; log: string }> {
  const log = join(sandbox.root, 'client.log');
  const { requests } = await session(sandbox, folder, (_, turn) => answers[turn] ?? { blocks: [{ text: 'That is all.' }] }, 'Go on.', ['--debug-file', log]);
  return { told: toldIn(requests.filter(isOfMainThread).at(-1) as MessagesRequest), log: readFileSync(log, 'utf8') };
}

it('X19: what an edit breaks in other documents of the ticket reaches the session by the language server; of its own the hook tells, once', async () => {
  done(sandbox.treework(repository, 'node', 'start', 'build', '--commit'));
  const [tasks, idea] = [join(root, FOLDER, 'tasks.md'), join(root, FOLDER, 'idea.md')];
  const { told } = await after(
    repository,
    call('Read', { file_path: tasks }),
    call('Edit', { file_path: tasks, old_string: 'id: build', new_string: 'id: make' }),
    wait,
    call('Write', { file_path: idea, content: '---\nticket: PROJ-9\ntitle: x\n---\n' }),
    wait,
  );
  const parts = (text: string) => told.split(text).length - 1;
  expect([parts('Unexpected record of build'), parts('new-diagnostics'), parts('Unexpected ticket PROJ-9')], told).toEqual([1, 2, 1]);
});

it('is a server that answers and says nothing where nobody governs', async () => {
  const plain = sandbox.repository('plain');
  const { told, log } = await after(plain, call('Write', { file_path: join(sandbox.root, plain, 'spec.md'), content: '---\nticket: PROJ-9\n---\n' }), wait);
  expect(log).toMatch(/LSP server instance started: plugin:treework:treework/);
  expect(log.split('\n').filter((line) => /Received notification 'textDocument\/publishDiagnostics'|LSP.*(?:crash|failed)/i.test(line))).toEqual([]);
  expect(told).not.toContain('diagnostics');
});
