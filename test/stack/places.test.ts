import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { Stacked } from './fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function sandboxed(): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  return sandbox;
}

it('a bare SHA-256 repository with worktrees of odd names, from a folder within one; CRLF stays, names are no options', () => {
  const sandbox = sandboxed();
  const first = 'mäin\ntree';
  mkdirSync(join(sandbox.root, first));
  sandbox.git(first, 'init', '-q', '--object-format=sha256', '-b', 'main');
  sandbox.write(first, { 'WORKSPACE.md': '---\ntreework: 1\n---\n# W\n', 'sub folder/a.txt': 'one\r\ntwo\r\nthree\r\n', '-b.txt': 'b\n' });
  sandbox.git(first, 'add', '.');
  sandbox.git(first, 'commit', '-q', '-m', 'begin');
  sandbox.git('', 'clone', '-q', '--bare', first, "it's bare.git");
  const bare = (...args: string[]) => sandbox.git("it's bare.git", ...args).trim();
  bare('worktree', 'add', '-q', '../trunk', 'main');
  bare('worktree', 'add', '-q', '-b', "PROJ-7--p1-it's", '../one "tree"', 'main');
  sandbox.write('one "tree"', { 'sub folder/a.txt': 'one\r\ntwo\r\nTHREE\r\n' });
  sandbox.git('one "tree"', 'commit', '-q', '-a', '-m', 'three');
  bare('worktree', 'add', '-q', '-b', 'PROJ-7--p2-ünd', '../two', "PROJ-7--p1-it's");
  sandbox.write('two', { '-new.txt': 'new\n' });
  sandbox.git('two', 'add', '.');
  sandbox.git('two', 'commit', '-q', '-m', 'new');
  sandbox.write('trunk', { 'sub folder/a.txt': 'one\r\ntwo\r\n3\r\n', '-b.txt': 'B\n' });
  sandbox.git('trunk', 'commit', '-q', '-a', '-m', 'one');
  const answer = sandbox.treework('two/sub folder', 'restack', '--json');
  expect(answer.output).toContain('conflict');
  const { conflict } = JSON.parse(answer.stdout) as { conflict: { files: string[]; worktree: string } };
  expect(conflict).toMatchObject({ files: ['sub folder/a.txt'], worktree: join(sandbox.root, 'one "tree"') });
  sandbox.write('one "tree"', { 'sub folder/a.txt': 'ONE\r\ntwo\r\nTHREE\r\n' });
  sandbox.git('one "tree"', 'add', '.');
  expect(JSON.parse(sandbox.treework('two/sub folder', 'restack', '--continue', '--json').stdout)).toMatchObject({ ok: true, branches: [{ state: 'moved' }, { state: 'moved' }] });
  for (const tree of ['one "tree"', 'two']) {
    expect(readFileSync(join(sandbox.root, tree, 'sub folder/a.txt'), 'utf8')).toBe('ONE\r\ntwo\r\nTHREE\r\n');
    expect([sandbox.read(tree, '-b.txt'), sandbox.git(tree, 'status', '--porcelain')]).toEqual(['B\n', '']);
  }
  expect(JSON.parse(sandbox.treework('two', 'undo', '--json').stdout)).toMatchObject({ ok: true });
  expect(sandbox.read('two', 'sub folder/a.txt')).toBe('one\r\ntwo\r\nTHREE\r\n');
});

it('K5: where there is nothing to restack, the refusal says what there is', () => {
  const repo = new Stacked(sandboxed(), 2);
  const code = (...args: string[]) => (repo.ask(...args) as unknown as { error?: { code: string } }).error?.code;
  expect(code('restack')).toBe('trunk');
  expect(code('restack', 'no-such')).toBe('no-branch');
  expect(code('restack', 'a', 'b')).toBe('usage');
  expect(code('restack', '--continue', '--abort')).toBe('usage');
  expect(code('restack', '--continue')).toBe('nothing-open');
  expect(code('undo')).toBe('nothing-to-undo');
  repo.git('checkout', '-q', '--detach', repo.names[1] as string);
  expect(code('restack')).toBe('detached');
  expect(code('restack', '--ticket', 'PROJ-7')).toBeUndefined();
  repo.git('checkout', '-q', '--orphan', 'PROJ-9--unborn');
  expect(code('restack')).toBe('no-branch');
});
