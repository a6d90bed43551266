import { headingAnchors } from '../documents/anchors.ts';
import type { Heading, Outline } from '../documents/document.ts';
import { addressPlace, lineStarts } from '../documents/link-address.ts';
import { linkTarget } from '../documents/link-target.ts';
import { linksOf } from '../documents/links.ts';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';
import type { ParsedDocument } from '../documents/document.ts';
import type { Tree } from '../tree/tree.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { ticketAnywhere } from '../workflow/ticket.ts';
import type { View } from './desk.ts';
import { linesOf } from './extent.ts';
import { mentionAt } from './mention-at.ts';
import { isSame, mentionsIn, type Mention, type Name } from './names.ts';
import { rangeOn, type Range } from './text-edit.ts';

/** A place in a file of the same work tree. */
export interface Spot {
  readonly path: string;
  readonly range: Range;
}

/** A link of a document that leads into the work tree. Columns are 1-based and of its address. */
export interface InnerLink {
  readonly from: string;
  readonly path: string;
  readonly anchor: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly address: string;
}

/** Where what stands at a position is defined; none where it names nothing. */
export function definitionAt(view: View, position: Range['start']): Spot[] {
  const mention = mentionAt(view, position);
  if (mention) return definitionOf(view, mention);
  const link = view.document && innerLinks(view.path, view.document.parsed).find((one) => isOn(one, view, position));
  return link ? spotOf(view.tree, link) : [];
}

/** Every place in the ticket (of a ticket's id: in all documents of `candidates`) that names the same. */
export function referencesAt(view: View, position: Range['start'], candidates: (text: string) => readonly string[]): Spot[] {
  const mention = mentionAt(view, position);
  if (!mention) return headingReferences(view, position, candidates);
  const documents = mention.kind === 'ticket' ? candidates(mention.text).flatMap((path) => view.snapshot.document(path) ?? []) : documentsAround(view);
  const mentions = documents.flatMap((document) => mentionsIn(document, view.settings)).filter((one) => isSame(one, mention));
  return mentions.map(spotOfMention);
}

/** The documents in which a name means the same: those of the ticket, else the document alone. */
export function documentsAround({ ticket, document }: View): GovernedDocument[] {
  const all = ticket ? [ticket.spec, ticket.tasks, ...ticket.changes, ...ticket.nodes, ...ticket.forks, document] : [document];
  return [...new Map(all.flatMap((one) => (one ? [[one.path, one] as const] : []))).values()];
}

function spotOfMention(mention: Mention): Spot {
  const { line, from, to } = mention.place();
  return { path: mention.path, range: rangeOn(line, from, to) };
}

function definitionOf(view: View, name: Name): Spot[] {
  if (name.kind !== 'ticket') {
    const mentions = documentsAround(view).flatMap((document) => mentionsIn(document, view.settings));
    return mentions.filter((one) => one.isDefinition && isSame(one, name)).slice(0, 1).map(spotOfMention);
  }
  const ticket = ticketAnywhere(view.snapshot, name.text);
  const document = ticket?.spec ?? ticket?.tasks;
  return document ? [{ path: document.path, range: rangeOn(1, 1, 1) }] : [];
}

/** Links to the heading at a position, and itself. */
function headingReferences(view: View, { line }: Range['start'], candidates: (text: string) => readonly string[]): Spot[] {
  const outline = view.document && outlineOf(view.document.parsed);
  const index = outline?.headings.findIndex((heading) => heading.line === line + 1) ?? -1;
  if (!outline || index === -1) return [];
  const anchor = headingAnchors(outline)[index] as string;
  const links = linksTo(view, [anchor], candidates).map((link) => ({ path: link.from, range: rangeOn(link.line, link.column, link.column + link.address.length) }));
  return [{ path: view.path, range: headingRange(outline.headings[index] as Heading, outline) }, ...links];
}

/** The links in files of `candidates`, and in the document itself, that lead to one of its anchors. */
export function linksTo(view: View, anchors: readonly string[], candidates: (text: string) => readonly string[]): InnerLink[] {
  const paths = new Set([view.path, ...anchors.flatMap((anchor) => candidates(`#${anchor}`))]);
  return [...paths].flatMap((path) => {
    const bytes = view.tree.read(path);
    const links = bytes ? innerLinks(path, parseDocument(bytes)) : [];
    return links.filter((link) => link.path === view.path && link.anchor !== undefined && anchors.includes(link.anchor));
  });
}

/** Only those whose address stands in the text as it was read. */
function innerLinks(path: string, parsed: ParsedDocument): InnerLink[] {
  const starts = lineStarts(parsed.text);
  return linksOf(parsed).links.flatMap(({ line, column, url }) => {
    const target = linkTarget(path, url);
    const place = target.leads === 'inside' ? addressPlace(parsed.text, (starts[line - 1] ?? 0) + column - 1, url) : undefined;
    if (target.leads !== 'inside' || place === undefined) return [];
    const last = starts.findLastIndex((start) => start <= place);
    return [{ from: path, path: target.path, anchor: target.anchor, line: last + 1, column: place - (starts[last] as number) + 1, address: url }];
  });
}

/** From its bracket to its end, on the line where the address is. */
function isOn(link: InnerLink, { document }: View, { line, character }: Range['start']): boolean {
  const text = linesOf(document?.parsed.text ?? '')[line] ?? '';
  const start = text.lastIndexOf('[', link.column - 2);
  return link.line === line + 1 && character >= (start === -1 ? link.column - 1 : start) && character <= link.column + link.address.length;
}

function spotOf(tree: Tree, { path, anchor }: Pick<InnerLink, 'path' | 'anchor'>): Spot[] {
  const bytes = tree.read(path);
  if (!bytes) return [];
  const outline = anchor === undefined ? undefined : outlineOf(parseDocument(bytes));
  const index = outline ? headingAnchors(outline).indexOf(anchor as string) : -1;
  return [{ path, range: outline && index !== -1 ? headingRange(outline.headings[index] as Heading, outline) : rangeOn(1, 1, 1) }];
}

function headingRange({ line }: Heading, { lines }: Pick<Outline, 'lines'>): Range {
  return rangeOn(line, 1, (lines[line - 1] ?? '').length + 1);
}

