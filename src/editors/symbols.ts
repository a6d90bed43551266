import type { Heading } from '../documents/document.ts';
import { outlineOf } from '../documents/outline.ts';
import { dataPathOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import type { View } from './desk.ts';
import { rangeOn, type Range } from './text-edit.ts';

/** SymbolKind of the protocol: String for headings, Event for nodes of a workflow. */
const HEADING = 15;
const NODE = 24;

export interface DocumentSymbol {
  readonly name: string;
  readonly kind: typeof HEADING | typeof NODE;
  readonly range: Range;
  readonly selectionRange: Range;
  readonly children: DocumentSymbol[];
}

/** The outline of a document; of tasks.md, its nodes before it. */
export function symbolsOf(view: View): DocumentSymbol[] {
  const { document, place } = view;
  if (!document) return [];
  const nodes = place.kind === 'tasks' ? taskNodes(document.data).filter((node) => !node.parent) : [];
  return [...nodes.map((node) => nodeSymbol(node, view)), ...headingSymbols(view)];
}

function nodeSymbol(node: TaskNode, view: View): DocumentSymbol {
  const { line, column } = (view.document as NonNullable<View['document']>).parsed.locate([...dataPathOf(node), 'id']);
  const own = rangeOn(line, column, column + node.id.length);
  const children = node.children.map((child) => nodeSymbol(child, view));
  // Flow mappings may name the id after what is in it: a symbol's range holds its children's.
  const first = Math.min(own.start.line, ...children.map((child) => child.range.start.line));
  const last = children.reduce((end, child) => (isAfter(child.range.end, end) ? child.range.end : end), own.end);
  return { name: node.id, kind: NODE, range: { start: { line: first, character: 0 }, end: last }, selectionRange: own, children };
}

function isAfter(a: Range['end'], b: Range['end']): boolean {
  return a.line > b.line || (a.line === b.line && a.character > b.character);
}

function headingSymbols({ document }: View): DocumentSymbol[] {
  const { headings, lines } = outlineOf((document as NonNullable<View['document']>).parsed);
  const top: DocumentSymbol[] = [];
  const open: { readonly depth: number; readonly symbol: DocumentSymbol }[] = [];
  headings.forEach((heading, index) => {
    while ((open.at(-1)?.depth ?? 0) >= heading.depth) open.pop();
    const symbol = headingSymbol(heading, endOf(headings, index, lines.length), lines);
    (open.at(-1)?.symbol.children ?? top).push(symbol);
    open.push({ depth: heading.depth, symbol });
  });
  return top;
}

/** The last line of a heading's section. */
function endOf(headings: readonly Heading[], index: number, last: number): number {
  const depth = headings[index]?.depth ?? 6;
  const next = headings.slice(index + 1).find((heading) => heading.depth <= depth);
  return next ? next.line - 1 : last;
}

function headingSymbol(heading: Heading, end: number, lines: readonly string[]): DocumentSymbol {
  const own = rangeOn(heading.line, 1, (lines[heading.line - 1] ?? '').length + 1);
  return {
    name: heading.text === '' ? `(heading on line ${heading.line})` : heading.text,
    kind: HEADING,
    range: { start: own.start, end: { line: end - 1, character: (lines[end - 1] ?? '').length } },
    selectionRange: own,
    children: [],
  };
}
