import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { DocumentKind } from '../../src/documents/generated/types.ts';

export interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly examples?: readonly Record<string, unknown>[];
  readonly 'x-expected'?: string;
  readonly 'x-path'?: string;
}

const folder = new URL('../../schemas/', import.meta.url);

/** The schemas as they are shipped, by kind. */
export const schemas: ReadonlyMap<DocumentKind, Schema> = new Map(
  readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => [
    name.replace('.schema.json', '') as DocumentKind,
    JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Schema,
  ]),
);

/** ajv as anybody would use it on the shipped files. */
export function runtimeAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: true });
  ajv.addVocabulary(['x-path', 'x-body', 'x-json', 'x-expected']);
  for (const schema of schemas.values()) ajv.addSchema(schema);
  return ajv;
}

/** Every schema inside a schema, itself first, with its place. */
export function* parts(schema: Schema, place = ''): Generator<{ readonly place: string; readonly part: Schema }> {
  yield { place, part: schema };
  for (const group of ['properties', '$defs'] as const) {
    for (const [name, part] of Object.entries(schema[group] ?? {})) yield* parts(part, `${place}/${group}/${name}`);
  }
  if (schema.items) yield* parts(schema.items, `${place}/items`);
  if (typeof schema.additionalProperties === 'object') yield* parts(schema.additionalProperties, `${place}/additionalProperties`);
  for (const [index, part] of (schema.anyOf ?? []).entries()) yield* parts(part, `${place}/anyOf/${index}`);
}

export type Path = readonly (string | number)[];

/** Paths of everything inside a value, itself first. */
export function* paths(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const key of keys) yield* paths((value as Record<string | number, unknown>)[key], [...path, key]);
}

export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

/** A copy of `value` with something else at `path`. */
export function put(value: unknown, path: Path, replacement: unknown): unknown {
  if (path.length === 0) return replacement;
  const copy = structuredClone(value);
  (at(copy, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1) as string] = replacement;
  return copy;
}
