import { entryLine, momentOf, nodeLinks } from './details.ts';
import { html, type Html } from './html.ts';
import { lineDifference } from './line-difference.ts';
import type { VizChange, VizEntry, VizFork, VizModel, VizNode } from './model.ts';
import { prose } from './prose.ts';
import { statusSign } from './status-signs.ts';

/** A part of the page, with its heading and its link in the navigation. */
export interface Part {
  readonly id: string;
  readonly name: string;
  readonly count: number | undefined;
  readonly body: Html;
}

/** Everything below the drawing; parts with nothing to show are left out. */
export function parts(model: VizModel): Part[] {
  const byKey = new Map(model.nodes.map((node) => [node.key, node]));
  const all: (Part | false)[] = [
    { id: 'nodes', name: 'All nodes', count: model.nodes.length, body: table(model.nodes, byKey) },
    model.requirements.length > 0 && { id: 'requirements', name: 'Requirements', count: model.requirements.length, body: requirements(model, byKey) },
    model.changes.length > 0 && { id: 'changes', name: 'Changes of the spec', count: model.changes.length, body: html`${model.changes.map(change)}` },
    model.forks.length > 0 && { id: 'forks', name: 'Forks', count: model.forks.length, body: html`<ul class="sheets">${model.forks.map(fork)}</ul>` },
    model.proposal.length > 0 && { id: 'proposal', name: 'Proposal', count: undefined, body: html`<div class="sheet">${model.proposal.map(({ name, body }) => html`${name !== '' && html`<h3 dir="auto">${name}</h3>`}${prose(body)}`)}</div>` },
    timeline(model),
  ];
  return all.filter((part) => part !== false);
}

function table(nodes: readonly VizNode[], byKey: ReadonlyMap<string, VizNode>): Html {
  return html`<div class="table-frame"><table id="node-table">
<caption class="sr">Every node of the plan, phases before what is in them</caption>
<thead><tr><th scope="col">Node</th><th scope="col">Status</th><th scope="col">Wave</th><th scope="col">After</th><th scope="col">Covers</th><th scope="col">By</th></tr></thead>
<tbody>${nodes.map((node) => row(node, byKey))}</tbody>
</table></div>`;
}

function row({ key, id, title, status, wave, before, covers, by, depth, isPhase }: VizNode, byKey: ReadonlyMap<string, VizNode>): Html {
  const cover = isPhase ? '' : covers === 'all' ? 'all' : covers === 'none' ? 'none' : covers.join(', ');
  const cell = (name: string, value: Html | string | number | undefined) => html`<td data-name="${name}"${(value === undefined || value === '') && html` class="empty"`}>${value}</td>`;
  return html`<tr data-key="${key}"${isPhase && html` class="phase"`}><th scope="row" class="indent${Math.min(depth, 5)}"><a href="#node-${key}" data-open="${key}" dir="auto">${title}</a>${title !== id && html` <code>${id}</code>`}</th>${cell('Status', statusSign(status))}${cell('Wave', wave)}${cell('After', before.map((one) => byKey.get(one)?.id ?? one).join(', '))}${cell('Covers', cover)}${cell('By', by.join(', '))}</tr>
`;
}

function requirements({ requirements: all }: VizModel, byKey: ReadonlyMap<string, VizNode>): Html {
  return html`<div class="sheets">${all.map(({ name, body, changedBy, coveredBy }) => html`<article class="sheet"><h3 dir="auto">${name}</h3>${changedBy !== undefined && html`<p class="note">as change record ${changedBy} says</p>`}${prose(body)}${coveredBy.length > 0 ? html`<div class="covered"><h4>Covered by</h4>${nodeLinks(coveredBy, byKey)}</div>` : html`<p class="why">No node covers it.</p>`}</article>`)}</div>`;
}

function change({ name, title, status, impact, reason, blocks, taskImpact, entries, history }: VizChange): Html {
  return html`<article class="sheet change c-${status}"><p class="eyebrow"><code>${name}</code> ${impact} · <strong>${status}</strong></p>
<h3 dir="auto">${title}</h3>
${reason !== undefined && html`<p dir="auto">${reason}</p>`}${blocks.length > 0 && html`<p class="why">Holds up ${blocks.join(', ')}${status === 'proposed' ? '' : ' until it was decided'}.</p>`}
${entries.map((entry) => html`<section class="delta op-${entry.operation.toLowerCase()}"><h4><span class="op">${entry.operation}</span> <span dir="auto">${entry.name}</span>${entry.to !== undefined && html` → <span dir="auto">${entry.to}</span>`}</h4>${deltaBody(entry)}</section>`)}
${taskImpact.trim() !== '' && html`<h4>Task impact</h4>${prose(taskImpact)}`}
${history.length > 0 && html`<details class="fold"><summary>History</summary><ol class="entries">${history.map(entryLine)}</ol></details>`}
</article>
`;
}

function deltaBody({ old, now }: VizChange['entries'][number]): Html {
  if (old === undefined || now === undefined) return now === undefined ? html`${old !== undefined && html`<details class="fold"><summary>The text that goes</summary>${prose(old)}</details>`}` : prose(now);
  const SIGNS = { same: [' ', ''], gone: ['−', 'removed: '], new: ['+', 'added: '] } as const;
  return html`<div class="diff">${lineDifference(old, now).map(({ kind, text }) => html`<div class="line ${kind}"><span class="mark" aria-hidden="true">${SIGNS[kind][0]}</span>${SIGNS[kind][1] !== '' && html`<span class="sr">${SIGNS[kind][1]}</span>`}${prose(text)}</div>`)}</div>`;
}

function fork({ name, reason, from, to, ticket, state }: VizFork): Html {
  return html`<li class="sheet"><p class="eyebrow"><code>${name}</code> <strong>${state}</strong></p><p dir="auto">${reason}</p><p>From <code>${from}</code> by way of <code>${ticket}</code> back to <code>${to}</code></p></li>`;
}

function timeline({ nodes, changes }: VizModel): Part | false {
  const entries = [
    ...nodes.flatMap(({ key, id, history }) => history.map((entry) => ({ entry, name: html`<a href="#node-${key}" data-open="${key}">${id}</a>` }))),
    ...changes.flatMap(({ name, history }) => history.map((entry) => ({ entry, name: html`change <code>${name}</code>` }))),
  ].sort((a, b) => timeOf(a.entry) - timeOf(b.entry));
  const days = new Map<string, Html[]>();
  for (const { entry, name } of entries) {
    const day = /^\d{4}-\d{2}-\d{2}/.exec(entry.at)?.[0] ?? 'No date';
    days.set(day, [...(days.get(day) ?? []), line(entry, name)]);
  }
  return entries.length > 0 && { id: 'timeline', name: 'Timeline', count: entries.length, body: html`<p class="note">As the records say it; times inform, and nothing is decided by them.</p>${[...days].map(([day, lines]) => html`<h3 class="day">${day}</h3><ol class="timeline">${lines}</ol>`)}` };
}

const STEP_SIGNS: Readonly<Record<string, 'complete' | 'in_progress' | 'awaiting-qa' | 'failed' | 'escalated' | 'skipped' | 'rejected' | 'reopened' | 'pending'>> = {
  in_progress: 'in_progress', done: 'awaiting-qa', complete: 'complete', accepted: 'complete', failed: 'failed', escalated: 'escalated', skipped: 'skipped', rejected: 'rejected', reverted: 'reopened', reset: 'reopened', released: 'pending', proposed: 'pending',
};

function line({ to, by, at, said }: VizEntry, name: Html): Html {
  const sign = STEP_SIGNS[to] ?? 'pending';
  return html`<li><time datetime="${at}">${momentOf(at).slice(11)}</time><svg class="sign s-${sign}" aria-hidden="true" focusable="false"><use href="#sign-${sign}"/></svg><div>${name} <strong>${to.replaceAll('_', ' ')}</strong>${by !== '' && html` by <bdi>${by}</bdi>`}${said.length > 0 && html`<div class="said" dir="auto">${said.join('; ')}</div>`}</div></li>
`;
}

/** For order in the page alone; what has no time comes last. */
function timeOf({ at }: VizEntry): number {
  const time = Date.parse(at);
  return Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : time;
}
