import { join, posix } from 'node:path';
import { placeOf } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { FileTree } from '../git/file-tree.ts';
import { readBytes, relativeToRoot } from '../git/files.ts';
import type { Edit } from '../tree/edit.ts';
import { plansIn, withPlan } from '../workflow/context-section.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketAnywhere } from '../workflow/ticket.ts';
import { actionText, verbAction } from './actions.ts';
import { write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf } from './inputs.ts';
import { editable } from './tasks-file.ts';
import { takeBearings, ticketAt } from './take-bearings.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** A ticket's plan between marks in an overview that people write; plans that are there already are written anew. */
export function newContextSection(invocation: Invocation): Outcome {
  const workspace = openWorkspace(invocation);
  const { repository } = workspace;
  const path = overviewOf(workspace, invocation);
  const old = readBytes(join(repository.workRoot, path)) === undefined ? undefined : editable(workspace, path);
  const begun = old?.text ?? '# Context\n\n';
  const { snapshot, ids, gone } = plansFor(workspace, invocation, begun, path);
  const linkTo = (target: string) => posix.relative(posix.dirname(path), target).split('/').map(encodeURIComponent).join('/');
  const text = ids.reduce((page, id) => {
    const ticket = ticketAnywhere(snapshot, id);
    return ticket ? withPlan(page, ticket, linkTo) : page;
  }, begun);
  const notes = gone.map((id) => `${path} shows ${id}, which has no folder here: it is left as it is`);
  if (text === old?.text) return unchanged(invocation, path, ids, notes);
  const edit: Edit = { path, content: text, expect: old?.bytes ?? 'absent' };
  const message = `docs: the plan${ids.length === 1 ? '' : 's'} of ${ids.length > 3 ? `${ids.length} tickets` : ids.join(', ')} in ${path}`;
  return write(workspace, invocation, { edits: [edit], message, description: 'commit the overview', done: [`the plan of ${ids.join(', ')} in ${path}`, ...notes].join('\n'), json: { tickets: ids, notes } });
}

function unchanged(invocation: Invocation, path: string, tickets: readonly string[], notes: readonly string[]): Outcome {
  const next = verbAction(invocation, ['next'], { description: 'ask what is next' });
  return { exit: 0, json: { path, tickets, notes, unchanged: true, created: [], changed: [], next_action: next }, text: [`nothing new: ${path} shows this already`, ...notes, actionText(next)].join('\n') };
}

/** The file that is meant, which is Markdown and no document with a form of its own. */
function overviewOf({ repository, settings }: Workspace, { cwd, values, program }: Invocation): string {
  const asked = lineOf(values, 'path');
  const path = asked === undefined ? 'CONTEXT.md' : relativeToRoot(repository.workRoot, cwd, asked);
  if (path === undefined || !/\.(?:md|markdown)$/i.test(path)) throw new UserError(`Unexpected --path ${asked}, expected a Markdown file of this repository`, '--path README.md', 'input');
  const kind = placeOf(settings, path)?.kind;
  if (kind !== undefined) throw new UserError(`Unexpected --path ${path}, expected a page that people write: this is a ${kind}, with a form of its own`, `--path CONTEXT.md; ${program} why ${path} says more`, 'input');
  return path;
}

/** The tickets whose plans are there, and the one that is meant. */
function plansFor(workspace: Workspace, invocation: Invocation, text: string, path: string) {
  const { objectFormat, workRoot } = workspace.repository;
  const snapshot = new Snapshot(new FileTree(workRoot, { objectFormat }), workspace.settings);
  const there = plansIn(text);
  const meant = ticketAt(takeBearings(workspace, invocation), workspace);
  if (meant !== undefined && !ticketAnywhere(snapshot, meant)) throw new UserError(`Unexpected ticket ${meant}, expected one with a folder`, `${invocation.program} new spec --ticket ${meant} --title "WHAT IT DELIVERS"`, 'ticket-unknown');
  const wanted = [...new Set([...there, ...(meant === undefined ? [] : [meant])])];
  if (wanted.length === 0) throw new UserError(`Unexpected absence of a ticket, expected the one whose plan ${path} is to show`, 'say which: --ticket ID', 'ticket-missing');
  return { snapshot, ids: wanted.filter((id) => ticketAnywhere(snapshot, id)), gone: wanted.filter((id) => !ticketAnywhere(snapshot, id)) };
}
