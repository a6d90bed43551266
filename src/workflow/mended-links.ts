import { addressPlace, lineStarts } from '../documents/link-address.ts';
import { addressOf, linkTarget } from '../documents/link-target.ts';
import type { Fix } from '../tree/finding.ts';
import type { BrokenLink } from './broken-links.ts';
import { movedFiles } from './moved-files.ts';
import type { RepositoryStep } from './rule.ts';
import type { GovernedDocument } from './snapshot.ts';

/**
 * The document with those of its broken links rewritten whose target, or which themselves, were moved
 * in this step; undefined when there are none. Everything else stays as it is, byte by byte.
 */
export function mendedLinks(document: GovernedDocument, broken: readonly BrokenLink[], step: RepositoryStep): Fix | undefined {
  const moved = movedFiles(step.changed);
  const before = moved.from(document.path) ?? document.path;
  const { text } = document.parsed;
  const starts = lineStarts(text);
  let to = text;
  // From the end: places before an edit stay where they are.
  for (const one of [...broken].sort((a, b) => b.link.line - a.link.line || b.link.column - a.link.column)) {
    if (one.why !== 'absent' && one.why !== 'outside') continue;
    const address = newAddress(document.path, before, one.link.url, moved.to, step);
    const at = (starts[one.link.line - 1] ?? 0) + one.link.column - 1;
    const place = address === undefined ? undefined : addressPlace(text, at, one.link.url);
    if (address !== undefined && place !== undefined) to = to.slice(0, place) + address + to.slice(place + one.link.url.length);
  }
  return to === text ? undefined : { path: document.path, from: text, to };
}

/** undefined where nothing says what the address is now. */
function newAddress(path: string, before: string, url: string, movedTo: (path: string) => string | undefined, { after }: RepositoryStep): string | undefined {
  const target = linkTarget(before, url);
  if (target.leads !== 'inside' || target.path === '') return undefined;
  const now = after.tree.entry(target.path) ? target.path : movedTo(target.path);
  if (now === undefined || (now === target.path && before === path)) return undefined;
  const rest = /[?#].*$/s.exec(url)?.[0] ?? '';
  return `${url.startsWith('/') ? `/${addressOf('', now)}` : addressOf(path, now)}${target.isDirectory ? '/' : ''}${rest}`;
}
