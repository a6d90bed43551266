import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Repository } from '../../src/git/repository.ts';
import { withWorkTree } from '../../src/git/work-tree.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

it('holds an edit of the same size made in the second in which the index was written', async () => {
  const root = join(sandbox.root, sandbox.repository('repo', { 'a.md': 'one' }));
  const [file, index, second] = [join(root, 'a.md'), join(root, '.git/index'), 1_700_000_000];
  sandbox.git('repo', 'config', 'core.trustctime', 'false');
  utimesSync(file, second, second);
  sandbox.git('repo', 'update-index', '--refresh');
  writeFileSync(file, 'two');
  utimesSync(file, second, second);
  utimesSync(index, second, second);
  const text = await withWorkTree(Repository.open(root), [''], (tree) => tree.read('a.md')?.toString());
  expect(text).toBe('two');
});
