import type { Nodes } from 'mdast';
import { markdownAuthority } from './authority.ts';
import type { Heading, Outline } from './document.ts';

/** A heading inside of a list or a quote, which an outline leaves out. */
const NESTED = /^[ \t]*(?:(?:[-+*>]|\d{1,9}[.)])[ \t]*)+(#{1,6})[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$/;
const PLAIN = /^[^*_`[\]<>&\\!~]*$/;

/**
 * What a `#…` of a link to this document can name: GitHub's slugs of the headings (as
 * github-slugger 2 makes them), and ids and names of HTML elements.
 */
export function anchorsOf(outline: Outline): ReadonlySet<string> {
  return new Set(anchorLines(outline).keys());
}

/** The same, each with the line where it stands first. */
export function anchorLines(outline: Outline): ReadonlyMap<string, number> {
  const anchors = new Map<string, number>();
  const add = (anchor: string, line: number) => anchors.has(anchor) || anchors.set(anchor, line);
  headingAnchors(outline).forEach((anchor, index) => add(anchor, (outline.headings[index] as Heading).line));
  outline.lines.forEach((line, index) => {
    if (line.includes('=')) for (const [, id] of line.matchAll(/\b(?:id|name)=["']([^"'<>\s]{1,200})["']/g)) add(id as string, index + 1);
    if (!line.includes('#') || outline.opaque.has(index + 1)) return;
    const nested = NESTED.exec(line)?.[2];
    if (nested !== undefined) add(slugOf(textOf(nested)), index + 1);
  });
  return anchors;
}

/** The slugs of an outline's headings, in their order. */
export function headingAnchors({ headings }: Pick<Outline, 'headings'>): string[] {
  const seen = new Map<string, number>();
  return headings.map(({ text }) => unique(slugOf(textOf(text)), seen));
}

/** GitHub's id of a heading with this text, the first time it occurs. */
function slugOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\- ]/gu, '').replaceAll(' ', '-');
}

/** The slug, with a number where it occurred before. */
function unique(slug: string, seen: Map<string, number>): string {
  let result = slug;
  while (seen.has(result)) {
    const next = (seen.get(slug) ?? 0) + 1;
    seen.set(slug, next);
    result = `${slug}-${next}`;
  }
  seen.set(result, 0);
  return result;
}

/** What a reader sees of a heading's source. */
function textOf(source: string): string {
  if (PLAIN.test(source)) return source;
  const inner = source.replaceAll(/(?<!`)`([^`]*[^`\s])`(?!`)/g, (_, code: string) => (code.startsWith(' ') ? '`' : code));
  if (PLAIN.test(inner)) return inner;
  let text = '';
  const pending: Nodes[] = [markdownAuthority().fromMarkdown(`# ${source}`)];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'text' || node.type === 'inlineCode') text += node.value;
    if ('children' in node) for (const child of node.children.toReversed()) pending.push(child);
  }
  return text;
}
