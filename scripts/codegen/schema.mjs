import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SUFFIX = '.schema.json';
const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'default', 'examples', 'x-path', 'x-body', 'x-json']);

/** Every schema of a folder, by kind, in alphabetical order; every `$ref` is made absolute. */
export function readSchemas(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(SUFFIX)).sort();
  return new Map(
    names.map((name) => {
      const { $id, ...schema } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return [name.slice(0, -SUFFIX.length), { $id, ...withoutRefs(schema, (ref) => (ref.startsWith('#') ? absolute($id, ref) : undefined)) }];
    }),
  );
}

function absolute($id, ref) {
  return { $ref: `${$id}${ref}` };
}

/** `Change record` is the type ChangeRecord. */
export function typeName(title) {
  return title.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** The definition that an absolute `$ref` names, and the kind that owns it. */
export function resolve(ref, schemas) {
  const [, owner, name] = /^urn:treework:schema:([a-z]+)#\/\$defs\/(\w+)$/.exec(ref) ?? [];
  const definition = schemas.get(owner)?.$defs?.[name];
  if (!definition) throw new Error(`Unexpected $ref ${ref}, expected #/$defs/… of a schema`);
  return { definition, owner, name };
}

/**
 * A copy of `schema` in which `replace` has stood in for every `$ref`; what it returns is walked
 * again unless it is undefined, which leaves the reference as it is.
 */
export function withoutRefs(schema, replace) {
  if (Array.isArray(schema)) return schema.map((item) => withoutRefs(item, replace));
  if (schema === null || typeof schema !== 'object') return schema;
  if (typeof schema.$ref === 'string') {
    const { $ref, ...siblings } = schema;
    const replacement = replace($ref, siblings);
    if (replacement) return withoutRefs({ ...replacement, ...siblings }, replace);
  }
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withoutRefs(value, replace)]));
}

/** A copy without what only people read; keys below `properties` are names and stay. */
export function withoutAnnotations(schema, areNames = false) {
  if (Array.isArray(schema)) return schema.map((item) => withoutAnnotations(item));
  if (schema === null || typeof schema !== 'object') return schema;
  const kept = Object.entries(schema).filter(([key]) => areNames || !ANNOTATIONS.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, withoutAnnotations(value, !areNames && (key === 'properties' || key === '$defs'))]),
  );
}
