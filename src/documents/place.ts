import { WORKSPACE_PATH, type Settings } from './settings.ts';

/** Kinds whose documents have frontmatter with a schema. */
export type DocumentKind = 'workspace' | 'idea' | 'spec' | 'tasks' | 'node' | 'change' | 'fork' | 'checkpoint' | 'retro';

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
  /** File name without `.md`: a node's id, a record's identity. */
  readonly name?: string;
}

const SLASH = 0x2f;
const FILES: Readonly<Record<string, DocumentKind | 'readme'>> = {
  'idea.md': 'idea',
  'spec.md': 'spec',
  'tasks.md': 'tasks',
  'retro.md': 'retro',
  'README.md': 'readme',
};
const FOLDERS: Readonly<Record<string, DocumentKind>> = { changes: 'change', nodes: 'node', forks: 'fork', checkpoints: 'checkpoint' };

/** What a ticket's folder may hold; a name that ends in `/` is a folder. */
export const TICKET_NAMES: readonly string[] = [...Object.keys(FILES), ...Object.keys(FOLDERS).map((name) => `${name}/`), 'attachments/'];

/** What the layout says a path is; undefined when the path is nobody's business. The kind follows from the path alone. */
export function placeOf(settings: Settings, path: string): Place | undefined {
  if (path === WORKSPACE_PATH) return { kind: 'workspace' };
  const { specs, archived } = settings.layout;
  if (isInside(path, archived)) return inTickets(settings, path, archived, true);
  return isInside(path, specs) ? inTickets(settings, path, specs, false) : undefined;
}

/** Makes no string: an audit asks it for every path, and more than once. */
function isInside(path: string, folder: string): boolean {
  return path.charCodeAt(folder.length) === SLASH && path.startsWith(folder);
}

/** The paths below which everything governed lives; each exists or not. */
export function governedRoots(settings: Settings): string[] {
  const { specs, archived } = settings.layout;
  const directories = settings.directories.map(({ pattern }) => staticPrefix(pattern));
  const roots = [...new Set([WORKSPACE_PATH, specs, archived, ...directories])];
  if (roots.includes('')) return [''];
  return roots.filter((root) => !roots.some((other) => other !== root && root.startsWith(`${other}/`))).sort();
}

/** The folder of a ticket that is not archived. */
export function ticketFolder(settings: Settings, ticket: string): string {
  return `${settings.layout.specs}/${ticket}`;
}

function inTickets(settings: Settings, path: string, base: string, archived: boolean): Place {
  const start = base.length + 1;
  const folderEnd = path.indexOf('/', start);
  const ticket = path.slice(start, folderEnd === -1 ? path.length : folderEnd);
  if (folderEnd === -1) return { kind: ticket === 'README.md' || ticket.startsWith('.git') ? 'readme' : 'stray' };
  if (!settings.ticketPattern.test(ticket)) return { kind: 'stray' };
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

/** The leading segments of a path pattern that hold no wildcard. */
function staticPrefix(pattern: string): string {
  const segments = pattern.split('/');
  const wild = segments.findIndex((segment) => /[*?[\]{}()!+@]/.test(segment));
  return (wild === -1 ? segments : segments.slice(0, wild)).join('/');
}
