import { resolve } from './schema.mjs';

/** Of every kind, the lists that are sets (`uniqueItems`): a key's name, or `key/*` for every value of a mapping. */
export function setsSource(schemas) {
  const entries = [...schemas].map(([kind, schema]) => {
    const names = new Set();
    const seen = new Set();
    visit(schema, '', names, seen, schemas);
    return `  ${kind}: ${JSON.stringify([...names].sort()).replaceAll('"', "'").replaceAll(',', ', ')},`;
  });
  return `import type { DocumentKind } from './types.ts';\n\n/** Lists whose order says nothing and whose items stand once: a key's name, or \`key/*\` for every value of a mapping. */\nexport const SETS: Readonly<Record<DocumentKind, readonly string[]>> = {\n${entries.join('\n')}\n};\n`;
}

function visit(schema, name, names, seen, schemas) {
  if (schema === null || typeof schema !== 'object') return;
  if (typeof schema.$ref === 'string') {
    if (seen.has(`${name} ${schema.$ref}`)) return;
    seen.add(`${name} ${schema.$ref}`);
    return visit(resolve(schema.$ref, schemas).definition, name, names, seen, schemas);
  }
  if (schema.uniqueItems === true && name !== '') names.add(name);
  for (const [key, value] of Object.entries(schema.properties ?? {})) visit(value, key, names, seen, schemas);
  for (const part of schema.anyOf ?? []) visit(part, name, names, seen, schemas);
  visit(schema.items, name, names, seen, schemas);
  visit(schema.additionalProperties, `${name}/*`, names, seen, schemas);
}
