import { headingAnchors } from '../documents/anchors.ts';
import type { Heading } from '../documents/document.ts';
import { setValue } from '../documents/edit.ts';
import { lineStarts } from '../documents/link-address.ts';
import { nameKey } from '../documents/operations.ts';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';
import { UserError } from '../error.ts';
import { isDecided } from '../workflow/change-record.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { pinOf } from '../workflow/ticket.ts';
import type { View } from './desk.ts';
import { mentionAt } from './mention-at.ts';
import { isSame, mentionsIn, type Mention, type Name } from './names.ts';
import { documentsAround, linksTo } from './targets.ts';
import { editBetween, rangeOn, type Range, type TextEdit } from './text-edit.ts';

/** What a new name stands in for. */
interface Renamed {
  readonly text: string;
  readonly range: Range;
  readonly mention: Mention | undefined;
  readonly heading: Heading | undefined;
}

/** One replacement on a text, by offsets. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export interface RenameOptions {
  readonly program: string;
  /** Paths of Markdown files that hold a text. */
  candidates(text: string): readonly string[];
}

/**
 * What can be renamed at a position: a requirement, a node, a heading. Throws a UserError where it
 * may not be: frozen texts change through change records.
 */
export function renamedAt(view: View, position: Range['start'], { program }: RenameOptions): { readonly range: Range; readonly placeholder: string } | undefined {
  const renamed = nameAt(view, position);
  if (!renamed) return undefined;
  for (const document of documentsOf(view, renamed)) refuseFrozen(document, view, program);
  return { range: renamed.range, placeholder: renamed.text };
}

/** The edits, by path, that give another name to what stands at a position, wherever it is named or linked to. */
export function renameAt(view: View, position: Range['start'], given: string, options: RenameOptions): ReadonlyMap<string, readonly TextEdit[]> {
  const renamed = nameAt(view, position);
  const name = given.trim();
  if (!renamed || name === renamed.text) return new Map();
  refuseName(name, renamed, view);
  const mentions = renamed.mention ? mentionsOf(view, renamed.mention) : [];
  const defining = renamed.heading ? view.document : documentsAround(view).find((one) => one.path === mentions.find((mention) => mention.isDefinition && mention.at === undefined)?.path);
  const bodies = new Map<string, Splice[]>();
  const values: { readonly path: string; readonly mention: Mention }[] = [];
  for (const mention of mentions) {
    if (mention.at) values.push({ path: mention.path, mention });
    else add(bodies, mention.path, spliceAt(textOf(view, mention.path), mention.place(), name));
  }
  if (renamed.heading && !renamed.mention) add(bodies, view.path, spliceAt(textOf(view, view.path), { line: renamed.heading.line, ...columnsOf(renamed.range) }, name));
  if (defining) for (const [path, splice] of relinked(view, defining, bodies.get(defining.path) ?? [], options)) add(bodies, path, splice);
  const touched = new Set([...bodies.keys(), ...values.map(({ path }) => path)]);
  for (const path of touched) refuseFrozen(view.snapshot.document(path), view, options.program);
  return new Map([...touched].map((path) => {
    const before = textOf(view, path);
    const after = values.filter((one) => one.path === path).reduce((text, { mention }) => setValue(text, mention.at?.data ?? [], name), spliced(before, bodies.get(path) ?? []));
    return [path, editBetween(before, after)];
  }));
}

function nameAt(view: View, position: Range['start']): Renamed | undefined {
  const mention = mentionAt(view, position);
  if (mention?.kind === 'ticket' || mention?.at?.what === 'key') return undefined;
  if (mention) {
    const { line, from, to } = mention.place();
    return { text: mention.text, range: rangeOn(line, from, to), mention, heading: undefined };
  }
  const outline = view.document && outlineOf(view.document.parsed);
  const heading = outline?.headings.find((one) => one.line === position.line + 1);
  const line = outline?.lines[position.line] ?? '';
  const at = heading && heading.text !== '' ? line.indexOf(heading.text) : -1;
  if (!heading || at === -1) return undefined;
  return { text: heading.text, range: rangeOn(heading.line, at + 1, at + heading.text.length + 1), mention: undefined, heading };
}

/** The documents that a rename is about: where the name is defined, and where it was asked for. */
function documentsOf(view: View, { mention }: Renamed): GovernedDocument[] {
  const paths = mention ? mentionsOf(view, mention).map(({ path }) => path) : [view.path];
  return [...new Set([view.path, ...paths])].flatMap((path) => view.snapshot.document(path) ?? []);
}

function mentionsOf(view: View, name: Name): Mention[] {
  return documentsAround(view).flatMap((document) => mentionsIn(document, view.settings)).filter((one) => isSame(one, name));
}

function refuseName(name: string, { mention }: Renamed, view: View): void {
  if (name === '' || /[\r\n]/.test(name)) throw new UserError('Unexpected name, expected some text on one line', 'type another name', 'name');
  if (!mention) return;
  if (mention.kind === 'node' && !/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new UserError(`Unexpected node id ${name}, expected small letters, digits and hyphens`, 'type another name', 'name');
  const isTaken = documentsAround(view).flatMap((document) => mentionsIn(document, view.settings)).some((one) => one.isDefinition && !isSame(one, mention) && isSame(one, { kind: mention.kind, text: name }));
  const isRespelt = mention.kind === 'requirement' && nameKey(name) === nameKey(mention.text);
  if (isTaken && !isRespelt) throw new UserError(`Unexpected name ${name}, expected one that no other ${mention.kind} of the ticket has`, 'type another name', 'name');
}

function refuseFrozen(document: GovernedDocument | undefined, { snapshot }: View, program: string): void {
  if (!document) return;
  const { path, place } = document;
  if (place.archived) throw frozen(`${path} is archived`, 'an archived ticket does not change');
  const isPinned = place.kind === 'spec' && pinOf(snapshot.document(`${place.folder}/tasks.md`)) !== undefined;
  if (isPinned) throw frozen(`the spec ${path} is frozen`, `edit it, then ${program} new change --ticket ${place.ticket} --from-edit --title "WHAT CHANGES"`);
  if (place.kind === 'change' && isDecided(document)) throw frozen(`the change record ${path} is decided`, `${program} new change --ticket ${place.ticket} --impact replacing --title "WHAT CHANGES"`);
  if (place.kind === 'node') throw frozen(`work on it has begun: ${path} records it`, 'keep the name; a new node can have another');
}

function frozen(what: string, hint: string): UserError {
  return new UserError(`Unexpected rename: ${what}, expected a text that may still be edited`, hint, 'frozen');
}

/** Links to headings of a document whose anchors change when its body does. */
function relinked(view: View, defining: GovernedDocument, splices: readonly Splice[], { candidates }: RenameOptions): [string, Splice][] {
  const text = defining.parsed.text;
  const [before, after] = [text, spliced(text, splices)].map((one) => headingAnchors(outlineOf(parseDocument(Buffer.from(one))))) as [string[], string[]];
  const moved = new Map(before.flatMap((anchor, index) => (after[index] !== undefined && after[index] !== anchor ? [[anchor, after[index]] as const] : [])));
  const from = { ...view, path: defining.path, document: defining };
  return linksTo(from, [...moved.keys()], candidates).map((link) => {
    const start = (lineStarts(textOf(view, link.from))[link.line - 1] ?? 0) + link.column - 1;
    const hash = link.address.indexOf('#');
    return [link.from, { from: start + hash + 1, to: start + link.address.length, insert: moved.get(link.anchor as string) as string }];
  });
}

function add(all: Map<string, Splice[]>, path: string, splice: Splice): void {
  all.set(path, [...(all.get(path) ?? []), splice]);
}

function spliceAt(text: string, { line, from, to }: { readonly line: number; readonly from: number; readonly to: number }, insert: string): Splice {
  const start = lineStarts(text)[line - 1] ?? 0;
  return { from: start + from - 1, to: start + to - 1, insert };
}

function columnsOf({ start, end }: Range): { from: number; to: number } {
  return { from: start.character + 1, to: end.character + 1 };
}

/** From the end: places before an edit stay where they are. */
function spliced(text: string, splices: readonly Splice[]): string {
  return [...splices].sort((a, b) => b.from - a.from).reduce((result, { from, to, insert }) => result.slice(0, from) + insert + result.slice(to), text);
}

function textOf({ tree }: View, path: string): string {
  return tree.read(path)?.toString() ?? '';
}
