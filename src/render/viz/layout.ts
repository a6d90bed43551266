/** Something to lay out: a card, or the group of those that name it as their parent. */
export interface Item {
  readonly key: string;
  readonly parent: string | undefined;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An arrow's way: curves between the points leave and arrive along its direction. */
export interface Route extends Arrow {
  readonly direction: Direction;
  readonly points: readonly Point[];
}

export type Direction = 'right' | 'down';

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Rectangle>;
  readonly routes: readonly Route[];
}

export interface Sizes {
  readonly card: { readonly width: number; readonly height: number };
  /** Inside a group: at its sides, and above what is in it. */
  readonly padding: number;
  readonly heading: number;
  /** Between layers, and between what is in one layer. */
  readonly between: number;
  readonly beside: number;
}

/** Cards of one layer before it is broken up. */
const MOST_BESIDE = 8;

interface Placed {
  readonly width: number;
  readonly height: number;
  readonly direction: Direction;
  /** Of the children, from the corner of what is in the group. */
  readonly at: ReadonlyMap<string, Rectangle>;
  /** Where arrows of a child pass the layers after it: by child, then from layer to layer. */
  readonly lanes: ReadonlyMap<string, readonly Lane[]>;
  readonly layers: ReadonlyMap<string, number>;
}

interface Lane {
  readonly layer: number;
  readonly enter: Point;
  readonly leave: Point;
}

interface Slot {
  readonly key: string;
  /** undefined: a child; else the child whose arrows pass here. */
  readonly laneOf: string | undefined;
  readonly layer: number;
  /** Along the layers, and across. */
  readonly along: number;
  readonly across: number;
  before: Slot[];
  after: Slot[];
  center: number;
}

/**
 * A layered drawing (Sugiyama): each group for itself from the inside out, its arrows lifted to the
 * children they run between. Layers by the longest way, order by barycentres, places by isotonic
 * regression toward the neighbours; each group runs right or down, whichever is more compact.
 * Cycles and arrows into a group's own inside are left out of the layers. Polynomial in what a group
 * holds, linear in groups.
 */
export function layoutGraph(items: readonly Item[], arrows: readonly Arrow[], sizes: Sizes): Layout {
  const known = new Map(items.map((item) => [item.key, item]));
  const children = new Map<string | undefined, string[]>();
  for (const { key, parent } of items) children.set(parent, [...(children.get(parent) ?? []), key]);
  const lifted = lift(known, arrows);
  const placed = new Map<string | undefined, Placed>();
  const sizeOf = (key: string) => {
    const inner = placed.get(key);
    return inner ? { width: inner.width + 2 * sizes.padding, height: inner.height + sizes.heading + sizes.padding } : sizes.card;
  };
  for (const key of [...groupsInsideOut(items, children), undefined]) placed.set(key, placeBest(children.get(key) ?? [], lifted.get(key) ?? [], sizeOf, sizes, key === undefined));
  const boxes = absolute(children, placed, sizeOf, sizes);
  const whole = placed.get(undefined) as Placed;
  return { width: whole.width, height: whole.height, boxes, routes: routesOf(lifted, placed, boxes, sizes) };
}

function groupsInsideOut(items: readonly Item[], children: ReadonlyMap<string | undefined, readonly string[]>): string[] {
  // Parents come before their children, so from the end everything below is done.
  return items.map(({ key }) => key).filter((key) => children.has(key)).reverse();
}

interface Lifted extends Arrow {
  /** Of which children of the group it is. */
  readonly source: string;
  readonly target: string;
}

/** Arrows by the innermost group that holds both ends, each with the children of it that they run between. */
function lift(known: ReadonlyMap<string, Item>, arrows: readonly Arrow[]): Map<string | undefined, Lifted[]> {
  const chain = (key: string) => {
    const keys: string[] = [];
    for (let at: string | undefined = key; at !== undefined; at = known.get(at)?.parent) keys.push(at);
    return keys.reverse();
  };
  const lifted = new Map<string | undefined, Lifted[]>();
  for (const { from, to } of arrows) {
    const [a, b] = [chain(from), chain(to)];
    let depth = 0;
    while (depth < a.length && a[depth] === b[depth]) depth += 1;
    const [source, target] = [a[depth], b[depth]];
    if (source === undefined || target === undefined) continue;
    const group = depth === 0 ? undefined : a[depth - 1];
    lifted.set(group, [...(lifted.get(group) ?? []), { from, to, source, target }]);
  }
  return lifted;
}

type SizeOf = (key: string) => { readonly width: number; readonly height: number };

function placeBest(keys: readonly string[], arrows: readonly Lifted[], sizeOf: SizeOf, sizes: Sizes, isWhole: boolean): Placed {
  const [right, down] = (['right', 'down'] as const).map((direction) => place(keys, arrows, sizeOf, sizes, direction)) as [Placed, Placed];
  // The page is wider than high, a group in it may be higher than wide.
  const cost = ({ width, height }: Placed) => (isWhole ? Math.max(width / 1.7, height) : Math.max(width * 1.6, height));
  return cost(right) <= cost(down) ? right : down;
}

function place(keys: readonly string[], arrows: readonly Lifted[], sizeOf: SizeOf, sizes: Sizes, direction: Direction): Placed {
  const layers = layersOf(keys, arrows);
  const slots = slotsOf(keys, arrows, layers, sizeOf, direction);
  order(slots);
  spread(slots, sizes.beside);
  const along: number[] = [];
  let total = 0;
  for (const layer of slots) {
    along.push(total);
    total += Math.max(...layer.map((slot) => slot.along), 0) + sizes.between;
  }
  const first = Math.min(0, ...slots.flat().map(({ center, across }) => center - across / 2));
  const last = Math.max(0, ...slots.flat().map(({ center, across }) => center + across / 2));
  const at = new Map<string, Rectangle>();
  const lanes = new Map<string, Lane[]>();
  for (const [index, layer] of slots.entries()) {
    const thickness = Math.max(...layer.map((slot) => slot.along), 0);
    for (const { key, laneOf, center, across, along: own } of layer) {
      const [main, cross] = [(along[index] as number) + (laneOf === undefined ? (thickness - own) / 2 : 0), center - first];
      const point = (m: number): Point => (direction === 'right' ? { x: m, y: cross } : { x: cross, y: m });
      if (laneOf !== undefined) lanes.set(laneOf, [...(lanes.get(laneOf) ?? []), { layer: index, enter: point(main), leave: point(main + thickness) }]);
      else at.set(key, direction === 'right' ? { x: main, y: cross - across / 2, ...sizeOf(key) } : { x: cross - across / 2, y: main, ...sizeOf(key) });
    }
  }
  const [length, breadth] = [Math.max(0, total - sizes.between), last - first];
  return { ...(direction === 'right' ? { width: length, height: breadth } : { width: breadth, height: length }), direction, at, lanes, layers };
}

/** By the longest way from a beginning; what a cycle holds stands where its first arrow of another layer puts it. */
function layersOf(keys: readonly string[], arrows: readonly Lifted[]): Map<string, number> {
  const after = new Map<string, Set<string>>(keys.map((key) => [key, new Set()]));
  const open = new Map(keys.map((key) => [key, 0]));
  for (const { source, target } of arrows) {
    if (after.get(source)?.has(target) === true) continue;
    after.get(source)?.add(target);
    open.set(target, (open.get(target) ?? 0) + 1);
  }
  const depth = new Map(keys.map((key) => [key, 0]));
  const done = new Set<string>();
  const ready = keys.filter((key) => open.get(key) === 0);
  while (done.size < keys.length) {
    const key = ready.shift() ?? keys.find((one) => !done.has(one));
    if (key === undefined || done.has(key)) continue;
    done.add(key);
    for (const next of after.get(key) ?? []) {
      if (!done.has(next)) depth.set(next, Math.max(depth.get(next) ?? 0, (depth.get(key) ?? 0) + 1));
      open.set(next, (open.get(next) ?? 0) - 1);
      if (open.get(next) === 0 && !done.has(next)) ready.push(next);
    }
  }
  return broken(keys, depth);
}

/** Layers with more cards than fit beside one another become several. */
function broken(keys: readonly string[], depth: ReadonlyMap<string, number>): Map<string, number> {
  const layers = new Map<string, number>();
  let next = 0;
  for (let layer = 0; layer <= Math.max(0, ...depth.values()); layer += 1) {
    const inside = keys.filter((key) => depth.get(key) === layer);
    const parts = Math.max(1, Math.ceil(inside.length / MOST_BESIDE));
    const each = Math.ceil(inside.length / parts);
    for (const [index, key] of inside.entries()) layers.set(key, next + Math.floor(index / each));
    next += parts;
  }
  return layers;
}

/** Children and the lanes of arrows that pass layers, layer by layer. */
function slotsOf(keys: readonly string[], arrows: readonly Lifted[], layers: ReadonlyMap<string, number>, sizeOf: SizeOf, direction: Direction): Slot[][] {
  const rows: Slot[][] = Array.from({ length: Math.max(0, ...layers.values()) + 1 }, () => []);
  const known = new Map<string, Slot>();
  const add = (key: string, layer: number, laneOf: string | undefined, along: number, across: number): Slot => {
    const slot: Slot = { key, laneOf, layer, along, across, before: [], after: [], center: 0 };
    known.set(key, slot);
    rows[layer]?.push(slot);
    return slot;
  };
  for (const key of keys) {
    const { width, height } = sizeOf(key);
    add(key, layers.get(key) as number, undefined, direction === 'right' ? width : height, direction === 'right' ? height : width);
  }
  const joined = new Set<string>();
  const join = (before: Slot, after: Slot) => {
    const name = `${before.key}\n${after.key}`;
    if (joined.has(name)) return;
    joined.add(name);
    before.after.push(after);
    after.before.push(before);
  };
  for (const { source, target } of arrows) {
    const [from, to] = [layers.get(source) as number, layers.get(target) as number];
    if (to <= from) continue;
    let last = known.get(source) as Slot;
    for (let layer = from + 1; layer < to; layer += 1) {
      const name = `${source}\n${layer}`;
      const lane = known.get(name) ?? add(name, layer, source, 0, 10);
      join(last, lane);
      last = lane;
    }
    join(last, known.get(target) as Slot);
  }
  return rows;
}

/** Barycentres, forth and back: those of one layer stand in the order of what they are joined to. */
function order(rows: Slot[][]): void {
  const number = (row: readonly Slot[]) => row.forEach((slot, index) => (slot.center = index));
  rows.forEach(number);
  for (let sweep = 0; sweep < 6; sweep += 1) {
    const isForth = sweep % 2 === 0;
    for (const row of isForth ? rows : rows.toReversed()) {
      const wish = new Map(row.map((slot) => [slot, mean(isForth ? slot.before : slot.after) ?? slot.center]));
      row.sort((a, b) => (wish.get(a) as number) - (wish.get(b) as number) || a.center - b.center);
      number(row);
    }
  }
}

function mean(slots: readonly Slot[]): number | undefined {
  return slots.length === 0 ? undefined : slots.reduce((sum, { center }) => sum + center, 0) / slots.length;
}

/** Places across: as near to the neighbours as order and distance allow. */
function spread(rows: readonly Slot[][], beside: number): void {
  for (const row of rows) settle(row, beside, () => 0);
  for (const isForth of [true, false, true, false]) {
    for (const row of isForth ? rows : rows.toReversed()) settle(row, beside, (slot) => mean(isForth ? slot.before : slot.after) ?? mean(isForth ? slot.after : slot.before) ?? slot.center);
  }
}

/**
 * The places with the least squares from the wished ones that keep order and distance: with the
 * distances taken out it is an isotonic regression, done by pooling adjacent violators.
 */
function settle(row: readonly Slot[], beside: number, wishOf: (slot: Slot) => number): void {
  const offsets: number[] = [];
  for (const [index, slot] of row.entries()) {
    const before = row[index - 1];
    offsets.push(before ? (offsets[index - 1] as number) + (before.across + slot.across) / 2 + beside : 0);
  }
  const pools: { sum: number; count: number }[] = [];
  for (const [index, slot] of row.entries()) {
    let pool = { sum: wishOf(slot) - (offsets[index] as number), count: 1 };
    for (let above = pools.at(-1); above && above.sum / above.count >= pool.sum / pool.count; above = pools.at(-1)) {
      pool = { sum: above.sum + pool.sum, count: above.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
  }
  let index = 0;
  for (const { sum, count } of pools) {
    for (let one = 0; one < count; one += 1, index += 1) (row[index] as Slot).center = sum / count + (offsets[index] as number);
  }
}

/** Rectangles from the corner of the whole. */
function absolute(children: ReadonlyMap<string | undefined, readonly string[]>, placed: ReadonlyMap<string | undefined, Placed>, sizeOf: SizeOf, sizes: Sizes): Map<string, Rectangle> {
  const boxes = new Map<string, Rectangle>();
  const groups: (string | undefined)[] = [undefined];
  for (const group of groups) {
    const { x, y } = cornerOf(group, boxes, sizes);
    for (const key of children.get(group) ?? []) {
      const own = placed.get(group)?.at.get(key) as Rectangle;
      boxes.set(key, { ...sizeOf(key), x: x + own.x, y: y + own.y });
      if (children.has(key)) groups.push(key);
    }
  }
  return boxes;
}

function cornerOf(group: string | undefined, boxes: ReadonlyMap<string, Rectangle>, { padding, heading }: Sizes): Point {
  const box = group === undefined ? undefined : boxes.get(group);
  return box ? { x: box.x + padding, y: box.y + heading } : { x: 0, y: 0 };
}

function routesOf(lifted: ReadonlyMap<string | undefined, readonly Lifted[]>, placed: ReadonlyMap<string | undefined, Placed>, boxes: ReadonlyMap<string, Rectangle>, sizes: Sizes): Route[] {
  return [...lifted].flatMap(([group, arrows]) => {
    const { direction, lanes, layers } = placed.get(group) as Placed;
    const corner = cornerOf(group, boxes, sizes);
    return arrows.map(({ from, to, source, target }): Route => {
      const last = layers.get(target) as number;
      const between = (lanes.get(source) ?? []).filter(({ layer }) => layer < last && layer > (layers.get(source) as number)).sort((a, b) => a.layer - b.layer);
      const passed = between.flatMap(({ enter, leave }) => [enter, leave]).map(({ x, y }) => ({ x: x + corner.x, y: y + corner.y }));
      const [begin, end] = [boxes.get(from) as Rectangle, boxes.get(to) as Rectangle];
      const [leaves, arrives] = direction === 'right' ? [{ x: begin.x + begin.width, y: begin.y + begin.height / 2 }, { x: end.x, y: end.y + end.height / 2 }] : [{ x: begin.x + begin.width / 2, y: begin.y + begin.height }, { x: end.x + end.width / 2, y: end.y }];
      return { from, to, direction, points: [leaves, ...passed, arrives] };
    });
  });
}
