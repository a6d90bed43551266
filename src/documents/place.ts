import type { Kind } from './kinds.ts';
import { staticPrefix } from './path-pattern.ts';
import { runAt, runId, runOf, runsFolder } from './run.ts';
import { BASELINE_PATH, WORKSPACE_PATH, type Settings } from './settings.ts';

/** Kinds of the core, whose documents have frontmatter with a schema. */
type CoreKind = 'workspace' | 'idea' | 'spec' | 'tasks' | 'node' | 'change' | 'fork' | 'checkpoint' | 'retro';

/** A kind of the core, or the name of one of `settings.kinds`. */
export type DocumentKind = CoreKind | (string & Record<never, never>);

/**
 * What a governed path is. `readme` and `attachment` are free of form; `stray` is a path inside a
 * governed folder that the layout does not name.
 */
export interface Place {
  readonly kind: DocumentKind | 'readme' | 'attachment' | 'stray';
  /** The ticket whose folder it is in. */
  readonly ticket?: string;
  /** That folder, without trailing slash. */
  readonly folder?: string;
  readonly archived?: boolean;
  /** File name without `.md`: a node's id, a record's identity; documents of other kinds have one too. */
  readonly name?: string;
}

const SLASH = 0x2f;
const FILES: Readonly<Record<string, CoreKind | 'readme'>> = {
  'idea.md': 'idea',
  'spec.md': 'spec',
  'tasks.md': 'tasks',
  'retro.md': 'retro',
  'README.md': 'readme',
};
const FOLDERS: Readonly<Record<string, CoreKind>> = { changes: 'change', nodes: 'node', forks: 'fork', checkpoints: 'checkpoint' };

/** What a ticket's folder may hold; a name that ends in `/` is a folder. */
export const TICKET_NAMES: readonly string[] = [...Object.keys(FILES), ...Object.keys(FOLDERS).map((name) => `${name}/`), 'attachments/'];

/** What the layout says a path is; undefined when the path is nobody's business. The kind follows from the path alone; the core's layout wins. */
export function placeOf(settings: Settings, path: string): Place | undefined {
  if (path === WORKSPACE_PATH) return { kind: 'workspace' };
  const { specs, archived, operations } = settings.layout;
  if (isInside(path, archived)) return inTickets(settings, path, archived, true);
  if (isInside(path, specs)) return inTickets(settings, path, specs, false);
  const run = operations !== undefined && isInside(path, operations) ? inRun(operations, path) : undefined;
  if (run) return run;
  return settings.kinds.length === 0 ? undefined : ofKind(settings.kinds, path);
}

/** The first kind whose pattern matches: `kind-definition` reports a second one. */
function ofKind(kinds: readonly Kind[], path: string): Place | undefined {
  for (const kind of kinds) {
    if (kind.matches(path)) return { kind: kind.name, name: path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '') };
  }
  return undefined;
}

/** Makes no string: an audit asks it for every path, and more than once. */
function isInside(path: string, folder: string): boolean {
  return path.charCodeAt(folder.length) === SLASH && path.startsWith(folder);
}

/** The paths below which everything governed lives; each exists or not. */
export function governedRoots(settings: Settings): string[] {
  const { specs, archived } = settings.layout;
  const directories = settings.directories.map(({ pattern }) => staticPrefix(pattern));
  const kinds = settings.kinds.flatMap(({ path, schema, template }) => [staticPrefix(path), ...[schema, template].filter((file) => file !== undefined)]);
  const roots = [...new Set([WORKSPACE_PATH, BASELINE_PATH, specs, archived, ...directories, ...kinds])];
  if (roots.includes('')) return [''];
  return roots.filter((root) => !roots.some((other) => other !== root && root.startsWith(`${other}/`))).sort();
}

/** The folder of a ticket that is not archived. */
export function ticketFolder({ layout: { specs, operations } }: Pick<Settings, 'layout'>, ticket: string): string {
  const run = operations === undefined ? undefined : runOf(ticket);
  return run ? `${runsFolder(operations as string, run.name)}/${run.period}` : `${specs}/${ticket}`;
}

/** The folder of a ticket that is archived; a run's is there too. */
export function archivedFolder({ layout }: Pick<Settings, 'layout'>, ticket: string): string {
  return `${layout.archived}/${ticket}`;
}

/** A path in a run's folder; undefined for the operation itself and whatever else is beside it. */
function inRun(operations: string, path: string): Place | undefined {
  const run = runAt(operations, path);
  return run && run.end < path.length ? inFolder(path, run.end, runId(run), false) : undefined;
}

function inTickets(settings: Settings, path: string, base: string, archived: boolean): Place {
  const start = base.length + 1;
  const folderEnd = path.indexOf('/', start);
  const ticket = path.slice(start, folderEnd === -1 ? path.length : folderEnd);
  if (folderEnd === -1) return { kind: ticket === 'README.md' || ticket.startsWith('.git') ? 'readme' : 'stray' };
  if (!settings.ticketPattern.test(ticket)) return { kind: 'stray' };
  return inFolder(path, folderEnd, ticket, archived);
}

/** A path in the folder of a ticket, which ends at `folderEnd`. */
function inFolder(path: string, folderEnd: number, ticket: string, archived: boolean): Place {
  const folder = path.slice(0, folderEnd);
  const partEnd = path.indexOf('/', folderEnd + 1);
  const first = path.slice(folderEnd + 1, partEnd === -1 ? path.length : partEnd);
  if (partEnd === -1) {
    const kind = Object.hasOwn(FILES, first) ? FILES[first] : undefined;
    return { ticket, folder, archived, kind: kind ?? (first.startsWith('.git') ? 'readme' : 'stray') };
  }
  const rest = path.slice(partEnd + 1);
  if (first === 'attachments' || rest === '.gitkeep' || rest.startsWith('.gitkeep/')) return { ticket, folder, archived, kind: 'attachment' };
  const kind = Object.hasOwn(FOLDERS, first) ? FOLDERS[first] : undefined;
  if (!kind || rest.includes('/') || !rest.endsWith('.md')) return { ticket, folder, archived, kind: 'stray' };
  return { ticket, folder, archived, kind, name: rest.slice(0, -'.md'.length) };
}
