import { appendItem, setValue } from '../documents/edit.ts';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { now } from '../git/clock.ts';
import { printable } from '../render/plain-text.ts';
import type { Edit } from '../tree/edit.ts';
import type { Tree } from '../tree/tree.ts';
import { recordsMeant } from '../workflow/record-name.ts';
import { Snapshot, type GovernedDocument } from '../workflow/snapshot.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { lineOf, WRITE_OPTIONS } from './inputs.ts';
import { judgeDraft, judgeEdits } from './judge-edits.ts';
import { editable } from './tasks-file.ts';
import { existingTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

/** What each decision makes of which status. */
const DECISIONS = {
  accept: { from: 'proposed', to: 'accepted', message: 'accept' },
  reject: { from: 'proposed', to: 'rejected', message: 'reject' },
  revert: { from: 'accepted', to: 'reverted', message: 'revert' },
} as const;
type Decision = keyof typeof DECISIONS;

export const command: Command = {
  summary: 'decide about a change record: accept, reject, revert; or list them',
  usage: ['change list [--ticket ID]', 'change accept REF [--ticket ID] [--by ACTOR] [--reason WHY]', 'change reject REF [--ticket ID] [--by ACTOR] [--reason WHY]', 'change revert REF [--ticket ID] [--by ACTOR] [--reason WHY]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    by: { type: 'string', help: 'who decides; else TREEWORK_ACTOR, else git’s email and the worktree' },
    reason: { type: 'string', help: 'why' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const [action, reference, ...rest] = invocation.positionals;
    const decision = action !== undefined && Object.hasOwn(DECISIONS, action) ? (action as Decision) : undefined;
    if ((decision === undefined && action !== 'list') || rest.length > 0) throw usage(action, rest[0], invocation.program);
    const workspace = openWorkspace(invocation);
    const id = existingTicket(workspace, invocation);
    return withTicket(workspace, id, (work) => {
      const ticket = ticketIn(new Snapshot(work, workspace.settings), ticketFolder(workspace.settings, id), id, false);
      if (decision === undefined) return list(ticket);
      return decide(workspace, invocation, decision, recordOf(ticket, reference, decision, invocation.program), work);
    });
  },
};

function decide(workspace: Workspace, invocation: Invocation, decision: Decision, record: GovernedDocument, work: Tree): Outcome {
  const { from, to, message } = DECISIONS[decision];
  const name = record.place.name as string;
  const { status } = record.data;
  const [problem] = record.parsed.problems;
  if (problem) throw new UserError(`${problem.message} (${record.path}:${problem.line})`, problem.remedy, 'change-invalid');
  if (status !== from) throw new UserError(`Unexpected ${decision} of ${name}, which is ${String(status)}, expected one that is ${from}`, 'a decided record does not change; propose a new one', 'change-status');
  const by = actorOf(workspace.repository, typeof invocation.values.by === 'string' ? invocation.values.by : undefined);
  const edits = [transition(workspace, record.path, to, by, lineOf(invocation.values, 'reason'))];
  // Once accepted, faults of its text only warn: they are refused while the text can still be mended.
  const draft = decision === 'accept' ? judgeDraft(workspace, work, record.path, invocation.program) : [];
  const said = new Set(draft.map((finding) => finding.rule + finding.message));
  const would = judgeEdits(workspace, work, edits, invocation.program, 'new').filter((finding) => !said.has(finding.rule + finding.message));
  const findings = [...draft, ...would.map((finding) => (finding.path === record.path ? { ...finding, ...record.parsed.locate(['status']) } : finding))];
  if (findings.length > 0) return refuse(work, findings, invocation, `${name} cannot be ${to} like this; nothing was written`);
  return write(workspace, invocation, {
    edits,
    message: `docs(${record.place.ticket}): ${message} ${name}`,
    description: 'commit the decision',
    done: `${name} is ${to} by ${by}`,
    json: { ticket: record.place.ticket, change: name, status: to, by },
  });
}

/** History and status in one write: neither is ever seen without the other. */
function transition(workspace: Workspace, path: string, to: string, by: string, reason: string | undefined): Edit {
  const file = editable(workspace, path);
  const entry = { to, by, at: now(), ...(reason !== undefined && { reason }) };
  return { path, content: setValue(appendItem(file.text, ['history'], entry), ['status'], to), expect: file.bytes };
}

function recordOf(ticket: Ticket, reference: string | undefined, decision: Decision, program: string): GovernedDocument {
  const names = ticket.changes.map((record) => record.place.name as string);
  if (reference === undefined) throw new UserError(`Unexpected absence of a record, expected one of ${names.join(', ') || '(none yet)'}`, `${program} change ${decision} ${names[0] ?? '001'} --ticket ${ticket.id}`, 'usage');
  const meant = recordsMeant(reference, names);
  const [name, other] = meant;
  if (name === undefined) throw new UserError(`Unexpected record ${reference}, expected one of ${names.join(', ') || '(none yet)'}`, `${program} change list --ticket ${ticket.id}`, 'change-unknown');
  if (other !== undefined) throw new UserError(`Unexpected number ${reference}, which ${meant.length} records have (${meant.join(', ')}), expected one record`, `${program} change ${decision} ${name} --ticket ${ticket.id}`, 'change-ambiguous');
  return ticket.changes.find((record) => record.place.name === name) as GovernedDocument;
}

function list(ticket: Ticket): Outcome {
  const records = ticket.changes.map(({ place, path, data }) => ({ change: place.name, path, status: data.status, impact: data.impact, title: data.title }));
  const width = Math.max(0, ...records.map(({ change }) => (change ?? '').length));
  const rows = records.map((record) => `${(record.change ?? '').padEnd(width)}  ${String(record.status).padEnd(8)}  ${String(record.impact).padEnd(9)}  ${String(record.title)}`).map(printable);
  return { exit: 0, json: { ticket: ticket.id, changes: records }, text: rows.join('\n') || `${ticket.id} has no change records` };
}

function usage(action: string | undefined, extra: string | undefined, program: string): UserError {
  if (extra !== undefined) return new UserError(`Unexpected ${JSON.stringify(extra)}, expected one record`, `${program} change --help`, 'usage');
  return new UserError(`Unexpected ${action === undefined ? 'absence of an action' : `action ${action}`}, expected list, accept, reject or revert`, `${program} change --help`, 'usage');
}
