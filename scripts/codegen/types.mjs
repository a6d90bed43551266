import { compile } from 'json-schema-to-typescript';
import { resolve, typeName, withoutRefs } from './schema.mjs';

const EXTENSION = 'EXTENSION_KEY';
export const OPTIONS = { additionalProperties: false, bannerComment: '', ignoreMinAndMaxItems: true, style: { singleQuote: true, printWidth: 120 } };

/** Definitions without a title are inlined; one with a title is a type of its own, named where it is used. */
function forTypes(schema, schemas) {
  const { $defs: _, ...root } = schema;
  const inlined = withoutRefs(root, (ref, siblings) => {
    const { definition } = resolve(ref, schemas);
    if (!definition.title) return definition;
    return { tsType: typeName(definition.title), description: siblings.description ?? definition.description };
  });
  return extensionKeys(inlined);
}

/** `x-…` keys become a template literal index, so that a misspelt key stays a type error. */
function extensionKeys(schema) {
  if (Array.isArray(schema)) return schema.map(extensionKeys);
  if (schema === null || typeof schema !== 'object') return schema;
  const { patternProperties, examples: _, default: __, ...rest } = schema;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, extensionKeys(value)]));
  return patternProperties?.['^x-'] ? { ...copy, properties: { ...copy.properties, [EXTENSION]: { tsType: 'unknown' } } } : copy;
}

async function interfaceOf(schema, schemas) {
  const source = await compile(forTypes(schema, schemas), typeName(schema.title), OPTIONS);
  return source.trim().replaceAll(`${EXTENSION}?: unknown;`, '[extension: `x-${string}`]: unknown;');
}

/** One interface per kind and per titled definition, and the map from kind to interface. */
export async function typesSource(schemas) {
  const interfaces = new Map();
  for (const [kind, schema] of schemas) {
    for (const part of [schema, ...Object.values(schema.$defs ?? {})]) {
      if (!part.title) continue;
      const name = typeName(part.title);
      if (interfaces.has(name)) throw new Error(`Unexpected second type ${name} in ${kind}, expected titles to differ`);
      interfaces.set(name, await interfaceOf(part, schemas));
    }
  }
  const entries = [...schemas].map(([kind, schema]) => `  ${kind}: ${typeName(schema.title)};`);
  const map = `/** Frontmatter by document kind. */\nexport interface DocumentData {\n${entries.join('\n')}\n}`;
  const kinds = `/** The kinds of document that treework ships. */\nexport type DocumentKind = keyof DocumentData;`;
  return [kinds, map, ...interfaces.values()].join('\n\n') + '\n';
}
