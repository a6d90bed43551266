import type { Outline, ParsedDocument } from '../documents/document.ts';
import { outlineOf } from '../documents/outline.ts';
import { sectionNamed, sectionsOf, type Section } from '../documents/sections.ts';

/** The documents that an undertaking is planned with, in the order in which they are written. */
export const PLANNING_DOCUMENTS = ['requirements', 'architecture', 'epics'] as const;

export type PlanningName = (typeof PLANNING_DOCUMENTS)[number];

/** How much depends on it; what is `won't` is written down so that nobody does it by mistake. */
export const PRIORITIES = ['must', 'should', 'could', "won't"] as const;

export type Priority = (typeof PRIORITIES)[number];

/** One requirement or epic: `### REQ-1: NAME`, its fields as a list right below, then text. */
export interface PlanningEntry {
  /** `REQ-1`, `EPIC-2`. */
  readonly id: string;
  readonly name: string;
  readonly line: number;
  readonly priority: Priority | undefined;
  readonly dependsOn: readonly string[];
  /** Of an epic: the requirements that it delivers. */
  readonly requirements: readonly string[];
  /** Of an epic: patterns of the files that it changes. */
  readonly scope: readonly string[];
  /** What stands below the fields, up to the first heading in it. */
  readonly text: string;
  /** The items under `#### Accepted when`. */
  readonly accepted: readonly string[];
  /** What could not be read as what it seems to be. */
  readonly problems: readonly PlanningProblem[];
  /** Lines of fields by their names, in small letters. */
  readonly lines: ReadonlyMap<string, number>;
}

export interface PlanningProblem {
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}

/** One of the planning documents, read. */
export interface PlanningDocument {
  readonly name: PlanningName;
  readonly path: string;
  readonly title: string | undefined;
  readonly entries: readonly PlanningEntry[];
  readonly sections: readonly Section[];
  readonly problems: readonly PlanningProblem[];
}

export type Planning = Readonly<Partial<Record<PlanningName, PlanningDocument>>>;

const ID = { requirements: 'REQ', epics: 'EPIC' } as const;
const FIELDS = ['priority', 'depends on', 'requirements', 'scope'];
const FIELD = /^ {0,3}[-*+] +(?:\*\*)?([A-Za-z][A-Za-z ]*?)(?:\*\*)?:(?:\*\*)? *(.*)$/;

/** Reads a planning document of any shape; never throws. */
export function planningDocument(name: PlanningName, path: string, parsed: ParsedDocument): PlanningDocument {
  const outline = outlineOf(parsed);
  const title = parsed.data?.title;
  const read = name === 'architecture' ? [] : entriesIn(outline, name);
  return { name, path, title: typeof title === 'string' && title.trim() !== '' ? title : undefined, entries: read.filter((one) => 'id' in one), sections: sectionsOf(outline), problems: read.filter((one) => 'message' in one) };
}

/** The text of a section that somebody has filled in; undefined where it is absent, empty or marked. */
export function answerIn(document: PlanningDocument | undefined, section: string): string | undefined {
  const text = document && sectionNamed(document.sections, section)?.text;
  return text === undefined || text === '' || isUnfilled(text) ? undefined : text;
}

export function isUnfilled(text: string): boolean {
  return text.includes('[[fill:') || /^(?:TBD|none yet)\.?$/i.test(text.trim());
}

/** Items of a section that is a list, `None.` being none. */
export function itemsIn(document: PlanningDocument | undefined, section: string): string[] {
  return listItems(((document && sectionNamed(document.sections, section)?.text) ?? '').split('\n'));
}

function listItems(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^ {0,3}(?:[-*+]|\d+[.)]) +(.*\S)/.exec(line)?.[1] ?? []);
}

/** Entries are the headings of depth 3 under the heading that is called like the document. */
function entriesIn(outline: Outline, name: 'requirements' | 'epics'): (PlanningEntry | PlanningProblem)[] {
  const { headings, lines } = outline;
  const top = headings.findIndex(({ depth, text }) => depth === 2 && text.toLowerCase().startsWith(name));
  if (top === -1) return [];
  const after = headings.findIndex(({ depth }, index) => index > top && depth <= 2);
  const inside = headings.slice(top + 1, after === -1 ? undefined : after);
  const end = (headings[after]?.line ?? lines.length + 1) - 1;
  return inside.filter(({ depth }) => depth === 3).map((heading) => {
    const parts = inside.filter(({ line }) => line > heading.line);
    const next = parts.find(({ depth }) => depth === 3);
    const [, id, title = ''] = /^([A-Z]+-[1-9]\d*)\s*[:.–—-]?\s*(.*)$/.exec(heading.text) ?? [];
    if (id === undefined || !id.startsWith(`${ID[name]}-`)) {
      return { line: heading.line, message: `Unexpected heading "${heading.text}", expected an id and a name as in "${ID[name]}-1: Token validation"`, remedy: `begin it with ${ID[name]}- and a number, or make it a heading of another depth` };
    }
    const last = (next?.line ?? end + 1) - 1;
    const subs = parts.filter(({ depth, line }) => depth > 3 && line <= last);
    const textEnd = (subs[0]?.line ?? last + 1) - 1;
    const accepted = subs.find(({ text }) => /^accepted when/i.test(text));
    const acceptedEnd = accepted ? (subs.find(({ line }) => line > accepted.line)?.line ?? last + 1) - 1 : 0;
    return entryOf(id, title, heading.line, outline, textEnd, accepted ? listItems(lines.slice(accepted.line, acceptedEnd)) : []);
  });
}

function entryOf(id: string, name: string, line: number, { lines, opaque }: Outline, end: number, accepted: readonly string[]): PlanningEntry {
  const found = new Map<string, string>();
  const at = new Map<string, number>();
  const problems: PlanningProblem[] = [];
  let next = line;
  for (; next < end; next += 1) {
    const source = lines[next] as string;
    if (source.trim() === '' || opaque.has(next + 1)) continue;
    const [, key = '', value = ''] = FIELD.exec(source) ?? [];
    const field = key.toLowerCase().replace(/\s+/g, ' ');
    if (field === '') break;
    if (!FIELDS.includes(field)) problems.push({ line: next + 1, message: `Unexpected field "${key}" of ${id}, expected one of Priority, Depends on, Requirements, Scope`, remedy: 'correct its name, or make it a sentence below the fields' });
    found.set(field, value.trim());
    at.set(field, next + 1);
  }
  const said = found.get('priority')?.toLowerCase().replace(/[’`]/g, "'").replace(/^wont$/, "won't");
  const priority = PRIORITIES.find((one) => one === said);
  if (said !== undefined && said !== '' && priority === undefined && !isUnfilled(said)) {
    problems.push({ line: at.get('priority') as number, message: `Unexpected priority "${found.get('priority')}" of ${id}, expected ${PRIORITIES.join(', ')}`, remedy: 'write one of them' });
  }
  const text = lines.slice(next, end).join('\n').replaceAll(/<!--[^]*?-->/g, '').trim();
  return { id, name, line, priority, dependsOn: idsIn(found.get('depends on')), requirements: idsIn(found.get('requirements')), scope: patternsIn(found.get('scope')), text, accepted, problems, lines: at };
}

function idsIn(value = ''): string[] {
  return [...new Set(value.match(/[A-Z]+-\d+/g) ?? [])];
}

function patternsIn(value = ''): string[] {
  if (isUnfilled(value) || /^none\.?$/i.test(value)) return [];
  return value.split(',').map((one) => one.trim().replace(/^`(.*)`$/, '$1')).filter((one) => one !== '');
}
