import { UserError } from '../error.ts';
import { printable } from '../render/plain-text.ts';
import { forkState } from '../workflow/fork.ts';
import type { Ticket } from '../workflow/ticket.ts';
import type { Command, Outcome } from './command.ts';
import { closeFork } from './fork-close.ts';
import { openFork } from './fork-open.ts';
import { WRITE_OPTIONS } from './inputs.ts';
import { ticketOfWork } from './ticket-of-work.ts';
import { existingTicket, openWorkspace, withTicket } from './workspace.ts';

export const command: Command = {
  summary: 'work that a node waits for and that becomes a ticket of its own: open, close, list',
  usage: [
    'fork open NODE --reason WHY [--return-to NODE] [--sub ID] [--title TITLE] [--worktree]',
    'fork close FORK --abandoned WHY',
    'fork list',
  ],
  options: {
    ticket: { type: 'string', help: 'the ticket whose node waits; else what the folder, the branch or the worktree says' },
    reason: { type: 'string', help: 'open: what is missing, and so why the new ticket is worth doing' },
    'return-to': { type: 'string', help: 'open: the leaf that goes on afterwards; else the node itself, or the first open leaf of a phase' },
    sub: { type: 'string', help: 'open: the ticket that does the work, there already or not; else a new id' },
    title: { type: 'string', help: 'open: what the new ticket delivers; else the reason' },
    worktree: { type: 'boolean', help: 'open: a branch and a worktree for the new ticket, from the trunk' },
    abandoned: { type: 'string', help: 'close: why it was given up; a fork that is merged closes by itself' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const [action, reference, ...rest] = invocation.positionals;
    if (rest.length > 0) throw new UserError(`Unexpected ${JSON.stringify(rest[0])}, expected one ${action === 'open' ? 'node' : 'fork'}`, `quote text: --reason "SOME WORDS"`, 'usage');
    if (action === 'open') return openFork(invocation, reference);
    if (action === 'close') return closeFork(invocation, reference);
    if (action !== 'list' || reference !== undefined) throw new UserError(`Unexpected ${action === undefined ? 'absence of an action' : `action ${[action, reference].join(' ').trim()}`}, expected open, close or list`, `${invocation.program} fork --help`, 'usage');
    const workspace = openWorkspace(invocation);
    const id = existingTicket(workspace, invocation);
    return withTicket(workspace, id, (work) => list(ticketOfWork(workspace, work, id)));
  },
};

function list(ticket: Ticket): Outcome {
  const forks = ticket.forks.map((fork) => ({ fork: fork.place.name ?? '', path: fork.path, status: forkState(ticket, fork), spawned_from: fork.data.spawned_from, return_to: fork.data.return_to, sub_workflow: fork.data.sub_workflow, reason: fork.data.reason, ...(fork.data.abandoned !== undefined && { abandoned: fork.data.abandoned }) }));
  const [name, sub] = [Math.max(0, ...forks.map(({ fork }) => fork.length)), Math.max(0, ...forks.map(({ sub_workflow }) => String(sub_workflow).length))];
  const rows = forks.map((fork) => printable(`${fork.fork.padEnd(name)}  ${fork.status.padEnd(9)}  ${String(fork.sub_workflow).padEnd(sub)}  ${String(fork.spawned_from)}${fork.return_to === fork.spawned_from ? '' : ` -> ${String(fork.return_to)}`}`));
  return { exit: 0, json: { ticket: ticket.id, forks }, text: rows.join('\n') || `${ticket.id} has no forks` };
}
