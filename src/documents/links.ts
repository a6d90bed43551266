import type { Nodes } from 'mdast';
import { markdownAuthority } from './authority.ts';
import type { Outline, ParsedDocument } from './document.ts';
import { scanLinks, type Link } from './links-scan.ts';
import { outlineOf } from './outline.ts';

export type { Link } from './links-scan.ts';

/**
 * The reference parser takes more than linear time on hostile text: sections, from heading to
 * heading, that are longer (in UTF-16 code units) go unread, and so does what is left when a document
 * has spent the second.
 */
const SECTION = 32 * 1024;
const ALL = 64 * 1024;

export interface Links {
  /** In the order of the text. */
  readonly links: readonly Link[];
  /** First line of a section that was too long to be read, for each one. */
  readonly unread: readonly number[];
}

const MEMO = Symbol('links');
const NONE: Links = { links: [], unread: [] };

/**
 * The inline links and images of a body as CommonMark has them. Reference links and their
 * definitions, autolinks, and what looks like a link in code or HTML are none. The same object for
 * the same document. Never throws.
 */
export function linksOf(document: ParsedDocument & { [MEMO]?: Links }): Links {
  return (document[MEMO] ??= document.body.includes('](') ? read(document) : NONE);
}

function read(document: ParsedDocument): Links {
  const { body } = document;
  const outline = outlineOf(document);
  if (outline.problem) return { links: [], unread: [document.bodyLine] };
  const links: Link[] = [];
  const unread: number[] = [];
  let left = ALL;
  // A definition says what brackets mean in all other sections.
  const starts = body.includes(']:') ? [document.bodyLine] : sectionStarts(outline, document.bodyLine);
  starts.forEach((start, index) => {
    const end = (starts[index + 1] ?? outline.lines.length + 1) - 1;
    const certain = scanSection(outline, start, end);
    if (certain) return void links.push(...certain);
    const source = outline.lines.slice(start - 1, end).join('\n');
    left -= source.length;
    if (source.length > SECTION || left < 0) unread.push(start);
    else links.push(...referenceLinks(source, start));
  });
  return { links, unread };
}

/** A heading at the top level ends whatever was open: sections can be read apart. */
function sectionStarts({ headings }: Outline, bodyLine: number): number[] {
  const lines = headings.map((heading) => heading.line);
  return lines[0] === bodyLine ? lines : [bodyLine, ...lines];
}

function scanSection({ lines, opaque }: Outline, start: number, end: number): Link[] | undefined {
  const links: Link[] = [];
  let from = start;
  for (let line = start; line <= end + 1; line += 1) {
    if (line <= end && !opaque.has(line) && !isBlank(lines[line - 1] as string)) continue;
    const stretch = lines.slice(from - 1, line - 1);
    if (stretch.some((source) => source.includes(']('))) {
      const found = scanLinks(stretch, from);
      if (!found) return undefined;
      links.push(...found);
    }
    from = line + 1;
  }
  return links;
}

function isBlank(source: string): boolean {
  for (let at = 0; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code !== 32 && code !== 9) return false;
  }
  return true;
}

/** What mdast says of a text whose first line has that number. */
export function referenceLinks(source: string, line: number): Link[] {
  // A blank line before it keeps the parser from dropping a byte order mark, which would shift offsets.
  const shifted = `\n${source}`;
  const links: Link[] = [];
  const pending: Nodes[] = [markdownAuthority().fromMarkdown(shifted)];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'link' || node.type === 'image') {
      const { line: at, column, offset = 0 } = node.position?.start ?? { line: 1, column: 1 };
      if (shifted[offset] !== '<') links.push({ line: at + line - 2, column, url: node.url, isImage: node.type === 'image' });
    }
    if ('children' in node) for (const child of node.children.toReversed()) pending.push(child);
  }
  return links;
}
