import type { DataPath } from '../documents/document.ts';
import { nameKey } from '../documents/operations.ts';
import type { Settings } from '../documents/settings.ts';
import { requirementsOf, type Requirement } from '../documents/requirements.ts';
import { deltaOf } from '../workflow/change-record.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { dataPathOf, taskNodes } from '../workflow/task-tree.ts';
import { linesOf } from './extent.ts';

/** What can be named in several places. */
export interface Name {
  readonly kind: 'node' | 'requirement' | 'ticket';
  readonly text: string;
}

/** One place that names something. */
export interface Mention extends Name {
  readonly path: string;
  readonly isDefinition: boolean;
  /** Where in the frontmatter, and whether as a key; undefined in a heading. */
  readonly at: { readonly data: DataPath; readonly what: 'key' | 'value' } | undefined;
  /** 1-based; of the name itself. Costs: asks for positions in YAML. */
  place(): { readonly line: number; readonly from: number; readonly to: number };
}

export function isSame(a: Name, b: Name): boolean {
  return a.kind === b.kind && (a.kind === 'requirement' ? nameKey(a.text) === nameKey(b.text) : a.text === b.text);
}

/** Every place of a document that names a node, a requirement or a ticket. */
export function mentionsIn(document: GovernedDocument, settings: Settings): Mention[] {
  return [...inFrontmatter(document), ...inHeadings(document, settings)];
}

function inFrontmatter(document: GovernedDocument): Mention[] {
  const { data, place } = document;
  const found: Mention[] = [];
  const add = (kind: Name['kind'], text: unknown, at: DataPath, isDefinition = false, what: 'key' | 'value' = 'value') => {
    if (typeof text === 'string' && text !== '') found.push(frontmatterMention(document, { kind, text }, { data: at, what }, isDefinition));
  };
  for (const key of ['ticket', 'stacked_on', 'sub_workflow']) add('ticket', data[key], [key]);
  for (const key of ['node', 'spawned_from', 'return_to']) add('node', data[key], [key]);
  if (place.kind === 'change') listOf(data.blocks).forEach((id, index) => add('node', id, ['blocks', index]));
  if (place.kind === 'node') for (const name of keysOf(data.covered)) add('requirement', name, ['covered', name], false, 'key');
  if (place.kind !== 'tasks') return found;
  for (const node of taskNodes(data)) {
    const at = dataPathOf(node);
    const value = valueAt(data, at) as Readonly<Record<string, unknown>>;
    add('node', node.id, [...at, 'id'], true);
    listOf(value.depends_on).forEach((id, index) => add('node', id, [...at, 'depends_on', index]));
    listOf(value.covers).forEach((name, index) => add('requirement', name, [...at, 'covers', index]));
  }
  return found;
}

function frontmatterMention({ path, parsed }: GovernedDocument, name: Name, at: NonNullable<Mention['at']>, isDefinition: boolean): Mention {
  return {
    ...name,
    path,
    isDefinition,
    at,
    place() {
      const { line, column } = parsed.locate(at.data, at.what);
      const rest = (linesOf(parsed.text)[line - 1] ?? '').slice(column - 1);
      const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(rest)?.[0].length;
      const plain = rest.startsWith(name.text) ? name.text.length : rest.trimEnd().length;
      return quoted === undefined ? { line, from: column, to: column + plain } : { line, from: column + 1, to: column + quoted - 1 };
    },
  };
}

function inHeadings(document: GovernedDocument, { kinds }: Settings): Mention[] {
  const { kind } = document.place;
  const holds = kind === 'spec' ? 'requirements' : kind === 'change' ? 'delta' : kinds.find(({ name }) => name === kind)?.holds;
  const entries = holds === 'delta' ? deltaOf(document).requirements : holds === 'requirements' ? requirementsOf(document.parsed) : [];
  return entries.map((entry) => headingMention(document, entry, holds === 'requirements' || entry.operation === 'ADDED'));
}

function headingMention({ path, parsed }: GovernedDocument, { name, line }: Requirement, isDefinition: boolean): Mention {
  return {
    kind: 'requirement',
    text: name,
    path,
    isDefinition,
    at: undefined,
    place() {
      const text = linesOf(parsed.text)[line - 1] ?? '';
      const start = text.indexOf('Requirement:');
      const after = start === -1 ? 0 : start + 'Requirement:'.length;
      const from = text.length - text.slice(after).trimStart().length;
      return { line, from: from + 1, to: text.replace(/[ \t]+#*[ \t]*$/, '').length + 1 };
    },
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

function valueAt(data: unknown, path: DataPath): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], data);
}
