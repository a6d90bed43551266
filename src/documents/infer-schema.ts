import { formatOf } from './own-schema.ts';

type Data = Readonly<Record<string, unknown>>;
type Schema = Record<string, unknown>;

/** With so many values at least, and half of them repeating, a few texts are taken for the only ones. */
const ENOUGH_FOR_CHOICES = 4;
const MOST_CHOICES = 8;
const LONGEST_CHOICE = 30;
/** What a new document most likely begins with. */
const FIRST_CHOICES = ['draft', 'proposed', 'open', 'todo', 'new', 'planned'];

/**
 * A JSON Schema that all of these mappings meet: keys and their types, required where every one has
 * them, formats, and choices where a few texts repeat. Keys that begin with `x-` are free anyway.
 */
export function inferSchema(samples: readonly Data[]): Schema {
  return mappingSchema(samples);
}

function mappingSchema(samples: readonly Data[]): Schema {
  const keys = [...new Set(samples.flatMap((sample) => Object.keys(sample)))].filter((key) => !key.startsWith('x-'));
  const required = keys.filter((key) => samples.every((sample) => Object.hasOwn(sample, key)));
  const properties = keys.map((key): [string, Schema] => [key, withDefault(valueSchema(valuesOf(samples, key)), valuesOf(samples, key), required.includes(key))]);
  return { type: 'object', ...(required.length > 0 && { required }), additionalProperties: false, properties: Object.fromEntries(properties) };
}

function valuesOf(samples: readonly Data[], key: string): unknown[] {
  return samples.flatMap((sample) => (Object.hasOwn(sample, key) ? [sample[key]] : []));
}

function valueSchema(values: readonly unknown[], mayChoose = true): Schema {
  const types = typesOf(values);
  const type = types.length === 1 ? types[0] : types;
  if (types.length !== 1) return types.length === 0 ? {} : { type };
  if (type === 'object') return objectSchema(values as readonly Data[]);
  if (type === 'array') {
    const items = (values as readonly (readonly unknown[])[]).flat();
    // Who or what is listed today is not all that ever will be.
    return { type, ...(items.length > 0 && { items: valueSchema(items, false) }) };
  }
  if (type !== 'string') return { type };
  const format = formatOf(values as readonly string[]);
  if (format !== undefined) return { type, format };
  const choices = mayChoose ? choicesIn(values as readonly string[]) : undefined;
  return choices ? { type, enum: choices } : { type };
}

/** Mappings without a common key are most likely by name. */
function objectSchema(values: readonly Data[]): Schema {
  const keys = new Set(values.flatMap((value) => Object.keys(value)));
  const isByName = values.length > 2 && ![...keys].some((key) => values.every((value) => Object.hasOwn(value, key)));
  return isByName ? { type: 'object', additionalProperties: valueSchema(values.flatMap((value) => Object.values(value))) } : mappingSchema(values);
}

function typesOf(values: readonly unknown[]): string[] {
  const types = new Set(values.map((value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value)));
  if (types.has('number')) types.delete('integer');
  return [...types].sort();
}

function choicesIn(values: readonly string[]): string[] | undefined {
  const choices = [...new Set(values)];
  const areFew = values.length >= ENOUGH_FOR_CHOICES && choices.length <= MOST_CHOICES && choices.length * 2 <= values.length;
  return areFew && choices.length > 1 && choices.every((one) => one.length <= LONGEST_CHOICE && !/[\n\r]/.test(one)) ? choices.sort() : undefined;
}

/** A required choice has a value to begin with: the usual first one, else the most frequent. */
function withDefault(schema: Schema, values: readonly unknown[], isRequired: boolean): Schema {
  if (!isRequired || !Array.isArray(schema.enum)) return schema;
  const choices = schema.enum as string[];
  const count = (choice: string) => values.filter((value) => value === choice).length;
  const first = choices.find((choice) => FIRST_CHOICES.includes(choice.toLowerCase()));
  return { ...schema, default: first ?? [...choices].sort((a, b) => count(b) - count(a))[0] };
}
