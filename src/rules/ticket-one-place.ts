import { archivedFolder, ticketFolder } from '../documents/place.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { bringsTickets, firstFile, sameIds, ticketFolders, type TicketFolder } from '../workflow/ticket-folders.ts';

export const rule: Rule = {
  id: 'ticket-one-place',
  group: 'freeze',
  severity: 'error',
  isProtected: true,

  *ticket({ id, snapshot }) {
    const { settings } = snapshot;
    const pair = { open: { id, folder: ticketFolder(settings, id), archived: false }, done: { id, folder: archivedFolder(settings, id), archived: true } };
    if (pair.open.folder !== pair.done.folder && exists(snapshot, pair.open) && exists(snapshot, pair.done)) yield report(snapshot, pair);
  },

  *repository(snapshot, _, paths) {
    if (paths !== 'all') return;
    for (const pair of pairsIn(snapshot)) yield report(snapshot, pair);
  },

  /** A merge is judged as a whole: each parent may be right and both together wrong. */
  *step(step) {
    if (!bringsTickets(step)) return;
    const known = new Set(step.before.flatMap((snapshot) => pairsIn(snapshot).map(nameOf)));
    for (const pair of pairsIn(step.after)) {
      if (!known.has(nameOf(pair))) yield report(step.after, pair);
    }
  },
};

interface Pair {
  readonly open: TicketFolder;
  readonly done: TicketFolder;
}

function pairsIn(snapshot: Snapshot): Pair[] {
  return sameIds(ticketFolders(snapshot)).flatMap((group) => {
    const [open, done] = [group.find((one) => !one.archived), group.find((one) => one.archived)];
    return open && done ? [{ open, done }] : [];
  });
}

function nameOf({ open, done }: Pair): string {
  return `${open.folder} ${done.folder}`;
}

function exists({ tree }: Snapshot, { folder }: TicketFolder): boolean {
  return tree.entry(folder)?.type === 'directory' && tree.list(folder).length > 0;
}

function report({ tree }: Snapshot, { open, done }: Pair): Report {
  const says = open.id === done.id ? `ticket ${open.id} is archived in ${done.folder}` : `${done.id} is archived in ${done.folder}, and ids are one whatever the case of their letters`;
  return {
    path: firstFile(tree, open.folder),
    message: `Unexpected folder ${open.folder}, expected one place for a ticket: ${says}`,
    remedy: `take over what is new in ${open.folder}, then git rm -r ${open.folder}; more work of this kind is a ticket of its own`,
  };
}
