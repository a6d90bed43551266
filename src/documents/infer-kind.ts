import type { Heading, ParsedDocument } from './document.ts';
import { inferSchema } from './infer-schema.ts';
import { outlineOf } from './outline.ts';
import { pathMatcher, placesIn, placeValues } from './path-pattern.ts';

export interface Sample {
  readonly path: string;
  readonly parsed: ParsedDocument;
}

/** What documents of a kind have in common. */
export interface InferredKind {
  /** The pattern with places where the names of the files show them. */
  readonly path: string;
  /** undefined where no document has frontmatter. */
  readonly schema: Record<string, unknown> | undefined;
  readonly sections: readonly string[];
  readonly unique: readonly string[];
  /** A whole document with slots. */
  readonly template: string;
}

/** Names of files that stand beside documents and are none. */
const BESIDE = /^(?:readme|index|template|_.*)\.md$/i;
const NAMES: readonly { readonly expression: RegExp; readonly places: string }[] = [
  { expression: /^\d+-.+\.md$/, places: '{{number}}-{{slug}}.md' },
  { expression: /^\d{4}-\d{2}-\d{2}-.+\.md$/, places: '{{date}}-{{slug}}.md' },
];

/** The pattern that names what varies: with `*.md` and files such as 0001-use-git.md it ends in {{number}}-{{slug}}.md. */
export function inferPattern(pattern: string, paths: readonly string[]): string {
  if (placesIn(pattern).length > 0 || !pattern.endsWith('/*.md')) return pattern;
  const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1)).filter((name) => !BESIDE.test(name));
  const form = [...NAMES].reverse().find(({ expression }) => names.length > 0 && names.every((name) => expression.test(name)));
  return form ? `${pattern.slice(0, -'*.md'.length)}${form.places}` : pattern;
}

/** What all of these documents meet. Those whose frontmatter cannot be read say nothing. */
export function inferKind(pattern: string, samples: readonly Sample[]): InferredKind {
  const path = inferPattern(pattern, samples.map((sample) => sample.path));
  const matches = pathMatcher(path);
  const documents = samples.filter((sample) => matches(sample.path));
  const data = documents.map(({ parsed }) => parsed.data ?? {});
  const schema = data.some((one) => Object.keys(one).length > 0) ? inferSchema(data) : undefined;
  const headings = documents.map(({ parsed }) => outlineOf(parsed).headings);
  const sections = commonSections(headings);
  return { path, schema, sections, unique: uniqueIn(path, documents), template: templateOf(path, documents, headings, { schema, sections }) };
}

/** Headings of the second depth that every document has, as far as all have them in one order. */
function commonSections(documents: readonly (readonly Heading[])[]): string[] {
  const places = documents.map((headings) => new Map(headings.filter(({ depth }) => depth === 2).map(({ text, line }) => [text.toLowerCase(), line])));
  const first = documents[0]?.filter(({ depth, text }) => depth === 2 && text !== '') ?? [];
  const kept: string[] = [];
  for (const { text } of first) {
    const last = kept.at(-1)?.toLowerCase();
    const isNext = (map: ReadonlyMap<string, number>) => map.has(text.toLowerCase()) && (last === undefined || (map.get(last) as number) < (map.get(text.toLowerCase()) as number));
    if (!kept.includes(text) && places.every(isNext)) kept.push(text);
  }
  return kept;
}

/** `number` and `id`, where there are two documents or more and no two say the same. */
function uniqueIn(pattern: string, documents: readonly Sample[]): string[] {
  return ['number', 'id'].filter((key) => {
    const values = documents.map(({ path, parsed }) => parsed.data?.[key] ?? placeValues(pattern, path).get(key));
    return values.length > 1 && values.every((value) => value !== undefined) && new Set(values.map(String)).size === values.length;
  });
}

function templateOf(pattern: string, documents: readonly Sample[], headings: readonly (readonly Heading[])[], { schema, sections }: Pick<InferredKind, 'schema' | 'sections'>): string {
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, { readonly format?: string }>>;
  const required = new Set((schema?.required ?? []) as readonly string[]);
  const keys = Object.keys(properties).filter((key) => required.has(key) && /^[A-Za-z][\w.-]*$/.test(key));
  const lines = keys.map((key) => `${key}: {{${properties[key]?.format === 'date' ? 'date' : properties[key]?.format === 'date-time' ? 'now' : key}}}`);
  const frontmatter = lines.length > 0 ? ['---', ...lines, '---'].join('\n') + '\n' : '';
  const titles = headings.map((all) => all.find(({ depth }) => depth === 1)?.text);
  const title = titles.every((text) => text !== undefined) && documents[0] ? [`# ${titleSlots(pattern, documents[0], titles[0] as string)}`] : [];
  const parts = sections.map((section) => `## ${section}\n\n[[fill: ${section.replaceAll(/[[\]]/g, '')}]]`);
  return `${frontmatter}${[...title, ...(parts.length > 0 ? parts : ['[[fill: what it says]]'])].join('\n\n')}\n`;
}

/** `1. Use git` of 0001-use-git.md becomes `{{number}}. {{title}}`. */
function titleSlots(pattern: string, { path }: Sample, heading: string): string {
  const number = placeValues(pattern, path).get('number');
  const match = number === undefined ? undefined : /^(\D*?)(\d+)([^\p{L}\p{N}]{1,3}).+$/u.exec(heading);
  return match && Number(match[2]) === Number(number) ? `${match[1]}{{number}}${match[3]}{{title}}` : '{{title}}';
}
