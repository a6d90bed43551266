import type { Kind } from '../documents/kinds.ts';
import { staticPrefix } from '../documents/path-pattern.ts';
import { governedRoots, placeOf } from '../documents/place.ts';
import { WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import type { Change, ChangedPath, Tree } from '../tree/tree.ts';
import { settingsIn, Snapshot, type DocumentStore } from '../workflow/snapshot.ts';
import { ticketFolders } from '../workflow/ticket-folders.ts';

/** A ticket's folder in `after`, and what the parents hold of the same ticket. */
export interface TicketUnit {
  readonly id: string;
  readonly folder: string;
  readonly archived: boolean;
  /** Whether this step touches it: in an audit most tickets stand as they stood. */
  readonly isChanged: boolean;
}

/** What of a change has to be judged. */
export interface Units {
  readonly after: Snapshot;
  readonly before: readonly Snapshot[];
  /** Settings that step rules and protected rules go by. */
  readonly policy: Settings;
  readonly changed: readonly ChangedPath[];
  /** The moments that the change passed through. */
  through(): readonly Snapshot[];
  /** Governed paths of `after` to judge as documents. */
  readonly paths: readonly string[];
  readonly tickets: readonly TicketUnit[];
  readonly isAudit: boolean;
  readonly isRange: boolean;
}

/** `changed`: what differs from every parent; `all`: everything; a list: what stands at or below these paths. */
export type Scope = 'changed' | 'all' | readonly string[];

/** Finds out what a change touches; undefined when nothing in it is governed by a WORKSPACE.md. */
export function unitsOf(change: Change, scope: Scope, store: DocumentStore): Units | undefined {
  const { after, before } = change;
  after.prefetch(['', WORKSPACE_PATH], change.policy ? [...before, change.policy] : before);
  const own = settingsIn(after);
  const same = (parent: Tree) => parent.entry(WORKSPACE_PATH)?.oid === after.entry(WORKSPACE_PATH)?.oid;
  const parents = before.map((parent) => (same(parent) ? own : settingsIn(parent)));
  const policy = (change.policy && settingsIn(change.policy)) ?? parents[0] ?? own;
  const settings = own ?? policy;
  if (!settings || !policy) return undefined;
  const roots = unionOfRoots([settings, policy, ...parents.flatMap((parent) => parent ?? [])]);
  const changed = before.length === 0 ? [] : after.changedFrom(before, roots);
  const snapshots = { after: new Snapshot(after, settings, store), before: before.map((tree, index) => new Snapshot(tree, parents[index] ?? policy, store)) };
  const listed = scope === 'changed' ? undefined : after.walk(scope === 'all' ? roots : [...scope]).map((entry) => entry.path);
  const paths = listed ?? (before.length === 0 ? after.walk(roots).map((entry) => entry.path) : pathsToJudge(after, changed, newKinds(settings, parents, changed)));
  const sides = change.isRange ? before : before.slice(0, 1);
  const touched = before.length > 1 ? sides.flatMap((side) => after.changedFrom([side], roots).map((one) => one.path)) : changed.map((one) => one.path);
  const stepped = ticketsAt(touched, [settings, policy], true);
  const moved = layoutMoved(settings, parents) ? ticketsIn(snapshots.before) : [];
  const tickets = byFolder([...stepped, ...moved, ...ticketsAt(paths, [settings, policy], before.length === 0)]);
  return {
    ...snapshots,
    policy,
    changed,
    through: () => (change.through ?? []).map((tree) => new Snapshot(tree, settingsIn(tree) ?? policy, store)),
    paths,
    tickets: tickets.filter((unit) => listed !== undefined || before.length < 2 || change.isRange === true || differsFromEvery(unit, after, before)),
    isAudit: listed !== undefined,
    isRange: change.isRange === true,
  };
}

/** What changed, and every document of the kinds that are no longer what they were. */
function pathsToJudge(after: Tree, changed: readonly ChangedPath[], kinds: readonly Kind[]): string[] {
  const paths = changed.filter((one) => one.after).map((one) => one.path);
  if (kinds.length === 0) return paths;
  const documents = after.walk(kinds.map(({ path }) => staticPrefix(path))).map((entry) => entry.path);
  return [...new Set([...paths, ...documents.filter((path) => kinds.some(({ matches }) => matches(path)))])];
}

/** Kinds that no parent has just so: another pattern or schema asks anew whether their documents are right. */
function newKinds(settings: Settings, parents: readonly (Settings | undefined)[], changed: readonly ChangedPath[]): Kind[] {
  if (settings.kinds.length === 0) return [];
  const isSame = (parent: Settings | undefined, { name }: Kind, text: string) => JSON.stringify(parent?.kinds.find((one) => one.name === name)) === text;
  return settings.kinds.filter((kind) => {
    const text = JSON.stringify(kind);
    return changed.some(({ path }) => path === kind.schema) || parents.every((parent) => !isSame(parent, kind, text));
  });
}

function unionOfRoots(all: readonly Settings[]): string[] {
  const roots = new Set(all.flatMap((settings) => governedRoots(settings)));
  return roots.has('') ? [''] : [...roots];
}

function ticketsAt(paths: readonly string[], settings: readonly Settings[], isChanged: boolean): TicketUnit[] {
  const units = new Map<string, TicketUnit>();
  for (const one of new Set(settings)) {
    let folder = '';
    for (const path of paths) {
      // Paths come in order: most are in the same ticket as the one before.
      if (folder !== '' && path.startsWith(folder) && path[folder.length] === '/') continue;
      const place = placeOf(one, path);
      folder = place?.folder ?? '';
      if (!place?.folder || units.has(place.folder)) continue;
      units.set(place.folder, { id: place.ticket as string, folder: place.folder, archived: place.archived === true, isChanged });
    }
  }
  return [...units.values()];
}

/** The first unit of each folder. */
function byFolder(units: readonly TicketUnit[]): TicketUnit[] {
  const first = new Map<string, TicketUnit>();
  for (const unit of units) if (!first.has(unit.folder)) first.set(unit.folder, unit);
  return [...first.values()];
}

/** A ticket is a unit of its own: a merge may mix files of two parents that do not go together. */
function differsFromEvery(unit: TicketUnit, after: Tree, before: readonly Tree[]): boolean {
  const oid = after.entry(unit.folder)?.oid;
  return before.every((parent) => parent.entry(unit.folder)?.oid !== oid);
}

/** A new layout in the same step would hide every ticket that stands in the old one. */
function layoutMoved(settings: Settings, parents: readonly (Settings | undefined)[]): boolean {
  const layout = JSON.stringify([settings.layout, settings.ticketPattern.source]);
  return parents.some((parent) => parent && JSON.stringify([parent.layout, parent.ticketPattern.source]) !== layout);
}

function ticketsIn(before: readonly Snapshot[]): TicketUnit[] {
  return before.flatMap((snapshot) => {
    const paths = ticketFolders(snapshot).map(({ folder }) => `${folder}/x`);
    return ticketsAt(paths, [snapshot.settings], true);
  });
}

