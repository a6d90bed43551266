import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mergedInto } from '../../src/git/merged.ts';
import { Repository } from '../../src/git/repository.ts';
import { Sandbox } from '../harness/sandbox.ts';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
const TEXT = Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join('');
const ROOT = sandbox.repository('work', { 'a.txt': TEXT, 'b.txt': TEXT, 'c.txt': TEXT });
const git = (...args: string[]) => sandbox.git(ROOT, ...args);

function edit(path: string, line: number, text: string): void {
  const lines = sandbox.read(ROOT, path).split('\n');
  lines[line] = text;
  sandbox.write(ROOT, { [path]: lines.join('\n') });
}

function commit(message: string, path: string, line: number, text = message): string {
  edit(path, line, text);
  git('add', path);
  git('commit', '-q', '-m', message);
  return git('rev-parse', 'HEAD').trim();
}

/** A branch of so many commits from where main stands. */
function branch(name: string, edits: readonly (readonly [string, number])[]): void {
  git('checkout', '-q', '-b', name, 'main');
  for (const [path, line] of edits) commit(`${name} ${path} ${line}`, path, line);
  git('checkout', '-q', 'main');
}

function how(name: string, base?: string): string | undefined {
  return answer(name, base)?.how;
}

function answer(name: string, base?: string) {
  const repository = Repository.open(join(sandbox.root, ROOT));
  return mergedInto(repository, git('rev-parse', 'main').trim(), [{ tip: git('rev-parse', name).trim(), branch: name, base }])[0];
}

function squash(name: string): void {
  git('merge', '-q', '--squash', name);
  git('commit', '-q', '-m', `${name} (#1)`);
}

describe('whether a branch was merged', () => {
  it('by a merge commit, by fast-forward, by rebase and by squash', () => {
    branch('merge', [['a.txt', 2], ['a.txt', 3]]);
    git('merge', '-q', '--no-ff', '--no-edit', 'merge');
    expect(how('merge')).toBe('ancestor');
    branch('forward', [['a.txt', 5]]);
    git('merge', '-q', '--ff-only', 'forward');
    expect(how('forward')).toBe('ancestor');
    branch('rebased', [['a.txt', 8], ['b.txt', 8]]);
    commit('meanwhile', 'c.txt', 1);
    git('cherry-pick', 'main..rebased');
    expect(how('rebased')).toBe('rebase');
    branch('squashed', [['a.txt', 12], ['b.txt', 12]]);
    commit('meanwhile too', 'c.txt', 3);
    squash('squashed');
    const at = git('rev-parse', 'HEAD').trim();
    expect(answer('squashed')).toEqual({ how: 'squash', at });
    commit('later', 'c.txt', 5);
    expect(answer('squashed')).toEqual({ how: 'squash', at });
  });

  it('although the same lines changed again since, or the merge was taken back', () => {
    commit('again', 'a.txt', 12);
    commit('again', 'b.txt', 8);
    expect(how('squashed')).toBe('squash');
    expect(how('rebased')).toBe('rebase');
    branch('reverted', [['c.txt', 20]]);
    squash('reverted');
    git('revert', '--no-edit', 'HEAD');
    expect(how('reverted')).toBe('squash');
  });

  it('says nothing of one that has more than was merged, or that was changed in the merge', () => {
    git('branch', 'more', 'squashed');
    git('checkout', '-q', 'more');
    commit('more', 'b.txt', 25);
    git('checkout', '-q', 'main');
    expect(how('more')).toBeUndefined();
    branch('half', [['a.txt', 20], ['b.txt', 20]]);
    git('cherry-pick', 'half~1');
    expect(how('half')).toBeUndefined();
  });

  it('white space and binary contents count', () => {
    git('checkout', '-q', '-b', 'spaces', 'main');
    commit('spaces', 'c.txt', 10, 'if (a)  b');
    git('checkout', '-q', '-b', 'binary', 'main');
    sandbox.write(ROOT, { 'image.png': Buffer.from([0, 1, 2]) });
    git('add', '.');
    git('commit', '-q', '-m', 'binary');
    commit('and a text', 'c.txt', 28);
    git('checkout', '-q', 'main');
    commit('other spaces', 'c.txt', 10, 'if (a) b');
    sandbox.write(ROOT, { 'image.png': Buffer.from([0, 1, 3]) });
    git('add', '.');
    git('commit', '-q', '-m', 'binary');
    git('cherry-pick', 'binary');
    expect([how('spaces'), how('binary')]).toEqual([undefined, undefined]);
  });

  it('with the branch that was built upon it, although that wrote over all of it', () => {
    branch('below', [['b.txt', 2]]);
    git('branch', 'beside', 'below');
    git('checkout', '-q', '-b', 'above', 'below');
    commit('above', 'b.txt', 2);
    git('checkout', '-q', 'beside');
    commit('beside', 'b.txt', 3);
    git('checkout', '-q', 'main');
    squash('above');
    const repository = Repository.open(join(sandbox.root, ROOT));
    const tips = ['below', 'above', 'beside'].map((name) => ({ tip: git('rev-parse', name).trim() }));
    const at = git('rev-parse', 'main').trim();
    expect(mergedInto(repository, at, tips)).toEqual([{ how: 'squash', at }, { how: 'squash', at }, undefined]);
  });

  it('an empty branch is not merged, whether it stands on the trunk or takes back what it did', () => {
    git('branch', 'fresh', 'main');
    git('branch', 'old', 'main~3');
    expect([how('fresh'), how('old')]).toEqual(['empty', 'empty']);
    git('checkout', '-q', '-b', 'back', 'main');
    commit('forth', 'a.txt', 28);
    git('revert', '--no-edit', 'HEAD');
    git('checkout', '-q', 'main');
    expect(how('back')).toBe('empty');
    const base = git('rev-parse', 'merge').trim();
    git('branch', 'on-merged', 'merge');
    expect([how('on-merged', base), how('on-merged')]).toEqual(['empty', 'ancestor']);
  });

  it('a merge driver that keeps one side makes nothing merged', () => {
    sandbox.write(ROOT, { '.gitattributes': 'a.txt merge=ours\n' });
    git('add', '.');
    git('commit', '-q', '-m', 'attributes');
    git('config', 'merge.ours.driver', 'true');
    branch('driven', [['a.txt', 15]]);
    commit('elsewhere', 'a.txt', 27);
    expect(git('merge-tree', '--write-tree', 'main', 'driven').trim()).toBe(git('rev-parse', 'main^{tree}').trim());
    expect(how('driven')).toBeUndefined();
  });

  it('after the trunk was merged into it', () => {
    branch('mixed', [['b.txt', 15]]);
    commit('trunk goes on', 'c.txt', 15);
    git('checkout', '-q', 'mixed');
    git('merge', '-q', '--no-edit', 'main');
    commit('mixed goes on', 'b.txt', 28);
    git('checkout', '-q', 'main');
    expect(how('mixed')).toBeUndefined();
    squash('mixed');
    commit('the same line', 'b.txt', 28);
    expect(how('mixed')).toBe('squash');
  });
});

it('100 branches, 50 of them squash-merged: 50 found, none falsely, with few processes', () => {
  git('checkout', '-q', '-b', 'trunk-of-many', 'main');
  const names = Array.from({ length: 100 }, (_, at) => `many-${at}`);
  const stream: string[] = [];
  const base = git('rev-parse', 'main').trim();
  const person = 'Dev <dev@example.com> 1767225600 +0000';
  const file = (name: string, text: string) => `M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const head = (ref: string, message: string, from?: string) => `commit ${ref}\ncommitter ${person}\ndata ${message.length}\n${message}\n${from ? `from ${from}\n` : ''}`;
  for (const name of names) stream.push(head(`refs/heads/${name}`, 'one', base), file(`${name}.txt`, 'one'), '\n', head(`refs/heads/${name}`, 'two'), file(`${name}.txt`, 'two'), '\n');
  stream.push('reset refs/heads/trunk-of-many\n', `from ${base}\n\n`);
  for (const [at, name] of names.entries()) stream.push(head('refs/heads/trunk-of-many', 'squash'), at % 2 === 0 ? file(`${name}.txt`, 'two') : file(`other-${at}.txt`, 'two'), '\n');
  const answer = sandbox.run('git', ['fast-import', '--quiet', '--force'], { cwd: ROOT, input: stream.join('') });
  expect(answer.output).toBe('');
  const repository = Repository.open(join(sandbox.root, ROOT));
  const calls: string[] = [];
  const [ask, attempt] = [repository.git.bind(repository), repository.tryGit.bind(repository)];
  repository.git = (args, more) => (calls.push(args.join(' ')), ask(args, more));
  repository.tryGit = (args, more) => (calls.push(args.join(' ')), attempt(args, more));
  const tips = names.map((name) => ({ tip: git('rev-parse', name).trim(), branch: name }));
  const merged = mergedInto(repository, git('rev-parse', 'trunk-of-many').trim(), tips);
  expect(merged.map((one) => one?.how)).toEqual(names.map((_, at) => (at % 2 === 0 ? 'squash' : undefined)));
  expect(calls.length).toBeLessThan(8);
});
