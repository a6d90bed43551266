import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import { typeName, withoutAnnotations, withoutRefs } from './schema.mjs';
import { OPTIONS } from './types.mjs';

const SUFFIX = '.schema.json';

/** Every port's schema, by category, in alphabetical order; `common` holds what they share. */
export function readPorts(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(SUFFIX)).sort();
  return new Map(names.map((name) => {
    const schema = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return [name.slice(0, -SUFFIX.length), withoutRefs(schema, (ref) => (ref.startsWith('#') ? { $ref: `${schema.$id}${ref}` } : undefined))];
  }));
}

function definitionOf(ref, ports) {
  const [, owner, name] = /^urn:treework:port:([a-z-]+)#\/\$defs\/(\w+)$/.exec(ref) ?? [];
  const definition = ports.get(owner)?.$defs?.[name];
  if (!definition) throw new Error(`Unexpected $ref ${ref}, expected #/$defs/… of a port`);
  return definition;
}

const categoriesOf = (ports) => [...ports].filter(([category]) => category !== 'common');
const operationsOf = (port) => Object.entries(port.properties).map(([name, { description, properties }]) => ({ name, description, isOptional: !port.required.includes(name), ...properties }));
const capital = (name) => name.charAt(0).toUpperCase() + name.slice(1);

/** A schema whose titled parts are types of their own, and whose other parts stand in their places. */
function forTypes(schema, ports) {
  return withoutRefs(schema, (ref, siblings) => {
    const definition = definitionOf(ref, ports);
    if (!definition.title) return definition;
    return { tsType: typeName(definition.title), description: siblings.description ?? definition.description };
  });
}

/** What an operation answers: a titled definition, several, or one or nothing. */
function answerType(schema, ports) {
  if (schema.$ref) return typeName(definitionOf(schema.$ref, ports).title);
  if (schema.type === 'array') return `readonly ${answerType(schema.items, ports)}[]`;
  if (schema.type === 'null') return 'null';
  return schema.anyOf.map((one) => answerType(one, ports)).join(' | ');
}

/** One interface per titled definition, per operation's input and per port, and the map from category to port. */
export async function portTypesSource(ports) {
  const parts = [];
  for (const [, port] of categoriesOf(ports)) {
    for (const definition of Object.values(port.$defs)) if (definition.title) parts.push((await compile(forTypes(definition, ports), typeName(definition.title), OPTIONS)).trim());
    const operations = operationsOf(port);
    for (const { name, input } of operations) parts.push((await compile(forTypes(input, ports), `${capital(name)}Input`, OPTIONS)).trim());
    const lines = operations.map(({ name, description, isOptional, output }) => `  /** ${description} */\n  ${name}${isOptional ? '?' : ''}(input: ${capital(name)}Input): Promise<${answerType(output, ports)}>;`);
    parts.push(`/** ${port.description} */\nexport interface ${typeName(port.title)} {\n${lines.join('\n')}\n}`);
  }
  const entries = categoriesOf(ports).map(([category, port]) => `  '${category}': ${typeName(port.title)};`);
  parts.push(`/** The ports, by category. */\nexport interface Ports {\n${entries.join('\n')}\n}`);
  return `${parts.join('\n\n')}\n`;
}

/** The same as data to validate with; `$ref` names an entry of `definitions`. */
export function portShapesSource(ports) {
  const definitions = {};
  const shortened = (schema) => withoutAnnotations(withoutLongRefs(schema, (ref) => {
    const name = ref.replace('urn:treework:port:', '').replace('#/$defs/', '/');
    if (!(name in definitions)) {
      definitions[name] = {};
      definitions[name] = shortened(definitionOf(ref, ports));
    }
    return name;
  }));
  const operations = Object.fromEntries(categoriesOf(ports).map(([category, port]) => [category, Object.fromEntries(operationsOf(port).map(({ name, isOptional, input, output }) => [name, { ...(isOptional && { isOptional }), input: shortened(input), output: shortened(output) }]))]));
  return `import type { OperationShapes, Shape } from '../shape.ts';

/** What schemas of ports name. */
export const definitions: Readonly<Record<string, Shape>> = ${JSON.stringify(definitions)};

/** What goes into and comes out of each operation, by category. */
export const operationShapes: Readonly<Record<'${categoriesOf(ports).map(([category]) => category).join("' | '")}', OperationShapes>> = ${JSON.stringify(operations)};
`;
}

function withoutLongRefs(schema, nameOf) {
  if (Array.isArray(schema)) return schema.map((one) => withoutLongRefs(one, nameOf));
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === '$ref' ? nameOf(value) : withoutLongRefs(value, nameOf)]));
}
