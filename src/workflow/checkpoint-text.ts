import { renderFrontmatter, setValue } from '../documents/edit.ts';
import { parseDocument } from '../documents/parse.ts';
import { eolOf, setSection } from '../documents/section-edit.ts';
import { actorKey } from './node-record.ts';
import type { NodeState, TicketStatus } from './node-status.ts';

/** What somebody says when a checkpoint is saved; what is undefined stays as it is. */
export interface CheckpointWords {
  readonly by: string;
  /** Now, in ISO 8601. */
  readonly at: string;
  readonly node: string | undefined;
  readonly tokens: number | undefined;
  /** Text of the section Done. */
  readonly done: string | undefined;
  readonly next: string | undefined;
  /** The whole body. */
  readonly body: string | undefined;
}

/**
 * The file of an actor's checkpoint after this was said: the same text by the byte where it says
 * nothing new, whatever the time is. What a first checkpoint does not say is told from the ticket's status.
 */
export function checkpointText(existing: string | undefined, words: CheckpointWords, status: TicketStatus): string {
  const { by, at, node, tokens, done, next, body } = words;
  if (existing === undefined) {
    const data = { by, at, ...(node !== undefined && { node }), ...(tokens !== undefined && { tokens }) };
    const told = body ?? `## Done\n\n${(done ?? doneBy(by, status)).trim()}\n\n## Next\n\n${(next ?? nextIn(status)).trim()}`;
    const whole = `${renderFrontmatter(data)}${told.trim()}\n`;
    return body !== undefined && next !== undefined ? setSection(whole, 'Next', next) : whole;
  }
  const withBody = body === undefined || parseDocument(Buffer.from(existing)).body.trim() === body.trim() ? existing : replaceBody(existing, body);
  const withDone = done === undefined ? withBody : setSection(withBody, 'Done', done);
  const said = next === undefined ? withDone : setSection(withDone, 'Next', next);
  const onNode = node === undefined ? said : setValue(said, ['node'], node);
  const text = tokens === undefined ? onNode : setValue(onNode, ['tokens'], tokens);
  return text === existing ? existing : setValue(text, ['at'], at);
}

function replaceBody(text: string, body: string): string {
  const old = parseDocument(Buffer.from(text)).body;
  const eol = eolOf(text);
  return `${text.slice(0, text.length - old.length)}${body.trim().split(/\r\n|\n|\r/).join(eol)}${eol}`;
}

/** What an actor has made so far, as the records say. */
function doneBy(by: string, { nodes }: TicketStatus): string {
  const own = nodes.filter(({ life, node }) => node.children.length === 0 && life.implementers.some((one) => actorKey(one) === actorKey(by)));
  const made = own.filter(({ status }) => status === 'complete' || status === 'awaiting-qa');
  return made.length === 0 ? 'Nothing yet.' : made.map((state) => `- ${state.node.id} (${state.status})${outcomeOf(state)}`).join('\n');
}

/** The current node, what is held up and by what. */
function nextIn({ nodes, byId, current }: TicketStatus): string {
  const here = current.node === undefined ? undefined : byId.get(current.node);
  const held = nodes.filter(({ node, blockedBy }) => node.children.length === 0 && blockedBy.length > 0);
  const lines = [
    here ? `- ${here.node.id} (${here.status})` : `- no node can be worked on: ${current.reason ?? 'empty'}`,
    ...held.map(({ node, blockedBy }) => `- ${node.id} is held up by ${blockedBy.join(', ')}`),
  ];
  return lines.join('\n');
}

function outcomeOf({ record }: NodeState): string {
  const l0 = record?.data.l0;
  return typeof l0 === 'string' ? `: ${l0.replace(/\s+/g, ' ').trim()}` : '';
}

/** The node that an actor has in hand, where it is one. */
export function nodeInHand(by: string, { nodes }: TicketStatus): string | undefined {
  const own = nodes.filter(({ node, status, life }) => node.children.length === 0 && status === 'in_progress' && actorKey(life.implementers.at(-1) ?? '') === actorKey(by));
  return own.length === 1 ? own[0]?.node.id : undefined;
}
