import { chmodSync, mkdirSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { FileTree, type FileContents } from '../../src/git/file-tree.ts';
import { Repository } from '../../src/git/repository.ts';
import { workRootOf } from '../../src/git/work-root.ts';
import type { Entry, Tree } from '../../src/tree/tree.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
  Object.assign(process.env, { GIT_CONFIG_NOSYSTEM: '1' });
});
afterAll(() => sandbox.remove());

const facts = ({ path, type, oid }: Entry) => ({ path, type, oid });
const everything = (tree: Tree, folder = ''): object[] => tree.list(folder).flatMap((entry) => [facts(entry), ...(entry.type === 'directory' ? everything(tree, entry.path) : [])]);

it('says of a clean checkout what git says of its commit', () => {
  const name = sandbox.repository('clean', { 'a.md': 'a\n', 'a/b.md': 'b\n', 'a-b/c.md': 'c\n', 'docs/ü/d e.md': 'd\n' });
  symlinkSync('../a.md', join(sandbox.root, name, 'docs/link.md'));
  sandbox.write(name, { 'run.sh': '#!/bin/sh\n' });
  chmodSync(join(sandbox.root, name, 'run.sh'), 0o755);
  sandbox.git(name, 'add', '.');
  sandbox.git(name, 'commit', '-q', '-m', 'more');
  const root = join(sandbox.root, name);
  const [disk, head] = [new FileTree(root), Repository.open(root).treeOf('HEAD')];
  expect(everything(disk)).toEqual(everything(head));
  expect(disk.walk(['']).map(facts)).toEqual(head.walk(['']).map(facts));
  expect(disk.walk(['docs', 'a.md', 'none']).map(facts)).toEqual(head.walk(['docs', 'a.md', 'none']).map(facts));
  expect(disk.read('docs/ü/d e.md')?.toString()).toBe('d\n');
  expect(disk.changedFrom([head], [''])).toEqual([]);
});

it('says what changed since a commit', () => {
  const name = sandbox.repository('changed', { 'a.md': 'a\n', 'b.md': 'b\n', 'c.md': 'c\n' });
  sandbox.write(name, { 'a.md': 'other\n', 'd.md': 'd\n' });
  sandbox.git(name, 'rm', '-q', 'b.md');
  const root = join(sandbox.root, name);
  const changed = new FileTree(root).changedFrom([Repository.open(root).treeOf('HEAD')], ['']);
  expect(changed.map(({ path, before, after }) => [path, before[0] !== undefined, after !== undefined])).toEqual([['a.md', true, true], ['b.md', true, false], ['d.md', false, true]]);
});

it('follows no link, knows no empty directory, and leaves out what git ignores', () => {
  const name = sandbox.repository('odd', { 'docs/a.md': 'a\n', '.gitignore': '*.swp\n' });
  sandbox.write(name, { 'docs/.a.md.swp': 'x', 'inner/README.md': '# Inner\n' });
  mkdirSync(join(sandbox.root, name, 'empty/inside'), { recursive: true });
  symlinkSync('docs', join(sandbox.root, name, 'linked'));
  sandbox.git(`${name}/inner`, 'init', '-q');
  const tree = new FileTree(join(sandbox.root, name));
  expect(tree.entry('empty')).toBeUndefined();
  expect(tree.entry('linked')?.type).toBe('symlink');
  expect(tree.entry('linked/a.md')).toBeUndefined();
  expect(tree.read('linked/a.md')).toBeUndefined();
  expect(tree.entry('.git')).toBeUndefined();
  expect(tree.entry('.git/config')).toBeUndefined();
  expect(tree.entry('inner')?.type).toBe('submodule');
  expect(tree.entry('inner/README.md')).toBeUndefined();
  expect(tree.walk(['']).map(({ path }) => path)).toEqual(['.gitignore', 'docs/a.md', 'inner', 'linked']);
});

it('works in a folder that git does not know, and on SHA-256', () => {
  sandbox.write('plain', { 'a/b.md': 'b\n' });
  expect(new FileTree(join(sandbox.root, 'plain')).walk(['']).map(({ path }) => path)).toEqual(['a/b.md']);
  sandbox.run('git', ['init', '-q', '--object-format=sha256', 'wide']);
  sandbox.write('wide', { 'a/b.md': 'b\n' });
  sandbox.git('wide', 'add', '.');
  sandbox.git('wide', 'commit', '-q', '-m', 'wide');
  const root = join(sandbox.root, 'wide');
  expect(everything(new FileTree(root, { objectFormat: 'sha256' }))).toEqual(everything(Repository.open(root).treeOf('HEAD')));
});

it('finds the root of a work tree without git', () => {
  const name = sandbox.repository('rooted', { 'docs/deep/a.md': 'a\n' });
  const root = join(sandbox.root, name);
  sandbox.git(name, 'worktree', 'add', '-q', '../second');
  expect(workRootOf(join(root, 'docs/deep'))).toBe(root);
  expect(workRootOf(join(sandbox.root, 'second/docs'))).toBe(join(sandbox.root, 'second'));
  expect(workRootOf(sandbox.root)).toBeUndefined();
  mkdirSync(join(root, 'docs/.git'));
  expect(workRootOf(join(root, 'docs/deep')), 'an empty .git is none, as for git').toBe(root);
});

it('takes from earlier trees what has not changed since, and nothing that has', async () => {
  const root = join(sandbox.root, sandbox.repository('known', { 'a.md': 'one\n', 'b.md': 'two\n' }));
  const old = new Date(Date.now() - 60_000);
  for (const name of ['a.md', 'b.md']) utimesSync(join(root, name), old, old);
  const known: FileContents = new Map();
  const look = async () => {
    // Until then a file is too young to be remembered.
    await vi.waitUntil(() => Date.now() - Math.max(...['a.md', 'b.md'].map((name) => statSync(join(root, name)).ctimeMs)) > 150);
    const tree = new FileTree(root, { known });
    return ['a.md', 'b.md'].map((path) => [tree.read(path)?.toString(), tree.entry(path)?.oid]);
  };
  const oid = (path: string) => sandbox.git('known', 'hash-object', path).trim();
  const before = [['one\n', oid('a.md')], ['two\n', oid('b.md')]];
  expect(await look()).toEqual(before);
  expect([...known.keys()].sort()).toEqual(['a.md', 'b.md']);
  known.set('a.md', { ...(known.get('a.md') as NonNullable<ReturnType<FileContents['get']>>), content: Buffer.from('remembered') });
  expect((await look())[0]?.[0]).toBe('remembered');
  sandbox.write('known', { 'b.md': 'six\n' });
  utimesSync(join(root, 'b.md'), old, old);
  expect((await look())[1], 'of the same size and modification time').toEqual(['six\n', oid('b.md')]);
});
