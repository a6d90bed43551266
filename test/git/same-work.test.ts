import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Repository } from '../../src/git/repository.ts';
import { isSameWork } from '../../src/git/same-work.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  sandbox.repository('r', { 'a.txt': 'a\n' });
  git('switch', '-q', '-c', 'ours');
  for (const name of ['one', 'two']) commit(name);
  git('switch', '-q', 'main');
  commit('main');
  git('branch', 'theirs', 'ours');
  git('switch', '-q', 'theirs');
  git('rebase', '-q', 'main');
});
afterEach(() => sandbox.remove());

const git = (...args: string[]) => sandbox.git('r', ...args).trim();
const oid = (name: string) => git('rev-parse', name);
const same = (ours = 'ours', theirs = 'theirs') => isSameWork(Repository.open(join(sandbox.root, 'r')), { ours: oid(ours), theirs: oid(theirs), not: [oid('main')] });

function commit(name: string): void {
  sandbox.write('r', { [`${name}.txt`]: `${name}\n` });
  git('add', '.');
  git('commit', '-q', '-m', `feat: ${name}`);
}

it.each<[string, () => void, boolean]>([
  ['what was rebased', () => undefined, true],
  ['what was rebased in another order', () => { git('reset', '-q', '--hard', 'main'); git('cherry-pick', 'ours', 'ours~1'); }, true],
  ['less than is here', () => git('reset', '-q', '--hard', 'HEAD~1'), true],
  ['one commit more', () => commit('three'), false],
  ['another patch', () => { sandbox.write('r', { 'two.txt': 'else\n' }); git('commit', '-qa', '--amend', '--no-edit'); }, false],
  ['another message', () => git('commit', '-q', '--amend', '-m', 'feat: two, as Kim says it'), false],
  ['another author', () => git('commit', '-q', '--amend', '--no-edit', '--author', 'Kim <kim@example.com>'), false],
  ['a merge', () => git('merge', '-q', '--no-edit', 'ours'), false],
])('%s', (_what, change, expected) => {
  change();
  expect(same()).toBe(expected);
});

it('a commit that is not here is nobody’s', () => {
  expect(isSameWork(Repository.open(join(sandbox.root, 'r')), { ours: oid('ours'), theirs: 'd'.repeat(40), not: [] })).toBe(false);
});
