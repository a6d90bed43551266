import { placeOf } from '../documents/place.ts';
import { runsFolder } from '../documents/run.ts';
import type { Tree } from '../tree/tree.ts';
import type { RepositoryStep } from './rule.ts';
import type { Snapshot } from './snapshot.ts';

export interface TicketFolder {
  readonly id: string;
  readonly folder: string;
  readonly archived: boolean;
}

/** Every ticket's folder, open ones first, runs of operations among them. Lists the directories they are in, whatever these hold. */
export function ticketFolders({ tree, settings }: Snapshot): TicketFolder[] {
  const { specs, archived } = settings.layout;
  return [specs, ...runFolders({ tree, settings }), archived].flatMap((base) =>
    tree.list(base).flatMap((entry) => {
      const place = entry.type === 'directory' && entry.path !== archived ? placeOf(settings, `${entry.path}/README.md`) : undefined;
      return place?.ticket === undefined ? [] : [{ id: place.ticket, folder: entry.path, archived: base === archived }];
    }),
  );
}

/** The folders that hold runs of operations; none where the kind is not switched on. */
function runFolders({ tree, settings: { layout: { operations } } }: Pick<Snapshot, 'tree' | 'settings'>): string[] {
  if (operations === undefined) return [];
  return tree.list(operations).flatMap(({ path, type }) => (type === 'directory' ? [runsFolder(operations, path.slice(operations.length + 1))] : []));
}

/** Folders whose ids are the same but for capital letters, in the order of `ticketFolders`: two or more each. */
export function sameIds(folders: readonly TicketFolder[]): TicketFolder[][] {
  const byId = new Map<string, TicketFolder[]>();
  for (const folder of folders) {
    const id = folder.id.toLowerCase();
    byId.set(id, [...(byId.get(id) ?? []), folder]);
  }
  return [...byId.values()].filter((group) => group.length > 1);
}

/**
 * Whether a step can have brought two ids together: it makes a ticket's folder, or merges. Asked
 * first, so that an ordinary commit never lists all tickets.
 */
export function bringsTickets({ before, after, changed }: RepositoryStep): boolean {
  if (before.length > 1) return true;
  const added = changed.filter((one) => one.after && one.before.every((entry) => !entry));
  const folders = new Set(added.flatMap((one) => placeOf(after.settings, one.path)?.folder ?? []));
  return [...folders].some((folder) => before.every(({ tree }) => tree.list(folder).length === 0));
}

/** The first file in a folder, for findings about the folder; the folder itself when it is empty. */
export function firstFile(tree: Tree, folder: string): string {
  const [first] = tree.list(folder);
  return first === undefined ? folder : first.type === 'directory' ? firstFile(tree, first.path) : first.path;
}
