import { ticketFolder } from '../documents/place.ts';
import { packageFile } from '../git/package-file.ts';
import { tasksEdits } from '../render/documents.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { freezable } from './freeze-spec.ts';
import { lineOf, namesOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { refuseExisting } from './new-draft.ts';
import { newTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

/** Makes the workflow, and so freezes the spec: pins the digest of the text as git would store it. */
export async function newTasks(invocation: Invocation): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const ticket = newTicket(workspace, invocation);
  const folder = ticketFolder(workspace.settings, ticket);
  refuseExisting(workspace, [{ path: `${folder}/tasks.md`, content: '', expect: 'absent' }]);
  return withTicket(workspace, ticket, (work) => freezeWith(workspace, invocation, ticket, work));
}

function freezeWith(workspace: Workspace, invocation: Invocation, ticket: string, work: Tree): Outcome {
  const { values, program } = invocation;
  const folder = ticketFolder(workspace.settings, ticket);
  const { pin, title, findings } = freezable(workspace, work, ticket, program);
  if (findings.length > 0) return refuse(work, findings, invocation, `the spec of ${ticket} cannot be frozen like this; nothing was written`);
  const why = lineOf(values, 'why');
  const nodes = namesOf(values, 'node');
  const inputs = { folder, ticket, title: lineOf(values, 'title') ?? title ?? ticket, pin, nodes: nodes.length > 0 ? nodes : ['build'], ...(why !== undefined && { why }) };
  const edits = tasksEdits(inputs, packageFile('generators/tasks/template.md'));
  const wrong = judgeEdits(workspace, work, edits, program);
  if (wrong.length > 0) return refuse(new OverlayTree(work, edits), wrong, invocation, 'nothing was written');
  const spec = `${folder}/spec.md`;
  return write(workspace, invocation, {
    edits,
    message: `docs(${ticket}): freeze the spec and plan the work`,
    description: why === undefined ? 'say in goal.why why it is worth doing, then commit both files together' : 'commit both files together',
    done: `the spec of ${ticket} is frozen: from now on it changes through change records`,
    json: { ticket, pin, frozen: spec },
    commit: [spec],
  });
}
