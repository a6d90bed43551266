import { pathFacts } from '../check/path-facts.ts';
import { pathFactsText } from '../render/path-facts.ts';
import { rules } from '../rules/index.generated.ts';
import { statusOf, deltaOf } from '../workflow/change-record.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import type { Ticket } from '../workflow/ticket.ts';
import type { View } from './desk.ts';
import { isSame, type Mention, type Name } from './names.ts';
import { rangeOn, type Range } from './text-edit.ts';
import { mentionAt } from './mention-at.ts';

export interface Hover {
  readonly contents: { readonly kind: 'markdown'; readonly value: string };
  readonly range?: Range;
}

/**
 * Of a requirement: its digest, the nodes that cover it, the records that change it. Elsewhere in
 * the frontmatter: why the file is governed, by which rules and settings.
 */
export function hoverAt(view: View, position: Range['start'], program: string): Hover | undefined {
  const { document, ticket } = view;
  const mention = mentionAt(view, position);
  if (mention?.kind === 'requirement' && ticket) return { contents: markdown(requirementFacts(mention, ticket)), range: rangeOfMention(mention) };
  const isFrontmatter = document === undefined || position.line + 1 < document.parsed.bodyLine || document.parsed.data === undefined;
  if (!isFrontmatter) return undefined;
  const files = { root: view.root, read: (path: string) => view.tree.read(path), exists: (path: string) => view.tree.entry(path) !== undefined };
  return { contents: markdown(fenced(pathFactsText(pathFacts(files, view.path, rules), program))) };
}

function requirementFacts(name: Name, ticket: Ticket): string {
  const spec = effectiveSpec(ticket);
  const standing = spec.requirements.find((one) => isSame({ kind: 'requirement', text: one.name }, name));
  const covering = ticket.tasks ? nodesCovering(ticket, name) : [];
  const records = ticket.changes.filter((record) => deltaOf(record).requirements.some((entry) => isSame({ kind: 'requirement', text: entry.name }, name)));
  return [
    `**Requirement: ${escaped(standing?.name ?? name.text)}**`,
    standing ? `Digest \`${standing.digest}\`, as ${code(standing.path)} has it.` : 'No text of it holds now: neither spec.md nor an accepted change record has it.',
    covering.length > 0 ? `Covered by ${covering.map(code).join(', ')}.` : 'No node of tasks.md covers it.',
    records.length > 0 ? `Changed by ${records.map((record) => `${code(record.path)} (${statusOf(record) ?? 'without a status'})`).join(', ')}.` : 'No change record names it.',
  ].join('\n\n');
}

/** Leaves cover everything where they name nothing. */
function nodesCovering({ tasks }: Ticket, name: Name): string[] {
  const found: string[] = [];
  const visit = (list: unknown): void => {
    for (const node of Array.isArray(list) ? list : []) {
      const { id, covers, nodes } = (node ?? {}) as { id?: unknown; covers?: unknown; nodes?: unknown };
      const isNamed = Array.isArray(covers) && covers.some((one) => isSame({ kind: 'requirement', text: String(one) }, name));
      const isAll = covers === 'all' || (covers === undefined && nodes === undefined);
      if (typeof id === 'string' && (isNamed || isAll)) found.push(id);
      visit(nodes);
    }
  };
  visit(tasks?.data.nodes);
  return found;
}

function rangeOfMention(mention: Mention): Range {
  const { line, from, to } = mention.place();
  return rangeOn(line, from, to);
}

function markdown(value: string): Hover['contents'] {
  return { kind: 'markdown', value };
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#]/g, '\\$&');
}
