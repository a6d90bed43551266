import { nearest } from '../documents/nearest.ts';
import { governedRoots, placeOf, TICKET_NAMES, type Place } from '../documents/place.ts';
import type { Edit } from '../tree/edit.ts';
import type { Entry } from '../tree/tree.ts';
import { directoriesAbove, directoryStandards, missingNames, type DirectoryStandard } from '../workflow/directories.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { bringsTickets, firstFile, sameIds, ticketFolders } from '../workflow/ticket-folders.ts';

export const rule: Rule = {
  id: 'directory-standard',
  group: 'repository',
  severity: 'error',

  *repository(snapshot, context, paths) {
    const { tree, settings } = snapshot;
    const entries = paths === 'all' ? tree.walk(governedRoots(settings)) : paths.flatMap((path) => tree.entry(path) ?? []);
    const standards = directoryStandards(settings);
    yield* misplaced(snapshot, entries, standards);
    if (paths === 'all' || entries.length < paths.length) yield* linkedLayout(snapshot);
    if (paths === 'all') yield* twins(snapshot, new Set());
    if (standards.length > 0) yield* incomplete(snapshot, standards, paths === 'all' ? entries.map((entry) => entry.path) : paths, context);
  },

  *step(step) {
    if (!bringsTickets(step)) return;
    const known = new Set(step.before.flatMap((snapshot) => ticketFolders(snapshot).map((one) => one.folder)));
    yield* twins(step.after, known);
  },
};

/** Each file or folder that the layout does not name, once; and links where a document belongs. */
function* misplaced(snapshot: Snapshot, entries: readonly Entry[], standards: readonly DirectoryStandard[]): Iterable<Report> {
  const seen = new Set<string>();
  for (const entry of entries) {
    const place = placeOf(snapshot.settings, entry.path);
    if (!place) continue;
    if (place.kind === 'stray') {
      const root = strayRoot(snapshot, entry.path);
      if (seen.has(root) || isAskedFor(root, standards)) continue;
      seen.add(root);
      yield stray(snapshot, entry, root, place);
    } else if (entry.type !== 'file' && !['attachment', 'readme'].includes(place.kind)) {
      yield lowered(place, {
        path: entry.path,
        message: `Unexpected ${entry.type} ${entry.path}, expected a regular file: links are never followed`,
        remedy: 'replace it by a copy of what it leads to',
      });
    }
  }
}

/** The topmost part of a stray path that does not belong: a folder of a wrong name is one finding. */
function strayRoot({ settings }: Snapshot, path: string): string {
  for (const folder of [...directoriesAbove([path])].reverse()) {
    if (placeOf(settings, `${folder}/README.md`)?.kind === 'stray') return folder;
  }
  return path;
}

/** `directories` of WORKSPACE.md may ask for more than the layout names. */
function isAskedFor(path: string, standards: readonly DirectoryStandard[]): boolean {
  const end = path.lastIndexOf('/');
  const [directory, name] = [path.slice(0, end), path.slice(end + 1)];
  return standards.some(({ holds, matches }) => holds.some((held) => held.replace(/\/+$/, '') === name) && matches(directory));
}

function stray({ settings }: Snapshot, entry: Entry, root: string, place: Place): Report {
  const name = root.slice(root.lastIndexOf('/') + 1);
  const what = root === entry.path ? entry.type : 'folder';
  if (place.ticket === undefined) {
    return {
      path: entry.path,
      message: `Unexpected ${what} ${root}, expected only folders named by a ticket's id (${settings.ticketPattern.source})`,
      remedy: `rename it to its ticket's id, or move it out of ${root.slice(0, root.lastIndexOf('/'))}; where the folder was somebody else's first, let tickets have another one: layout: {specs: docs/tickets} in WORKSPACE.md`,
    };
  }
  const meant = nearest(what === 'folder' ? `${name}/` : name, TICKET_NAMES);
  return lowered(place, {
    path: entry.path,
    message: `Unexpected ${what} ${root}, expected what a ticket's folder holds: ${TICKET_NAMES.join(', ')}${meant ? `; did you mean ${meant}?` : ''}`,
    remedy: meant && root === `${place.folder}/${name}` ? `git mv ${root} ${place.folder}/${meant.replace('/', '')}` : `move it to ${place.folder}/attachments/, or out of the ticket's folder`,
  });
}

/** Documents behind a link would be nobody's business. */
function* linkedLayout({ tree, settings }: Snapshot): Iterable<Report> {
  const folders = directoriesAbove([`${settings.layout.specs}/x`, `${settings.layout.archived}/x`]);
  for (const folder of folders) {
    const type = tree.entry(folder)?.type;
    if (type === undefined || type === 'directory') continue;
    yield { path: folder, message: `Unexpected ${type} ${folder}, expected a directory: the documents of all tickets are below it`, remedy: `git checkout HEAD -- ${folder}` };
  }
}

/** Open tickets whose ids are the same but for capital letters; beside an archived one see `ticket-one-place`. */
function* twins(snapshot: Snapshot, known: ReadonlySet<string>): Iterable<Report> {
  for (const group of sameIds(ticketFolders(snapshot).filter((one) => !one.archived))) {
    if (group.every(({ folder }) => known.has(folder))) continue;
    const [first, second] = group.map(({ folder }) => folder) as [string, string];
    yield {
      path: firstFile(snapshot.tree, second),
      message: `Unexpected folder ${second} beside ${first}, expected ids that differ in more than capital letters`,
      remedy: `merge the two, or rename ${second} to an id of its own`,
    };
  }
}

function* incomplete({ tree }: Snapshot, standards: readonly DirectoryStandard[], paths: readonly string[], context: RuleContext): Iterable<Report> {
  const concerned = [...directoriesAbove(paths)].filter((directory) => standards.some(({ matches }) => matches(directory)));
  tree.prefetch(concerned);
  for (const directory of concerned.sort()) {
    if (tree.entry(directory)?.type !== 'directory') continue;
    const asked = standards.filter(({ matches }) => matches(directory));
    const missing = [...new Set(asked.flatMap(({ holds }) => missingNames(tree, directory, holds)))];
    if (missing.length === 0) continue;
    yield {
      path: directory,
      message: `Unexpected directory without ${missing.join(', ')}, expected what WORKSPACE.md asks of ${asked.map(({ pattern }) => pattern).join(' and ')}`,
      remedy: `${context.program} new directory ${directory}`,
      ...withEdits(missing.flatMap((name) => begun(directory, name))),
    };
  }
}

function withEdits(edits: readonly Edit[]): Pick<Report, 'edits'> {
  return edits.length > 0 ? { edits } : {};
}

/** A missing page begins with a heading, a missing directory with what git keeps it by; what else should stand in them is for a person to say. */
function begun(directory: string, name: string): Edit[] {
  const folder = directory.slice(directory.lastIndexOf('/') + 1);
  if (name.endsWith('/')) return [{ path: `${directory}/${name}.gitkeep`, content: '', expect: 'absent' }];
  const stem = /^(?:.*\/)?([^/]+)\.md$/is.exec(name)?.[1];
  if (stem === undefined) return [];
  return [{ path: `${directory}/${name}`, content: `# ${/^readme$/i.test(stem) ? folder : `${stem} of ${folder}`}\n`, expect: 'absent' }];
}

/** An archived ticket cannot be mended. */
function lowered(place: Place, report: Report): Report {
  return place.archived ? { ...report, severity: 'warning' } : report;
}
