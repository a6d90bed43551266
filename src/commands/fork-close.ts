import { setValue } from '../documents/edit.ts';
import { UserError } from '../error.ts';
import type { Edit } from '../tree/edit.ts';
import { forkState } from '../workflow/fork.ts';
import { recordsMeant } from '../workflow/record-name.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import type { Ticket } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { editable } from './tasks-file.ts';
import { ticketOfWork } from './ticket-of-work.ts';
import { existingTicket, openWorkspace, withTicket } from './workspace.ts';

/**
 * Gives a fork up, with a reason: what waited for it goes on. A fork whose ticket is archived is
 * closed by that alone; asked to close it, this says so and writes nothing.
 */
export async function closeFork(invocation: Invocation, reference: string | undefined): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const { values, program } = invocation;
  const why = lineOf(values, 'abandoned');
  const id = existingTicket(workspace, invocation);
  return withTicket(workspace, id, (work) => {
    const ticket = ticketOfWork(workspace, work, id);
    const fork = forkMeant(ticket, reference, program);
    const name = fork.place.name as string;
    const sub = String(fork.data.sub_workflow);
    const state = forkState(ticket, fork);
    if (state === 'merged' && why === undefined) {
      const text = `${name} is merged: ${sub} is archived, and ${String(fork.data.return_to)} goes on by itself; there is nothing to write`;
      return { exit: 0, json: { ticket: id, fork: name, status: state, sub_workflow: sub, return_to: fork.data.return_to, changed: [] }, text };
    }
    if (state === 'merged') throw new UserError(`Unexpected --abandoned for ${name}, expected a fork that is open: ${sub} is archived, so the fork is merged`, 'nothing is to be done', 'fork-merged');
    if (state === 'abandoned') throw new UserError(`Unexpected close of ${name}, expected a fork that is open: it was abandoned (${String(fork.data.abandoned)})`, 'nothing is to be done', 'fork-abandoned');
    if (why === undefined) throw new UserError(`Unexpected close of ${name} without --abandoned, expected why it is given up: it closes by itself when ${sub} is archived`, `finish ${sub}, or ${program} fork close ${name} --ticket ${id} --abandoned "WHY IT IS NOT NEEDED"`, 'fork-open');
    const file = editable(workspace, fork.path);
    const edits: Edit[] = [{ path: fork.path, content: setValue(file.text, ['abandoned'], why), expect: file.bytes }];
    const findings = judgeEdits(workspace, work, edits, program, 'new');
    if (findings.length > 0) return refuse(work, findings, invocation, `${name} cannot be closed like this; nothing was written`);
    return write(workspace, invocation, {
      edits,
      message: `docs(${id}): abandon the fork ${name}`,
      description: `commit the decision; ${String(fork.data.return_to)} goes on, and ${sub} stays as it is`,
      done: `${name} is abandoned; ${String(fork.data.return_to)} goes on`,
      json: { ticket: id, fork: name, status: 'abandoned', sub_workflow: sub, return_to: fork.data.return_to },
    });
  });
}

function forkMeant(ticket: Ticket, reference: string | undefined, program: string): GovernedDocument {
  const names = ticket.forks.map((fork) => fork.place.name as string);
  const known = names.join(', ') || '(none yet)';
  if (reference === undefined) throw new UserError(`Unexpected absence of a fork, expected one of ${known}`, `${program} fork close ${names[0] ?? '001'} --ticket ${ticket.id} --abandoned "WHY"`, 'usage');
  const meant = recordsMeant(reference, names);
  const [name, other] = meant;
  if (name === undefined) throw new UserError(`Unexpected fork ${reference}, expected one of ${known}`, `${program} fork list --ticket ${ticket.id}`, 'fork-unknown');
  if (other !== undefined) throw new UserError(`Unexpected number ${reference}, which ${meant.length} forks have (${meant.join(', ')}), expected one fork`, `${program} fork close ${name} --ticket ${ticket.id} --abandoned "WHY"`, 'fork-ambiguous');
  return ticket.forks.find((fork) => fork.place.name === name) as GovernedDocument;
}
