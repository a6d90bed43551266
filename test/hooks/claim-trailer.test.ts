import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withNodeTrailer, type MessageForm } from '../../src/workflow/trailers.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { expectDone, governed, traceNode } from './fixture.ts';

const TASKS = `---
ticket: AB-1
goal: {title: Ship the reports API, why: Partners pull reports without CSV exports}
spec: ''
nodes:
  - {id: build, scope: ["src/**"]}
  - {id: serve, scope: ["server/**"]}
---
`;

let sandbox: Sandbox;
let repository: string;
const git = (...args: string[]): string => sandbox.git(repository, ...args).trimEnd();
const node = (...args: string[]): void => expectDone(sandbox.treework(repository, 'node', ...args, '--ticket', 'AB-1'));
const message = (): string => git('show', '-s', '--format=%B', 'HEAD').trimEnd();

/** Commits a file with these words, and answers with the message that it got. */
function commit(path: string, ...words: string[]): string {
  sandbox.write(repository, { [path]: `${Math.random()}\n` });
  git('add', path);
  git('commit', '-q', ...(words.length > 0 ? words : ['-m', 'feat: something']));
  return message();
}

describe('a commit of the one node that was begun here', () => {
  beforeEach(() => {
    sandbox = new Sandbox();
    repository = governed(sandbox);
    sandbox.write(repository, { 'docs/specs/AB-1/tasks.md': TASKS });
    expectDone(sandbox.treework(repository, 'freeze', '--ticket', 'AB-1'));
    git('add', '.');
    git('commit', '-q', '-m', 'docs: plan');
  });
  afterEach(() => sandbox.remove());

  it('gets its trailer, until the claim is given up, and then costs no node again', () => {
    expect(commit('src/a.ts')).toBe('feat: something');
    node('start', 'build');
    expect(commit('src/a.ts')).toBe('feat: something\n\nNode: AB-1/build');
    expect(commit('src/b.ts', '-m', 'feat: b', '-m', 'Signed-off-by: Ann <ann@example.com>')).toBe('feat: b\n\nSigned-off-by: Ann <ann@example.com>\nNode: AB-1/build');
    node('release', 'build', '--reason', 'Somebody else does it');
    expect(commit('src/c.ts')).toBe('feat: something');
    const started = traceNode(sandbox, repository);
    expect(commit('src/d.ts')).toBe('feat: something');
    expect(started()).toBe(0);
  });

  it('gets none where it changes nothing of the node, where two are begun, and where it says something itself', () => {
    node('start', 'build');
    expect(commit('README.md')).toBe('feat: something');
    expect(commit('src/a.ts', '-m', 'chore: by itself', '-m', 'Node: none')).toBe('chore: by itself\n\nNode: none');
    node('start', 'serve');
    expect(commit('src/a.ts')).toBe('feat: something');
  });

  it('is judged by the scope that the trailer says', () => {
    node('start', 'build');
    sandbox.write(repository, { 'src/a.ts': 'a\n', 'lib/b.ts': 'b\n' });
    git('add', 'src', 'lib');
    expect(sandbox.run('git', ['commit', '-q', '-m', 'feat: both'], { cwd: repository })).toMatchObject({ status: 1, stderr: expect.stringContaining('lib/b.ts') });
  });

  it('keeps one trailer through amend and squash, and merges and picks are left alone', () => {
    node('start', 'build');
    commit('src/a.ts');
    sandbox.write(repository, { 'src/a.ts': 'amended\n' });
    git('commit', '-q', '-a', '--amend', '--no-edit');
    expect(message()).toBe('feat: something\n\nNode: AB-1/build');
    git('switch', '-q', '-c', 'side', 'HEAD~1');
    commit('src/side.ts', '-m', 'feat: side', '-m', 'Node: none');
    git('switch', '-q', '-');
    git('merge', '-q', '--no-edit', 'side');
    expect(message()).not.toContain('Node:');
    git('reset', '-q', '--hard', 'HEAD~1');
    git('merge', '-q', '--squash', 'side');
    git('commit', '-q', '--no-edit');
    expect(message().match(/Node:/g)).toHaveLength(1);
  });

  it('is not made by an empty message', () => {
    node('start', 'build');
    sandbox.write(repository, { 'src/a.ts': 'a\n' });
    git('add', 'src');
    expect(sandbox.run('git', ['-c', 'core.editor=true', 'commit', '-q'], { cwd: repository }).status).not.toBe(0);
    expect(git('status', '--porcelain', 'src')).toBe('A  src/a.ts');
  });
});

describe('the place of a trailer', () => {
  const form = (change: Partial<MessageForm> = {}): MessageForm => ({ comment: '#', cleanup: 'strip', edited: true, ...change });
  it.each([
    ['feat: x\n', 'feat: x\n\nNode: A-1/b\n'],
    ['feat: x', 'feat: x\n\nNode: A-1/b\n'],
    ['feat: x\n\nWhy: because\nRefs: 1\n', 'feat: x\n\nWhy: because\nRefs: 1\nNode: A-1/b\n'],
    ['feat: x\n\nSome prose: of words\nand more\n', 'feat: x\n\nSome prose: of words\nand more\n\nNode: A-1/b\n'],
    ['feat: x\n\n# Please enter\n# On branch\n', 'feat: x\n\nNode: A-1/b\n\n# Please enter\n# On branch\n'],
    ['feat: x\n# ------------------------ >8 ------------------------\ndiff --git a b\n', 'feat: x\n\nNode: A-1/b\n# ------------------------ >8 ------------------------\ndiff --git a b\n'],
  ])('%j', (text, expected) => expect(withNodeTrailer(text, form(), 'A-1/b')).toBe(expected));

  it('is below lines that only look like comments', () => {
    expect(withNodeTrailer('fix: #12\n\n# no comment\n', form({ cleanup: 'whitespace', edited: false }), 'A-1/b')).toBe('fix: #12\n\n# no comment\n\nNode: A-1/b\n');
  });
});
