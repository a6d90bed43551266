import type { DataPath } from '../documents/document.ts';
import { PREAMBLE } from '../documents/operations.ts';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';
import { sectionLines, sectionMeant, sectionText } from '../documents/section-text.ts';
import { tokensIn } from '../documents/tokens.ts';
import { statusOf } from './change-record.ts';
import { contractOf, foundAt, isElsewhere, isWithin, meetingIn, type ContractEntry } from './contract.ts';

import { effectiveSpec } from './effective-spec.ts';
import { clipped, grouped } from './fit.ts';
import type { NodeState, TicketStatus } from './node-status.ts';
import { shapeOfPath, shapesMeet } from './path-shape.ts';
import { precedenceOf, waitsByNode } from './precedence.ts';
import type { TaskNode } from './task-tree.ts';
import type { Ticket } from './ticket.ts';

/**
 * Whether an input can be read: `there`; `awaited`, a node before this one will make it; `missing`, `no-section`
 * and `outside` (of the repository) are faults of the plan; `elsewhere`, in a module that is not here; `link`, a symbolic link or a submodule, which is not followed; `empty`, a pattern in
 * whose folder no file is meant.
 */
export type InputState = 'there' | 'awaited' | 'missing' | 'no-section' | 'outside' | 'elsewhere' | 'link' | 'empty';

/** An input of a node, led to what it names. */
export interface RoutedInput {
  /** Where it stands in the frontmatter of tasks.md. */
  readonly at: DataPath;
  /** As tasks.md has it, without the section. */
  readonly path: string;
  readonly section: string | undefined;
  /** As said, else L4 for what a node of this workflow makes and L3 for everything else. */
  readonly layer: 'L3' | 'L4';
  readonly why: string | undefined;
  /** The node that names it, or the phase above it that does. */
  readonly namedBy: string;
  /** The node before this one that makes it. */
  readonly maker: NodeState | undefined;
  /** Nobody named it: an output of what this node comes after. */
  readonly isHandedOver: boolean;
  readonly state: InputState;
  /** What stands there; several for a pattern. */
  readonly files: readonly RoutedFile[];
  /** Files that the pattern means besides `files`. */
  readonly more: number;
}

export interface RoutedFile {
  readonly path: string;
  /** The section alone where one is named, else the whole file; undefined for what is no text. */
  readonly text: string | undefined;
  readonly tokens: number;
  /** What it holds, in a few lines. */
  readonly outline: string;
}

/** Files of one pattern whose texts are routed. */
const MOST_FILES = 10;
const MOST_HEADINGS = 30;
const FIRST_LINES = 400;

/** The inputs of a node and of its phases, and the outputs that the nodes directly before it hand over. */
export function routedInputs(ticket: Ticket, status: TicketStatus, { node }: NodeState): RoutedInput[] {
  const { settings } = ticket.snapshot;
  const nodes = status.nodes.map((state) => state.node);
  const outputs = nodes.flatMap((one) => contractOf(one, 'outputs', settings));
  const inputs = [...withPhases(node)].flatMap((one) => contractOf(one, 'inputs', settings));
  const precedes = precedenceOf(nodes);
  const meeting = meetingIn(outputs);
  const makerOf = (input: ContractEntry) => status.byId.get(meeting(input).find((output) => !isWithin(node, output.node) && precedes(output.node, node))?.node.id ?? '');
  const named = inputs.map((input) => routed(ticket, input, makerOf(input), false));
  const known = meetingIn(inputs);
  const before = directlyBefore(node, nodes);
  const handed = outputs.filter((output) => before.some((one) => isWithin(output.node, one)) && known(output).length === 0);
  return [...named, ...handed.map((output) => routed(ticket, output, status.byId.get(output.node.id), true))];
}

/** A node and the phases it is in. */
export function* withPhases(node: TaskNode): Iterable<TaskNode> {
  for (let at: TaskNode | undefined = node; at; at = at.parent) yield at;
}

/** What a node, or a phase it is in, waits for by name or by order: phases among it. */
export function directlyBefore(node: TaskNode, nodes: readonly TaskNode[]): TaskNode[] {
  const waits = waitsByNode(nodes);
  return [...new Set([...withPhases(node)].flatMap((one) => (waits.get(one) ?? []).map(({ waitsFor }) => waitsFor)))];
}

function routed(ticket: Ticket, entry: ContractEntry, maker: NodeState | undefined, isHandedOver: boolean): RoutedInput {
  const about = { at: entry.at, path: entry.path, section: entry.section, why: whyOf(entry), namedBy: entry.node.id, maker, isHandedOver, layer: entry.layer ?? (maker ? 'L4' : 'L3') } as const;
  const nothing = (state: InputState): RoutedInput => ({ ...about, state, files: [], more: 0 });
  if (leaves(entry.path)) return nothing('outside');
  const { tree, settings } = ticket.snapshot;
  if (isElsewhere(tree, entry, settings)) return nothing('elsewhere');
  const found = foundAt(tree, entry, ticket.folder);
  const type = tree.entry(found ?? '')?.type;
  if (type === 'symlink' || type === 'submodule') return nothing('link');
  const paths = pathsOf(ticket, entry);
  const files = paths.slice(0, MOST_FILES).map((path) => fileAt(ticket, path, entry.section));
  if (files.length === 0) return nothing(maker && !maker.isSettled ? 'awaited' : entry.isPattern && found !== undefined ? 'empty' : 'missing');
  const hasSection = entry.section === undefined || entry.isPattern || files.some((file) => file.hasSection);
  return { ...about, state: hasSection ? 'there' : 'no-section', files: hasSection ? files : files.map((file) => ({ ...file, text: undefined })), more: paths.length - files.length };
}

function whyOf({ node, at }: ContractEntry): string | undefined {
  const list = node.data[at.at(-2) as string];
  const data = Array.isArray(list) ? (list[at.at(-1) as number] as { why?: unknown; what?: unknown }) : undefined;
  const why = data?.why ?? data?.what;
  return typeof why === 'string' ? clipped(why, 200) : undefined;
}

/** Paths that leave the repository are never looked at. */
function leaves(path: string): boolean {
  return /^(?:[/\\~]|[A-Za-z]:[/\\])/.test(path) || path.split(/[/\\:]/).includes('..') || path.includes('\0');
}

/** The files that an entry means, in git's order. */
function pathsOf({ snapshot: { tree }, folder }: Ticket, entry: ContractEntry): string[] {
  const found = foundAt(tree, entry, folder);
  if (found === undefined) return [];
  const type = tree.entry(found)?.type;
  if (!entry.isPattern) return type === 'directory' ? tree.list(found).map(({ path }) => path) : type === 'file' ? [found] : [];
  const isUnder = found.startsWith(`${folder}/`);
  const meant = (path: string) => entry.shapes.some((shape) => shapesMeet(shape, shapeOfPath(path)) || (isUnder && shapesMeet(shape, shapeOfPath(path.slice(folder.length + 1)))));
  return tree.walk([found]).flatMap(({ path, type: one }) => (one === 'file' && meant(path) ? [path] : []));
}

function fileAt(ticket: Ticket, path: string, section: string | undefined): RoutedFile & { hasSection: boolean } {
  const bytes = path === ticket.spec?.path ? specBytes(ticket) : ticket.snapshot.tree.read(path);
  const text = bytes && textOf(bytes);
  if (text === undefined) return { path, text, tokens: bytes ? tokensIn(bytes) : 0, outline: bytes ? `${grouped(bytes.length)} bytes that are no text` : 'a folder', hasSection: false };
  const told = (body: string, outline: string, hasSection: boolean) => ({ path, text: body, tokens: tokensIn(Buffer.from(body)), outline, hasSection });
  if (!/\.(?:md|markdown)$/i.test(path)) return told(text, firstLines(text), section === undefined);
  const outline = outlineOf(parseDocument(bytes as Buffer));
  const sections = outline.problem ? [] : sectionLines(outline);
  const meant = section === undefined || outline.problem ? undefined : sectionMeant(outline, section);
  if (meant) {
    const own = sections.filter(({ start, end }) => start >= meant.start && end <= meant.end);
    return told(sectionText(outline, meant), headingList(outline, own), true);
  }
  return told(text, sections.length > 0 ? headingList(outline, sections) : firstLines(text), section === undefined);
}

/** The ticket's own spec as it holds now: with the accepted change records in it. */
function specBytes(ticket: Ticket): Buffer | undefined {
  if (!ticket.changes.some((record) => statusOf(record) === 'accepted')) return ticket.spec?.bytes;
  const { sections, requirements } = effectiveSpec(ticket);
  const prose = sections.map(({ name, body }) => (name === PREAMBLE ? body : `## ${name}\n\n${body}`));
  return Buffer.from(`${[...prose, '## Requirements', ...requirements.map(({ text }) => text)].join('\n\n')}\n`);
}

function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString();
  return text.includes('\0') || !Buffer.from(text).equals(bytes) ? undefined : text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
}

function headingList(outline: Parameters<typeof sectionText>[0], sections: ReturnType<typeof sectionLines>): string {
  const top = Math.min(...sections.map(({ depth }) => depth));
  const lines = sections.slice(0, MOST_HEADINGS).map((one) => `${'  '.repeat(one.depth - top)}- ${clipped(one.heading, 100)} (${grouped(tokensIn(Buffer.from(sectionText(outline, one))))})`);
  return [...lines, ...(sections.length > MOST_HEADINGS ? [`- and ${sections.length - MOST_HEADINGS} more headings`] : [])].join('\n');
}

function firstLines(text: string): string {
  const head = text.slice(0, FIRST_LINES).replace(/[\uD800-\uDBFF]$/, '');
  const end = head.lastIndexOf('\n');
  const shown = text.length <= FIRST_LINES ? text : end > 0 ? head.slice(0, end) : head;
  const count = text.split('\n').length;
  return text.length <= FIRST_LINES ? shown : `${shown}\n… (${grouped(count)} lines)`;
}
