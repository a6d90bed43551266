import { UserError } from '../error.ts';
import { count } from '../render/plain-text.ts';
import { continuityPath } from '../workflow/continuity.ts';
import { saveCheckpoint } from './checkpoint-ticket.ts';
import { actionText, verbAction } from './actions.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { WRITE_OPTIONS } from './inputs.ts';
import { takeBearings } from './take-bearings.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'save what you know in a file of your own; on the trunk, in CONTINUITY.md',
  usage: ['checkpoint [--ticket ID] [--done TEXT] [--next TEXT] [--node NODE] [--by ACTOR]', 'checkpoint --from FILE|- [--next TEXT]', 'checkpoint --tokens N', 'checkpoint [--continuity] [--done TEXT] [--next TEXT]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    done: { type: 'string', help: 'what is done' },
    next: { type: 'string', help: 'what comes next, and what is open' },
    from: { type: 'string', help: 'a Markdown file with the whole text; - reads it from standard input' },
    node: { type: 'string', help: 'the node that is worked on; else the one you have in hand' },
    tokens: { type: 'string', help: 'how full your context is: alone it saves only from context.checkpoint of WORKSPACE.md on, and warns from context.warn on' },
    continuity: { type: 'boolean', help: 'check in at CONTINUITY.md and bring it up to date; meant on the trunk where no ticket is in hand' },
    by: { type: 'string', help: 'whose checkpoint; else TREEWORK_ACTOR, else git’s email and the worktree' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const tokens = tokensIn(invocation);
    const isAsked = ['done', 'next', 'from', 'node'].some((name) => invocation.values[name] !== undefined);
    if (tokens !== undefined && !isAsked && tokens < workspace.settings.context.checkpoint) return notFull(workspace, invocation, tokens);
    if (isCheckIn(workspace, invocation)) return (await import('./check-in.ts')).checkIn(workspace, invocation);
    return saveCheckpoint(workspace, invocation, tokens);
  },
};

/** On the trunk's side, with no ticket named by anything, CONTINUITY.md is meant where there is one. */
function isCheckIn(workspace: Workspace, invocation: Invocation): boolean {
  const { continuity, ticket, node, from } = invocation.values;
  if (continuity === true) return true;
  if (continuityPath(workspace.settings) === undefined || [ticket, node, from].some((value) => value !== undefined)) return false;
  const bearings = takeBearings(workspace, invocation);
  const isNamed = bearings.ticket.id === undefined ? bearings.ticket.candidates.length > 0 : bearings.ticket.from !== 'only';
  return !isNamed && (bearings.type === 'trunk' || bearings.type === 'develop');
}

function tokensIn({ values }: Invocation): number | undefined {
  const given = values.tokens;
  if (typeof given !== 'string') return undefined;
  if (/^\d{1,9}$/.test(given.trim())) return Number(given);
  throw new UserError(`Unexpected --tokens ${JSON.stringify(given)}, expected a whole number`, '--tokens 85000', 'input');
}

/** Below the threshold nothing is written: from `context.warn` on it says that it is time. */
function notFull({ settings }: Workspace, invocation: Invocation, tokens: number): Outcome {
  const { warn, checkpoint } = settings.context;
  const level = tokens >= warn ? 'warn' : 'ok';
  const said = `${count(tokens, 'token')} of ${checkpoint}`;
  const given = ['ticket', 'by'].flatMap((name) => (typeof invocation.values[name] === 'string' ? [`--${name}`, invocation.values[name]] : []));
  const action = verbAction(invocation, ['checkpoint', ...given], { description: 'bring what you do to an end, then save a checkpoint with --done and --next' });
  const text = level === 'ok' ? `${said}: nothing to do before ${warn}` : `${said}\n${actionText(action)}`;
  return { exit: 0, json: { tokens, level, warn, checkpoint, saved: false, ...(level === 'warn' && { next_action: action }) }, text };
}
