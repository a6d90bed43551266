import { html, type Html } from './html.ts';
import type { VizEntry, VizModel, VizNode, VizRequirement } from './model.ts';
import { prose } from './prose.ts';
import { statusSign } from './status-signs.ts';

/** The details of every node; one is shown at a time. */
export function details(model: VizModel): Html {
  const byKey = new Map(model.nodes.map((node) => [node.key, node]));
  return html`<aside class="details" id="details" aria-label="Details of a node">
<button type="button" class="close" id="close">Close <kbd>Esc</kbd></button>
${model.nodes.map((node) => nodeDetails(node, byKey, model.requirements))}
</aside>`;
}

function nodeDetails(node: VizNode, byKey: ReadonlyMap<string, VizNode>, requirements: readonly VizRequirement[]): Html {
  const { key, id, title, status, type, role, by, wave, l0, l1, l2, history } = node;
  const covered = requirements.filter(({ coveredBy }) => coveredBy.includes(key));
  return html`<article class="detail" id="node-${key}" aria-labelledby="name-${key}">
<p class="eyebrow"><code>${id}</code> ${type === 'phase' ? 'phase' : type}${role !== undefined && html` · ${role}`}</p>
<h2 id="name-${key}" tabindex="-1" dir="auto">${title}</h2>
<p class="standing">${statusSign(status)}${by.length > 0 && html` <span>by <bdi>${by.join(', ')}</bdi></span>`}${wave !== undefined && html` <span>in wave ${wave}</span>`}</p>
${why(node)}
${l0 !== undefined && html`<h3>Outcome <abbr title="the outcome in one line">L0</abbr></h3><p class="outcome" dir="auto">${l0}</p>`}
${l1.length > 0 && html`<h3>For those who come after <abbr title="decisions, contracts, files">L1</abbr></h3>${l1.map(({ name, values }) => html`<h4>${name}</h4><ul>${values.map((value) => html`<li dir="auto">${value}</li>`)}</ul>`)}`}
<dl class="facts">
${linksFact('After', node.before, byKey)}${linksFact('Before', node.after, byKey)}
${node.plan.map(({ name, values, isCode }) => html`<div><dt>${name}</dt><dd>${isCode ? values.map((value) => html`<code>${value}</code> `) : html`<ul>${values.map((value) => html`<li dir="auto">${value}</li>`)}</ul>`}</dd></div>`)}
${node.needsPlan && html`<div><dt>Plan</dt><dd>an approved plan comes before new files</dd></div>`}
${type !== 'phase' && html`<div><dt>Covers</dt><dd>${node.covers === 'none' ? 'no requirement' : node.covers === 'all' ? 'every requirement' : `${covered.length} ${covered.length === 1 ? 'requirement' : 'requirements'}`}</dd></div>`}
</dl>
${covered.length > 0 && html`<h3>Requirements</h3>${covered.map((one) => requirementFold(one, node.changed))}`}
${l2.trim() !== '' && html`<h3>Full account <abbr title="the body of the record">L2</abbr></h3>${prose(l2)}`}
${history.length > 0 && html`<h3>History</h3><ol class="entries">${history.map(entryLine)}</ol>`}
</article>
`;
}

/** Why it is not under way, where that needs words. */
function why({ waitsFor, blockedBy, skippedFor, changed, status }: VizNode): Html {
  const lines = [
    ...(status === 'pending' && waitsFor.length > 0 ? [`Waits for ${waitsFor.join(', ')}.`] : []),
    ...(blockedBy.length > 0 ? [`Held up by ${blockedBy.join(', ')}.`] : []),
    ...(skippedFor === undefined ? [] : [`Skipped as long as ${skippedFor} is escalated.`]),
    ...(changed.length > 0 ? [`Since it was completed these changed: ${changed.join(', ')}.`] : []),
  ];
  return html`${lines.map((line) => html`<p class="why" dir="auto">${line}</p>`)}`;
}

function linksFact(name: string, keys: readonly string[], byKey: ReadonlyMap<string, VizNode>): Html | false {
  return keys.length > 0 && html`<div><dt>${name}</dt><dd>${nodeLinks(keys, byKey)}</dd></div>`;
}

/** Links to nodes, each with its status. */
export function nodeLinks(keys: readonly string[], byKey: ReadonlyMap<string, VizNode>): Html {
  const nodes = keys.flatMap((key) => byKey.get(key) ?? []);
  return html`<ul class="node-links">${nodes.map(({ key, id, status }) => html`<li><a href="#node-${key}" data-open="${key}">${id}</a> ${statusSign(status)}</li>`)}</ul>`;
}

function requirementFold({ name, body, changedBy }: VizRequirement, changed: readonly string[]): Html {
  return html`<details class="fold"><summary dir="auto">${name}${changed.includes(name) && html` <span class="tag now">changed since</span>`}</summary>${changedBy !== undefined && html`<p class="note">as change record ${changedBy} says</p>`}${prose(body)}</details>`;
}

/** One entry of a history in a list. */
export function entryLine({ to, by, at, said }: VizEntry): Html {
  return html`<li><strong>${to.replaceAll('_', ' ')}</strong>${by !== '' && html` by <bdi>${by}</bdi>`}${at !== '' && html` <time datetime="${at}">${momentOf(at)}</time>`}${said.length > 0 && html`<ul>${said.map((one) => html`<li dir="auto">${one}</li>`)}</ul>`}</li>`;
}

/** A moment for people, as it was written: its own offset, to the minute. */
export function momentOf(at: string): string {
  const [, day, time, offset = ''] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})[^Z+-]*(Z|[+-].*)?$/.exec(at) ?? [];
  return day === undefined ? at : `${day} ${time}${offset === 'Z' ? ' UTC' : ` ${offset}`}`;
}
