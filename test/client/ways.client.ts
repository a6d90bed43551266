import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { done, FOLDER, frozen, paste } from '../verbs/fixture.ts';
import { isOfMainThread, toldIn, toolResults, type MessagesRequest, type ScriptedAnswer } from './messages-server.ts';
import { client, session } from './session.ts';

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
const idea = () => join(root, FOLDER, 'idea.md');
const NOTHING_GIVEN: readonly string[] = [];

/** A session without anything given for it: what is told by the last request, and the results of its tools. */
async function plain(answers: readonly ScriptedAnswer[], more: readonly string[] = []): Promise<{ told: string; results: ReturnType<typeof toolResults>; output: string }> {
  const { requests, output } = await session(sandbox, repository, (_, turn) => answers[turn] ?? { blocks: [{ text: 'That is all.' }] }, 'Go on.', more, {}, NOTHING_GIVEN);
  const last = requests.filter(isOfMainThread).at(-1) as MessagesRequest;
  return { told: toldIn(last), results: toolResults(last), output };
}

function placed(...more: readonly string[]): void {
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(PACKAGE_ROOT, join(root, 'node_modules/treework'));
  sandbox.write(repository, { '.gitignore': 'node_modules\n' });
  const { next_action } = JSON.parse(done(sandbox.treework(repository, 'init', '--yes', '--agents', ...more, '--json')).stdout) as { next_action: { command: string; cwd: string } };
  done(paste(sandbox, next_action));
}

/** What has to hold whichever way it came. */
async function holds(skill: string): Promise<void> {
  const spec = join(root, FOLDER, 'spec.md');
  const before = readFileSync(spec, 'utf8');
  const { told, results, output } = await plain([call('Read', { file_path: spec }), call('Edit', { file_path: spec, old_string: 'SHALL', new_string: 'MAY' }), call('Write', { file_path: idea(), content: '---\nticket: PROJ-9\ntitle: x\n---\n' })]);
  expect(told.split('treework keeps the state of the work').length, output).toBe(2);
  expect(told).toContain(skill);
  expect(results[1]?.isError).toBe(true);
  expect(told).toContain('Unexpected ticket PROJ-9, expected PROJ-7');
  expect(readFileSync(spec, 'utf8')).toBe(before);
}

describe('without anything given for the session, the client has', () => {
  it('what init --agents placed: skills and hooks', async () => {
    placed();
    await holds('- implement: Use when nodes of a frozen ticket are built.');
  });

  it('the denials that were placed, where its hooks are switched off', async () => {
    placed();
    sandbox.write(repository, { '.claude/settings.json': '{"disableAllHooks": true}' });
    const spec = join(root, FOLDER, 'spec.md');
    const before = readFileSync(spec, 'utf8');
    const { told, results, output } = await plain([call('Read', { file_path: spec }), call('Edit', { file_path: spec, old_string: 'SHALL', new_string: 'MAY' }), call('Bash', { command: `echo more >> ${FOLDER}/spec.md`, description: 'Add' }), call('Write', { file_path: join(root, FOLDER, 'idea.md'), content: 'x' })]);
    expect(told).not.toContain('treework keeps the state of the work');
    expect(results.map(({ isError }) => isError), output).toEqual([false, true, true, false]);
    expect(readFileSync(spec, 'utf8')).toBe(before);
  });

  it('worktrees that are made by work, where that was asked for', async () => {
    placed('--worktrees');
    const { results, output } = await plain([call('Bash', { command: 'pwd; git branch --show-current', description: 'Where' })], ['--worktree', 'PROJ-9']);
    expect(results.map(({ text }) => text), output).toEqual([`${join(sandbox.root, 'repo.trees/PROJ-9-work')}\nPROJ-9--work`]);
  });

  it('what it installed from a marketplace', async () => {
    const folder = join(sandbox.root, 'package');
    const { files } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { files: string[] };
    for (const name of ['package.json', ...files]) cpSync(join(PACKAGE_ROOT, name), join(folder, name), { recursive: true });
    for (const words of [['marketplace', 'add', folder], ['install', 'treework@treework']]) expect(client(sandbox, repository, 'plugin', ...words).status).toBe(0);
    await holds('- treework:implement: Use when nodes of a frozen ticket are built.');
  });
});
