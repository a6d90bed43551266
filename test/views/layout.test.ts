import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutGraph, type Arrow, type Item, type Rectangle, type Sizes } from '../../src/render/viz/layout.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 100);
const SIZES: Sizes = { card: { width: 200, height: 100 }, padding: 16, heading: 40, between: 50, beside: 20 };

/** Trees of groups and cards with any arrows, cycles and arrows into a group's own inside too. */
const plans = fc
  .array(fc.record({ parent: fc.nat(), to: fc.array(fc.nat(), { maxLength: 3 }) }), { minLength: 1, maxLength: 40 })
  .map((drafts) => {
    const items: Item[] = drafts.map(({ parent }, index) => ({ key: `n${index}`, parent: index === 0 || parent % 3 === 0 ? undefined : `n${parent % index}` }));
    const arrows: Arrow[] = drafts.flatMap(({ to }, index) => to.map((other) => ({ from: `n${index}`, to: `n${other % drafts.length}` })));
    return { items, arrows };
  });

const within = (inner: Rectangle, outer: Rectangle) => inner.x >= outer.x - 0.01 && inner.y >= outer.y - 0.01 && inner.x + inner.width <= outer.x + outer.width + 0.01 && inner.y + inner.height <= outer.y + outer.height + 0.01;
const apart = (a: Rectangle, b: Rectangle) => a.x + a.width <= b.x + 0.01 || b.x + b.width <= a.x + 0.01 || a.y + a.height <= b.y + 0.01 || b.y + b.height <= a.y + 0.01;

describe('any plan', () => {
  it('is laid out with everything in its group, nothing over anything else, and all within the drawing', () => {
    fc.assert(
      fc.property(plans, ({ items, arrows }) => {
        const { boxes, width, height } = layoutGraph(items, arrows, SIZES);
        expect(boxes.size).toBe(items.length);
        const whole = { x: 0, y: 0, width, height };
        for (const { key, parent } of items) {
          const box = boxes.get(key) as Rectangle;
          expect([box.x, box.y, box.width, box.height].every(Number.isFinite)).toBe(true);
          expect(within(box, parent === undefined ? whole : (boxes.get(parent) as Rectangle)), key).toBe(true);
          for (const other of items) if (other.parent === parent && other.key !== key) expect(apart(box, boxes.get(other.key) as Rectangle), `${key} ${other.key}`).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('is laid out the same way each time', () => {
    fc.assert(fc.property(plans, ({ items, arrows }) => {
      expect(layoutGraph(items, arrows, SIZES)).toEqual(layoutGraph(items, arrows, SIZES));
    }), { numRuns: RUNS });
  });

  it('has a way for every arrow between two that do not hold one another, from border to border', () => {
    fc.assert(
      fc.property(plans, ({ items, arrows }) => {
        const { routes, boxes } = layoutGraph(items, arrows, SIZES);
        const parents = new Map(items.map(({ key, parent }) => [key, parent]));
        const holds = (outer: string, inner: string) => {
          for (let at: string | undefined = inner; at !== undefined; at = parents.get(at)) if (at === outer) return true;
          return false;
        };
        const drawn = arrows.filter(({ from, to }) => !holds(from, to) && !holds(to, from));
        expect(routes.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(drawn.map(({ from, to }) => `${from} ${to}`).sort());
        for (const { from, to, points } of routes) {
          expect(within({ ...(points[0] as { x: number; y: number }), width: 0, height: 0 }, boxes.get(from) as Rectangle)).toBe(true);
          expect(within({ ...(points.at(-1) as { x: number; y: number }), width: 0, height: 0 }, boxes.get(to) as Rectangle)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a plan without cycles', () => {
  const chain = (count: number) => ({ items: Array.from({ length: count }, (_, index) => ({ key: `n${index}`, parent: undefined })), arrows: Array.from({ length: count - 1 }, (_, index) => ({ from: `n${index}`, to: `n${index + 1}` })) });

  it('runs in one direction along its arrows', () => {
    const { items, arrows } = chain(5);
    const { boxes, routes } = layoutGraph(items, [...arrows, { from: 'n0', to: 'n4' }], SIZES);
    const axis = routes[0]?.direction === 'right' ? 'x' : 'y';
    for (const { from, to } of arrows) expect((boxes.get(to) as Rectangle)[axis]).toBeGreaterThan((boxes.get(from) as Rectangle)[axis]);
  });

  it('leads an arrow over several layers past the cards between', () => {
    const { items, arrows } = chain(4);
    const { boxes, routes } = layoutGraph(items, [...arrows, { from: 'n0', to: 'n3' }], SIZES);
    const long = routes.find(({ from, to }) => from === 'n0' && to === 'n3');
    expect(long?.points.length).toBe(6);
    for (const point of long?.points.slice(1, -1) ?? []) for (const key of ['n1', 'n2']) expect(within({ ...point, width: 0, height: 0 }, boxes.get(key) as Rectangle)).toBe(false);
  });

  it('breaks many that nothing orders into several rows', () => {
    const { width, height } = layoutGraph(Array.from({ length: 50 }, (_, index) => ({ key: `n${index}`, parent: undefined })), [], SIZES);
    expect(width / height).toBeGreaterThan(0.8);
    expect(width / height).toBeLessThan(3.5);
  });

  it('of a thousand nodes is laid out in a moment', () => {
    const items = Array.from({ length: 1000 }, (_, index) => ({ key: `n${index}`, parent: undefined }));
    const arrows = items.slice(10).flatMap(({ key }, index) => [{ from: `n${index}`, to: key }, { from: `n${(index * 7) % (index + 10)}`, to: key }]);
    expect(layoutGraph(items, arrows, SIZES).boxes.size).toBe(1000);
  }, 20_000);

  it('of nothing is nothing', () => {
    expect(layoutGraph([], [], SIZES)).toMatchObject({ width: 0, height: 0, routes: [] });
  });
});
