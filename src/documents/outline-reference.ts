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

/** The outline that CommonMark gives, by way of mdast, for a text whose first line has that number. */
export function referenceOutline(text: string, line = 1): BodyOutline {
  // A blank line before it keeps the parser from dropping a byte order mark, which would shift offsets.
  const shifted = `\n${text}`;
  const tree = markdownAuthority().fromMarkdown(shifted, { extensions: [{ disable: { null: INLINE } }] });
  return outlineOfTree(shifted, tree, line - 2);
}

/** What an mdast tree of the text says, with `shift` added to its line numbers. */
export function outlineOfTree(text: string, tree: Root, shift = 0): BodyOutline {
  const headings = tree.children.filter((node) => node.type === 'heading').map((node) => headingOf(text, node, shift));
  const opaque = new Set<number>();
  const fenced = new Set<number>();
  const pending: Nodes[] = [...tree.children];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'code' || node.type === 'html') {
      for (const line of linesOf(text, node)) {
        opaque.add(line + shift);
        if (node.type === 'code' && isFenced(text, node)) fenced.add(line + shift);
      }
    } else if ('children' in node && node.type !== 'paragraph' && node.type !== 'heading') {
      for (const child of node.children) pending.push(child);
    }
  }
  return { headings, opaque, fenced };
}

function headingOf(text: string, node: MdastHeading, shift: number): Heading {
  const start = node.children[0]?.position?.start.offset ?? 0;
  const end = node.children.at(-1)?.position?.end.offset ?? start;
  return { depth: node.depth, text: text.slice(start, end).trim(), line: (node.position?.start.line ?? 1) + shift };
}

function isFenced(text: string, node: Nodes): boolean {
  return /^[`~]/.test(text.charAt(node.position?.start.offset ?? 0));
}

function linesOf(text: string, node: Nodes): number[] {
  const start = node.position?.start;
  const end = node.position?.end;
  if (start === undefined || end === undefined) return [];
  // What is never closed reaches to where its container or the text ends: nothing of the line that begins there.
  const isNothing = end.column === 1 && end.line > start.line && (end.offset === text.length || !/[\r\n]/.test(text.charAt(end.offset ?? 0)));
  const last = isNothing ? end.line - 1 : end.line;
  return Array.from({ length: last - start.line + 1 }, (_, index) => start.line + index);
}
