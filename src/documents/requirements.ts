import { blocksOf, canonicalLines, type Block } from './blocks.ts';
import { hash } from './digest.ts';
import type { Heading, Outline, ParsedDocument } from './document.ts';
import { nameKey, requirementName, scenarioName, type Operation } from './operations.ts';
import { outlineOf } from './outline.ts';

export interface Scenario {
  readonly name: string;
  readonly line: number;
  /** Its list items, without their marks. */
  readonly steps: readonly { readonly line: number; readonly text: string }[];
}

/**
 * Between pieces of prose that did not stand together: a comment ends lists and paragraphs, so that
 * the second piece means what it meant in its own place.
 */
const APART = '\n\n<!-- -->\n\n';

/** One `### Requirement: NAME`, up to the next heading of depth 3 or less. Lines are 1-based in the file. */
export interface Requirement {
  readonly name: string;
  /** The name as people compare it: see `nameKey`. */
  readonly key: string;
  readonly line: number;
  readonly endLine: number;
  /** What its `##` heading says is done to it; ADDED where that says nothing. */
  readonly operation: Operation;
  /** The digest after `Was:` under MODIFIED, REMOVED and RENAMED: of the text this was written against. */
  readonly was: string | undefined;
  /** The new name after `To:` under RENAMED. */
  readonly to: string | undefined;
  /** The digest after `Living:` under MODIFIED: of the text of the living spec this is written against now; `none` where that holds it no more. */
  readonly living?: string | undefined;
  /** What stands before the first heading inside: lines with text, outside fenced code and HTML. */
  readonly statement: readonly string[];
  readonly scenarios: readonly Scenario[];
  /** Everything under the heading but `Was:` and `To:`, in canonical form. */
  readonly body: string;
  /** Canonical text: heading and body, LF, no trailing blanks, no blank lines at the ends. */
  readonly text: string;
  /** `sha256:<hex>` of the canonical text. */
  readonly digest: string;
}

/** Prose: what stands under one `##` heading outside requirements, or before the first one. */
export interface Section {
  /** The heading's text, `(preamble)` for what stands before the first one. */
  readonly name: string;
  readonly line: number;
  readonly body: string;
  /** `sha256:<hex>` of name and body. */
  readonly digest: string;
}

const MEMO = Symbol('requirements');

/** Every requirement of a spec or change record, in order. The same array for the same document. */
export function requirementsOf(document: ParsedDocument & { [MEMO]?: readonly Requirement[] }): readonly Requirement[] {
  return (document[MEMO] ??= blocksOf(document).flatMap((block) => requirementsIn(outlineOf(document), block)));
}

/**
 * The prose of a spec. Sections of one name count as one, sections without prose as none: together
 * with the requirements they hold every line of the body that is not blank, each once.
 */
export function sectionsOf(document: ParsedDocument): Section[] {
  const { lines } = outlineOf(document);
  const requirements = requirementsOf(document);
  let at = 0;
  const sections = new Map<string, { name: string; line: number; parts: string[] }>();
  for (const block of blocksOf(document)) {
    const first = at;
    while (at < requirements.length && (requirements[at] as Requirement).line <= block.end) at += 1;
    const body = proseIn(lines, block, requirements.slice(first, at));
    if (body === '') continue;
    const known = sections.get(block.name);
    if (known) known.parts.push(body);
    else sections.set(block.name, { name: block.name, line: block.line, parts: [body] });
  }
  return [...sections.values()].map(({ name, line, parts }) => sectionWith(name, line, parts.join(APART)));
}

export function sectionWith(name: string, line: number, body: string): Section {
  return { name, line, body, digest: hash(`## ${name}\n${body}`) };
}

/** The requirements under one `##` heading. */
export function requirementsIn(outline: Outline, block: Block): Requirement[] {
  const operation = block.announced?.kind === 'requirements' ? block.announced.operation : 'ADDED';
  return rangesIn(block).map((range) => new RequirementIn(outline, block, range, operation));
}

/** Where a requirement stands in its block. */
interface Range {
  readonly name: string;
  readonly line: number;
  readonly end: number;
  /** Which of the block's headings are inside: from one number up to another. */
  readonly first: number;
  readonly next: number;
}

function rangesIn({ headings, end }: Block): Range[] {
  const ranges: Range[] = [];
  let next = headings.length;
  for (let index = headings.length - 1; index >= 0; index -= 1) {
    const { depth, text, line } = headings[index] as Heading;
    if (depth > 3) continue;
    const name = depth === 3 ? requirementName(text) : undefined;
    if (name !== undefined) ranges.push({ name, line, end: (headings[next]?.line ?? end + 1) - 1, first: index + 1, next });
    next = index;
  }
  return ranges.reverse();
}

/**
 * Texts and digests are made when they are asked for: most requirements are only looked at. A class
 * for its getters: those of an object literal cost closures and long-lived memory for each.
 */
class RequirementIn implements Requirement {
  readonly name: string;
  readonly key: string;
  readonly line: number;
  readonly endLine: number;
  readonly operation: Operation;
  readonly was: string | undefined;
  readonly to: string | undefined;
  readonly living: string | undefined;
  readonly statement: readonly string[];
  readonly scenarios: readonly Scenario[];
  readonly #lines: readonly string[];
  readonly #bodyLine: number;
  #body: string | undefined;
  #digest: string | undefined;

  constructor(outline: Outline, { headings }: Block, { name, line, end, first, next }: Range, operation: Operation) {
    const header = headerLines(outline.lines, line + 1, end, operation);
    this.name = name;
    this.key = nameKey(name);
    this.line = line;
    this.endLine = end;
    this.operation = operation;
    this.was = header.was;
    this.to = header.to;
    this.living = header.living;
    this.statement = plainLines(outline, header.next, first < next ? (headings[first] as Heading).line - 1 : end);
    this.scenarios = scenariosIn(outline, headings, first, next, end);
    this.#lines = outline.lines;
    this.#bodyLine = header.next;
  }

  get body(): string {
    this.#body ??= canonicalLines(this.#lines, this.#bodyLine, this.endLine);
    return this.#body;
  }

  get text(): string {
    return textOf(this.name, this.body);
  }

  get digest(): string {
    this.#digest ??= hash(this.text);
    return this.#digest;
  }
}

/** The canonical text of a requirement with that name and body. */
export function textOf(name: string, body: string): string {
  return body === '' ? `### Requirement: ${name}` : `### Requirement: ${name}\n${body}`;
}

/** What an entry of a delta begins with, and the line after that. */
interface Header {
  was: string | undefined;
  to: string | undefined;
  living: string | undefined;
  next: number;
}

/**
 * The `Was:`, `To:` and `Living:` lines that an entry of a delta begins with, and the line after them.
 * Blank lines may stand before and between them.
 */
export function headerLines(lines: readonly string[], start: number, end: number, operation: Operation): Header {
  const header: Header = { was: undefined, to: undefined, living: undefined, next: start };
  if (operation === 'ADDED') return header;
  for (let line = start; line <= end; line += 1) {
    const text = (lines[line - 1] as string).trim();
    if (text === '') continue;
    const was = header.was === undefined ? /^Was: *(sha256:[0-9a-f]{64})$/.exec(text)?.[1] : undefined;
    const to = operation === 'RENAMED' && header.to === undefined ? /^To: *(\S.*)$/.exec(text)?.[1] : undefined;
    const living = operation === 'MODIFIED' && header.living === undefined ? /^Living: *(sha256:[0-9a-f]{64}|none)$/.exec(text)?.[1] : undefined;
    if (was === undefined && to === undefined && living === undefined) break;
    header.was ??= was;
    header.to ??= to;
    header.living ??= living;
    header.next = line + 1;
  }
  return header;
}

function scenariosIn(outline: Outline, headings: readonly Heading[], first: number, next: number, end: number): Scenario[] {
  const scenarios: Scenario[] = [];
  for (let index = first; index < next; index += 1) {
    const { depth, text, line } = headings[index] as Heading;
    const name = depth === 4 ? scenarioName(text) : undefined;
    if (name === undefined) continue;
    const last = index + 1 < next ? (headings[index + 1] as Heading).line - 1 : end;
    scenarios.push({ name, line, steps: stepsIn(outline, line + 1, last) });
  }
  return scenarios;
}

function stepsIn({ lines, opaque }: Outline, start: number, end: number): Scenario['steps'] {
  const steps: { line: number; text: string }[] = [];
  for (let line = start; line <= end; line += 1) {
    const text = (lines[line - 1] as string).trim();
    const content = contentAt(text);
    if (content > 0 && !opaque.has(line)) steps.push({ line, text: text.slice(content) });
  }
  return steps;
}

/** Where the content of a list item begins, after a bullet or a number of at most nine digits; 0 when the line is none. */
function contentAt(text: string): number {
  const end = text.length;
  let at = 0;
  while (at < 9 && at < end && isDigit(text.charCodeAt(at))) at += 1;
  if (at === end || !(at === 0 ? '-*+' : '.)').includes(text.charAt(at))) return 0;
  const blank = at + 1;
  at = blank;
  while (at < end && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at += 1;
  return at > blank ? at : 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function plainLines({ lines, opaque }: Outline, start: number, end: number): string[] {
  const found: string[] = [];
  for (let line = start; line <= end; line += 1) {
    const text = (lines[line - 1] as string).trim();
    if (text !== '' && !opaque.has(line)) found.push(text);
  }
  return found;
}

function proseIn(lines: readonly string[], block: Block, requirements: readonly Requirement[]): string {
  const parts: string[] = [];
  let start = block.start;
  const take = (end: number) => {
    const part = canonicalLines(lines, start, end);
    if (part !== '') parts.push(part);
  };
  for (const { line, endLine } of requirements) {
    take(line - 1);
    start = endLine + 1;
  }
  take(block.end);
  return parts.join(APART);
}
