import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeOf, SPEC, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { expectDone } from '../hooks/fixture.ts';

const FOLDER = 'docs/specs/PROJ-7';
const RECORD = `${FOLDER}/nodes/build.md`;
const CHANGE = `${FOLDER}/changes/001-revoked-tokens.md`;
const CHANGED = '---\ntitle: Revoked tokens\nimpact: additive\nstatus: proposed\nhistory:\n  - {to: proposed, by: dana, at: 2026-11-20T09:00:00Z}\n---\n';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  const files = { 'WORKSPACE.md': '---\ntreework: 1\n---\n', [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC), [RECORD]: nodeOf(SPEC), [CHANGE]: CHANGED };
  sandbox.repository('repo', files);
  expectDone(sandbox.treework('repo', 'init', '--yes'));
  sandbox.git('repo', 'add', '.');
  sandbox.git('repo', 'commit', '-q', '--no-verify', '-m', 'docs: begin');
});
afterEach(() => sandbox.remove());

const edit = (path: string, ...edits: readonly (readonly [string | RegExp, string])[]) => sandbox.write('repo', { [path]: edits.reduce((text, [from, to]) => text.replace(from, to), sandbox.read('repo', path)) });
const diff = (...args: string[]) => sandbox.git('repo', 'diff', ...args);
const plain = (...args: string[]) => diff('--no-ext-diff', ...args);
/** What is said before the lines. */
const said = (text: string) => text.slice(0, text.indexOf('diff --git')).trimEnd().split('\n');

describe('git diff', () => {
  it('says which node and which change record moved from what to what, by whom', () => {
    edit(RECORD, ['status: in_progress', 'status: complete'], [/---\n$/, '  - {to: complete, by: impl-1, at: 2026-11-20T13:00:00Z, verdict: pass, verified_by: review-1}\n---\n']);
    expect(said(diff('--', RECORD))).toEqual([RECORD, '  in_progress → complete by impl-1 at 2026-11-20T13:00:00Z, verdict pass, verified_by review-1']);
    edit(CHANGE, ['status: proposed', 'status: accepted'], [/---\n$/, '  - {to: accepted, by: review-1, at: 2026-11-20T10:00:00Z, reason: Agreed}\n---\n']);
    expect(said(diff('--', CHANGE))).toEqual([CHANGE, '  proposed → accepted by review-1 at 2026-11-20T10:00:00Z, reason Agreed']);
    edit(RECORD, [/(in_progress, by: )impl-1/, '$1impl-2']);
    expect(said(diff('--', RECORD))[1]).toBe('  history rewritten: entries that stood there are not as they were');
  });

  it('says which nodes, requirements and keys came, went or changed', () => {
    edit(`${FOLDER}/tasks.md`, ['{id: build, scope: ["src/**"]}', '{id: build, scope: ["lib/**"], title: Build}\n  - {id: docs, nodes: [{id: guide}]}'], ['Ship the reports API', 'Ship it']);
    edit(`${FOLDER}/spec.md`, ['HTTP 401.', 'HTTP 403.'], ['title: Reports API', 'title: Reports']);
    expect(said(diff('--', `${FOLDER}/tasks.md`)).slice(1)).toEqual(['  node added: docs', '  node added: guide', '  node build: scope ["src/**"] → ["lib/**"]; title Build added', '  goal.title Ship the reports API → Ship it']);
    expect(said(diff('--', `${FOLDER}/spec.md`)).slice(1)).toEqual(['  title Reports API → Reports', '  requirement modified: Token validation']);
  });

  it('then shows the very lines that git shows without it, in colour too, so that it can be applied', () => {
    edit(RECORD, ['status: in_progress', 'status: released'], [/---\n$/, '---\nMore, é.']);
    edit(`${FOLDER}/spec.md`, [/$/, '\ntrailing ']);
    rmSync(join(sandbox.root, 'repo', CHANGE));
    sandbox.write('repo', { [`${FOLDER}/changes/002-"ä" b.md`]: CHANGED, 'WORKSPACE.md': '---\r\ntreework: 1\r\n---\r\n' });
    chmodSync(join(sandbox.root, 'repo', `${FOLDER}/tasks.md`), 0o755);
    sandbox.git('repo', 'add', '-N', '.');
    const lines = (color: string, ...args: string[]) => sandbox.git('repo', '-c', `color.diff=${color}`, 'diff', ...args).split(/(?<=\n)/);
    const isSaid = (line: string) => /^(?:docs\/|WORKSPACE|  (?:title|impact|status|in_progress|proposed|history|requirement)\b)/.test(line) && !line.startsWith('   ');
    for (const color of ['never', 'always']) expect(lines(color).filter((line) => !isSaid(line)).join(''), color).toBe(lines(color, '--no-ext-diff').filter((line) => !isSaid(line)).join(''));
    const patch = diff('HEAD');
    expect(patch).toContain('\nrename from ');
    sandbox.git('repo', 'add', '.');
    sandbox.git('repo', 'commit', '-q', '--no-verify', '-m', 'docs: change');
    sandbox.write('', { patch });
    expectDone(sandbox.run('git', ['apply', '-R', '../patch'], { cwd: 'repo' }));
    sandbox.git('repo', 'add', '-A', '.');
    expect(sandbox.git('repo', 'diff', '--no-ext-diff', '--cached', 'HEAD~1')).toBe('');
  });

  it('never hides a change: of white space, of comments, of prose, of what cannot be read', () => {
    edit(RECORD, ['status: in_progress', 'status: "in_progress" # so far']);
    edit(CHANGE, ['---\ntitle', '---\n<<<<<<< ours\ntitle']);
    edit(`${FOLDER}/spec.md`, ['## Requirements', 'Prose.\n\n## Requirements']);
    expect(diff()).toBe(plain());
    expect(diff()).toContain('+status: "in_progress" # so far');
  });

  it('goes without treework: switched off, the program gone, its folder deleted', () => {
    edit(RECORD, ['status: in_progress', 'status: released']);
    expectDone(sandbox.treework('repo', 'off'));
    expect(diff()).toBe(plain());
    expectDone(sandbox.treework('repo', 'on'));
    const settings = sandbox.read('repo', '.git/treework/settings.sh');
    sandbox.write('repo', { '.git/treework/settings.sh': settings.replace(/treework_cli=.*/, "treework_cli='/nowhere/cli.cjs'") });
    expect(diff()).toBe(plain());
    rmSync(join(sandbox.root, 'repo/.git/treework'), { recursive: true });
    expect(diff()).toContain('-status: in_progress\n+status: released\n');
  });

  it('leaves git log -p, git show, git stash show -p, git format-patch and git add -p as they are', () => {
    edit(RECORD, ['status: in_progress', 'status: released']);
    expect(sandbox.run('git', ['add', '-p'], { cwd: 'repo', input: 'y\n' }).status).toBe(0);
    expect(sandbox.git('repo', 'status', '--porcelain')).toBe(`M  ${RECORD}\n`);
    sandbox.git('repo', 'commit', '-q', '--no-verify', '-m', 'docs: change');
    for (const args of [['log', '-p', '-1'], ['show'], ['format-patch', '--stdout', '-1']]) expect(sandbox.git('repo', ...args)).toBe(sandbox.git('repo', ...args, '--no-ext-diff'));
  });

  it('says that a path is not merged', () => {
    expect(sandbox.treework('repo', 'diff-driver', RECORD).stdout).toBe(`* Unmerged path ${RECORD}\n`);
    expect(sandbox.treework('repo', 'diff-driver', 'a', 'b')).toMatchObject({ status: 2 });
  });
});
