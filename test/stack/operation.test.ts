import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { catchUp, follow, followersOf, moveRefs } from '../../src/git/move-refs.ts';
import { beginOperation, isRunning, lastOperation, openOperation, openOperations, resumeOperation } from '../../src/git/operation.ts';
import { Repository } from '../../src/git/repository.ts';
import { takeBack } from '../../src/git/take-back.ts';
import { Sandbox } from '../harness/sandbox.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

/** main with two commits; branch `one` at the first, checked out in `tree one`, a folder with a space. */
function setUp() {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.repository('work', { 'a.txt': 'a\n', '.gitignore': '*.log\n', 'gone.txt': 'gone\n' });
  const git = (...args: string[]) => sandbox.git('work', ...args).trim();
  git('branch', 'one');
  sandbox.write('work', { 'a.txt': 'b\n', 'new/file.txt': 'new\n', 'debug.log': 'theirs\n' });
  git('rm', '-q', 'gone.txt');
  git('add', '-f', '.');
  git('commit', '-q', '-m', 'second');
  git('worktree', 'add', '-q', '../tree one', 'one');
  const [before, after] = [git('rev-parse', 'main~1'), git('rev-parse', 'main')];
  const repository = Repository.open(join(sandbox.root, 'work'));
  const there = (...args: string[]) => sandbox.git('tree one', ...args).trim();
  return { sandbox, git, there, repository, before, after, moves: [{ ref: 'refs/heads/one', before, after }] };
}

const FACTS = { verb: 'restack', ticket: 'PROJ-7', resume: ['restack', '--continue'], abort: ['restack', '--abort'], refs: [], worktrees: [] };

describe('the journal', () => {
  it('holds what is under way until it is over, in every worktree', () => {
    const { sandbox, repository, moves } = setUp();
    const operation = beginOperation(repository, { ...FACTS, refs: moves });
    const elsewhere = Repository.open(join(sandbox.root, 'tree one'));
    expect(openOperation(elsewhere, 'restack')).toMatchObject({ verb: 'restack', ticket: 'PROJ-7', refs: moves });
    operation.note({ state: { at: 3 } });
    expect(openOperations(elsewhere)).toMatchObject([{ state: { at: 3 }, refs: moves }]);
    operation.finish({ undoable: true });
    expect(openOperations(repository)).toEqual([]);
    expect(lastOperation(elsewhere)).toMatchObject({ verb: 'restack', refs: moves });
  });

  it('tells a running operation from one that was killed, and takes the latter over', () => {
    const { repository } = setUp();
    beginOperation(repository, FACTS);
    const [record] = openOperations(repository);
    if (!record) throw new Error('there is one');
    const other = { ...record, process: { ...record.process, pid: process.ppid, birth: '' } };
    expect(isRunning(other)).toBe(true);
    expect(() => resumeOperation(repository, other)).toThrow(/expected that one to be over/);
    expect(isRunning({ ...other, isWaiting: true })).toBe(false);
    expect(isRunning({ ...other, process: { ...other.process, birth: '1' } })).toBe(process.platform !== 'linux');
  });

  it('doctor names what was interrupted, with the commands', () => {
    const { sandbox, repository } = setUp();
    beginOperation(repository, { ...FACTS, isWaiting: true });
    const checks = (JSON.parse(sandbox.treework('work', 'doctor', '--json').stdout) as { checks: { name: string; ok: boolean; mend: string; message: string }[] }).checks;
    const [found] = checks.filter(({ name }) => name === 'operation');
    expect(found).toMatchObject({ ok: false, mend: 'treework restack --continue, or to go back: treework restack --abort' });
    expect(found?.message).toMatch(/^Unexpected restack of PROJ-7 that waits to be continued/);
  });
});

describe('refs that move', () => {
  it('take their clean work trees along, untracked files stay', () => {
    const { sandbox, there, repository, moves, after } = setUp();
    sandbox.write('tree one', { 'mine.txt': 'mine\n', 'mine.log': 'mine\n' });
    const followers = followersOf(repository, moves);
    moveRefs(repository, moves, 'test');
    followers.forEach(follow);
    expect(there('rev-parse', 'HEAD')).toBe(after);
    expect(there('status', '--porcelain')).toBe('?? mine.txt');
    expect([sandbox.read('tree one', 'a.txt'), sandbox.read('tree one', 'mine.log'), sandbox.exists('tree one', 'gone.txt')]).toEqual(['b\n', 'mine\n', false]);
  });

  it('are refused before anything moves where work is in no commit, or a file is in the way, an ignored one too', () => {
    const { sandbox, there, repository, moves } = setUp();
    for (const [files, message] of [[{ 'a.txt': 'mine\n' }, /one in .*tree one \(a\.txt\)/], [{ 'debug.log': 'mine\n' }, /debug\.log in .*tree one/], [{ 'new': 'a file\n' }, /new\/file\.txt in/]] as const) {
      sandbox.write('tree one', files);
      expect(() => followersOf(repository, moves)).toThrow(message);
      there('checkout', '-q', '--', '.');
      for (const name of Object.keys(files)) if (name !== 'a.txt') sandbox.run('rm', ['--', name], { cwd: 'tree one' });
    }
    expect(followersOf(repository, moves)).toHaveLength(1);
    sandbox.write('tree one', { 'a.txt': 'two\n' });
    there('commit', '-q', '-a', '-m', 'two');
    sandbox.run('git', ['merge', '-q', 'main'], { cwd: 'tree one' });
    expect(() => followersOf(repository, moves)).toThrow(/merge under way in .*tree one \(one\)/);
    there('merge', '--abort');
    sandbox.run('git', ['rebase', '-q', 'main'], { cwd: 'tree one' });
    expect(() => followersOf(repository, moves)).toThrow(/rebase under way in .*tree one \(one\)/);
  });

  it('move all or none', () => {
    const { git, repository, before, after } = setUp();
    git('branch', 'two', before);
    const moves = [{ ref: 'refs/heads/two', before, after }, { ref: 'refs/heads/three', before: null, after }, { ref: 'refs/heads/one', before: after, after: before }];
    expect(() => moveRefs(repository, moves, 'test')).toThrow(/none was moved/);
    expect([git('rev-parse', 'two'), git('branch', '--list', 'three')]).toEqual([before, '']);
    moveRefs(repository, moves.slice(0, 2), 'test');
    expect([git('rev-parse', 'two'), git('rev-parse', 'three')]).toEqual([after, after]);
    moveRefs(repository, [{ ref: 'refs/heads/three', before: after, after: null }], 'test');
    expect(git('branch', '--list', 'three')).toBe('');
  });

  it('killed before the work tree followed, it is brought along; changes of others are left alone', () => {
    const { sandbox, there, repository, moves, before, after } = setUp();
    const followers = followersOf(repository, moves);
    moveRefs(repository, moves, 'test');
    expect(there('status', '--porcelain')).not.toBe('');
    // Half of the files were written already.
    sandbox.write('tree one', { 'a.txt': 'b\n', 'new/file.txt': 'new\n' });
    catchUp(repository, followers);
    catchUp(repository, followers);
    expect([there('status', '--porcelain'), there('rev-parse', 'HEAD')]).toEqual(['', after]);
    moveRefs(repository, moves.map(({ ref }) => ({ ref, before: after, after: before })), 'test');
    sandbox.write('tree one', { 'a.txt': 'somebody else’s\n' });
    expect(() => catchUp(repository, followers)).toThrow(/Unexpected changes in .*tree one \(a\.txt\)/);
    expect(sandbox.read('tree one', 'a.txt')).toBe('somebody else’s\n');
  });
});

it('an operation is taken back: refs by compare-and-swap, worktrees only where nothing in them is new', () => {
  const { sandbox, git, there, repository, moves, before, after } = setUp();
  git('branch', 'moved-on', before);
  const refs = [...moves, { ref: 'refs/heads/made', before: null, after }, { ref: 'refs/heads/moved-on', before, after }];
  const made = ['clean', 'used'].map((name) => join(sandbox.root, name));
  const operation = beginOperation(repository, { ...FACTS, refs, worktrees: made, followers: followersOf(repository, moves) });
  moveRefs(repository, refs, 'test');
  for (const path of made) git('worktree', 'add', '-q', '--detach', path);
  sandbox.write('used', { 'notes.txt': 'notes\n' });
  git('branch', '-f', 'moved-on', git('commit-tree', '-m', 'mine', `${after}^{tree}`));
  const taken = takeBack(repository, operation);
  expect(taken).toEqual({ refs: ['refs/heads/one', 'refs/heads/made'], left: ['refs/heads/moved-on'], removed: [made[0]], kept: [made[1]] });
  expect([there('rev-parse', 'HEAD'), there('status', '--porcelain'), git('branch', '--list', 'made'), sandbox.read('used', 'notes.txt')]).toEqual([before, '', '', 'notes\n']);
});
