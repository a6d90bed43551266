import { UserError } from '../error.ts';
import { blocksOf } from './blocks.ts';
import type { ParsedDocument } from './document.ts';
import { nameKey } from './operations.ts';
import { parseDocument } from './parse.ts';
import { requirementsOf, textOf, type Requirement } from './requirements.ts';
import { trailerStart, withoutTrailer } from './trailing-comments.ts';

/** What becomes of one requirement of a living spec; one that is not named stays as it is, byte by byte. */
export interface RequirementEdit {
  readonly requirement: Requirement;
  /** Its name from now on; undefined removes it. */
  readonly name: string | undefined;
  /** Its canonical body from now on; undefined keeps what stands there. */
  readonly body: string | undefined;
}

/** A requirement that is to stand at the end of the others. */
export interface NewRequirement {
  readonly name: string;
  /** Canonical. */
  readonly body: string;
}

/** A line with the end it has in the file: '' at the file's end. */
interface Line {
  readonly text: string;
  readonly end: string;
}

/**
 * The text with some of its requirements changed, removed and added. Everything else stays as it is:
 * frontmatter, prose, order, comments (those that stand below a requirement too), line ends, a last
 * line without one. Throws a UserError where the text cannot hold them, as behind an open fence.
 */
export function editRequirements(document: ParsedDocument, edits: readonly RequirementEdit[], added: readonly NewRequirement[]): string {
  const lines = linesIn(document.text);
  const eol = lines.find(({ end }) => end !== '')?.end ?? '\n';
  const texts = lines.map(({ text }) => text);
  const changes = new Map<number, { readonly to: number; readonly texts: readonly string[] }>();
  for (const edit of edits) for (const [from, to, now] of splicesOf(edit, texts)) changes.set(from, { to, texts: now });
  const gone = new Set(edits.filter(({ name }) => name === undefined).map(({ requirement }) => requirement));
  const at = added.length === 0 ? undefined : placeFor(document, gone, texts);
  const written = spliced(lines, changes, at === undefined ? undefined : { after: at.line, texts: [...at.above, ...added.flatMap(({ name, body }) => ['', ...textOf(name, body).replace('\n', '\n\n').split('\n')])] }, eol);
  verify(document, written, edits, added);
  return written;
}

/** How a text's lines are cut, their ends kept. */
function linesIn(text: string): Line[] {
  const parts = text.split(/(\r\n|\n|\r)/);
  return parts.flatMap((part, index) => (index % 2 === 0 ? [{ text: part, end: parts[index + 1] ?? '' }] : []));
}

/** Splices, each from a line's index up to another: what the edit does to the lines. */
function splicesOf({ requirement, name, body }: RequirementEdit, texts: readonly string[]): [number, number, readonly string[]][] {
  const first = requirement.line - 1;
  const last = lastText(texts, first, requirement.endLine);
  const trailer = Math.max(first + 1, first + trailerStart(texts.slice(first, last), last - first));
  const content = lastText(texts, first, trailer);
  if (name === undefined) return [[first, trailer < last ? trailer : requirement.endLine, []]];
  const heading: [number, number, readonly string[]][] = name === requirement.name ? [] : [[first, first + 1, [`### Requirement: ${name}`]]];
  if (body === undefined) return heading;
  const kept = texts.slice(trailer, last).join('\n').trim();
  const isSaid = kept !== '' && body.endsWith(kept);
  let start = first + 1;
  while (start < content && texts[start]?.trim() === '') start += 1;
  const now = body === '' ? [] : body.split('\n');
  const opens = start >= content && now.length > 0 ? [''] : [];
  return [...heading, [start >= content ? first + 1 : start, isSaid ? last : Math.max(content, first + 1), [...opens, ...now]]];
}

/** One past the last line with text in [from, to). */
function lastText(texts: readonly string[], from: number, to: number): number {
  let end = Math.min(to, texts.length);
  while (end > from + 1 && texts[end - 1]?.trim() === '') end -= 1;
  return end;
}

/** Below which line new requirements go, and what has to stand above them. */
function placeFor(document: ParsedDocument, gone: ReadonlySet<Requirement>, texts: readonly string[]): { readonly line: number; readonly above: readonly string[] } {
  const blocks = blocksOf(document).filter(({ name, isPreamble }) => !isPreamble && nameKey(name) === 'requirements');
  const all = requirementsOf(document).filter((one) => !gone.has(one));
  const own = all.filter(({ line }) => blocks.some((block) => block.start <= line && line <= block.end));
  const last = own.at(-1) ?? (blocks.length === 0 ? all.at(-1) : undefined);
  if (last) return { line: lastText(texts, last.line - 1, last.endLine), above: [] };
  const block = blocks.at(-1);
  if (block) return { line: lastText(texts, block.line - 1, block.end), above: [] };
  return { line: lastText(texts, 0, texts.length), above: ['', '## Requirements'] };
}

function spliced(lines: readonly Line[], changes: ReadonlyMap<number, { readonly to: number; readonly texts: readonly string[] }>, insert: { readonly after: number; readonly texts: readonly string[] } | undefined, eol: string): string {
  const now: Line[] = [];
  const put = (texts: readonly string[]) => now.push(...texts.map((text) => ({ text, end: eol })));
  const isText = (line: Line | undefined) => line !== undefined && line.text.trim() !== '';
  const insertHere = (next: Line | undefined) => {
    put(isText(now.at(-1)) ? (insert?.texts ?? []) : (insert?.texts.slice(1) ?? []));
    if (isText(next)) put(['']);
  };
  for (let at = 0; at <= lines.length; ) {
    if (insert && insert.after === at) insertHere(changes.has(at) ? undefined : lines[at]);
    const change = changes.get(at);
    if (change && change.to > at) {
      put(change.texts);
      // A place inside of what goes is just after it.
      if (insert && insert.after > at && insert.after < change.to) insertHere(lines[change.to]);
      at = change.to;
      continue;
    }
    if (change) put(change.texts);
    const line = lines[at];
    if (line) now.push(line);
    at += 1;
  }
  // The file ends as it did, blank lines and all.
  return withoutEnd(now.map(({ text, end }) => text + (end || eol)).join('')) + endOf(lines);
}

function withoutEnd(text: string): string {
  return text.replace(/[ \t\r\n]+$/, '');
}

function endOf(lines: readonly Line[]): string {
  const text = lines.map((line) => line.text + line.end).join('');
  return text.slice(withoutEnd(text).length);
}

/** Every requirement is there as it is to be, and nobody's prose is gone. */
function verify(before: ParsedDocument, text: string, edits: readonly RequirementEdit[], added: readonly NewRequirement[]): void {
  const now = requirementsOf(parseDocument(Buffer.from(text)));
  const edited = new Map(edits.map((edit) => [edit.requirement, edit]));
  const expected = requirementsOf(before).flatMap((requirement) => {
    const edit = edited.get(requirement);
    if (!edit) return [{ name: requirement.name, body: requirement.body }];
    return edit.name === undefined ? [] : [{ name: edit.name, body: edit.body ?? requirement.body }];
  });
  const all = [...expected, ...added];
  const key = (one: NewRequirement) => textOf(one.name, withoutTrailer(one.body));
  const [left, right] = [all.map(key).sort(), now.map(key).sort()];
  const missing = left.find((one, index) => one !== right[index]);
  if (missing === undefined && left.length === right.length) return;
  throw new UserError(
    `Unexpected text that ends inside a fence, a comment or a list, expected one that can hold ${JSON.stringify((missing ?? right.at(-1) ?? '').split('\n', 1)[0])} as a requirement of its own`,
    'close what is open (a fence, a comment), in the living spec or in the requirement, and archive again',
    'living-unwritable',
  );
}
