import { archivedFolder, placeOf } from '../documents/place.ts';
import type { ChangedPath } from '../tree/tree.ts';
import { isAddressChange } from '../workflow/address-change.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';

export const rule: Rule = {
  id: 'archive-immutable',
  group: 'freeze',
  severity: 'error',
  isProtected: true,

  *step({ before, after, changed }, context) {
    const { archived } = context.settings.layout;
    yield* touched(before, after, changed.filter(({ path }) => path.startsWith(`${archived}/`)), context);
  },

  /** Each base of a crosswise history by itself: what any of them holds has to stay. One base alone is a step. */
  *ref({ before, after }, context) {
    if (before.length < 2) return;
    const { archived } = context.settings.layout;
    for (const base of before) yield* touched([base], after, after.tree.changedFrom([base.tree], [archived]), context);
  },
};

/** One report for each ticket that a parent holds archived and that is not as it was. */
function* touched(before: readonly Snapshot[], after: Snapshot, changed: readonly ChangedPath[], context: RuleContext): Iterable<Report> {
  const byTicket = new Map<string, ChangedPath[]>();
  for (const one of changed) {
    const { ticket, folder, archived } = placeOf(context.settings, one.path) ?? {};
    if (ticket === undefined || folder === undefined || !archived) continue;
    if (!before.some(({ tree }) => tree.entry(folder) !== undefined) || isMove(one, before, after)) continue;
    byTicket.set(ticket, [...(byTicket.get(ticket) ?? []), one]);
  }
  for (const [ticket, paths] of byTicket) yield report(ticket, paths, context);
}

function report(ticket: string, changed: readonly ChangedPath[], { settings, origin }: RuleContext): Report {
  const [first] = changed as [ChangedPath];
  const folder = archivedFolder(settings, ticket);
  const what = first.after === undefined ? 'removal from' : first.before.every((entry) => entry === undefined) ? 'addition to' : 'change of';
  const others = changed.length > 1 ? ` (${changed.length} files)` : '';
  return {
    path: first.path,
    message: `Unexpected ${what} the archived ticket ${ticket}${others}, expected ${folder} to stay as it arrived`,
    remedy: `git checkout ${origin} -- ${folder}; what has to change is a new ticket, which may link to this one`,
  };
}

/** An archive's own part of a move. */
function isMove({ path, after: entry }: ChangedPath, before: readonly Snapshot[], after: Snapshot): boolean {
  const now = entry && after.document(path);
  return now !== undefined && before.some((parent) => {
    const was = parent.document(path);
    return was !== undefined && isAddressChange(path, was.parsed, now.parsed, (target) => after.tree.entry(target) !== undefined);
  });
}
