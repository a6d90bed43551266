import { blocksOf, canonicalLines, type Block } from './blocks.ts';
import { hash } from './digest.ts';
import type { Heading, Outline, ParsedDocument } from './document.ts';
import { announcementIn, requirementName, scenarioName, type Operation } from './operations.ts';
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
  readonly line: number;
  readonly endLine: number;
  /** What its `##` heading says is done to it; ADDED where that says nothing. */
  readonly operation: Operation;
  /** The digest after `Was:` under MODIFIED, REMOVED and RENAMED: of the text this was written against. */
  readonly was: string | undefined;
  /** The new name after `To:` under RENAMED. */
  readonly to: string | undefined;
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
  const known = document[MEMO];
  if (known) return known;
  const outline = outlineOf(document);
  const requirements = blocksOf(outline, document.bodyLine).flatMap((block) => requirementsIn(outline, block));
  Object.defineProperty(document, MEMO, { value: requirements });
  return requirements;
}

/**
 * The prose of a spec. Sections of one name count as one, sections without prose as none: together
 * with the requirements they hold every line of the body that is not blank, each once.
 */
export function sectionsOf(document: ParsedDocument): Section[] {
  const outline = outlineOf(document);
  const sections = new Map<string, { name: string; line: number; parts: string[] }>();
  for (const block of blocksOf(outline, document.bodyLine)) {
    const body = proseIn(outline, block);
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

/** The same requirement under another name, and so with another digest. */
export function renamed(requirement: Requirement, name: string): Requirement {
  const text = textOf(name, requirement.body);
  return { ...requirement, name, text, digest: hash(text) };
}

/** The same requirement with the document it is from; its digest stays to be made. */
export function placed(requirement: Requirement, path: string): Requirement & { readonly path: string } {
  const { name, line, endLine, operation, was, to, statement, scenarios } = requirement;
  return {
    name,
    line,
    endLine,
    operation,
    was,
    to,
    statement,
    scenarios,
    path,
    get body() {
      return requirement.body;
    },
    get text() {
      return requirement.text;
    },
    get digest() {
      return requirement.digest;
    },
  };
}

/** The requirements under one `##` heading. */
export function requirementsIn(outline: Outline, block: Block): Requirement[] {
  const announced = announcementIn(block.name);
  const operation = announced?.kind === 'requirements' ? announced.operation : 'ADDED';
  return rangesIn(block).map(({ heading, name, end }) => requirementAt(outline, block, heading, name, end, operation));
}

function rangesIn(block: Block): { heading: Heading; name: string; end: number }[] {
  return block.headings.flatMap((heading, index) => {
    const name = heading.depth === 3 ? requirementName(heading.text) : undefined;
    if (name === undefined) return [];
    const next = block.headings.slice(index + 1).find((other) => other.depth <= 3);
    return [{ heading, name, end: (next?.line ?? block.end + 1) - 1 }];
  });
}

function requirementAt(outline: Outline, block: Block, heading: Heading, name: string, end: number, operation: Operation): Requirement {
  const { lines } = outline;
  const header = headerLines(lines, heading.line + 1, end, operation);
  const inside = block.headings.filter((other) => other.line > heading.line && other.line <= end);
  return lazy({
    name,
    line: heading.line,
    endLine: end,
    operation,
    was: header.was,
    to: header.to,
    statement: plainLines(outline, header.next, (inside[0]?.line ?? end + 1) - 1).map((line) => line.text),
    scenarios: scenariosIn(outline, inside, end),
  }, () => canonicalLines(lines, header.next, end));
}

type Told = Omit<Requirement, 'body' | 'text' | 'digest'>;

/** Texts and digests are made when they are asked for: most requirements are only looked at. */
function lazy(told: Told, read: () => string): Requirement {
  let [body, digest]: (string | undefined)[] = [];
  return {
    ...told,
    get body() {
      body ??= read();
      return body;
    },
    get text() {
      return textOf(told.name, this.body);
    },
    get digest() {
      digest ??= hash(this.text);
      return digest;
    },
  };
}

function textOf(name: string, body: string): string {
  return body === '' ? `### Requirement: ${name}` : `### Requirement: ${name}\n${body}`;
}

/**
 * The `Was:` and `To:` lines that an entry of a delta begins with, and the line after them. Blank
 * lines may stand before and between them.
 */
export function headerLines(lines: readonly string[], start: number, end: number, operation: Operation): { was: string | undefined; to: string | undefined; next: number } {
  const header: { was: string | undefined; to: string | undefined; next: number } = { was: undefined, to: undefined, next: start };
  if (operation === 'ADDED') return header;
  for (let line = start; line <= end; line += 1) {
    const text = (lines[line - 1] as string).trim();
    if (text === '') continue;
    const was = header.was === undefined ? /^Was: *(sha256:[0-9a-f]{64})$/.exec(text)?.[1] : undefined;
    const to = operation === 'RENAMED' && header.to === undefined ? /^To: *(\S.*)$/.exec(text)?.[1] : undefined;
    if (was === undefined && to === undefined) break;
    header.was ??= was;
    header.to ??= to;
    header.next = line + 1;
  }
  return header;
}

function scenariosIn(outline: Outline, inside: readonly Heading[], end: number): Scenario[] {
  return inside.flatMap((heading, index) => {
    const name = heading.depth === 4 ? scenarioName(heading.text) : undefined;
    if (name === undefined) return [];
    const last = (inside[index + 1]?.line ?? end + 1) - 1;
    const steps = stepsIn(outline, heading.line + 1, last);
    return [{ name, line: heading.line, steps }];
  });
}

function stepsIn({ lines, opaque }: Outline, start: number, end: number): Scenario['steps'] {
  const steps: { line: number; text: string }[] = [];
  for (let line = start; line <= end; line += 1) {
    const text = (lines[line - 1] as string).trim();
    const mark = /^(?:[-+*]|\d{1,9}[.)])[ \t]+/.exec(text)?.[0];
    if (mark !== undefined && !opaque.has(line)) steps.push({ line, text: text.slice(mark.length) });
  }
  return steps;
}

function plainLines(outline: Outline, start: number, end: number): { line: number; text: string }[] {
  const found: { line: number; text: string }[] = [];
  for (let line = start; line <= end; line += 1) {
    const text = (outline.lines[line - 1] as string).trim();
    if (text !== '' && !outline.opaque.has(line)) found.push({ line, text });
  }
  return found;
}

function proseIn(outline: Outline, block: Block): string {
  const parts: string[] = [];
  let start = block.start;
  for (const { heading, end } of rangesIn(block)) {
    parts.push(canonicalLines(outline.lines, start, heading.line - 1));
    start = end + 1;
  }
  parts.push(canonicalLines(outline.lines, start, block.end));
  return parts.filter((part) => part !== '').join(APART);
}
