import { blocksOf, canonicalLines, type Block } from './blocks.ts';
import type { Outline, ParsedDocument } from './document.ts';
import { headingTypos } from './heading-typos.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { outlineOf, scanOutline } from './outline.ts';
import { headerLines, requirementsIn, sectionWith, type Requirement, type Section } from './requirements.ts';

/** What a change record does to one section of prose. */
export interface SectionChange extends Section {
  readonly operation: Exclude<Operation, 'RENAMED'>;
  readonly was: string | undefined;
}

/** Something in a delta that could not be read as what it seems to be. */
export interface DeltaProblem {
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
  /** The whole file's text with this and its like in their right form, where that is certain. */
  readonly repaired?: string;
}

/** What a change record changes. Entries stand in the order of the text. */
export interface Delta {
  readonly requirements: readonly Requirement[];
  readonly sections: readonly SectionChange[];
  /** The text under `## Task impact`. */
  readonly taskImpact: string;
  readonly problems: readonly DeltaProblem[];
}

const MEMO = Symbol('delta');

/** Reads the delta of a change record's body. Never throws; the same object for the same document. */
export function parseDelta(document: ParsedDocument & { [MEMO]?: Delta }): Delta {
  const known = document[MEMO];
  if (known) return known;
  const delta = readDelta(document);
  document[MEMO] = delta;
  return delta;
}

/** The class that a delta by itself is of; undefined when it changes nothing. */
export function impactOf(delta: Pick<Delta, 'requirements' | 'sections'>): 'additive' | 'replacing' | undefined {
  const operations = [...delta.requirements, ...delta.sections].map((entry) => entry.operation);
  if (operations.length === 0) return undefined;
  return operations.every((operation) => operation === 'ADDED') ? 'additive' : 'replacing';
}

/** The text of a delta: what stands below a change record's frontmatter. Ends with a line end. */
export function renderDelta(delta: Pick<Delta, 'requirements' | 'sections' | 'taskImpact'>): string {
  const groups = OPERATIONS.map((operation) => {
    const entries = openLast(delta.requirements.filter((entry) => entry.operation === operation).map(requirementText));
    return entries.length === 0 ? '' : `## ${operation} Requirements\n${entries.join('\n\n')}`;
  });
  const sections = delta.sections.map((entry) => entryText(`## ${entry.operation} Section: ${entry.name}`, [wasLine(entry.was)], entry.body));
  const impact = delta.taskImpact === '' ? '' : `## Task impact\n${delta.taskImpact}`;
  return `${openLast([...groups, ...sections, impact].filter((part) => part !== '')).join('\n\n')}\n`;
}

/** A text that ends inside a fence or comment would swallow what follows. */
function openLast(parts: readonly string[]): string[] {
  const isOpen = (part: string) => scanOutline(`${part}\n\n## end`, 0).headings.at(-1)?.text !== 'end';
  const open = parts.filter(isOpen);
  return open.length === 0 ? [...parts] : [...parts.filter((part) => !open.includes(part)), ...open];
}

function requirementText(entry: Requirement): string {
  return entryText(`### Requirement: ${entry.name}`, [wasLine(entry.was), ...(entry.to === undefined ? [] : [`To: ${entry.to}`]), ...(entry.living === undefined ? [] : [`Living: ${entry.living}`])], entry.body);
}

function wasLine(was: string | undefined): string {
  return was === undefined ? '' : `Was: ${was}`;
}

function entryText(heading: string, header: readonly string[], body: string): string {
  const head = [heading, ...header.filter((line) => line !== '')];
  const gap = head.length > 1 && body !== '' ? [''] : [];
  return [...head, ...gap, ...(body === '' ? [] : [body])].join('\n');
}

function readDelta(document: ParsedDocument): Delta {
  const outline = outlineOf(document);
  const delta = { requirements: [] as Requirement[], sections: [] as SectionChange[], taskImpact: [] as string[], problems: [] as DeltaProblem[] };
  if (outline.problem) delta.problems.push(outline.problem);
  for (const block of blocksOf(document)) {
    const { announced } = block;
    if (!announced) continue;
    if (announced.kind === 'requirements') delta.requirements.push(...requirementsIn(outline, block));
    else if (announced.kind === 'section') delta.sections.push(sectionChange(outline, block, announced));
    else delta.taskImpact.push(canonicalLines(outline.lines, block.start, block.end));
  }
  delta.problems.push(...headingTypos(document, 'change'), ...delta.requirements.flatMap((entry) => headerProblems(outline, entry)));
  for (const entry of delta.sections) delta.problems.push(...sectionProblems(outline, entry));
  return { ...delta, taskImpact: delta.taskImpact.filter((text) => text !== '').join('\n\n'), problems: delta.problems.sort((a, b) => a.line - b.line) };
}

function sectionChange(outline: Outline, block: Block, announced: { operation: Operation; name: string }): SectionChange {
  const header = headerLines(outline.lines, block.start, block.end, announced.operation);
  const section = sectionWith(announced.name, block.line, canonicalLines(outline.lines, header.next, block.end));
  return { ...section, operation: announced.operation as SectionChange['operation'], was: header.was };
}

function headerProblems(outline: Outline, entry: Requirement): DeltaProblem[] {
  const problems = headerLikes(outline, entry, entry.line + 1, entry.endLine);
  if (entry.operation === 'RENAMED') {
    if (entry.to === undefined && !problems.some((problem) => /`To: /.test(problem.message))) {
      problems.push({ line: entry.line, message: `Unexpected RENAMED requirement "${entry.name}" without its new name, expected a line \`To: NEW NAME\` below \`Was:\``, remedy: 'add the line' });
    }
    if (entry.body !== '') {
      problems.push({ line: entry.line, message: `Unexpected text under the RENAMED requirement "${entry.name}", expected \`Was:\` and \`To:\` alone: a new name keeps the text`, remedy: 'put the new text under `## MODIFIED Requirements`, with the new name' });
    }
  }
  return problems;
}

function sectionProblems(outline: Outline, entry: SectionChange): DeltaProblem[] {
  const end = outline.headings.find((heading) => heading.line > entry.line && heading.depth <= 2)?.line ?? outline.lines.length + 1;
  const inside = outline.headings.filter((heading) => heading.line > entry.line && heading.line < end && heading.text.startsWith('Requirement:'));
  const misplaced = inside.map((heading) => ({
    line: heading.line,
    message: `Unexpected "### ${heading.text}" in a section of prose, expected it under \`## ADDED Requirements\`, \`## MODIFIED Requirements\` or \`## REMOVED Requirements\``,
    remedy: 'move the requirement under such a heading',
  }));
  return [...headerLikes(outline, entry, entry.line + 1, end - 1), ...misplaced];
}

const WAS_LIKE = /^[-*+_>\s]*(?:was[*_\s]*:[*_\s]*(?:sha256|[0-9a-f]{8}|\[\[|$)|was[*_\s]+sha256|sha256:[0-9a-f]{8})/i;
const TO_LIKE = /^[-*+_>\s]*to[*_\s]*:/i;

/** Lines that mean to be `Was:` or `To:` and are not, or stand too low to be. */
function headerLikes(outline: Outline, entry: { operation: Operation; was: string | undefined; to?: string | undefined }, start: number, end: number): DeltaProblem[] {
  const { next } = headerLines(outline.lines, start, end, entry.operation);
  const problems: DeltaProblem[] = [];
  const mayBeTo = entry.operation === 'RENAMED' && entry.to === undefined;
  for (let line = next; line <= end; line += 1) {
    const source = outline.lines[line - 1] as string;
    const isWas = WAS_LIKE.test(source);
    if ((!isWas && !(mayBeTo && TO_LIKE.test(source))) || outline.opaque.has(line)) continue;
    const text = source.trim();
    if (isWas) problems.push(headerProblem(entry, line, text));
    else {
      problems.push({ line, message: `Unexpected "${shown(text)}", expected \`To: NEW NAME\` directly below \`Was:\``, remedy: 'write the line in this form, without other marks' });
    }
  }
  return problems;
}

function headerProblem(entry: { operation: Operation; was: string | undefined }, line: number, text: string): DeltaProblem {
  if (entry.operation === 'ADDED') {
    return { line, message: `Unexpected "${shown(text)}" under ADDED, expected no \`Was:\` where nothing was`, remedy: 'delete the line, or move the entry under `## MODIFIED Requirements`' };
  }
  const what = entry.was === undefined ? 'expected `Was: sha256:` and 64 hex digits directly below the heading' : 'expected one `Was:` line';
  return { line, message: `Unexpected "${shown(text)}", ${what}`, remedy: 'write the line in this form, without other marks' };
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
