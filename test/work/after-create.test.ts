import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FOLDER, SPEC, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, paste, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const TREE = 'repo.trees/PROJ-1-work';

function prepared(afterCreate: string, files: Readonly<Record<string, string>> = {}, ignored: Readonly<Record<string, string>> = {}): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  workspace(sandbox, 'repo', `---\ntreework: 1\n${afterCreate === '' ? '' : `after_create: ${afterCreate}\n`}---\n`);
  sandbox.write('repo', { ...files, 'a.txt': 'a\n' });
  commitAll(sandbox, 'repo');
  sandbox.write('repo', ignored);
  return sandbox;
}

describe('what is copied into a new worktree', () => {
  const GITIGNORE = '.env*\nnode_modules/\nbuild/\nsecret.key\nvendor/\n';
  const IGNORED = { '.env': 'A=1\n', 'sub/.env.local': 'B=1\r\n', '.env.other': 'C=1\n', 'build/cache/x.bin': 'x', 'build/out.txt': 'out', 'secret.key': 'k', 'node_modules/left/index.js': 'left', 'plain.txt': 'not ignored' };

  it('K13: is what .worktreeinclude names and git ignores, and nothing else', () => {
    const sandbox = prepared('', { '.gitignore': GITIGNORE, '.worktreeinclude': '# wanted\n.env*\n!.env.other\nbuild/cache/\nplain.txt\nREADME.md\nvendor\n' }, IGNORED);
    // Another repository inside is nobody's file here.
    sandbox.repository('repo/vendor/other');
    utimesSync(join(sandbox.root, 'repo/build/cache/x.bin'), 1_000_000, 1_000_000);
    const { steps, ready } = ask(sandbox, 'repo', ['work', 'PROJ-1']);
    expect({ steps, ready }).toEqual({ steps: [{ step: 'copy', status: 'done', files: 3 }], ready: true });
    expect(sandbox.read(TREE, 'sub/.env.local')).toBe('B=1\r\n');
    expect(statSync(join(sandbox.root, TREE, 'build/cache/x.bin')).mtimeMs).toBe(1_000_000_000);
    expect(['.env', '.env.other', 'build/out.txt', 'secret.key', 'plain.txt', 'vendor', 'node_modules'].filter((path) => sandbox.exists(TREE, path))).toEqual(['.env']);
    expect(sandbox.git(TREE, 'status', '--porcelain')).toBe('');
    // They are files of their own.
    sandbox.write(TREE, { '.env': 'changed\n' });
    expect(sandbox.read('repo', '.env')).toBe('A=1\n');
  });

  it('shares what is to be linked, keeps links, and leaves what is there', () => {
    const sandbox = prepared('{copy: [".env"], link: ["node_modules/"]}', { '.gitignore': GITIGNORE, 'README.md': '# Here\n' }, IGNORED);
    mkdirSync(join(sandbox.root, 'repo/node_modules/.bin'));
    symlinkSync('../left/index.js', join(sandbox.root, 'repo/node_modules/.bin/left'));
    const { steps } = ask(sandbox, 'repo', ['work', 'PROJ-1']);
    expect(steps).toEqual([{ step: 'link', status: 'done', files: 2 }, { step: 'copy', status: 'done', files: 1 }]);
    expect(statSync(join(sandbox.root, TREE, 'node_modules/left/index.js')).ino).toBe(statSync(join(sandbox.root, 'repo/node_modules/left/index.js')).ino);
    expect(readlinkSync(join(sandbox.root, TREE, 'node_modules/.bin/left'))).toBe('../left/index.js');
    expect(lstatSync(join(sandbox.root, TREE, '.env')).isFile()).toBe(true);
  });

  it('goes through no link that leads out of the worktree', () => {
    const sandbox = prepared('{copy: ["data/secret"]}', { '.gitignore': 'data/secret\n' });
    mkdirSync(join(sandbox.root, 'outside'));
    symlinkSync('../../outside', join(sandbox.root, 'repo/data'));
    commitAll(sandbox, 'repo');
    rmSync(join(sandbox.root, 'repo/data'));
    sandbox.write('repo', { 'data/secret': 's' });
    const failed = ask(sandbox, 'repo', ['work', 'PROJ-1'], 1);
    expect(failed.steps).toEqual([{ step: 'copy', status: 'failed', files: 0, why: expect.stringContaining('data/secret (a link leads out') }]);
    expect(readdirSync(join(sandbox.root, 'outside'))).toEqual([]);
  });
});

describe('commands of after_create', () => {
  it('run only after a person approved exactly these in this clone', () => {
    const sandbox = prepared('["echo one >>../ran.txt", "echo $TREEWORK_TICKET in $PWD from $TREEWORK_MAIN >>../ran.txt"]');
    const first = ask(sandbox, 'repo', ['work', 'PROJ-1'], 1);
    expect(first).toMatchObject({ state: 'created', ready: false, steps: [{ status: 'unapproved', command: 'echo one >>../ran.txt' }, { status: 'unapproved' }], next_action: { command: 'treework work PROJ-1 --yes', confirm: true } });
    expect(sandbox.exists(TREE, 'README.md')).toBe(true);
    expect(sandbox.exists('repo.trees', 'ran.txt')).toBe(false);
    done(paste(sandbox, first.next_action));
    expect(sandbox.read('repo.trees', 'ran.txt')).toBe(`one\nPROJ-1 in ${sandbox.root}/${TREE} from ${sandbox.root}/repo\n`);
    // Each once; and they are known in this clone from now on, also when they are called from elsewhere.
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1'])).toMatchObject({ ready: true, steps: [] });
    expect(ask(sandbox, TREE, ['work', 'PROJ-2'])).toMatchObject({ ready: true, steps: [{ status: 'done' }, { status: 'done' }] });
    // Others are not, and neither are these in another clone.
    sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\nafter_create: ["echo one >>../ran.txt"]\n---\n' });
    commitAll(sandbox, 'repo');
    expect(ask(sandbox, 'repo', ['work', 'PROJ-3'], 1).steps).toMatchObject([{ status: 'unapproved' }]);
    sandbox.git('', 'clone', '-q', 'repo', 'clone');
    expect(ask(sandbox, 'clone', ['work', 'PROJ-9'], 1).steps).toMatchObject([{ status: 'unapproved' }]);
  });

  it('are shown to the person at a terminal, and only a yes runs them', () => {
    const sandbox = prepared('["echo one >>../ran.txt"]');
    const terminal = (said: string) => sandbox.run('script', ['-qec', 'treework work PROJ-1', '/dev/null'], { cwd: 'repo', input: said, env: { TERM: 'dumb' } });
    const refused = terminal('\n');
    expect(refused).toMatchObject({ status: 1, stdout: expect.stringContaining('  echo one >>../ran.txt\r\nRun them, now and from now on? (y/N)') });
    expect(sandbox.exists('repo.trees', 'ran.txt')).toBe(false);
    expect(terminal('y\n').status).toBe(0);
    expect(sandbox.read('repo.trees', 'ran.txt')).toBe('one\n');
  });

  it('K13: a failed step is a failed work, and the next call goes on where it stopped', () => {
    const sandbox = prepared('{copy: [.env], run: ["echo one >>../ran.txt", "test -e ../go || { echo no registry >&2; exit 3; }", "echo three >>../ran.txt"]}', { '.gitignore': '.env\n' }, { '.env': 'A\n' });
    const { status, stdout, stderr } = sandbox.treework('repo', 'work', 'PROJ-1', '--yes', '--print-path');
    expect({ status, stdout }).toEqual({ status: 1, stdout: `${sandbox.root}/${TREE}\n` });
    expect(stderr).toMatch(/1 ignored file copied\n {2}ran echo one.*\n {2}failed: test -e .*: exit 3\n {4}no registry\n {2}still to run: echo three/);
    expect(stderr).toMatch(/treework work PROJ-1$/m);
    const again = ask(sandbox, 'repo', ['work', 'PROJ-1'], 1);
    expect(again).toMatchObject({ state: 'resumed', steps: [{ step: 'run', status: 'failed', why: 'exit 3', output: 'no registry' }, { status: 'waiting' }], next_action: { command: 'treework work PROJ-1' } });
    sandbox.write('repo.trees', { go: '' });
    done(paste(sandbox, again.next_action));
    expect(sandbox.read('repo.trees', 'ran.txt')).toBe('one\nthree\n');
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1']).steps).toEqual([]);
  });

  it('do not take the hooks away: an installer of the project resets them for the whole clone', () => {
    const sandbox = prepared('["git config core.hooksPath .husky/_"]', { [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC) });
    done(sandbox.treework('repo', 'hooks'));
    ask(sandbox, 'repo', ['work', 'PROJ-1', '--yes']);
    sandbox.write(TREE, { [`${FOLDER}/spec.md`]: SPEC.replace('401', '403') });
    expect(sandbox.run('git', ['commit', '-q', '-a', '-m', 'feat: other'], { cwd: TREE })).toMatchObject({ status: 1, output: expect.stringContaining('spec-frozen') });
  });

  it('run in the worktree of a fork too, when the fork is written', () => {
    const sandbox = prepared('["echo forked >ready.txt"]', { '.gitignore': 'ready.txt\n', [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC) });
    const fork = ask(sandbox, 'repo', ['fork', 'open', 'build', '--reason', 'No limiter', '--worktree', '--commit', '--ticket', 'PROJ-7'], 1);
    expect(fork).toMatchObject({ ready: false, steps: [{ status: 'unapproved' }], committed: expect.any(String) });
    done(paste(sandbox, fork.next_action));
    expect(sandbox.read(fork.worktree.slice(sandbox.root.length + 1), 'ready.txt')).toBe('forked\n');
    const other = ask(sandbox, 'repo', ['fork', 'open', 'build', '--reason', 'No clock', '--worktree', '--ticket', 'PROJ-7']);
    expect(other.steps).toMatchObject([{ status: 'done' }]);
  });
});
