import { globAuthority } from './authority.ts';

/** Names in double braces stand for a part of a path that `new` fills in. */
const PLACE = /\{\{([A-Za-z][\w-]*)\}\}/g;

/** What the places of a fixed form match; every other one is a name or a part of one. */
const FORMS: Readonly<Record<string, { readonly glob: string; readonly source: string }>> = {
  number: { glob: '+([0-9])', source: '\\d+' },
  date: { glob: '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]', source: '\\d{4}-\\d{2}-\\d{2}' },
};
/** Marks a place while a pattern is translated. */
const MARK = '\u0000';

/** The names of the places in a pattern, in order. */
export function placesIn(pattern: string): string[] {
  return [...pattern.matchAll(PLACE)].map((match) => match[1] as string);
}

/** The pattern with every place filled in, or left where `valueOf` knows none. */
export function fillPlaces(pattern: string, valueOf: (name: string) => string | undefined): string {
  return pattern.replace(PLACE, (place, name: string) => valueOf(name) ?? place);
}

/**
 * Whether paths match a pattern: `*`, `**`, `?`, `[…]`, `{a,b}` as picomatch reads them, and places:
 * `{{number}}` is digits, `{{date}}` a day, any other a name or a part of one. Compiled when first asked.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  let matches: ((path: string) => boolean) | undefined;
  return (path) => (matches ??= compiled(pattern))(path);
}

function compiled(pattern: string): (path: string) => boolean {
  const names = placesIn(pattern);
  const marked = pattern.replace(PLACE, MARK);
  if (isPlain(marked)) {
    const expression = new RegExp(`^${marked.split('/').map((segment) => sourceOf(segment, names)).join('/')}$`);
    return (path) => expression.test(path);
  }
  return globAuthority().picomatch(marked.replaceAll(MARK, () => FORMS[names.shift() ?? '']?.glob ?? '*'));
}

/**
 * What stands at each place of a pattern in a path that matches it; none for patterns with more than
 * `*` and places.
 */
export function placeValues(pattern: string, path: string): ReadonlyMap<string, string> {
  const names = placesIn(pattern);
  const marked = pattern.replace(PLACE, MARK);
  if (names.length === 0 || !isPlain(marked)) return new Map();
  const left = [...names];
  const match = new RegExp(`^${marked.split('/').map((segment) => sourceOf(segment, left, '(')).join('/')}$`).exec(path);
  return new Map(names.flatMap((name, index) => (match?.[index + 1] === undefined ? [] : [[name, match[index + 1] as string] as const])));
}

/** Most patterns need no pattern matcher to be loaded. */
function isPlain(marked: string): boolean {
  return !/[?[\]{}()!+@|\\]|\*\*/.test(marked);
}

/** A segment as a regular expression: what a wildcard begins is no hidden file. */
function sourceOf(segment: string, names: string[], open: '(' | '(?:' = '(?:'): string {
  const source = segment.replace(/[\u0000*]|[^\u0000*]+/g, (part) => {
    if (part === '*') return '[^/]*?';
    return part === MARK ? `${open}${FORMS[names.shift() ?? '']?.source ?? '[^/]+?'})` : part.replace(/[.^$]/g, '\\$&');
  });
  return /^[\u0000*]/.test(segment) ? `(?!\\.)(?=[^/])${source}` : source;
}

/** The leading segments of a path pattern that hold no wildcard and no place. */
export function staticPrefix(pattern: string): string {
  const segments = pattern.split('/');
  const wild = segments.findIndex((segment) => /[*?[\]{}()!+@]/.test(segment));
  return (wild === -1 ? segments : segments.slice(0, wild)).join('/');
}
