import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { recallTold } from '../../src/git/told-recall.ts';
import { rememberTold } from '../../src/git/told-record.ts';
import { Repository } from '../../src/git/repository.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { commitAll, done, FOLDER, frozen } from '../verbs/fixture.ts';
import { told } from './client.ts';

let sandbox: Sandbox;
let repository: string;
let root: string;
let kept: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
  root = join(sandbox.root, repository);
  kept = join(root, '.git/treework/told/main');
  sandbox.write(repository, { 'docs/knowledge/a.md': '---\ntitle: Reports need the clock\ntags: [reports]\n---\nUse it.\n', 'src/a.ts': 'a\n', 'WORKSPACE.md': sandbox.read(repository, 'WORKSPACE.md').replace('treework: 1', 'treework: 1\nkinds: {knowledge: {}}') });
  commitAll(sandbox, repository);
});

afterEach(() => {
  vi.unstubAllEnvs();
  sandbox.remove();
});

function start(env: NodeJS.ProcessEnv = {}, cwd = root): string {
  const input = JSON.stringify({ hook_event_name: 'SessionStart', session_id: 'session-1', source: 'startup', cwd });
  return told(sandbox.run(process.execPath, [join(PACKAGE_ROOT, 'dist/hooks/agent.cjs'), 'SessionStart'], { input, env: { CI: '', ...env } }));
}

/** What is not at rest is not remembered: the next session does. */
function remembered(): string {
  for (let turn = 0; turn < 40; turn += 1) {
    const said = start();
    if (existsSync(kept)) return said;
  }
  throw new Error('nothing is remembered');
}

/** Whether the answer is the one that was kept: nobody else would say the mark. */
function isRecalled(env: NodeJS.ProcessEnv = {}, cwd = root): boolean {
  const before = readFileSync(kept, 'utf8');
  writeFileSync(kept, JSON.stringify({ ...(JSON.parse(before) as object), text: 'KEPT' }));
  const said = start(env, cwd);
  if (said === 'KEPT') writeFileSync(kept, before);
  return said === 'KEPT';
}

it('is told again as it was while nothing has changed, the time of a file alone included', () => {
  const first = remembered();
  expect(first).toContain('PROJ-7');
  expect(start()).toBe(first);
  expect(isRecalled()).toBe(true);
  sandbox.write(repository, { 'notes/elsewhere.txt': 'not governed' });
  expect(isRecalled()).toBe(true);
});

const git = (...args: string[]) => sandbox.git(repository, ...args);

it.each<[string, () => void]>([
  ['a document of the ticket', () => sandbox.write(repository, { [`${FOLDER}/spec.md`]: sandbox.read(repository, `${FOLDER}/spec.md`).replace('SHALL', 'MAY') })],
  ['one of the same length and time', () => sandbox.run('sh', ['-c', `cp -p spec.md old && sed s/SHALL/MUSTN/ old > spec.md && touch -r old spec.md && rm old`], { cwd: `${repository}/${FOLDER}` })],
  ['a new record', () => done(sandbox.treework(repository, 'node', 'start', 'build'))],
  ['another ticket', () => sandbox.write(repository, { 'docs/specs/PROJ-8/idea.md': '---\nticket: PROJ-8\ntitle: Other\n---\n' })],
  ['a note', () => sandbox.write(repository, { 'docs/knowledge/a.md': '---\ntitle: Reports want patience\ntags: [reports]\n---\nWait.\n' })],
  ['a new note in a folder of its own', () => sandbox.write(repository, { 'docs/knowledge/more/b.md': '---\ntitle: Reports are long\ntags: [reports]\n---\nx\n' })],
  ['the settings', () => sandbox.write(repository, { 'WORKSPACE.md': sandbox.read(repository, 'WORKSPACE.md').replace('treework: 1', 'treework: 1\nrules: {spec-covered: off}') })],
  ['the index', () => git('rm', '-q', '--cached', `${FOLDER}/tasks.md`)],
  ['a commit', () => git('commit', '-q', '--no-verify', '--allow-empty', '-m', 'docs: x')],
  ['the branch', () => git('switch', '-q', '-c', 'PROJ-7--reports')],
  ['a detached HEAD', () => git('switch', '-q', '--detach')],
  ['another branch', () => git('branch', 'PROJ-7--other')],
  ['a branch of a remote', () => git('update-ref', 'refs/remotes/origin/PROJ-7--far', 'HEAD')],
  ['packed refs', () => git('pack-refs', '--all')],
  ['a merge that is open', () => writeFileSync(join(root, '.git/MERGE_HEAD'), `${git('rev-parse', 'HEAD').trim()}\n`)],
  ['a rebase that is open', () => sandbox.write(`${repository}/.git`, { 'rebase-merge/head-name': 'refs/heads/main\n' })],
  ['the configuration', () => git('config', 'core.excludesFile', '/dev/null')],
  ['what is ignored', () => sandbox.write(repository, { '.gitignore': 'docs/knowledge\n' })],
  ['what is ignored in this clone', () => sandbox.write(`${repository}/.git`, { 'info/exclude': 'docs/knowledge\n' })],
  ['what is ignored in a folder', () => sandbox.write(repository, { 'docs/specs/.gitignore': 'PROJ-9\n' })],
  ['the settings of the client', () => sandbox.write(repository, { '.treework/agents.json': '{"files": {}}' })],
  ['a further work tree', () => git('worktree', 'add', '-q', '-b', 'PROJ-7--two', '../two')],
])('is found out anew after a change of %s', (_, change) => {
  remembered();
  change();
  expect(isRecalled()).toBe(false);
  const said = start();
  rmSync(kept, { force: true });
  expect(said).toBe(start());
});

it('is found out anew when another work tree changes', () => {
  git('worktree', 'add', '-q', '-b', 'PROJ-7--two', '../two');
  remembered();
  expect(isRecalled()).toBe(true);
  sandbox.write('two', { [`${FOLDER}/nodes/build.md`]: '---\nnode: build\nstatus: in_progress\n---\n' });
  expect(isRecalled()).toBe(false);
});

it('is found out anew for another program, folder or setting of git', () => {
  remembered();
  expect(isRecalled({ TREEWORK_PROGRAM: 'tw' })).toBe(false);
  remembered();
  expect(isRecalled({}, join(root, 'docs'))).toBe(false);
  remembered();
  expect(isRecalled({ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.quotePath', GIT_CONFIG_VALUE_0: 'false' })).toBe(false);
  remembered();
  expect(isRecalled({ CI: 'true' })).toBe(false);
});

it('is found out anew when what is kept breaks off', () => {
  const first = remembered();
  for (const text of ['', '{', '{}', 'null', readFileSync(kept, 'utf8').slice(0, 200)]) {
    writeFileSync(kept, text);
    expect(start()).toBe(first);
  }
});

it.each<[string, () => void]>([
  ['a file in a scope that git was asked about', () => sandbox.write(repository, { 'src/b.ts': 'b\n' })],
  ['a file that was looked for', () => sandbox.write(repository, { 'lib/absent.ts': 'x\n' })],
  ['the last file of a folder that was looked at', () => rmSync(join(root, 'lib/deep/one.ts'))],
])('knows what was read outside of the governed folders: %s', async (_, change) => {
  vi.stubEnv('CI', '');
  sandbox.write(repository, { 'lib/deep/one.ts': '1\n' });
  const place = Repository.open(root);
  const listener = { engine: 'x', program: 'treework', cwd: root };
  const recall = () => recallTold({ root, gitDir: place.gitDir, commonDir: place.commonDir }, listener);
  rememberTold(place, { since: Date.now() + 60_000, listener, roots: ['docs/specs'], others: ['lib/absent.ts'], folders: ['lib'], questions: [{ roots: ['src'], paths: [] }], text: 'told' });
  expect(await recall()).toBe('told');
  change();
  expect(await recall()).toBeUndefined();
});
