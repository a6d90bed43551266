import { lineStarts } from '../documents/link-address.ts';
import { parseDocument } from '../documents/parse.ts';
import type { DataPath, ParsedDocument } from '../documents/document.ts';
import { staticPrefix } from '../documents/path-pattern.ts';
import type { Moved } from './relinked.ts';

/** What says nothing of where something stands: a history is only ever appended to, and nobody writes in an archive. */
const NO_PATHS: ReadonlySet<string> = new Set(['history', 'scope']);

/** Where a path in a value of frontmatter may end: a section, a line, a word about it comes behind. */
const END = /[#:,;\s]|$/g;

export interface PathMove {
  /** Where the document stood and stands. */
  readonly from: string;
  readonly to: string;
  readonly moved: Moved;
  /** Whether something stands at a path, before the move. */
  exists(path: string): boolean;
}

/** A value of frontmatter that names a file, and what names it once that has moved. */
export interface Followed {
  readonly at: DataPath;
  readonly old: string;
  readonly now: string;
}

/**
 * The text of a document whose frontmatter names what it named before, while that and the document
 * move: values of whatever key that are a path (or pattern) of the repository from its root, or from
 * the document with `./` or `../` before it. Only these values change; quotes, comments and order stay.
 * undefined where one of them is written in a form that cannot be edited like that (folded, escaped).
 */
export function withFollowedPaths(parsed: ParsedDocument, move: PathMove): string | undefined {
  return withValues(parsed, parsed.data ? [...pathsIn(parsed.data, [], move)] : []);
}

function* pathsIn(value: unknown, at: DataPath, move: PathMove): Iterable<Followed> {
  if (typeof value === 'string') {
    const now = followedPath(value, move);
    if (now !== value) yield { at, old: value, now };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* pathsIn(item, [...at, index], move);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) if (!NO_PATHS.has(key)) yield* pathsIn(item, [...at, key], move);
  }
}

/** Where a path at the beginning of a value may end, the longest first. */
export function pathEnds(value: string): number[] {
  return [...value.matchAll(END)].map(({ index }) => index).reverse();
}

/** The longest path that the value begins with, as it is now. */
function followedPath(value: string, move: PathMove): string {
  for (const end of pathEnds(value)) {
    const now = pathNow(value.slice(0, end), move);
    if (now !== undefined) return now + value.slice(end);
  }
  return value;
}

/** undefined for what names nothing that moves, and moves not itself. */
function pathNow(path: string, { from, to, moved, exists }: PathMove): string | undefined {
  const lead = leadOf(path);
  const target = namedPath(from, path);
  const now = target === undefined ? undefined : moved(target);
  if (target === undefined || now === undefined || namedPath(to, path) === now || !standsThere(target, exists)) return undefined;
  return lead.startsWith('.') ? relativePath(to, now, lead) : lead + now;
}

/** The path of the repository that a value of a document's frontmatter names; undefined for what leads out of it. */
export function namedPath(from: string, path: string): string | undefined {
  const lead = leadOf(path);
  return lead.startsWith('.') ? resolved(from, path) : path.slice(lead.length);
}

function leadOf(path: string): string {
  return /^(?:\.{0,2}\/)*/.exec(path)?.[0] ?? '';
}

/** Whether something stands at a path, or in a pattern's folder. */
export function standsThere(path: string, exists: PathMove['exists']): boolean {
  const bare = path.replace(/\/$/, '');
  return exists(bare) || (/[*?[{]/.test(bare) && staticPrefix(bare) !== '' && exists(staticPrefix(bare)));
}

/** From the root; undefined for what leads out of the repository. */
function resolved(from: string, path: string): string | undefined {
  const names = from.split('/').slice(0, -1);
  for (const name of path.split('/')) {
    if (name === '..' && names.pop() === undefined) return undefined;
    if (!['', '.', '..'].includes(name)) names.push(name);
  }
  return names.join('/') + (path.endsWith('/') ? '/' : '');
}

function relativePath(from: string, path: string, lead: string): string {
  const [here, there] = [from.split('/').slice(0, -1), path.split('/')];
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared += 1;
  const up = here.slice(shared).map(() => '../').join('');
  return `${up === '' && lead.startsWith('./') ? './' : up}${there.slice(shared).join('/')}`;
}

/** The text with other values where the old ones stand, in the quotes that those have; undefined where one is written otherwise. */
export function withValues(parsed: ParsedDocument, followed: readonly Followed[]): string | undefined {
  let { text } = parsed;
  if (followed.length === 0) return text;
  const starts = lineStarts(text);
  const places = followed.map(({ at, old, now }) => {
    const { line, column } = parsed.locate(at);
    const offset = (starts[line - 1] ?? 0) + column - 1;
    return { old, now, from: offset + Number(/["']/.test(parsed.text.charAt(offset))) };
  });
  for (const { old, now, from } of places.sort((a, b) => b.from - a.from)) {
    if (!text.startsWith(old, from)) return undefined;
    text = text.slice(0, from) + now + text.slice(from + old.length);
  }
  const { data } = parseDocument(Buffer.from(text));
  return data && followed.every(({ at, now }) => valueAt(data, at) === now) ? text : undefined;
}

function valueAt(data: unknown, at: DataPath): unknown {
  return at.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], data);
}
