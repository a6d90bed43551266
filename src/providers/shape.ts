import { definitions } from './generated/shapes.ts';

/** The part of JSON Schema that ports are written in (schemas/ports); `$ref` names an entry of `definitions`. */
export interface Shape {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  /** One of these and null. */
  readonly anyOf?: readonly Shape[];
  /** Text of people's: on one line, or Markdown. */
  readonly 'x-text'?: string;
  readonly 'x-expected'?: string;
}

export type OperationShapes = Readonly<Record<string, { readonly isOptional?: boolean; readonly input: Shape; readonly output: Shape }>>;

/** One place where a value is of another shape. */
export interface Misfit {
  /** `[0].comments[2].at`; '' is the value itself. */
  readonly place: string;
  /** "Unexpected X, expected Y". */
  readonly message: string;
}

/** `question`: what we ask, to be right to the letter. `answer`: what somebody else says, of which only what is known is taken, cleaned. */
type Stance = 'question' | 'answer';

/** Everything together, in UTF-16 units: no answer that people read is longer. */
const MOST_TEXT = 64 * 1024 * 1024;

/**
 * A copy of `value` that has this shape, in plain objects. Of an answer unknown keys are left out, and
 * text of people's is cleaned of what would steer a terminal or reorder a line, and cut to its longest.
 * Answers with what is wrong where it has another shape.
 */
export function fitted(shape: Shape, value: unknown, stance: Stance): { readonly value: unknown; readonly misfits: readonly Misfit[] } {
  const misfits: Misfit[] = [];
  let room = MOST_TEXT;
  const wrong = (place: string, found: unknown, expected: string): undefined => {
    if (misfits.length < 20) misfits.push({ place, message: `Unexpected ${described(found)}, expected ${expected}` });
    return undefined;
  };

  const visit = (given: Shape, found: unknown, place: string): unknown => {
    const { $ref, ...siblings } = given;
    const one: Shape = $ref === undefined ? given : { ...definitions[$ref], ...siblings };
    if (one.anyOf) return visitUnion(one.anyOf, found, place);
    if (one.type === 'array') return visitList(one, found, place);
    if (one.type === 'object') return visitMapping(one, found, place);
    if (one.type === 'string') return visitText(one, found, place);
    if (one.type === 'boolean') return typeof found === 'boolean' ? found : wrong(place, found, 'true or false');
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = one;
    return typeof found === 'number' && Number.isInteger(found) && found >= minimum && found <= maximum ? found : wrong(place, found, `a whole number from ${minimum} to ${maximum}`);
  };

  const visitUnion = (branches: readonly Shape[], found: unknown, place: string): unknown => {
    const isNullable = branches.some(({ type }) => type === 'null');
    if (found === null && isNullable) return null;
    const other = branches.find(({ type }) => type !== 'null');
    return other ? visit(other, found, place) : wrong(place, found, 'null');
  };

  const visitList = ({ items = {}, minItems = 0, maxItems = 10_000 }: Shape, found: unknown, place: string): unknown => {
    if (!Array.isArray(found) || found.length < minItems || found.length > maxItems) return wrong(place, found, `a list of ${minItems} to ${maxItems}`);
    return found.map((item: unknown, index) => visit(items, item, `${place}[${index}]`));
  };

  const visitMapping = ({ properties = {}, required = [] }: Shape, found: unknown, place: string): unknown => {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return wrong(place, found, 'an object');
    const given = found as Readonly<Record<string, unknown>>;
    const at = (key: string) => (place === '' ? key : `${place}.${key}`);
    if (stance === 'question') for (const key of Object.keys(given)) if (!Object.hasOwn(properties, key)) wrong(at(brief(key)), given[key], `only ${Object.keys(properties).join(', ') || 'nothing'}`);
    for (const key of required) if (!Object.hasOwn(given, key) || given[key] === undefined) wrong(at(key), undefined, 'it to be there');
    const known = Object.entries(properties).filter(([key]) => Object.hasOwn(given, key) && given[key] !== undefined);
    return Object.fromEntries(known.map(([key, part]) => [key, visit(part, given[key], at(key))]));
  };

  const visitText = (one: Shape, found: unknown, place: string): unknown => {
    if (typeof found !== 'string') return wrong(place, found, one['x-expected'] ?? (one.enum ? oneOf(one.enum) : 'text'));
    const text = one['x-text'] === undefined ? found : cleanText(found, one['x-text'] === 'line');
    const { minLength = 0, maxLength = 1000 } = one;
    if (one.enum && !one.enum.includes(text)) return wrong(place, found, oneOf(one.enum));
    if (one.pattern !== undefined && !new RegExp(one.pattern, 'u').test(text)) return wrong(place, found, one['x-expected'] ?? `text that matches ${one.pattern}`);
    if (text.trim().length < minLength) return wrong(place, found, 'some text');
    const isCut = one['x-text'] !== undefined && stance === 'answer';
    if (text.length > maxLength && !isCut) return wrong(place, found, `at most ${maxLength} characters`);
    room -= text.length;
    if (room < 0) return wrong(place, found, `at most ${MOST_TEXT} characters in all`);
    return text.length > maxLength ? `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
  };

  const copy = visit(shape, value, '');
  return { value: copy, misfits };
}

/** What steers a terminal, is invisible, or changes the direction of what follows; half of a character too. */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

/** A terminal's control sequences (ECMA-48, 5.4), as a whole. */
const TERMINAL = /\u001b\[[\d;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]{0,500}(?:\u0007|\u001b\\)/g;

/** Text of people's without what would steer a terminal: on one line without outer spaces, or with LF line ends. */
export function cleanText(text: string, isLine: boolean): string {
  const lines = text.replace(TERMINAL, '').replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n');
  if (!isLine) return lines.replace(UNPRINTABLE, '');
  return lines.replace(/[\t\n\v\f]+/g, ' ').replace(UNPRINTABLE, '').trim();
}

function described(value: unknown): string {
  if (value === undefined) return 'absence';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `list of ${value.length}`;
  return typeof value === 'object' || typeof value === 'function' ? typeof value : JSON.stringify(typeof value === 'string' ? brief(value) : String(value));
}

function brief(text: string): string {
  const line = cleanText(text.slice(0, 200), true);
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

function oneOf(values: readonly unknown[]): string {
  return values.map(String).join(', ');
}
