import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { done, FOLDER, frozen } from '../verbs/fixture.ts';
import { isOfMainThread, toldIn, toolResults, type MessagesRequest, type Script, type ScriptedAnswer } from './messages-server.ts';
import { client, session } from './session.ts';

const DIGEST = 'treework keeps the state of the work';

let sandbox: Sandbox;
let repository: string;
let root: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
  root = join(sandbox.root, repository);
  done(sandbox.treework(repository, 'init', '--yes'));
  sandbox.git(repository, 'add', '--all');
  sandbox.git(repository, 'commit', '-q', '-m', 'chore: govern this repository');
});

afterEach(() => sandbox.remove());

const stop: ScriptedAnswer = { blocks: [{ text: 'That is all.' }] };
const call = (tool: string, input: Record<string, unknown>, tokens?: number): ScriptedAnswer => ({ blocks: [{ tool, input }], ...(tokens !== undefined && { tokens }) });
const bash = (command: string, tokens?: number) => call('Bash', { command, description: 'Go on' }, tokens);
const inTurn = (...answers: readonly ScriptedAnswer[]): Script => (_, turn) => answers[turn] ?? stop;
const main = (requests: readonly MessagesRequest[]) => requests.filter(isOfMainThread);
const last = (requests: readonly MessagesRequest[]) => main(requests).at(-1) as MessagesRequest;
const count = (text: string, part: string) => text.split(part).length - 1;

describe('the plugin in the real client', () => {
  it('is valid, strictly, is added, installed and listed with what it costs', () => {
    // What npm would pack: the client copies all that it finds there.
    const folder = join(sandbox.root, 'package');
    const { files } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { files: string[] };
    for (const name of ['package.json', ...files]) cpSync(join(PACKAGE_ROOT, name), join(folder, name), { recursive: true });
    expect(client(sandbox, repository, 'plugin', 'validate', folder, '--strict')).toMatchObject({ status: 0, output: expect.stringContaining('Validation passed') });
    expect(client(sandbox, repository, 'plugin', 'marketplace', 'add', folder).status).toBe(0);
    expect(client(sandbox, repository, 'plugin', 'install', 'treework@treework').status).toBe(0);
    const listed = client(sandbox, repository, 'plugin', 'list', '--json');
    expect(JSON.parse(listed.output)).toEqual([expect.objectContaining({ id: 'treework@treework', enabled: true })]);
    const { status, output } = client(sandbox, repository, 'plugin', 'details', 'treework@treework');
    expect([status, output]).toEqual([0, expect.stringMatching(/implement[\s\S]*LSP servers \(1\) +treework/)]);
  });
});

describe('a session of the real client', () => {
  it('an edit of a frozen spec is denied by tool and by shell, and refused by the commit when it was forced through', async () => {
    const spec = join(root, FOLDER, 'spec.md');
    const before = readFileSync(spec, 'utf8');
    const head = sandbox.git(repository, 'rev-parse', 'HEAD');
    const { requests, output } = await session(sandbox, repository, inTurn(
      call('Read', { file_path: spec }),
      call('Edit', { file_path: spec, old_string: 'SHALL', new_string: 'MAY' }),
      bash(`echo more >> ${FOLDER}/spec.md`),
      bash(`PART=spec; printf 'more\\n' >> "${FOLDER}/$PART.md" && git add -A && git commit -m "docs(PROJ-7): more"`),
    ));
    const [, edited, appended, forced] = toolResults(last(requests));
    expect([edited, appended], output).toEqual([expect.objectContaining({ isError: true, text: expect.stringContaining('is frozen') }), expect.objectContaining({ isError: true, text: expect.stringContaining('is frozen') })]);
    expect(forced?.text).toContain('spec-frozen');
    expect(sandbox.git(repository, 'rev-parse', 'HEAD')).toBe(head);
    expect(sandbox.git(repository, 'show', `HEAD:${FOLDER}/spec.md`)).toBe(before);
  });

  it('begins with the digest; after a compaction it is there again', async () => {
    const first = await session(sandbox, repository, inTurn(bash('echo one')));
    expect(count(toldIn(last(first.requests)), DIGEST)).toBe(1);
    const compacted = await session(sandbox, repository, inTurn(), '/compact', ['--continue']);
    expect(compacted.status, compacted.output).toBe(0);
    const after = await session(sandbox, repository, inTurn(), 'What now?', ['--continue']);
    const told = toldIn(last(after.requests));
    expect(told).toContain('PROJ-7');
    expect(told).toContain(DIGEST);
    expect(told).not.toContain('echo one');
  });

  it('writes a checkpoint at 100,000 tokens, once', async () => {
    done(sandbox.treework(repository, 'node', 'start', 'build', '--commit'));
    const { requests, output } = await session(sandbox, repository, inTurn(bash('echo one', 85_000), bash('echo two', 100_500), bash('echo three', 101_000), bash('echo four', 102_000)));
    const told = toldIn(last(requests));
    expect([count(told, 'treework saves a checkpoint'), count(told, 'A checkpoint of the records is in')], output).toEqual([1, 1]);
    expect(readdirSync(join(root, FOLDER, 'checkpoints')).length).toBe(1);
  });

  it('a stop on a broken state is blocked once and then let go', async () => {
    const { requests, status } = await session(sandbox, repository, inTurn(bash(`PART=spec; echo more >> "${FOLDER}/$PART.md"`)));
    expect(status).toBe(0);
    // Newer clients show what is said once in two places of the one request that follows.
    expect(main(requests).map((request) => toldIn(request).includes('This is said once'))).toEqual([false, false, true]);
  });

  it('S13: hears of what the checks of an edited file find, at that edit', async () => {
    const file = join(root, 'src/a b.ts');
    sandbox.write(repository, { 'WORKSPACE.md': `---\ntreework: 1\ngates: {after_edit: {"*.ts": "node lint.cjs {file}"}}\n---\n`, 'lint.cjs': `const text = require('node:fs').readFileSync(process.argv[2], 'utf8');\nif (text.includes('FIXME')) { console.log(process.argv[2] + ': no FIX' + 'ME'); process.exitCode = 1; }\n` });
    done(sandbox.treework(repository, 'gate', 'after-edit', '--yes'));
    const { requests, output } = await session(sandbox, repository, inTurn(call('Write', { file_path: file, content: 'fine\n' }), call('Edit', { file_path: file, old_string: 'fine', new_string: 'FIXME' })));
    expect(main(requests).slice(0, 3).map((request) => count(toldIn(request), 'src/a b.ts: no FIXME')), output).toEqual([0, 0, 1]);
  });

  it('outside of a governed repository nothing is seen of it', async () => {
    const plain = sandbox.repository('plain');
    const { requests } = await session(sandbox, plain, inTurn(call('Write', { file_path: join(sandbox.root, plain, 'spec.md'), content: 'x\n' }), bash('echo one', 120_000)));
    const told = toldIn(last(requests));
    expect([count(told, DIGEST), count(told, 'checkpoint of the records'), count(told, 'is frozen:')]).toEqual([0, 0, 0]);
    expect(existsSync(join(sandbox.root, plain, 'spec.md'))).toBe(true);
    expect(existsSync(join(sandbox.root, plain, '.git/treework'))).toBe(false);
  });
});
