import type { DataPath, ParsedDocument } from '../documents/document.ts';
import { removeKey, setValue } from '../documents/edit.ts';
import { parseDocument } from '../documents/parse.ts';
import type { PropertyFacts, SchemaFacts } from '../documents/schema-facts.ts';
import { UserError } from '../error.ts';
import { fill } from './documents.ts';

/** What a document of a kind is made of. */
export interface KindInputs {
  /** A whole document; `{{name}}` marks what is filled in. */
  readonly template: string;
  /** Where the template is, for messages. */
  readonly templatePath: string;
  readonly facts: SchemaFacts;
  /** Names of what only the path may need. */
  readonly places: readonly string[];
  /** Values by the names of slots: `title`, `slug`, `number`, … */
  readonly known: ReadonlyMap<string, string>;
  /** Values that the author gave, by slot or by key of the frontmatter, a dot leading into a mapping. */
  readonly given: ReadonlyMap<string, string>;
}

const SLOT = /\{\{\s*([A-Za-z][\w.-]*)\s*\}\}/g;

/** The names of the slots in a template. */
export function slotsIn(template: string): string[] {
  return [...new Set([...template.matchAll(SLOT)].map((match) => match[1] as string))];
}

/**
 * The document. Values are text and nothing else: in frontmatter they are quoted as YAML needs it, in
 * the body they stand as they are. What nobody said is the schema's default, is left out where it is
 * optional, and is marked to be filled in where any text would do; for anything else the author is
 * asked, by a UserError.
 */
export function kindDocument(inputs: KindInputs): string {
  const names = slotsIn(inputs.template);
  const mark = markFor(inputs);
  const marked = inputs.template.replace(SLOT, (_, name: string) => `${mark}${names.indexOf(name)}x`);
  const slotAt = new RegExp(`${mark}(\\d+)x`, 'g');
  const filled = withKeys(inputs, withSlots(inputs, marked, (text) => [...text.matchAll(slotAt)].map((match) => ({ match: match[0], name: names[Number(match[1])] as string }))));
  return filled.replace(slotAt, (_, index: string) => valueOf(inputs, names[Number(index)] as string) ?? fill((names[Number(index)] as string).replaceAll(/[-_]/g, ' ')));
}

type SlotsOf = (text: string) => readonly { readonly match: string; readonly name: string }[];

/** The slots that are values of the frontmatter, as data: a title may hold anything that YAML has a meaning for. */
function withSlots(inputs: KindInputs, marked: string, slotsOf: SlotsOf): string {
  const parsed = parseDocument(Buffer.from(marked));
  if (parsed.data === undefined) {
    if (!marked.startsWith('---')) return marked;
    throw unreadable(inputs, parsed);
  }
  let text = marked;
  for (const { path, value } of textsIn(parsed.data)) {
    const slots = slotsOf(value);
    const [first] = slots;
    if (!first) continue;
    const facts = path.length === 1 ? inputs.facts.properties.get(String(path[0])) : undefined;
    const whole = first.match === value ? (valueOf(inputs, first.name) ?? defaultOf(facts)) : slots.reduce((rest, slot) => rest.replace(slot.match, () => valueOf(inputs, slot.name) ?? fill(slot.name)), value);
    if (whole !== undefined) text = setValue(text, path, typeof whole === 'string' ? typed(whole, facts, path.join('.')) : whole);
    else if (path.length === 1 && !inputs.facts.required.includes(String(path[0]))) text = removeKey(text, path);
    else text = setValue(text, path, unsaid(String(path.at(-1)), facts));
  }
  return text;
}

/** Keys that the author gave and the template has no slot for, then those that the schema requires. */
function withKeys(inputs: KindInputs, text: string): string {
  const { facts, given, template } = inputs;
  const slots = slotsIn(template);
  let edited = text;
  for (const [key, value] of given) {
    const path = facts.properties.has(key) ? [key] : key.split('.');
    if (slots.includes(key) || (inputs.places.includes(key) && !facts.properties.has(key))) continue;
    edited = setValue(withFrontmatter(edited), path, typed(value, facts.properties.get(key), key));
  }
  for (const key of facts.required) {
    if (Object.hasOwn(parseDocument(Buffer.from(edited)).data ?? {}, key)) continue;
    const property = facts.properties.get(key);
    const known = inputs.known.get(key);
    const value = known !== undefined ? typed(known, property, key) : (defaultOf(property) ?? unsaid(key, property));
    edited = setValue(withFrontmatter(edited), [key], value);
  }
  return edited;
}

function withFrontmatter(text: string): string {
  return text.startsWith('---') ? text : `---\n---\n${text}`;
}

function valueOf({ given, known }: KindInputs, name: string): string | undefined {
  return given.get(name) ?? known.get(name);
}

function defaultOf(facts: PropertyFacts | undefined): unknown {
  return facts?.default ?? (facts?.choices?.length === 1 ? facts.choices[0] : undefined);
}

/** What stands where a required value was not said. */
function unsaid(key: string, facts: PropertyFacts | undefined): unknown {
  if (!facts || facts.isFree) return fill(facts?.description?.replace(/\.$/, '').replaceAll(/[[\]]/g, '') ?? key);
  if (facts.types.includes('array') && facts.choices === undefined) return [];
  const expected = facts.choices ? `one of ${facts.choices.map(String).join(', ')}` : (facts.description ?? `a value of type ${facts.types.join(' or ')}`);
  throw new UserError(`Unexpected absence of ${key}, expected ${expected}`, `--set ${key}=${facts.choices ? String(facts.choices[0]) : '…'}`, 'input');
}

/** A text as the type that the schema asks for; a list's items are separated by commas. */
function typed(value: string, facts: PropertyFacts | undefined, key: string): unknown {
  const types = facts?.types ?? [];
  const choice = facts?.choices?.find((one) => String(one) === value);
  if (choice !== undefined) return choice;
  if (types.includes('array')) return value.trim() === '' ? [] : value.split(',').map((item) => typed(item.trim(), facts?.items, key));
  if (types.includes('integer') || types.includes('number')) {
    const number = Number(value);
    if (value.trim() !== '' && Number.isFinite(number) && (types.includes('number') || Number.isInteger(number))) return number;
  }
  if (types.includes('boolean') && (value === 'true' || value === 'false')) return value === 'true';
  if (types.includes('null') && (value === '' || value === 'null')) return null;
  if (types.length === 0 || types.includes('string')) return value;
  throw new UserError(`Unexpected ${key} ${JSON.stringify(value)}, expected a value of type ${types.join(' or ')}`, types.includes('object') ? `--set ${key}.NAME=…` : `--set ${key}=…`, 'input');
}

/** Every text in frontmatter, with its path. */
function* textsIn(value: unknown, path: DataPath = []): Generator<{ readonly path: DataPath; readonly value: string }> {
  if (typeof value === 'string') yield { path, value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index]);
  else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key]);
}

/** Letters that neither the template nor a value holds: plain text in YAML, wherever it stands. */
function markFor({ template, known, given }: KindInputs): string {
  const texts = [template, ...known.values(), ...given.values()];
  let mark = 'twslot';
  while (texts.some((text) => text.includes(mark))) mark += 'w';
  return mark;
}

function unreadable({ templatePath }: KindInputs, { problems }: ParsedDocument): UserError {
  const [problem] = problems;
  return new UserError(`${problem?.message ?? 'Unexpected frontmatter'} (${templatePath}:${problem?.line ?? 1})`, problem?.remedy ?? 'correct the template', 'template-invalid');
}
