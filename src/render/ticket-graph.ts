import type { Standing } from '../workflow/standing.ts';
import type { NodeStatus } from '../workflow/node-status.ts';
import { waitsByNode } from '../workflow/precedence.ts';
import { planGraph } from '../workflow/ticket-readme.ts';
import { oneLine } from './columns.ts';
import { statusWord } from './status-words.ts';

/** Fill of a box, its border; the status stands in the box as a word. */
const STYLE: Readonly<Record<string, readonly [fill: string, border: string]>> = {
  settled: ['#d8f0dc', '#2b7a3d'],
  active: ['#fff3c4', '#9a6b00'],
  ready: ['#d6ecff', '#1f6391'],
  waiting: ['#f2f2f2', '#6b6b6b'],
  trouble: ['#fbdcdc', '#a32626'],
};

/** The workflow as a Mermaid graph with the status of each node. */
export function mermaidGraph({ united, status }: Standing): string {
  const graph = planGraph(united.ticket.tasks?.data ?? {}, (id) => {
    const state = status.byId.get(id);
    return state && { text: statusWord(state.status), style: styleOf(state.status) };
  });
  const classes = Object.entries(STYLE).map(([name, [fill, border]]) => `  classDef ${name} fill:${fill},stroke:${border},color:#111`);
  return `${graph}${classes.join('\n')}\n`;
}

/** The workflow in the language of Graphviz; phases are clusters. */
export function dotGraph({ united, status }: Standing): string {
  const lines = [`digraph ${quoted(united.id)} {`, '  rankdir=LR; compound=true; node [shape=box, style="rounded,filled", fontname="sans-serif"];'];
  const numbers = new Map(status.nodes.map(({ node }, index) => [node, index] as const));
  let open = 0;
  const closeTo = (depth: number) => {
    for (; open > depth; open -= 1) lines.push(`${'  '.repeat(open)}}`);
  };
  for (const { node, status: standing } of status.nodes) {
    let depth = 0;
    for (let at = node.parent; at; at = at.parent) depth += 1;
    closeTo(depth);
    const indent = '  '.repeat(depth + 1);
    const title = typeof node.data.title === 'string' && node.data.title !== node.id ? `${node.id}: ${oneLine(node.data.title)}` : node.id;
    const text = `${title}\n${statusWord(standing)}`;
    if (node.children.length > 0) {
      lines.push(`${indent}subgraph cluster_${numbers.get(node)} { label=${quoted(text)};`);
      open += 1;
    } else {
      const [fill, border] = STYLE[styleOf(standing)] as readonly [string, string];
      lines.push(`${indent}n${numbers.get(node)} [label=${quoted(text)}, fillcolor="${fill}", color="${border}"];`);
    }
  }
  closeTo(0);
  const end = (node: (typeof status.nodes)[number]['node'], which: 0 | -1): number | undefined => (node.children.length === 0 ? numbers.get(node) : end(node.children.at(which) as typeof node, which));
  for (const { node, waitsFor } of [...waitsByNode(status.nodes.map(({ node }) => node)).values()].flat()) {
    const ends = [...(waitsFor.children.length > 0 ? [`ltail=cluster_${numbers.get(waitsFor)}`] : []), ...(node.children.length > 0 ? [`lhead=cluster_${numbers.get(node)}`] : [])];
    lines.push(`  n${end(waitsFor, -1)} -> n${end(node, 0)}${ends.length > 0 ? ` [${ends.join(', ')}]` : ''};`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

function styleOf(status: NodeStatus): string {
  if (status === 'complete' || status === 'skipped') return 'settled';
  if (status === 'in_progress' || status === 'awaiting-qa') return 'active';
  if (status === 'ready' || status === 'reopened') return 'ready';
  return status === 'pending' ? 'waiting' : 'trouble';
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
