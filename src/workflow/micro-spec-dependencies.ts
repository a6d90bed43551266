import { tokensIn } from '../documents/tokens.ts';
import { isWithin } from './contract.ts';
import { fullAccount, writtenAccount } from './full-account.ts';
import { clipped, fenced, grouped, paragraph, type Part, type Piece } from './fit.ts';
import type { About } from './micro-spec.ts';
import { textOf, titleOf } from './micro-spec-work.ts';
import type { NodeState, TicketStatus } from './node-status.ts';
import { precedenceOf } from './precedence.ts';
import { directlyBefore } from './routed-input.ts';
import { leavesOf, textsIn, type TaskNode } from './task-tree.ts';
import type { Ticket } from './ticket.ts';

/** The nearest of the nodes before: their L0 goes before the texts of inputs, that of the others after. */
const NEAREST = 30;

export interface Before {
  /** Leaves that the node or its phases wait for by name or by order. */
  readonly direct: readonly NodeState[];
  /** All other leaves that come before it, nearest last. */
  readonly earlier: readonly NodeState[];
}

/** The leaves that come before a node. */
export function nodesBefore({ nodes, byId }: TicketStatus, node: TaskNode): Before {
  const all = nodes.map((state) => state.node);
  const precedes = precedenceOf(all);
  const named = directlyBefore(node, all);
  const before = leavesOf(all).filter((leaf) => !isWithin(leaf, node) && precedes(leaf, node)).flatMap((leaf) => byId.get(leaf.id) ?? []);
  const isDirect = (state: NodeState) => named.some((one) => isWithin(state.node, one));
  return { direct: before.filter(isDirect), earlier: before.filter((state) => !isDirect(state)) };
}

/** What the nodes before it came to: L1 and L0 of those directly before, L0 of all others, L2 that was asked for. */
export function dependenciesPart({ ticket, status, state, program }: About): Part {
  const title = 'Dependencies';
  const { direct, earlier } = nodesBefore(status, state.node);
  if (direct.length + earlier.length === 0) return { title, pieces: [paragraph('It comes after no other node.')] };
  const far = earlier.length - NEAREST;
  const pieces = [
    ...(direct.length > 0 ? [paragraph('Directly before it (L1):'), ...direct.map(withSummary)] : []),
    ...(earlier.length > 0 ? [paragraph('Further back (L0):'), ...earlier.map((one, index): Piece => ({ name: one.node.id, forms: [`- ${headline(one)}\n`, ''], rank: index >= far ? 25 : 65 }))] : []),
    ...fullAccounts(state, [...direct, ...earlier], ticket, program),
  ];
  return { title, pieces, rest: (count) => `- and ${count} nodes more: \`${program} status --ticket ${ticket.id}\` tells of them\n` };
}

/** One line: id, status, and what was made. */
function headline({ node, status, record }: NodeState): string {
  const l0 = textOf(record?.data.l0);
  return `**${node.id}** (${status}): ${clipped(l0 ?? titleOf(node), 200)}`;
}

function withSummary(state: NodeState): Piece {
  const l1 = (state.record?.data.l1 ?? {}) as Readonly<Record<string, unknown>>;
  const lines = (['decisions', 'contracts', 'files'] as const).flatMap((key) => textsIn(l1[key]).map((text) => `  - ${NAMES[key]}: ${clipped(text, 1000)}\n`));
  const line = `- ${headline(state)}`;
  const summary = lines.join('');
  if (lines.length === 0) return { name: undefined, forms: [`${line}\n`], rank: 20 };
  return { name: `L1 of ${state.node.id}`, forms: [`${line}\n${summary}`, `${line} (L1 left out: ${grouped(tokensIn(Buffer.from(summary)))} tokens)\n`, ''], rank: 20 };
}

const NAMES = { decisions: 'decision', contracts: 'contract', files: 'file' } as const;

/** L2: what was asked for already, and what can be. */
function fullAccounts(state: NodeState, before: readonly NodeState[], { id: ticket, snapshot }: Ticket, program: string): Piece[] {
  const asked = new Set(state.life.expanded);
  const withBody = before.flatMap((one) => {
    const body = asked.has(one.node.id) ? fullAccount(one.record) : writtenAccount(one.record);
    return body === undefined ? [] : [{ id: one.node.id, body, tokens: grouped(tokensIn(Buffer.from(body))) }];
  });
  const given = withBody.filter(({ id }) => asked.has(id)).map(({ id, body, tokens }): Piece => ({
    name: `L2 of ${id}`,
    forms: [`\nAll that ${id} tells (L2):\n\n${fenced(body, 'md')}`, `\nAll that ${id} tells (L2) is left out here (${tokens} tokens): \`${program} node expand ${state.node.id} ${id} --ticket ${ticket}\` prints it again.\n`],
    rank: 22,
  }));
  const others = withBody.filter(({ id }) => !asked.has(id));
  if (others.length === 0) return given;
  const names = others.slice(0, 10).map(({ id, tokens }) => `${id} ${tokens}`).join(', ');
  const left = snapshot.settings.execution.expandLimit - asked.size;
  if (left <= 0) return [...given, paragraph(`No more full accounts (L2) in this attempt: execution.expand_limit is ${snapshot.settings.execution.expandLimit}.`)];
  return [...given, paragraph(`Full accounts (L2, in tokens: ${names}${others.length > 10 ? ', …' : ''}) are there for the asking, ${left} in this attempt: \`${program} node expand ${state.node.id} ${others[0]?.id} --ticket ${ticket}\``)];
}
