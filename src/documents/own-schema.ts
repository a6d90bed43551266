import type { AnySchemaObject, ErrorObject } from 'ajv/dist/2020.js';
import type { Position } from '../tree/finding.ts';
import { schemaAuthority } from './authority.ts';
import type { Problem } from './document.ts';
import { positionAt } from './fence.ts';
import { validator, type RawError, type RawValidator, type ShapeError } from './shape-error.ts';

/** The JSON Schema of one of the repository's own kinds, ready to judge; or why it cannot. */
export interface OwnSchema {
  /** The schema as written; undefined when it is no JSON object. */
  readonly schema: Readonly<Record<string, unknown>> | undefined;
  readonly problem: Problem | undefined;
  /** What is wrong with the shape of frontmatter; nothing while there is a problem. Never throws. */
  judge(data: unknown): ShapeError[];
}

/** Larger schemas are refused unread, in bytes. */
const MAX_SCHEMA_BYTES = 256 * 1024;

/** What a format asks for; formats that are not here are only remarks, as the standard says. */
const FORMATS: Readonly<Record<string, { readonly expression: RegExp; readonly expected: string }>> = {
  date: { expression: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, expected: 'a day such as `2026-11-20`' },
  time: { expression: /^\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?$/i, expected: 'a time such as `10:30:00Z`' },
  'date-time': { expression: /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})$/, expected: 'a date and time such as `2026-11-20T10:30:00Z`' },
  email: { expression: /^[^\s@]+@[^\s@]+$/, expected: 'an email address such as `dana@example.com`' },
  uri: { expression: /^[A-Za-z][A-Za-z\d+.-]*:\S+$/, expected: 'an address such as `https://example.com/page`' },
  uuid: { expression: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, expected: 'a UUID such as `3f2b6c1e-8a4d-4c56-9b1f-0d2e4a6c8b10`' },
  ipv4: { expression: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/, expected: 'an IPv4 address such as `192.0.2.1`' },
};

/** The format that every one of these texts has, if there is one. */
export function formatOf(texts: readonly string[]): string | undefined {
  return texts.length === 0 ? undefined : Object.keys(FORMATS).find((name) => texts.every((text) => FORMATS[name]?.expression.test(text)));
}

/** Keywords for editors and generators, which ask nothing of a document. */
const REMARKS = ['markdownDescription', 'enumDescriptions', 'markdownEnumDescriptions', 'defaultSnippets', 'errorMessage', 'tsType', 'tsEnumNames', 'enumNames'];

/** Reads a JSON Schema (2020-12) from a file. Never throws, and never looks outside the file. */
export function ownSchema(bytes: Buffer): OwnSchema {
  if (bytes.length > MAX_SCHEMA_BYTES) return broken({ line: 1, column: 1, message: `Unexpected size of ${bytes.length} bytes, expected a schema of at most ${MAX_SCHEMA_BYTES}`, remedy: 'make the schema smaller' });
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const schema = jsonObject(text);
  if ('problem' in schema) return broken(schema.problem);
  const foreign = foreignPart(schema.value);
  if (foreign) return broken({ ...placeOfText(text, foreign.text), message: foreign.message, remedy: foreign.remedy }, schema.value);
  // Outside: that the program is not whole is no fault of the schema.
  const authority = schemaAuthority();
  try {
    const judge = judgeOf(schema.value, authority);
    return { schema: schema.value, problem: undefined, judge };
  } catch (error) {
    return broken({ ...placeOfMessage(text, error), message: `Unexpected schema, expected one that is valid JSON Schema 2020-12: ${reasonOf(error)}`, remedy: 'correct the schema' }, schema.value);
  }
}

function broken(problem: Problem, schema?: OwnSchema['schema']): OwnSchema {
  return { schema, problem, judge: () => [] };
}

function jsonObject(text: string): { readonly value: Record<string, unknown> } | { readonly problem: Problem } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value: value as Record<string, unknown> };
    return { problem: { line: 1, column: 1, message: 'Unexpected JSON, expected a schema: an object `{…}`', remedy: 'write a JSON Schema, such as {"type": "object"}' } };
  } catch (error) {
    const [, offset] = /position (\d+)/.exec(reasonOf(error)) ?? [];
    return { problem: { ...positionAt(text, offset === undefined ? text.length : Number(offset)), message: `Unexpected text, expected JSON: ${reasonOf(error)}`, remedy: 'correct the JSON; comments and trailing commas are not part of it' } };
  }
}

interface Foreign {
  readonly text: string;
  readonly message: string;
  readonly remedy: string;
}

/** The first part of a schema that would need something beyond the file, or a judge that answers later. */
function foreignPart(root: Readonly<Record<string, unknown>>): Foreign | undefined {
  const dialect = root.$schema;
  if (dialect !== undefined && !/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(String(dialect))) {
    return { text: JSON.stringify(dialect), message: `Unexpected dialect ${String(dialect)}, expected https://json-schema.org/draft/2020-12/schema`, remedy: 'write the schema for that dialect, or leave $schema out' };
  }
  const own = typeof root.$id === 'string' ? root.$id : '';
  for (const part of partsOf(root)) {
    if (part.$async === true) return { text: '"$async"', message: 'Unexpected $async, expected a schema that judges at once', remedy: 'remove $async' };
    for (const key of ['$ref', '$dynamicRef'] as const) {
      const reference = part[key];
      if (typeof reference !== 'string' || reference.startsWith('#') || (own !== '' && (reference === own || reference.startsWith(`${own}#`)))) continue;
      return { text: JSON.stringify(reference), message: `Unexpected ${key} ${reference}, expected one inside this file (#/$defs/…): nothing else is read and nothing is fetched`, remedy: 'copy what it names into $defs of this file' };
    }
  }
  return undefined;
}

/** Every object inside a schema, itself first. */
function* partsOf(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  const waiting = [value];
  while (waiting.length > 0) {
    const part = waiting.shift();
    if (typeof part !== 'object' || part === null) continue;
    if (!Array.isArray(part)) yield part as Record<string, unknown>;
    for (const inner of Object.values(part)) waiting.push(inner);
  }
}

function judgeOf(schema: AnySchemaObject, { Ajv2020 }: ReturnType<typeof schemaAuthority>): (data: unknown) => ShapeError[] {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, messages: false, strictTypes: false, strictTuples: false, allowUnionTypes: true, logger: false });
  const keys = new Set([...partsOf(schema)].flatMap((part) => Object.keys(part)));
  for (const key of [...REMARKS, ...[...keys].filter((one) => one.startsWith('x-'))]) ajv.addKeyword(key);
  for (const name of new Set([...partsOf(schema)].flatMap(({ format }) => (typeof format === 'string' ? format : [])))) {
    ajv.addFormat(name, (Object.hasOwn(FORMATS, name) && FORMATS[name]?.expression) || true);
  }
  const compiled = ajv.compile(withBranches(schema) as AnySchemaObject);
  const judge: RawValidator = (data) => {
    if (compiled(data)) return true;
    const errors = (compiled.errors ?? []).filter(isMeant).map(rawError);
    judge.errors = errors;
    return errors.length === 0;
  };
  const judged = validator(judge);
  return (data) => {
    try {
      return judged(data);
    } catch (error) {
      if (error instanceof RangeError) return [{ path: [], keyword: 'depth', params: { expected: 'less nesting' }, value: data }];
      throw error;
    }
  };
}

/** Branches written out in one schema, at most: definitions that name one another could go on for ever. */
const MOST_BRANCHES = 200;

/** The schema with what the branches of its unions refer to in their place: an error then tells which branch it is of. */
function withBranches(root: AnySchemaObject): unknown {
  const definitions = { ...root.definitions, ...root.$defs } as Readonly<Record<string, unknown>>;
  let left = MOST_BRANCHES;
  const branch = (part: unknown, inside: readonly string[]): unknown => {
    const { $ref, ...beside } = (typeof part === 'object' && part !== null ? part : {}) as Facts;
    const [, name = ''] = typeof $ref === 'string' && Object.keys(beside).length === 0 ? (/^#\/(?:\$defs|definitions)\/([\w-]+)$/.exec($ref) ?? []) : [];
    if (!Object.hasOwn(definitions, name) || inside.includes(name) || left === 0) return copy(part, inside);
    left -= 1;
    return copy(definitions[name], [...inside, name]);
  };
  const copy = (part: unknown, inside: readonly string[]): unknown => {
    if (Array.isArray(part)) return part.map((item) => copy(item, inside));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, (key === 'anyOf' || key === 'oneOf') && Array.isArray(value) ? value.map((one) => branch(one, inside)) : copy(value, inside)]));
  };
  return copy(root, []);
}

/** Keys of one's own are free in every document; what `if` leads to is told by itself. */
function isMeant({ keyword, params }: ErrorObject): boolean {
  const key: unknown = params.additionalProperty ?? params.unevaluatedProperty;
  return keyword !== 'if' && !(typeof key === 'string' && key.startsWith('x-'));
}

/** An error with what a message needs to know. */
function rawError({ instancePath, schemaPath, keyword, params, propertyName, parentSchema }: ErrorObject): RawError {
  const place = { instancePath, schemaPath, ...(propertyName !== undefined && { propertyName }) };
  if (keyword === 'dependentRequired') return { ...place, keyword: 'required', params };
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const allowed = Object.keys((parentSchema?.properties as object | undefined) ?? {});
    return { ...place, keyword: 'additionalProperties', params: { additionalProperty: params.additionalProperty ?? params.unevaluatedProperty, allowed } };
  }
  if (keyword === 'type') return { ...place, keyword, params: { type: [params.type].flat().join(' or ') } };
  const wanted = parentSchema?.['x-expected'] ?? EXPECTED[keyword]?.(params, parentSchema ?? {});
  return { ...place, keyword, params: wanted === undefined ? params : { ...params, expected: wanted } };
}

type Facts = Readonly<Record<string, unknown>>;

/** What a keyword asks for, as a phrase. */
const EXPECTED: Readonly<Record<string, (params: Facts, parent: Facts) => string>> = {
  pattern: ({ pattern }) => `text that matches ${String(pattern)}`,
  format: ({ format }) => FORMATS[String(format)]?.expected ?? String(format),
  minLength: ({ limit }) => `at least ${String(limit)} characters`,
  maxLength: ({ limit }) => `at most ${String(limit)} characters`,
  exclusiveMinimum: ({ limit }) => `more than ${String(limit)}`,
  exclusiveMaximum: ({ limit }) => `less than ${String(limit)}`,
  multipleOf: ({ multipleOf }) => `a multiple of ${String(multipleOf)}`,
  maxItems: ({ limit }) => `at most ${String(limit)} items`,
  minProperties: ({ limit }) => `at least ${String(limit)} keys`,
  maxProperties: ({ limit }) => `at most ${String(limit)} keys`,
  anyOf: (_, { description }) => (typeof description === 'string' ? description : 'one of the forms that its schema allows'),
  oneOf: (_, { description }) => (typeof description === 'string' ? description : 'exactly one of the forms that its schema allows'),
  not: () => 'what its schema does not exclude',
  'false schema': () => 'nothing here',
};

function placeOfText(text: string, part: string): Position {
  const at = text.indexOf(part);
  return positionAt(text, at === -1 ? 0 : at);
}

/** ajv names what it does not know in quotes. */
function placeOfMessage(text: string, error: unknown): Position {
  const [, name] = /"([^"]+)"/.exec(reasonOf(error)) ?? [];
  return placeOfText(text, JSON.stringify(name ?? '\u0000'));
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string;
}
