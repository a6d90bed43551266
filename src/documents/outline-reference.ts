import type { Heading as MdastHeading, Nodes, Root } from 'mdast';
import { markdownAuthority } from './authority.ts';
import type { Heading } from './document.ts';
import type { BodyOutline } from './outline-scan.ts';

/**
 * Inline constructs change neither headings nor opaque lines, and reading them is what makes the
 * parser slow on hostile text: left out.
 */
const INLINE = [
  'attention',
  'autolink',
  'characterEscape',
  'characterReference',
  'codeText',
  'hardBreakEscape',
  'htmlText',
  'labelEnd',
  'labelStartImage',
  'labelStartLink',
];

/** The outline that CommonMark with frontmatter gives for a whole file, by way of mdast. */
export function referenceOutline(text: string): BodyOutline {
  const marked = withoutMark(text);
  return outlineOfTree(marked, parseFlow(marked));
}

/** Without the byte order mark, which the parser drops and does not count. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function parseFlow(text: string): Root {
  const { fromMarkdown, frontmatter, frontmatterFromMarkdown } = markdownAuthority();
  return fromMarkdown(text, {
    extensions: [frontmatter('yaml'), { disable: { null: INLINE } }],
    mdastExtensions: [frontmatterFromMarkdown('yaml')],
  });
}

/** The same for a tree that was parsed by whoever calls. */
export function outlineOfTree(text: string, tree: Root): BodyOutline {
  const headings = tree.children.filter((node) => node.type === 'heading').map((node) => headingOf(text, node));
  const opaque = new Set<number>();
  const fenced = new Set<number>();
  const pending: Nodes[] = [...tree.children];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'code' || node.type === 'html') addLines(text, node, opaque, fenced);
    else if ('children' in node && node.type !== 'paragraph' && node.type !== 'heading') pending.push(...node.children);
  }
  return { headings, opaque, fenced };
}

function headingOf(text: string, node: MdastHeading): Heading {
  const start = node.children[0]?.position?.start.offset ?? 0;
  const end = node.children.at(-1)?.position?.end.offset ?? start;
  return { depth: node.depth, text: text.slice(start, end).trim(), line: node.position?.start.line ?? 1 };
}

function addLines(text: string, node: Nodes, opaque: Set<number>, fenced: Set<number>): void {
  const start = node.position?.start;
  const end = node.position?.end;
  if (start === undefined || end === undefined) return;
  const isFenced = node.type === 'code' && /^[`~]/.test(text.charAt(start.offset ?? 0));
  // What is never closed reaches to the end of the text: the nothing after a last line end is no line.
  const last = end.offset === text.length && end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  for (let line = start.line; line <= last; line += 1) {
    opaque.add(line);
    if (isFenced) fenced.add(line);
  }
}
