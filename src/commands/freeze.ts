import { setValue } from '../documents/edit.ts';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { pinOf } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { freezable } from './freeze-spec.ts';
import { WRITE_OPTIONS } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { editable, tasksOf } from './tasks-file.ts';
import { existingTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'pin the spec again after unfreeze: from then on it changes through change records',
  usage: ['freeze [--ticket ID] [--dry-run]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const ticket = existingTicket(workspace, invocation);
    return withTicket(workspace, ticket, (work) => freeze(workspace, invocation, ticket, work));
  },
};

function freeze(workspace: Workspace, invocation: Invocation, ticket: string, work: Tree): Outcome {
  const { program } = invocation;
  const tasks = tasksOf(workspace, work, ticket, program);
  const { pin, findings } = freezable(workspace, work, ticket, program);
  const pinned = pinOf(tasks);
  if (pinned === pin) return { exit: 0, json: { ticket, pin, created: [], changed: [] }, text: `the spec of ${ticket} is frozen already` };
  if (pinned !== undefined) {
    throw new UserError(
      `Unexpected edit of the frozen spec of ${ticket}, expected the text that ${tasks.path} pins`,
      `${program} new change --ticket ${ticket} --from-edit keeps the edit as a change record; before any node has started, ${program} unfreeze --ticket ${ticket}`,
      'frozen',
    );
  }
  if (findings.length > 0) return refuse(work, findings, invocation, `the spec of ${ticket} cannot be frozen like this; nothing was written`);
  const file = editable(workspace, tasks.path);
  const edits = [{ path: file.path, content: setValue(file.text, ['spec'], pin), expect: file.bytes }];
  const wrong = judgeEdits(workspace, work, edits, program);
  if (wrong.length > 0) return refuse(new OverlayTree(work, edits), wrong, invocation, 'nothing was written');
  return write(workspace, invocation, {
    edits,
    commit: [`${ticketFolder(workspace.settings, ticket)}/spec.md`],
    message: `docs(${ticket}): freeze the spec`,
    description: 'commit the spec and its pin together',
    done: `the spec of ${ticket} is frozen: from now on it changes through change records`,
    json: { ticket, pin },
  });
}
