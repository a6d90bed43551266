import { createHash } from 'node:crypto';
import { details } from './details.ts';
import { graph } from './graph.ts';
import { html, jsonFor, type Html } from './html.ts';
import type { VizModel, VizNode } from './model.ts';
import { parts } from './sections.ts';
import { signSymbols, STATUSES, statusSign, wordOf } from './status-signs.ts';

/** The beginning of every page: what begins otherwise was not made here, and is not written over. */
export const VIZ_MARK = '<!doctype html>\n<!-- treework viz';

/** What the page is made of besides the ticket. */
export interface VizAssets {
  /** Style sheet and script, as they ship. */
  readonly css: string;
  readonly js: string;
  /** Version of the program. */
  readonly version: string;
  /** Where the ticket was read: `main at 1a2b3c4`, and when. */
  readonly source: string;
  readonly at: string;
}

/**
 * One page that needs nothing else: no network, no file beside it. Scripts and styles are allowed by
 * their digests alone, and every text of a document is escaped. Without JavaScript it shows
 * everything and only lacks search, zoom and arrow keys.
 */
export function vizPage(model: VizModel, { css, js, version, source, at }: VizAssets): string {
  const drawn = graph(model);
  const style = `${css}\n${drawn.style}`;
  const policy = `default-src 'none'; script-src '${digest(js)}'; style-src '${digest(style)}'; base-uri 'none'; form-action 'none'`;
  const below = parts(model);
  const page = html`
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${model.ticket}: ${model.title}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#plan">To the plan</a>
${signSymbols()}
<div class="page" id="page">
<header>${head(model)}</header>
<nav aria-label="Parts of this page"><ul><li><a href="#plan">Plan</a></li>${below.map(({ id, name, count }) => html`<li><a href="#${id}">${name}${count !== undefined && html` <span class="count">${count}</span>`}</a></li>`)}</ul></nav>
<main>
<section id="plan" aria-labelledby="h-plan">
<div class="bar"><h2 id="h-plan">Plan</h2>${filters(model)}<div class="zoom needs-script" role="group" aria-label="Size of the drawing"><button type="button" id="smaller" aria-label="Smaller">−</button><button type="button" id="fit">Fit</button><button type="button" id="larger" aria-label="Larger">+</button></div></div>
<p class="hint needs-script" id="hint"><kbd>←</kbd><kbd>↑</kbd><kbd>↓</kbd><kbd>→</kbd> along the arrows · <kbd>Enter</kbd> opens · <kbd>Esc</kbd> closes · <kbd>/</kbd> searches</p>
${drawn.page}
</section>
${below.map(({ id, name, body }) => html`<section id="${id}" aria-labelledby="h-${id}"><h2 id="h-${id}">${name}</h2>${body}</section>
`)}
</main>
<footer><p>${source === '' ? '' : html`From <bdi>${source}</bdi>, `}<time datetime="${at}">${at.replace('T', ' ').replace('Z', ' UTC')}</time>, by treework ${version}. Statuses are derived from the records, and this page loads nothing.</p></footer>
</div>
${details(model)}
<div class="sr" id="live" role="status" aria-live="polite"></div>
<script type="application/json" id="data">${jsonFor(dataOf(model))}</script>
<script>${raw(js)}</script>
</body>
</html>
`;
  return `${VIZ_MARK} ${version} -->${page.html}`;
}

/** Style sheet and script are ours, and hold no end tag. */
function raw(text: string): Html {
  if (/<\/(?:style|script)|<!--/i.test(text)) throw new Error('the style sheet or the script of the page would end early');
  return { html: text };
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function head(model: VizModel): Html {
  const { ticket, archived, title, goal, why, nodes, current } = model;
  const leaves = nodes.filter(({ isPhase }) => !isPhase);
  const settled = leaves.filter(({ status }) => status === 'complete' || status === 'skipped').length;
  const now = leaves.find(({ key }) => key === current);
  return html`<div class="head-top"><p class="eyebrow"><code>${ticket}</code>${archived && html` <span class="tag">archived</span>`}${goal !== title && html` <span dir="auto">${title}</span>`}</p>
<div class="tools needs-script"><label class="search"><span class="sr">Search nodes</span><input type="search" id="search" placeholder="Search nodes" autocomplete="off" spellcheck="false"></label><div class="theme" role="group" aria-label="Colours"><button type="button" data-theme-choice="auto" aria-pressed="true">Auto</button><button type="button" data-theme-choice="light" aria-pressed="false">Light</button><button type="button" data-theme-choice="dark" aria-pressed="false">Dark</button></div></div></div>
<h1 dir="auto">${goal}</h1>
${why !== undefined && html`<p class="goal-why" dir="auto">${why}</p>`}
<div class="progress"><progress max="${Math.max(1, leaves.length)}" value="${settled}" aria-label="Settled nodes">${settled} of ${leaves.length}</progress><p><strong>${settled} of ${leaves.length}</strong> settled${now && html` · now <a href="#node-${now.key}" data-open="${now.key}">${now.id}</a> ${statusSign(now.status)}`}</p></div>`;
}

function filters({ nodes }: VizModel): Html {
  const leaves = nodes.filter(({ isPhase }) => !isPhase);
  const counts = STATUSES.map((status) => ({ status, count: leaves.filter((node) => node.status === status).length })).filter(({ count }) => count > 0);
  return html`<ul class="filters" aria-label="Statuses">${counts.map(({ status, count }) => html`<li><button type="button" data-filter="${status}" aria-pressed="false">${statusSign(status)} <span class="count">${count}</span></button></li>`)}</ul>`;
}

/** What the script goes by. */
function dataOf({ ticket, nodes, arrows }: VizModel): unknown {
  return { ticket, nodes: nodes.map((node) => ({ key: node.key, id: node.id, status: node.status, parent: node.parent ?? null, isPhase: node.isPhase, before: node.before, after: node.after, text: searched(node) })), arrows };
}

function searched({ id, title, status, type, role, by, covers, l0, wave }: VizNode): string {
  const words = [id, title, wordOf(status), type, role, ...by, ...(Array.isArray(covers) ? covers : []), l0, wave === undefined ? undefined : `wave ${wave}`];
  return words.filter((word) => word !== undefined).join(' ').normalize('NFKC').toLowerCase();
}
