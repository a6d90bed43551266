import type { UserError } from '../error.ts';
import { contextOf, verbAction } from './actions.ts';
import type { ActionContext, Invocation, NextAction, Outcome } from './command.ts';
import { commands } from './index.generated.ts';
import { openWorkspace, ticketMeant } from './workspace.ts';

/** How a command line was meant when it failed: as much of it as was understood. */
export type Meant = Pick<Invocation, 'values' | 'cwd' | 'program'> & { readonly verb: string | undefined };

/** What gets one on after a failure: what its hint names where that is a command, else what helps with such a failure. */
export function failureAction({ message, hint, code }: Pick<UserError, 'message' | 'hint' | 'code'>, meant: Meant): NextAction {
  const context = contextIn(meant);
  const facts = { description: hint, ...(context && { context }), ...(code === 'confirm' && { confirm: true }) };
  if (code === 'no-repository') return { command: 'git init', argv: ['git', 'init'], cwd: meant.cwd, ...facts };
  const words = withTicket(commandIn(hint, meant.program), meant) ?? helpFor(code, message, meant, context?.ticket);
  return verbAction(meant, words, facts);
}

/** What is next where findings stopped a verb: to look at them, then to go on. */
export function findingsAction({ json }: Outcome, meant: Meant): NextAction {
  const context = contextIn(meant);
  const [first] = json.findings ?? [];
  if (!first) return verbAction(meant, nextWords(context?.ticket), { description: 'see what is next', ...(context && { context }) });
  const next = verbAction(meant, nextWords(context?.ticket), { description: '' });
  return { action: 'agent:do', cwd: next.cwd, description: first.remedy, context: { ...context, path: first.path }, on_pass: next.command };
}

/** Words that cannot be run as they stand: `NODE`, `"WHY"`, and prose after a command. */
const PROSE = /[;,(]|\s(?:says|has|makes|shows|drops|keeps|puts|freezes|explains|lists|asks|names|tells|in|again|first|to|and|or|if|when|until|once|then)\s|\s(?:says|first|again)$/;

/** A command of this program that a hint begins with, or ends with after a colon; undefined where none can be run as it stands. */
function commandIn(hint: string, program: string): readonly string[] | undefined {
  const at = hint.indexOf(`${program} `);
  if (at === -1 || (at > 0 && !hint.slice(0, at).endsWith(': '))) return undefined;
  const rest = hint.slice(at + program.length + 1);
  const [line = ''] = rest.split(PROSE);
  const words = line.trim().split(/\s+/);
  const isWhole = words.every((word) => /^[\w./=:-]+$/.test(word) && !/^[A-Z]+$/.test(word));
  return isWhole && Object.hasOwn(commands, words[0] ?? '') ? words : undefined;
}

/** Verbs that act on a ticket. */
const OF_TICKET = new Set(['node', 'retry', 'change', 'freeze', 'unfreeze', 'fork', 'gate', 'context']);

/** The ticket that was named is named again. */
function withTicket(words: readonly string[] | undefined, { values }: Meant): readonly string[] | undefined {
  const isNamed = words === undefined || words.includes('--ticket') || words.includes('--help') || typeof values.ticket !== 'string';
  return isNamed || !OF_TICKET.has(words[0] ?? '') ? words : [...words, '--ticket', values.ticket as string];
}

const WRONG_USE = new Set(['usage', 'input', 'actor']);

function helpFor(code: string, message: string, { verb }: Meant, ticket: string | undefined): readonly string[] {
  if (code === 'not-governed') return ['init', '--yes'];
  if (code === 'unknown-verb' || verb === undefined || !Object.hasOwn(commands, verb)) return ['help', 'all'];
  if (WRONG_USE.has(code)) return [verb, '--help'];
  const path = /\(((?:[^\s():]+\/)*[^\s():]+\.md)(?::\d+)?\)$/.exec(message)?.[1];
  if (path !== undefined) return ['check', path];
  return verb === 'next' ? ['doctor'] : nextWords(ticket);
}

function nextWords(ticket: string | undefined): readonly string[] {
  return ticket === undefined ? ['next'] : ['next', '--ticket', ticket];
}

/** The ticket and its goal, where they can be told even now. */
function contextIn(meant: Meant): ActionContext | undefined {
  try {
    const workspace = openWorkspace(meant);
    const { id, isArchived } = ticketMeant(workspace, meant);
    return id === undefined || isArchived ? undefined : contextOf(workspace, id);
  } catch {
    // What is broken is what the failure is about.
    return undefined;
  }
}
