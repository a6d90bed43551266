/** What is read of a JSON Schema. */
export interface SchemaPart {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaPart>>;
  readonly type?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly additionalProperties?: boolean | SchemaPart;
  readonly items?: SchemaPart;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaPart[];
  readonly oneOf?: readonly SchemaPart[];
  readonly allOf?: readonly SchemaPart[];
}

/** Schemas refer to themselves: a document is never as deep. */
const DEEPEST = 50;

/** The parts of a schema that say what may stand at a path of keys and `[]`. References lead inside of the schema only. */
export function partsAt(schema: SchemaPart, path: readonly string[]): SchemaPart[] {
  if (path.length > DEEPEST) return [];
  return path.reduce<SchemaPart[]>((parts, step) => parts.flatMap((part) => next(part, step)).flatMap((part) => alternatives(part, schema)), alternatives(schema, schema));
}

function next({ properties, additionalProperties, items }: SchemaPart, step: string): SchemaPart[] {
  if (step === '[]') return items ? [items] : [];
  const known = properties && Object.hasOwn(properties, step) ? properties[step] : undefined;
  if (known) return [known];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

/** A part with what it refers to and is made of. */
function alternatives(part: SchemaPart, schema: SchemaPart, seen: ReadonlySet<unknown> = new Set()): SchemaPart[] {
  if (typeof part !== 'object' || part === null || seen.has(part)) return [];
  const name = /^#\/\$defs\/([^/]+)$/.exec(part.$ref ?? '')?.[1];
  const referred = name !== undefined && Object.hasOwn(schema.$defs ?? {}, name) ? [schema.$defs?.[name] as SchemaPart] : [];
  const known = new Set([...seen, part]);
  const more = [...referred, ...(part.anyOf ?? []), ...(part.oneOf ?? []), ...(part.allOf ?? [])];
  return [part, ...more.flatMap((one) => alternatives(one, schema, known))];
}
