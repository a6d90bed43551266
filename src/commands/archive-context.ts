import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { removeEmptyFolders } from '../git/files.ts';
import { checkedOut } from '../git/frozen-text.ts';
import { contentAt, heldBelow, uncommittedHere, type HeldFile, type Uncommitted } from '../git/held-files.ts';
import type { FolderMove } from '../workflow/archive-move.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import type { Invocation } from './command.ts';
import { existingTicket, type Workspace } from './workspace.ts';

/** All that the steps of an archive look at. What moves is the last commit's: so a run that was interrupted is taken up where it was. */
export interface ArchiveContext {
  readonly workspace: Workspace;
  readonly invocation: Invocation;
  readonly id: string;
  readonly move: FolderMove;
  /** The last commit. */
  readonly head: Snapshot;
  /** As the last commit holds it. */
  readonly ticket: Ticket;
  readonly held: readonly HeldFile[];
  readonly uncommitted: Uncommitted;
  /** The branch that the archive is the last commit of; undefined on a detached HEAD. */
  readonly branch: string | undefined;
  readonly trunk: string | undefined;
  /** A file's bytes as a checkout of the last commit has them; undefined where it has none. */
  contentOf(path: string): Buffer | undefined;
}

/** Something that keeps a ticket from the archive. */
export interface Problem {
  /** Its name: what `--allow` takes, where it can be allowed. */
  readonly check: string;
  readonly path: string;
  readonly line?: number;
  readonly message: string;
  /** A command that mends it, or begins with one. */
  readonly remedy: string;
  readonly mayAllow?: true;
}

/** The ticket that is meant, or that it is archived already. An archive that was interrupted after the move counts as open. */
export function ticketToArchive(workspace: Workspace, invocation: Invocation): { readonly id: string; readonly isDone: boolean } {
  const { repository, settings } = workspace;
  const holds = (folder: string) => heldBelow(repository, folder).length > 0;
  try {
    const id = existingTicket(workspace, invocation);
    const isDone = !holds(ticketFolder(settings, id)) && holds(archivedFolder(settings, id));
    // Empty folders of a run that was interrupted after its last file.
    if (isDone) removeEmptyFolders(repository.workRoot, ticketFolder(settings, id));
    return { id, isDone };
  } catch (error) {
    const id = error instanceof UserError && error.code === 'ticket-archived' ? /^Unexpected ticket (\S+),/.exec(error.message)?.[1] : undefined;
    if (id === undefined) throw error;
    return { id, isDone: !holds(ticketFolder(settings, id)) };
  }
}

/** Reads what is needed. Throws a UserError where there is no commit yet. */
export async function archiveContext(workspace: Workspace, invocation: Invocation, id: string, trunk: string | undefined): Promise<ArchiveContext> {
  const { repository, settings } = workspace;
  const move = { from: ticketFolder(settings, id), to: archivedFolder(settings, id) };
  const [tree] = repository.nextParents();
  const held = heldBelow(repository, move.from);
  if (!tree || held.length === 0) throw new UserError(`Unexpected ticket ${id} that is in no commit of this branch, expected one whose folder is committed: the archive moves what the last commit holds`, `git add -- ${move.from}, and commit it`, 'ticket-uncommitted');
  const uncommitted = await uncommittedHere(repository, move.from);
  const differs = new Set([...uncommitted.changed, ...uncommitted.untracked]);
  const head = new Snapshot(tree, settings);
  const contentOf = (path: string) => {
    const entry = tree.entry(path);
    if (!entry || entry.type === 'directory' || entry.type === 'submodule') return undefined;
    if (!differs.has(path)) return contentAt(repository, path);
    return entry.type === 'symlink' ? repository.git(['cat-file', 'blob', entry.oid]) : checkedOut(repository, path, entry.oid);
  };
  return { workspace, invocation, id, move, head, ticket: ticketIn(head, move.from, id, false), held, uncommitted, branch: repository.branch, trunk, contentOf };
}
