import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Repository } from '../../src/git/repository.ts';
import { forgetWorktree } from '../../src/git/worktrees.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.remove());

it('a worktree that git was killed in the making of is forgotten, and no other', () => {
  sandbox = new Sandbox();
  sandbox.repository('repo');
  for (const name of ['half', 'whole']) sandbox.git('repo', 'worktree', 'add', '-q', '--detach', `../${name}`);
  writeFileSync(join(sandbox.root, 'repo/.git/worktrees/half/commondir'), '');
  writeFileSync(join(sandbox.root, 'repo/.git/worktrees/half/locked'), 'initializing\n');
  // Why this is not left to git: it gives up.
  expect(sandbox.run('git', ['worktree', 'list'], { cwd: 'repo' })).toMatchObject({ status: 128, stderr: expect.stringContaining('commondir') });
  const repository = Repository.open(join(sandbox.root, 'repo'));
  forgetWorktree(repository, join(sandbox.root, 'elsewhere'));
  expect(sandbox.exists('repo', '.git/worktrees/half')).toBe(true);
  forgetWorktree(repository, join(sandbox.root, 'half'));
  expect(sandbox.git('repo', 'worktree', 'list').trim().split('\n')).toHaveLength(2);
  expect(sandbox.exists('repo', '.git/worktrees/whole')).toBe(true);
});
