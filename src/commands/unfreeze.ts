import { setValue } from '../documents/edit.ts';
import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { namesEverywhere } from '../git/everywhere.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { pinOf } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { WRITE_OPTIONS } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { editable, tasksOf } from './tasks-file.ts';
import { existingTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'open a frozen spec for edits again, before any of its nodes has been worked on',
  usage: ['unfreeze [--ticket ID] [--dry-run]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const ticket = existingTicket(workspace, invocation);
    return withTicket(workspace, ticket, (work) => unfreeze(workspace, invocation, ticket, work));
  },
};

function unfreeze(workspace: Workspace, invocation: Invocation, ticket: string, work: Tree): Outcome {
  const { program } = invocation;
  const tasks = tasksOf(workspace, work, ticket, program);
  if (tasks.parsed.data !== undefined && pinOf(tasks) === undefined) return { exit: 0, json: { ticket, created: [], changed: [] }, text: `the spec of ${ticket} is not frozen` };
  refuseStarted(workspace, ticket, program);
  const file = editable(workspace, tasks.path);
  const edits = [{ path: file.path, content: setValue(file.text, ['spec'], ''), expect: file.bytes }];
  const wrong = judgeEdits(workspace, work, edits, program);
  if (wrong.length > 0) return refuse(new OverlayTree(work, edits), wrong, invocation, 'nothing was written');
  return write(workspace, invocation, {
    edits,
    message: `docs(${ticket}): open the spec again`,
    description: `commit this by itself, then edit the spec; ${program} freeze --ticket ${ticket} pins it again`,
    done: `the spec of ${ticket} is open for edits again`,
    json: { ticket },
  });
}

/** Work on a node, wherever it was recorded, was done for the text that is pinned. */
function refuseStarted({ repository, settings }: Workspace, ticket: string, program: string): void {
  const directories = [`${ticketFolder(settings, ticket)}/nodes`, `${archivedFolder(settings, ticket)}/nodes`];
  const records = namesEverywhere(repository, directories).flatMap((names) => [...names]).filter((name) => name.endsWith('.md'));
  if (records.length === 0) return;
  throw new UserError(
    `Unexpected node record ${records[0]} of ${ticket} in this work tree or on a branch, expected none: work on this spec has begun`,
    `change the spec through a record: edit spec.md, then ${program} new change --ticket ${ticket} --from-edit`,
    'work-started',
  );
}
