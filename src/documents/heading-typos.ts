import { blocksOf, type Block } from './blocks.ts';
import type { Outline, ParsedDocument } from './document.ts';
import { ABOVE_REQUIREMENTS, announcementForm, entryForm, type RightForm } from './heading-forms.ts';
import { isRequirement, isScenario } from './operations.ts';
import { outlineOf } from './outline.ts';

/** A heading, or a line that means to be one, that readers take for part of a spec and treework does not. */
export interface HeadingTypo {
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
  /** The whole file's text with every such heading mended that differs in case, spacing or level only. */
  readonly repaired?: string;
}

interface Candidate {
  readonly line: number;
  /** 0 for a line that is no heading to Markdown. */
  readonly depth: number;
  readonly text: string;
}

type Mistake = { readonly line: number } & RightForm;

/**
 * Headings of a spec or change record that look like `### Requirement: NAME`, `#### Scenario: NAME`
 * or one of a delta's `##` headings and are none, so that nothing below them would count.
 */
export function headingTypos(document: ParsedDocument, kind: 'spec' | 'change'): HeadingTypo[] {
  const outline = outlineOf(document);
  if (outline.problem) return [];
  const mistakes: Mistake[] = [];
  for (const block of blocksOf(document)) addMistakes(mistakes, outline, block, kind);
  if (mistakes.length === 0) return [];
  const repaired = repair(document.text, outline, mistakes);
  return mistakes.map(({ line, expected, isSafe }) => ({
    line,
    message: `Unexpected "${(outline.lines[line - 1] as string).trim()}", expected ${expected}`,
    remedy: 'write the heading in this form: until then what stands below it does not count',
    ...(isSafe && repaired !== undefined && { repaired }),
  }));
}

function addMistakes(mistakes: Mistake[], outline: Outline, block: Block, kind: 'spec' | 'change'): void {
  const before = mistakes.length;
  const { announced } = block;
  const isRequirements = announced?.kind === 'requirements' || /requirements?$/i.test(block.name);
  if (!block.isPreamble && !announced) {
    const holdsEntries = block.headings.some((heading) => heading.depth === 3 && isRequirement(heading.text));
    add(mistakes, block.line, announcementForm(block.name, kind, 2, holdsEntries) ?? entryForm(2, block.name, false));
  }
  let inside: 'requirement' | 'mistake' | 'nothing' = mistakes.length > before ? 'mistake' : 'nothing';
  for (const candidate of candidatesIn(outline, block)) {
    const { line, depth, text } = candidate;
    if (inside === 'requirement' && depth === 4 && text.startsWith('Scenario: ')) continue;
    const isWellFormed = (depth === 3 && isRequirement(text)) || (depth === 4 && isScenario(text));
    const form = isWellFormed ? undefined : (entryForm(depth, text, isRequirements) ?? announcementForm(text, kind, depth, false));
    const mistake = form ?? strayIn(candidate, kind, block.isPreamble ? 'preamble' : announced?.kind, inside);
    add(mistakes, line, mistake);
    if (mistake) inside = 'mistake';
    else if (depth > 0 && depth <= 3) inside = depth === 3 && isRequirement(text) ? 'requirement' : 'nothing';
  }
}

function add(mistakes: Mistake[], line: number, form: RightForm | undefined): void {
  if (form) mistakes.push({ line, ...form });
}

/** A heading that is well formed by itself, where it cannot belong to anything. */
function strayIn({ depth, text }: Candidate, kind: 'spec' | 'change', announced: string | undefined, inside: string): RightForm | undefined {
  if (inside === 'nothing' && depth === 4 && isScenario(text)) {
    return { expected: 'a "### Requirement: NAME" above it that it belongs to', isSafe: false };
  }
  if (kind === 'change' && announced === 'requirements' && depth > 0 && depth <= 3 && !isRequirement(text)) {
    return { expected: `"### Requirement: ${text}" among requirements`, isSafe: false };
  }
  if (kind === 'change' && (announced === 'preamble' || announced === 'task-impact') && depth === 3 && isRequirement(text)) {
    return { expected: `it below ${ABOVE_REQUIREMENTS}`, isSafe: false };
  }
  return undefined;
}

/** The block's headings and the lines that only lack a space, a place or a level to be one. */
function candidatesIn(outline: Outline, block: Block): readonly Candidate[] {
  const likes = headingLikes(outline, block);
  return likes.length === 0 ? block.headings : [...block.headings, ...likes].sort((a, b) => a.line - b.line);
}

function headingLikes({ lines, opaque }: Outline, { headings, start, end }: Block): Candidate[] {
  const likes: Candidate[] = [];
  let next = 0;
  for (let line = start; line <= end; line += 1) {
    if (headings[next]?.line === line) {
      next += 1;
      continue;
    }
    const text = lines[line - 1] as string;
    if (!text.includes('#') || opaque.has(line)) continue;
    const like = /^[ \t]*(?:(?:[-+*>]|\d{1,9}[.)])[ \t]*)*#+[ \t]*(\S.*?)[ \t]*$/.exec(text)?.[1];
    if (like !== undefined) likes.push({ line, depth: 0, text: like });
  }
  return likes;
}

function repair(text: string, outline: Outline, mistakes: readonly Mistake[]): string | undefined {
  const safe = new Map(mistakes.filter((one) => one.isSafe && /^ {0,3}#/.test(outline.lines[one.line - 1] as string)).map((one) => [one.line, one.expected]));
  if (safe.size === 0) return undefined;
  const parts = text.split(/(\r\n|\n|\r)/);
  for (const [line, expected] of safe) parts[(line - 1) * 2] = expected.slice(1, -1);
  return parts.join('');
}
