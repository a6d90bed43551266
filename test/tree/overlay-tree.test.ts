import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OverlayTree } from '../../src/tree/overlay-tree.ts';
import type { Tree } from '../../src/tree/tree.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

const PATHS = ['a.md', 'b/c.md', 'b/d.md', 'b/e/f.md', 'b-x/g.md', 'h/i/j.md'];
const files = fc.dictionary(fc.constantFrom(...PATHS), fc.constantFrom('one', 'two', ''), { noNullPrototype: true });
const edits = fc.dictionary(fc.constantFrom(...PATHS), fc.option(fc.constantFrom('one', 'two', 'three')), { noNullPrototype: true });

it('answers as the tree that the edits would make', () => {
  fc.assert(
    fc.property(files, edits, files, (base, changes, parent) => {
      const overlay = new OverlayTree(new MemoryTree(base), Object.entries(changes).map(([path, content]) => ({ path, content: content ?? undefined })));
      const merged: Record<string, string> = Object.fromEntries(Object.entries({ ...base, ...changes }).flatMap(([path, content]) => (content === null ? [] : [[path, content]])));
      const expected = new MemoryTree(merged);
      expect(shape(overlay, parent)).toEqual(shape(expected, parent));
    }),
    { numRuns: 300 },
  );
});

function shape(tree: Tree, parent: Record<string, string>): unknown {
  const directories = ['b', 'b/e', 'b-x', 'h', 'h/i', 'none'];
  return {
    walked: [[''], ['b'], ['b/e', 'a.md'], ['none']].map((roots) => tree.walk(roots).map(({ path }) => path)),
    listed: ['', ...directories].map((directory) => tree.list(directory).map(({ path, type }) => `${path} ${type}`).sort()),
    types: [...PATHS, ...directories].map((path) => tree.entry(path)?.type),
    texts: PATHS.map((path) => tree.read(path)?.toString()),
    added: tree.changedFrom([], ['']).map(({ path }) => path).sort(),
    changed: changedPaths(tree, parent),
  };
}

/** Compared by content: the two kinds of tree name contents differently. */
function changedPaths(tree: Tree, parent: Record<string, string>): string[] {
  const before = new MemoryTree(parent);
  const real = (path: string) => tree.read(path)?.toString() !== before.read(path)?.toString();
  return tree.changedFrom([before], ['']).map(({ path }) => path).filter(real).sort();
}
