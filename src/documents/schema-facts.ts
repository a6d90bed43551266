import { mapping } from './setting-values.ts';

/** What a JSON Schema says of one key, as far as writing and listing documents needs it. */
export interface PropertyFacts {
  /** JSON types that are taken; none said when empty. */
  readonly types: readonly string[];
  /** The only values that are taken. */
  readonly choices: readonly unknown[] | undefined;
  readonly default: unknown;
  readonly description: string | undefined;
  /** Whether any text will do. */
  readonly isFree: boolean;
  readonly items: PropertyFacts | undefined;
}

export interface SchemaFacts {
  readonly properties: ReadonlyMap<string, PropertyFacts>;
  readonly required: readonly string[];
  /** Whether keys that are not among the properties are refused. */
  readonly isClosed: boolean;
}

/** References inside the file are followed this deep. */
const DEEPEST = 8;

/** Reads the facts of a mapping's schema. Never throws: what is not understood is not there. */
export function schemaFacts(schema: Readonly<Record<string, unknown>> | undefined): SchemaFacts {
  const root = mapping(schema);
  const { properties, required, additionalProperties } = resolved(root, root);
  return {
    properties: new Map(Object.entries(mapping(properties)).map(([key, part]) => [key, propertyFacts(part, root)])),
    required: Array.isArray(required) ? required.filter((key): key is string => typeof key === 'string') : [],
    isClosed: additionalProperties === false,
  };
}

function propertyFacts(part: unknown, root: Readonly<Record<string, unknown>>, depth = 0): PropertyFacts {
  const facts = resolved(part, root);
  const types = [facts.type].flat().filter((type): type is string => typeof type === 'string');
  const choices = Array.isArray(facts.enum) ? facts.enum : 'const' in facts ? [facts.const] : undefined;
  return {
    types,
    choices,
    default: facts.default,
    description: typeof facts.description === 'string' ? facts.description : undefined,
    isFree: choices === undefined && (types.length === 0 || types.includes('string')) && (facts.pattern === undefined || facts.pattern === '\\S') && facts.format === undefined && facts.maxLength === undefined && facts.anyOf === undefined && facts.oneOf === undefined,
    items: facts.items !== undefined && depth < DEEPEST ? propertyFacts(facts.items, root, depth + 1) : undefined,
  };
}

/** A part with what its references inside the file say; what stands beside a reference wins. */
function resolved(part: unknown, root: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const { $ref, ...own } = mapping(part);
  const [, name] = typeof $ref === 'string' ? (/^#\/(?:\$defs|definitions)\/([^/]+)$/.exec($ref) ?? []) : [];
  if (name === undefined || depth > DEEPEST) return own;
  const definitions = { ...mapping(root.definitions), ...mapping(root.$defs) };
  return { ...resolved(Object.hasOwn(definitions, name) ? definitions[name] : undefined, root, depth + 1), ...own };
}
