import { join } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { readBytes } from '../git/files.ts';
import type { Tree } from '../tree/tree.ts';
import { Snapshot, type GovernedDocument } from '../workflow/snapshot.ts';
import type { Workspace } from './workspace.ts';

/** A document of the work tree, as text to edit and as the bytes that must still stand there when it is written. */
export interface EditableFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly text: string;
}

/** Throws a UserError for a file that is absent or no text. */
export function editable({ repository }: Workspace, path: string): EditableFile {
  const bytes = readBytes(join(repository.workRoot, path));
  if (!bytes) throw new UserError(`Unexpected absence of ${path}, expected it in the work tree`, `git checkout HEAD -- ${path}`, 'file-missing');
  const text = bytes.toString();
  if (!Buffer.from(text).equals(bytes)) throw new UserError(`Unexpected bytes in ${path} that are not UTF-8, expected text`, 'save the file as UTF-8', 'not-text');
  return { path, bytes, text };
}

/** tasks.md of a ticket in the work tree. Throws a UserError when there is none. */
export function tasksOf(workspace: Workspace, work: Tree, ticket: string, program: string): GovernedDocument {
  const path = `${ticketFolder(workspace.settings, ticket)}/tasks.md`;
  const tasks = new Snapshot(work, workspace.settings).document(path);
  if (tasks) return tasks;
  throw new UserError(`Unexpected absence of ${path}, expected the workflow whose pin freezes the spec`, `${program} new tasks --ticket ${ticket} makes it and freezes the spec`, 'tasks-missing');
}
