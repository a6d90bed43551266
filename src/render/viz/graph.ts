import { html, type Html } from './html.ts';
import { layoutGraph, type Layout, type Point, type Rectangle, type Route, type Sizes } from './layout.ts';
import type { VizModel, VizNode } from './model.ts';
import { statusSign, wordOf } from './status-signs.ts';

const SIZES: Sizes = { card: { width: 224, height: 104 }, padding: 16, heading: 44, between: 52, beside: 20 };
/** Around the whole. */
const MARGIN = 12;

/** The plan as a drawing, and the rules of a style sheet that put its parts in their places. */
export interface Graph {
  readonly page: Html;
  readonly style: string;
}

/** Cards and groups are links to the details; arrows lie under them. Places are in the style sheet, since the page allows no inline styles. */
export function graph(model: VizModel): Graph {
  const { nodes, arrows } = model;
  const layout = layoutGraph(nodes, arrows, SIZES);
  const numbers = new Map(nodes.map(({ key }, index) => [key, index]));
  const [width, height] = [layout.width + 2 * MARGIN, layout.height + 2 * MARGIN].map(Math.ceil) as [number, number];
  const phases = nodes.filter(({ key }) => nodes.some(({ parent }) => parent === key));
  const groups = new Set(phases.map(({ key }) => key));
  const page = html`<div class="canvas" id="canvas">
<div class="drawing" id="drawing">
<svg class="arrows" viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 .5 7.5 4 0 7.5Z"/></marker><marker id="tip-lit" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto"><path class="tip-lit" d="M0 .5 7.5 4 0 7.5Z"/></marker></defs>
${layout.routes.map((route) => arrow(route, arrows))}
</svg>
<ul class="cards" aria-label="Nodes of the plan">${nodes.map((node) => (groups.has(node.key) ? group(node, numbers) : card(node, numbers, nodes, model.current)))}</ul>
</div>
</div>`;
  return { page, style: `.drawing{--w:${width}px;--h:${height}px}\n@media screen and (min-width:44.01rem){\n${places(nodes, layout)}\n}` };
}

function places(nodes: readonly VizNode[], { boxes }: Layout): string {
  return nodes.map(({ key }, index) => {
    const { x, y, width, height } = boxes.get(key) as Rectangle;
    return `.at${index}{left:${round(x + MARGIN)}px;top:${round(y + MARGIN)}px;width:${round(width)}px;height:${round(height)}px}`;
  }).join('\n');
}

function group(node: VizNode, numbers: ReadonlyMap<string, number>): Html {
  const { key, title, id, status, depth } = node;
  return html`<li class="group depth${depth % 2} at${numbers.get(key)}" data-key="${key}"><a class="group-name" href="#node-${key}" data-open="${key}"><span class="group-title" dir="auto">${title}</span>${title === id ? '' : html`<code>${id}</code>`}${statusSign(status)}</a></li>`;
}

function card(node: VizNode, numbers: ReadonlyMap<string, number>, nodes: readonly VizNode[], current: string | undefined): Html {
  const { key, id, title, status, type, wave, needsPlan, before } = node;
  const after = before.map((one) => nodes.find((other) => other.key === one)?.id ?? one);
  return html`<li class="card s-${status} at${numbers.get(key)}${key === current ? ' current' : ''}" data-key="${key}"><a href="#node-${key}" data-open="${key}" aria-label="${spoken(node, after, key === current)}">
<span class="card-top">${statusSign(status)}${wave !== undefined && html`<span class="wave">wave ${wave}</span>`}</span>
<span class="card-title" dir="auto">${title}</span>
<span class="card-foot"><code>${id}</code>${type !== 'agent' && type !== 'phase' && html`<span class="tag">${type}</span>`}${needsPlan && html`<span class="tag">plan first</span>`}${key === current && html`<span class="tag now">now</span>`}</span>
${after.length > 0 && html`<span class="card-after">after ${after.join(', ')}</span>`}
</a></li>`;
}

/** What a screen reader says of a card. */
function spoken({ id, title, status, waitsFor, covers, wave, type }: VizNode, after: readonly string[], isCurrent: boolean): string {
  const parts = [
    title === id ? id : `${title}, node ${id}`,
    ...(type === 'agent' ? [] : [type]),
    `status ${wordOf(status)}`,
    ...(isCurrent ? ['the current node'] : []),
    ...(wave === undefined ? [] : [`wave ${wave}`]),
    ...(waitsFor.length > 0 ? [`waits for ${waitsFor.join(', ')}`] : after.length > 0 ? [`comes after ${after.join(', ')}`] : []),
    covers === 'none' ? 'covers no requirement' : `covers ${covers === 'all' ? 'all requirements' : covers.join(', ')}`,
  ];
  return `${parts.join('; ')}.`;
}

function arrow(route: Route, arrows: VizModel['arrows']): Html {
  const isOrder = arrows.find(({ from, to }) => from === route.from && to === route.to)?.order === true;
  return html`<path class="arrow${isOrder ? ' in-order' : ''}" d="${pathOf(route)}" data-from="${route.from}" data-to="${route.to}"/>
`;
}

/** Curves that leave and arrive along the direction; straight through the lanes between. */
function pathOf({ points, direction }: Route): string {
  const moved = points.map(({ x, y }) => ({ x: round(x + MARGIN), y: round(y + MARGIN) }));
  const [first, ...rest] = moved as [Point, ...Point[]];
  let at = first;
  const parts = rest.map((to) => {
    const bend = direction === 'right' ? Math.max(14, Math.abs(to.x - at.x) / 2) : Math.max(14, Math.abs(to.y - at.y) / 2);
    const isStraight = direction === 'right' ? to.y === at.y && to.x >= at.x : to.x === at.x && to.y >= at.y;
    const part = isStraight ? `L${to.x} ${to.y}` : direction === 'right' ? `C${round(at.x + bend)} ${at.y} ${round(to.x - bend)} ${to.y} ${to.x} ${to.y}` : `C${at.x} ${round(at.y + bend)} ${to.x} ${round(to.y - bend)} ${to.x} ${to.y}`;
    at = to;
    return part;
  });
  return `M${first.x} ${first.y}${parts.join('')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
