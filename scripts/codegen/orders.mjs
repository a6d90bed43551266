/** Of every kind, its keys in the order of its schema. */
export function ordersSource(schemas) {
  const entries = [...schemas].map(([kind, schema]) => `  ${kind}: [${Object.keys(schema.properties).map((key) => `'${key}'`).join(', ')}],`);
  return `import type { DocumentKind } from './types.ts';\n\n/** The keys of each kind's frontmatter, in the order in which its schema tells of them. */\nexport const KEY_ORDERS: Readonly<Record<DocumentKind, readonly string[]>> = {\n${entries.join('\n')}\n};\n`;
}
