import { TICKET_PATTERN } from '../documents/settings.ts';

/** A node of a ticket, as a commit message names it. */
export interface NodeName {
  readonly ticket: string;
  readonly node: string;
}

/** One `Node:` line, for findings. */
export interface NodeTrailer extends NodeName {
  /** 1-based, in the message. */
  readonly line: number;
  readonly column: number;
}

/** How git makes the stored message of what stands in the file that commit-msg is given; see git-commit(1), `--cleanup`. */
export interface MessageForm {
  /** What begins a comment line: `core.commentChar`. */
  readonly comment: string;
  readonly cleanup: 'strip' | 'whitespace' | 'verbatim' | 'scissors';
  /** Whether an editor was opened: only then git has added lines of its own. */
  readonly edited: boolean;
}

const TRAILER = /^([ \t]*(?:[*-][ \t]+)?)Node:[ \t]*(\S.*?)[ \t\r]*$/i;
const SCISSORS = '------------------------ >8 ------------------------';
const TICKET = new RegExp(TICKET_PATTERN);

/**
 * Every `Node: TICKET/node` of a message, wherever it stands: `interpret-trailers` sees only the last
 * paragraph, and a squash has the trailers of all its commits in between, indented or in a list. A line
 * may name several, with commas or blanks between. What only looks like a trailer (`Node: 22 it is`)
 * names none. The node's name may be any: whether there is such a node is another question.
 */
export function nodeTrailers(message: string): NodeTrailer[] {
  if (!/node:/i.test(message)) return [];
  return message.split('\n').flatMap((text, index) => {
    const match = TRAILER.exec(text);
    const names = match?.[2]?.split(/[ \t]*,[ \t]*|[ \t]+/).filter((name) => name !== '').map(nodeName) ?? [];
    const valid = names.filter((name) => name !== undefined);
    return valid.length < names.length ? [] : valid.map((name) => ({ ...name, line: index + 1, column: (match?.[1]?.length ?? 0) + 1 }));
  });
}

/** Whether a line says anything about nodes, even if it is `Node: none`. */
export function namesNode(message: string): boolean {
  return message.split('\n').some((line) => /^[ \t]*(?:[*-][ \t]+)?Node:/i.test(line));
}

/** A message, as it stands in the file of an editor, with a `Node:` trailer: in its last paragraph where that holds trailers. */
export function withNodeTrailer(text: string, form: MessageForm, name: string): string {
  const lines = text.split('\n');
  const scissors = form.edited ? lines.indexOf(`${form.comment} ${SCISSORS}`) : -1;
  const isText = (line: string | undefined) => line !== undefined && line.trim() !== '' && !(form.cleanup === 'strip' && line.startsWith(form.comment));
  const last = lines.slice(0, scissors === -1 ? lines.length : scissors).findLastIndex(isText);
  let first = last;
  while (isText(lines[first - 1])) first -= 1;
  const isTrailers = lines.slice(0, first).some(isText) && lines.slice(first, last + 1).every((line) => /^(?:[A-Za-z0-9][A-Za-z0-9-]*: |[ \t]+\S)/.test(line));
  lines.splice(last + 1, 0, ...(isTrailers ? [] : ['']), `Node: ${name}`, ...(lines[last + 1] === undefined ? [''] : []));
  return lines.join('\n');
}

function nodeName(text: string): NodeName | undefined {
  const [ticket = '', node = '', ...rest] = text.split('/');
  return TICKET.test(ticket) && node !== '' && rest.length === 0 ? { ticket, node } : undefined;
}

/** The message that git will store: without comment lines, what stands below the scissors line, and needless blanks. */
export function cleanMessage(text: string, form: MessageForm): string {
  const whole = form.edited ? aboveScissors(text, form.comment) : text;
  if (form.cleanup === 'verbatim') return whole;
  const lines = whole.split('\n').filter((line) => form.cleanup !== 'strip' || !line.startsWith(form.comment));
  const tidy = lines.map((line) => line.trimEnd()).join('\n').replace(/\n{3,}/g, '\n\n').replace(/^\n+|\n+$/g, '');
  return tidy === '' ? '' : `${tidy}\n`;
}

/** Git looks for exactly this line. */
function aboveScissors(text: string, comment: string): string {
  const line = `${comment} ${SCISSORS}\n`;
  if (text.startsWith(line)) return '';
  const at = text.indexOf(`\n${line}`);
  return at === -1 ? text : text.slice(0, at + 1);
}
