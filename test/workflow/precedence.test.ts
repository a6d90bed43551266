import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cyclesOf, precedenceOf } from '../../src/workflow/precedence.ts';
import { dataPathOf, taskNodes } from '../../src/workflow/task-tree.ts';

interface Node {
  id: string;
  order?: string;
  depends_on?: string[];
  nodes?: Node[];
}

const MANY = 10_000;

function cycles(nodes: Node[]) {
  return cyclesOf(taskNodes({ nodes })).map((cycle) => cycle.map(({ node, waitsFor }) => `${node.id}>${waitsFor.id}`).join(' '));
}

it('walks a chain and a nesting of ten thousand', () => {
  const chain = Array.from({ length: MANY }, (_, index) => ({ id: `n${index}`, depends_on: index > 0 ? [`n${index - 1}`] : [] }));
  expect(cycles(chain)).toEqual([]);
  expect(cycles([...chain.slice(1), { id: 'n0', depends_on: [`n${MANY - 1}`] }])).toHaveLength(1);

  let nested: Node = { id: 'leaf', depends_on: ['n0'] };
  for (let index = MANY - 1; index >= 0; index--) nested = { id: `n${index}`, nodes: [nested] };
  expect(cycles([nested])).toEqual(['leaf>n0']);
  expect(dataPathOf(taskNodes({ nodes: [nested] }).at(-1) as never)).toHaveLength(2 * (MANY + 1));
});

it('takes what is no node for nothing', () => {
  expect(taskNodes({})).toEqual([]);
  expect(taskNodes({ nodes: [null, 7, { title: 'no id' }, { id: 'a', nodes: 'none', depends_on: 'b' }] }).map(({ id, index }) => [id, index])).toEqual([['a', 3]]);
});

const tree: fc.Arbitrary<Node[]> = fc
  .array(fc.record({ parent: fc.nat(20), deps: fc.array(fc.nat(8), { maxLength: 2 }), sequential: fc.boolean() }), { minLength: 1, maxLength: 9 })
  .map((rows) => {
    const nodes: Node[] = rows.map(({ deps, sequential }, index) => ({ id: `n${index}`, depends_on: deps.map((dep) => `n${dep}`), ...(sequential && { order: 'sequential' }) }));
    const top: Node[] = [];
    rows.forEach(({ parent }, index) => {
      const above = parent < index ? nodes[parent] : undefined;
      if (above) (above.nodes ??= []).push(nodes[index] as Node);
      else top.push(nodes[index] as Node);
    });
    return top;
  });

it('finds a cycle exactly when carrying the workflow out gets stuck', () => {
  fc.assert(
    fc.property(tree, (nodes) => {
      expect(cycles(nodes).length > 0).toBe(isStuck(nodes));
    }),
    { numRuns: 3000 },
  );
});

it('knows what comes before what, by trying the other order', () => {
  fc.assert(
    fc.property(tree, (top) => {
      const nodes = taskNodes({ nodes: top });
      fc.pre(!isStuck(top));
      const precedes = precedenceOf(nodes);
      for (const earlier of nodes) {
        for (const later of nodes) {
          const isLeaf = earlier.children.length + later.children.length === 0;
          if (isLeaf && earlier !== later) expect(precedes(earlier, later), `${earlier.id} before ${later.id}`).toBe(isStuck(top, [earlier.id, later.id]));
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Does what can be done until nothing can: the definition, without a graph. */
function isStuck(top: Node[], [held, until]: string[] = []): boolean {
  const all = taskNodes({ nodes: top });
  const [started, ended] = [new Set<unknown>(), new Set<unknown>()];
  for (let moved = true; moved; ) {
    moved = false;
    for (const node of all) {
      const named = node.id === held ? [...node.dependsOn, until as string] : node.dependsOn;
      const waits = named.flatMap((id) => all.find((one) => one.id === id) ?? []);
      const earlier = node.parent?.sequential ? node.parent.children.slice(0, node.parent.children.indexOf(node)) : [];
      const mayStart = [...waits, ...earlier].every((one) => ended.has(one)) && (!node.parent || started.has(node.parent));
      if (!started.has(node) && mayStart) moved = Boolean(started.add(node));
      if (started.has(node) && !ended.has(node) && node.children.every((one) => ended.has(one))) moved = Boolean(ended.add(node));
    }
  }
  return ended.size < all.length;
}
