import { archivedFolder, placeOf, ticketFolder } from '../documents/place.ts';
import type { Tree } from '../tree/tree.ts';
import { ticketPaths } from '../workflow/ticket.ts';
import type { Scope, TicketUnit, Units } from './units.ts';

/** So many records are loaded when they are asked for, not before. */
const MANY = 100;
/** Tickets judged together before their contents are dropped: bounds memory in an audit. */
const CHUNK = 16;
/** Documents outside tickets judged together, likewise. */
const OTHERS = 64;

const SLASH = 0x2f;

/** What is loaded and judged together. */
export interface Chunk {
  readonly paths: readonly string[];
  readonly tickets: readonly TicketUnit[];
}

/** The documents and tickets of a change, in the order in which they are judged. */
export function chunksOf(units: Units): Chunk[] {
  const size = units.isAudit ? CHUNK : Number.POSITIVE_INFINITY;
  const chunks: Chunk[] = [];
  const byFolder = new Map<string, string[]>();
  let folder = '';
  for (const path of units.paths) {
    // Paths come in order: most are in the same ticket as the one before.
    if (folder === '' || path.charCodeAt(folder.length) !== SLASH || !path.startsWith(folder)) folder = units.tickets.length > 0 ? folderOf(path, units) : '';
    const list = byFolder.get(folder);
    if (list) list.push(path);
    else byFolder.set(folder, [path]);
  }
  const others = byFolder.get('') ?? [];
  const most = units.isAudit ? OTHERS : Number.POSITIVE_INFINITY;
  for (let index = 0; index === 0 || index < others.length; index += most) chunks.push({ paths: others.slice(index, index + most), tickets: [] });
  for (let index = 0; index < units.tickets.length; index += size) {
    const tickets = units.tickets.slice(index, index + size);
    chunks.push({ paths: tickets.flatMap((ticket) => byFolder.get(ticket.folder) ?? []), tickets });
    if (size === Number.POSITIVE_INFINITY) break;
  }
  return chunks;
}

function folderOf(path: string, units: Units): string {
  const { specs, archived, operations } = units.after.settings.layout;
  if (operations !== undefined && path.startsWith(`${operations}/`)) return placeOf(units.after.settings, path)?.folder ?? '';
  for (const base of [archived, specs]) {
    if (!path.startsWith(`${base}/`)) continue;
    const end = path.indexOf('/', base.length + 1);
    return end === -1 ? '' : path.slice(0, end);
  }
  return '';
}

/**
 * Everything the rules will read, in two rounds: folders, their texts and what changed; then their
 * records, which only a listing can name.
 */
export function prefetch(units: Units, chunk: Chunk, scope: Scope): void {
  const { tree, settings } = units.after;
  const { archived } = settings.layout;
  const before = chunk.tickets.some((ticket) => ticket.isChanged) ? units.before.map((snapshot) => snapshot.tree) : [];
  // Where everything was walked, the paths are all that tickets hold.
  if (scope === 'all' && before.length === 0) return tree.prefetch(chunk.paths);
  const folders = chunk.tickets.map(({ folder }) => folder);
  tree.prefetch([...(before.length > 0 ? [archived] : []), ...folders.flatMap(ticketPaths), ...chunk.paths], before);
  const elsewhere = before.length > 0 ? chunk.tickets.map(({ id, archived: isArchived }) => (isArchived ? ticketFolder(settings, id) : archivedFolder(settings, id))).filter((folder) => tree.entry(folder)) : [];
  if (elsewhere.length > 0) tree.prefetch(elsewhere.flatMap(ticketPaths), before);
  const all = [...new Set([...folders, ...elsewhere])];
  const listed = (one: Tree, part: string) => all.flatMap((folder) => one.list(`${folder}/${part}`));
  const records = [tree, ...before].flatMap((one) => [...listed(one, 'changes'), ...listed(one, 'forks')].map((entry) => entry.path));
  // Of many node records most are not looked into; those that are load their like (`documentsIn`).
  const changed = new Set(chunk.paths);
  const nodes = [tree, ...before].flatMap((one) => listed(one, 'nodes').map((entry) => entry.path));
  const few = nodes.length < MANY ? nodes : nodes.filter((path) => changed.has(path));
  if (records.length + few.length > 0) tree.prefetch([...new Set([...records, ...few])], before);
}
