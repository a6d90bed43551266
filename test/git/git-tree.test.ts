import { afterEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { Repository } from '../../src/git/repository.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.remove());

describe('trees that are compared in a chain', () => {
  it('answer as each would alone', () => {
    sandbox = new Sandbox();
    sandbox.repository('work', { 'docs/a/one.md': '1', 'docs/a/two.md': '2', 'docs/b/three.md': '3' });
    for (const text of ['x', 'y', 'x']) {
      sandbox.write('work', { 'docs/b/three.md': text });
      sandbox.git('work', 'commit', '-qam', text);
    }
    const repository = Repository.open(join(sandbox.root, 'work'));
    const revisions = ['HEAD~3', 'HEAD~2', 'HEAD~1', 'HEAD'];
    const trees = revisions.map((revision) => repository.treeOf(revision));
    trees.forEach((tree, index) => index > 0 && expect(tree.changedFrom([trees[index - 1] as never], ['docs'])).toHaveLength(1));
    expect(trees[1]?.changedFrom([trees[3] as never], ['docs'])).toEqual([]);
    const paths = ['docs', 'docs/a', 'docs/a/one.md', 'docs/a/two.md', 'docs/b/three.md', 'docs/a/none.md', 'docs/none/x.md'];
    for (const [index, tree] of trees.entries()) {
      const alone = Repository.open(join(sandbox.root, 'work')).treeOf(revisions[index] as string);
      for (const path of paths) expect([path, tree.entry(path)]).toEqual([path, alone.entry(path)]);
      expect(tree.list('docs/a')).toEqual(alone.list('docs/a'));
      expect(tree.read('docs/b/three.md')).toEqual(alone.read('docs/b/three.md'));
    }
  });
});
