import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/error.ts';
import { applyEdits } from '../../src/git/apply.ts';
import { Repository } from '../../src/git/repository.ts';
import type { Edit } from '../../src/tree/edit.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
let root: string;
let repository: Repository;
beforeEach(() => {
  sandbox = new Sandbox();
  root = join(sandbox.root, sandbox.repository('repo'));
  repository = Repository.open(root);
});
afterEach(() => sandbox.remove());

function refused(edits: readonly Edit[]): string {
  const before = state();
  try {
    applyEdits(repository, edits);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect(state()).toEqual(before);
    return (error as UserError).code;
  }
  throw new Error('was not refused');
}

/** Names in the work tree, git's part of our state, and every file's text. */
function state(): unknown {
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => !join(entry.parentPath, entry.name).includes('/.git'));
  const texts = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).map((path) => [path, sandbox.read('', path.slice(sandbox.root.length))]);
  return [names.map((entry) => join(entry.parentPath, entry.name)).sort(), texts];
}

describe('applyEdits', () => {
  it('creates, replaces and deletes, and leaves nothing of its own behind', () => {
    sandbox.write('repo', { 'old.md': 'old', 'gone.md': 'gone', 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(root, 'run.sh'), 0o755);
    applyEdits(repository, [
      { path: 'a/b/new.md', content: 'new', expect: 'absent' },
      { path: 'old.md', content: 'changed', expect: Buffer.from('old') },
      { path: 'gone.md', content: undefined },
      { path: 'run.sh', content: Buffer.from('#!/bin/sh\nexit 0\n') },
    ]);
    expect([sandbox.read('repo', 'a/b/new.md'), sandbox.read('repo', 'old.md'), sandbox.exists('repo', 'gone.md')]).toEqual(['new', 'changed', false]);
    expect(statSync(join(root, 'run.sh')).mode & 0o777).toBe(0o755);
    expect(statSync(join(root, 'a/b/new.md')).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(readdirSync(join(root, '.git/treework'))).toEqual([]);
  });

  it('takes everything back when one edit fails in between', () => {
    sandbox.write('repo', { 'old.md': 'old', 'gone.md': 'gone' });
    const edits: Edit[] = [
      { path: 'made/deep/x.md', content: 'x', expect: 'absent' },
      { path: 'old.md', content: 'changed' },
      { path: 'gone.md', content: undefined },
      { path: 'file', content: 'a file' },
      { path: 'file/below.md', content: 'cannot be' },
    ];
    expect(refused(edits)).toBe('write');
    expect(readdirSync(join(root, '.git/treework'))).toEqual([]);
  });

  it.each([
    ['../out.md', 'path-outside'],
    ['/etc/out.md', 'path-outside'],
    ['a/../../out.md', 'path-outside'],
    ['.git/config', 'path-outside'],
    ['a/.GIT/config', 'path-outside'],
    ['a\\b.md', 'path-outside'],
    ['C:/x.md', 'path-outside'],
    ['a\nb.md', 'path-outside'],
    ['', 'path-outside'],
    [`${'x'.repeat(256)}.md`, 'name-too-long'],
    ['README.md/x.md', 'not-a-directory'],
    ['readme.md', 'case-collision'],
    ['folder', 'is-a-directory'],
    ['link/x.md', 'symlink'],
    ['dangling', 'symlink'],
  ])('refuses %j', (path, code) => {
    mkdirSync(join(root, 'folder'));
    mkdirSync(join(sandbox.root, 'outside'));
    symlinkSync(join(sandbox.root, 'outside'), join(root, 'link'));
    symlinkSync('nowhere', join(root, 'dangling'));
    expect(refused([{ path: 'first.md', content: 'x' }, { path, content: 'x' }])).toBe(code);
    expect(readdirSync(join(sandbox.root, 'outside'))).toEqual([]);
  });

  it('refuses what is not as it was read, and two edits of one place', () => {
    expect(refused([{ path: 'README.md', content: 'x', expect: 'absent' }])).toBe('exists');
    expect(refused([{ path: 'README.md', content: 'x', expect: Buffer.from('other') }])).toBe('changed-meanwhile');
    expect(refused([{ path: 'none.md', content: 'x', expect: Buffer.from('') }])).toBe('changed-meanwhile');
    expect(refused([{ path: 'A.md', content: 'x' }, { path: 'a.md', content: 'x' }])).toBe('case-collision');
  });

  it('takes over the lock of a process that is gone, and sweeps up after it', () => {
    mkdirSync(join(root, '.git/treework'), { recursive: true });
    const lock = join(root, '.git/treework/apply.lock');
    writeFileSync(lock, '99999999');
    mkdirSync(join(root, '.git/treework/apply-left'));
    writeFileSync(`${lock}.99999998`, '');
    writeFileSync(`${lock}.${process.ppid}`, '');
    applyEdits(repository, [{ path: 'x.md', content: 'x' }]);
    expect(sandbox.read('repo', 'x.md')).toBe('x');
    expect(readdirSync(join(root, '.git/treework'))).toEqual([`apply.lock.${process.ppid}`]);
  });
});
