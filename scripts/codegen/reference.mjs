import { stringify } from 'yaml';
import { resolve } from './schema.mjs';

const FOLDER = 'docs/reference/schemas';
const NAMES = { string: 'text', integer: 'whole number', number: 'number', boolean: '`true` or `false`', object: 'mapping', null: 'nothing' };

/** One page per kind and one that lists them, by path. */
export function referencePages(schemas) {
  const pages = [...schemas].map(([kind, schema]) => [`${FOLDER}/${kind}.md`, kindPage(schema, schemas)]);
  return Object.fromEntries([[`${FOLDER}/README.md`, indexPage(schemas)], ...pages]);
}

function indexPage(schemas) {
  const rows = [...schemas].map(([kind, schema]) => [`[${kind}](${kind}.md)`, `\`${schema['x-path']}\``, schema.description]);
  return [
    '# Kinds of document',
    'A document is Markdown with YAML frontmatter, and its path alone says of which kind it is. The folders below are the defaults of [`layout`](workspace.md).',
    table(['kind', 'where', 'what it is for'], rows),
  ].join('\n\n') + '\n';
}

function kindPage(schema, schemas) {
  const parts = [`# ${schema.title}`, schema.description, `It lives at \`${schema['x-path']}\`.`, '## Keys', keyTable(schema, schemas)];
  for (const definition of namedMappings(schema, schemas)) {
    parts.push(`## ${definition.title}`, definition.description, keyTable(definition, schemas));
  }
  parts.push('Any mapping whose keys are fixed also takes keys of your own that begin with `x-`; every edit keeps them. Any other key is a finding.');
  for (const example of schema.examples) parts.push('## Example', schema['x-json'] ? fencedJson(example) : fenced(example, schema['x-body']));
  return parts.join('\n\n') + '\n';
}

function fencedJson(example) {
  return ['```json', JSON.stringify(example, null, 2), '```'].join('\n');
}

function fenced(example, body) {
  const frontmatter = stringify(example, { lineWidth: 0 });
  return ['```markdown', '---', `${frontmatter}---`, ...(body ? [body.trimEnd()] : []), '```'].join('\n');
}

/** Mappings with a title, in the order in which a reader meets them. */
function namedMappings(root, schemas) {
  const found = new Map();
  const visit = (schema, isRoot) => {
    if (schema === null || typeof schema !== 'object') return;
    if (schema.$ref) return visit(resolve(schema.$ref, schemas).definition, false);
    if (!isRoot && isNamedMapping(schema)) {
      if (found.has(schema.title)) return;
      found.set(schema.title, schema);
    }
    for (const [key, part] of Object.entries(schema)) if (key !== '$defs' && key !== 'examples') visit(part, false);
  };
  visit(root, true);
  return [...found.values()];
}

function isNamedMapping(schema) {
  return schema.title !== undefined && schema.properties !== undefined;
}

function keyTable(schema, schemas) {
  return table(['key', 'what stands there', 'required', 'default', 'what it means'], keyRows(schema, '', schemas));
}

function keyRows(schema, prefix, schemas) {
  return Object.entries(schema.properties).flatMap(([key, property]) => {
    const target = dereferenced(property, schemas);
    const required = schema.required?.includes(key) ? 'yes' : '';
    const standard = target.default === undefined ? '' : `\`${inline(target.default)}\``;
    const row = [`\`${prefix}${key}\``, valueText(property, schemas), required, standard, target.description];
    return [row, ...nestedRows(target, `${prefix}${key}`, schemas)];
  });
}

/** Keys of mappings that have no section of their own. */
function nestedRows(schema, prefix, schemas) {
  if (isNamedMapping(schema)) return [];
  if (schema.properties) return keyRows(schema, `${prefix}.`, schemas);
  if (schema.items) return nestedRows(dereferenced(schema.items, schemas), `${prefix}[]`, schemas);
  if (typeof schema.additionalProperties === 'object') return nestedRows(dereferenced(schema.additionalProperties, schemas), `${prefix}.*`, schemas);
  return (schema.anyOf ?? []).flatMap((branch) => nestedRows(dereferenced(branch, schemas), prefix, schemas));
}

function dereferenced(schema, schemas) {
  if (!schema.$ref) return schema;
  const { $ref, ...siblings } = schema;
  return { ...resolve($ref, schemas).definition, ...siblings };
}

function valueText(part, schemas) {
  const schema = dereferenced(part, schemas);
  if (isNamedMapping(schema)) return `[${schema.title}](#${schema.title.toLowerCase().replaceAll(' ', '-')})`;
  if (schema['x-expected']) return schema['x-expected'];
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if ('const' in schema) return `\`${schema.const}\``;
  if (schema.type === 'array') return `list of: ${valueText(schema.items, schemas)}`;
  if (typeof schema.additionalProperties === 'object') return `mapping of names to: ${valueText(schema.additionalProperties, schemas)}`;
  return `${NAMES[schema.type]}${bounds(schema)}`;
}

function bounds({ minimum, maximum }) {
  return [minimum === undefined ? '' : `, at least ${minimum}`, maximum === undefined ? '' : `, at most ${maximum}`].join('');
}

function inline(value) {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
