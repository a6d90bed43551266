import type { DataPath } from './document.ts';
import { nearest } from './nearest.ts';
import type { ShapeError } from './shape-error.ts';

export interface ShapeMessage {
  /** "Unexpected X, expected Y". */
  readonly message: string;
  /** What to do about it, a sentence. */
  readonly remedy: string;
  /** Where to point: the place inside the frontmatter, and whether its key or its value is meant. */
  readonly at: DataPath;
  readonly what: 'key' | 'value';
}

const LONGEST_QUOTE = 60;
const TYPE_NAMES: Readonly<Record<string, string>> = { array: 'list', object: 'mapping', null: 'nothing', integer: 'whole number' };

/** Says what is wrong with the shape of frontmatter, in words for the person who wrote it. */
export function shapeMessage(error: ShapeError): ShapeMessage {
  const write = WRITERS[error.keyword] ?? ('expected' in error.params ? unexpectedForm : unknownKeyword);
  const place = error.path.length === 0 ? 'the frontmatter' : code(dotted(error.path));
  return { ...write(error, place), ...pointer(error) };
}

function pointer({ path, keyword, params }: ShapeError): Pick<ShapeMessage, 'at' | 'what'> {
  if (keyword === 'required') return { at: path, what: 'key' };
  const key = params['additionalProperty'] ?? params['propertyName'];
  return key === undefined ? { at: path, what: 'value' } : { at: [...path, String(key)], what: 'key' };
}

/** `['nodes', 0, 'id']` is `nodes[0].id`. */
function dotted(path: DataPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? brief(part) : `${text}.${brief(part)}`;
  }, '');
}

type Words = Pick<ShapeMessage, 'message' | 'remedy'>;
type Writer = (error: ShapeError, place: string) => Words;

const WRITERS: Readonly<Record<string, Writer>> = {
  required: missingKey,
  additionalProperties: unexpectedKey,
  propertyNames: unexpectedName,
  type: unexpectedType,
  enum: (error, place) => unexpectedChoice(error, place, error.params['allowedValues'] as unknown[]),
  const: (error, place) => unexpectedChoice(error, place, [error.params['allowedValue']]),
  pattern: unexpectedForm,
  anyOf: unexpectedForm,
  minimum: outOfRange,
  maximum: outOfRange,
  minItems: tooFew,
  uniqueItems: repeated,
};

function missingKey({ path, params, value }: ShapeError, place: string): Words {
  const key = String(params['missingProperty']);
  const misspelt = nearest(key, Object.keys(value as object));
  return {
    message: `Missing key ${code(dotted([...path, key]))}, expected it to be there`,
    remedy: misspelt ? `Rename ${code(brief(misspelt))} to ${code(key)}.` : `Add ${code(`${key}: …`)} to ${place}.`,
  };
}

function unexpectedKey({ path, params }: ShapeError): Words {
  const key = String(params['additionalProperty']);
  const allowed = params['allowed'] as readonly string[];
  const meant = nearest(key, allowed);
  const own = `call it ${code(`x-${brief(key)}`)} if it is your own`;
  return {
    message: `Unexpected key ${code(dotted([...path, key]))}, expected ${oneOf(allowed)}${question(meant)}`,
    remedy: meant ? `Rename it to ${code(meant)}, or ${own}.` : `Remove it, or ${own}.`,
  };
}

function unexpectedName({ path, params }: ShapeError): Words {
  const key = String(params['propertyName']);
  return {
    message: `Unexpected key ${code(dotted([...path, key]))}, expected ${String(params['expected'])}`,
    remedy: 'Rename the key.',
  };
}

function unexpectedType({ path, params, value }: ShapeError, place: string): Words {
  const expected = String(params['type']);
  return {
    message: `Unexpected type ${typeOf(value)} for ${place}, expected ${TYPE_NAMES[expected] ?? expected}`,
    remedy: typeRemedy(path.at(-1), expected, value, place),
  };
}

function typeRemedy(key: string | number | undefined, expected: string, value: unknown, place: string): string {
  const before = typeof key === 'string' ? `${key}: ` : '- ';
  if (key === undefined) return 'Write the frontmatter as lines of `key: value`.';
  if (value === null) return `Give ${place} a value; an optional key can be left out.`;
  if (expected === 'string' && typeof value !== 'object') return `Put it in quotes: ${code(`${before}${JSON.stringify(String(value))}`)}.`;
  if (expected === 'array' && typeof value !== 'object') return `Write it as a list: ${code(`${before}[${brief(value)}]`)}.`;
  return `Write ${place} as a ${TYPE_NAMES[expected] ?? expected}.`;
}

function unexpectedChoice({ value }: ShapeError, place: string, allowed: readonly unknown[]): Words {
  const names = allowed.map(brief);
  const meant = typeof value === 'string' ? nearest(value, names) : undefined;
  return {
    message: `Unexpected ${described(value)} for ${place}, expected ${oneOf(names)}${question(meant)}`,
    remedy: meant ? `Write ${code(meant)}.` : `Write ${oneOf(names)}.`,
  };
}

function unexpectedForm({ params, value }: ShapeError, place: string): Words {
  const expected = String(params['expected']);
  return {
    message: `Unexpected ${described(value)} for ${place}, expected ${expected}`,
    remedy: `Write ${expected}.`,
  };
}

function outOfRange({ keyword, params, value }: ShapeError, place: string): Words {
  const expected = `${keyword === 'minimum' ? 'at least' : 'at most'} ${String(params['limit'])}`;
  return { message: `Unexpected ${described(value)} for ${place}, expected ${expected}`, remedy: `Write ${expected}.` };
}

function tooFew({ params, value }: ShapeError, place: string): Words {
  const count = (value as unknown[]).length;
  const found = count === 0 ? 'empty list' : `list of ${count}`;
  const limit = Number(params['limit']);
  return {
    message: `Unexpected ${found} for ${place}, expected at least ${limit} ${limit === 1 ? 'item' : 'items'}`,
    remedy: `Add what is missing to ${place}.`,
  };
}

function repeated({ params, value }: ShapeError, place: string): Words {
  const item = (value as unknown[])[Number(params['i'])];
  return { message: `Unexpected second ${code(brief(item))} in ${place}, expected every item once`, remedy: 'Remove one of the two.' };
}

function unknownKeyword({ keyword, value }: ShapeError, place: string): Words {
  return {
    message: `Unexpected ${described(value)} for ${place}, expected what \`${keyword}\` of the schema asks for`,
    remedy: 'See the schema of this kind of document.',
  };
}

function oneOf(names: readonly string[]): string {
  if (names.length === 0) return 'no key at all';
  return names.length === 1 ? code(names[0] ?? '') : `one of ${names.map(code).join(', ')}`;
}

function question(meant: string | undefined): string {
  return meant ? `; did you mean ${code(meant)}?` : '';
}

function described(value: unknown): string {
  if (value === '' || value === null) return 'empty value';
  return typeof value === 'object' ? `type ${typeOf(value)}` : `value ${code(brief(value))}`;
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'list' : typeof value === 'object' ? 'mapping' : typeof value;
}

/** A scalar on one line, as it would stand in YAML; long text is cut. */
function brief(value: unknown): string {
  const text = String(value);
  const plain = /[`\p{Cc}\u2028\u2029]/u.test(text) ? JSON.stringify(text).replaceAll('`', "'") : text;
  return plain.length > LONGEST_QUOTE ? `${plain.slice(0, LONGEST_QUOTE)}…` : plain;
}

function code(text: string): string {
  return `\`${text}\``;
}
