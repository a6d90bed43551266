import { UserError } from '../error.ts';
import type { Ports } from './generated/ports.ts';
import { operationShapes } from './generated/shapes.ts';
import { cleanText, fitted, type OperationShapes } from './shape.ts';

export type Category = keyof Ports;

/** What an adapter is told about where it works. */
export interface ProviderContext {
  /** The work tree's root, absolute; of a bare repository its folder. */
  readonly root: string;
  /** The remote that branches are pushed to; undefined where there is none. */
  readonly remote: { readonly name: string; readonly url: string } | undefined;
  /** The program's name, for hints. */
  readonly program: string;
}

/** What the module of a provider exports as `provider`: for each category that it serves what makes its port. */
export interface Provider {
  readonly name: string;
  readonly ports: { readonly [C in Category]?: (context: ProviderContext) => Ports[C] | Promise<Ports[C]> };
}

/** Whether a value has the form of a provider that serves this category. */
export function serves(value: unknown, category: Category): value is Provider {
  const { ports } = (typeof value === 'object' && value !== null ? value : {}) as { ports?: unknown };
  return typeof ports === 'object' && ports !== null && typeof (ports as Record<string, unknown>)[category] === 'function';
}

/** Names of the operations that a port lacks. */
function missingOperations(category: Category, port: unknown): string[] {
  const shapes: OperationShapes = operationShapes[category];
  const there = (typeof port === 'object' && port !== null ? port : {}) as Readonly<Record<string, unknown>>;
  return Object.entries(shapes).flatMap(([name, { isOptional }]) => (typeof there[name] === 'function' || (isOptional && there[name] === undefined) ? [] : [name]));
}

/**
 * The same port, with every question and answer held to the port's schema; see `fitted`. What an adapter throws with a `code`
 * and a `hint` is a UserError with cleaned words, anything else one that names the provider. Throws a
 * UserError (`provider-incomplete`) where operations are missing.
 */
export function guarded<C extends Category>(name: string, category: C, port: Ports[C]): Ports[C] {
  const missing = missingOperations(category, port);
  if (missing.length > 0) throw new UserError(`Unexpected ${category} of provider ${name} without ${missing.join(', ')}, expected every operation that is not optional`, 'let its author run treework/provider-kit on it', 'provider-incomplete');
  const shapes: OperationShapes = operationShapes[category];
  const operations = Object.entries(shapes).flatMap(([operation, { input, output }]) => {
    const own = (port as unknown as Readonly<Record<string, unknown>>)[operation];
    if (typeof own !== 'function') return [];
    const call = async (question: unknown) => {
      const asked = fitted(input, question ?? {}, 'question');
      const [wrong] = asked.misfits;
      if (wrong) throw new UserError(`${wrong.message} (${operation}${wrong.place === '' ? '' : `, ${wrong.place}`})`, `schemas/ports/${category}.schema.json says what it takes`, 'provider-question');
      const answered = fitted(output, await asking(name, operation, () => (own as (question: unknown) => unknown).call(port, asked.value)), 'answer');
      const [odd] = answered.misfits;
      if (odd) throw new UserError(`${odd.message} (${name}, ${operation}${odd.place === '' ? '' : `, ${odd.place}`})`, `the provider ${name} does not keep to schemas/ports/${category}.schema.json: tell its author`, 'provider-answer');
      return answered.value;
    };
    return [[operation, call]];
  });
  return Object.fromEntries(operations) as unknown as Ports[C];
}

async function asking(name: string, operation: string, ask: () => unknown): Promise<unknown> {
  try {
    return await ask();
  } catch (thrown) {
    throw refusal(name, operation, thrown);
  }
}

/** What an adapter threw, as words for a person; of its stack nothing. */
function refusal(name: string, operation: string, thrown: unknown): UserError {
  const { message, hint, code } = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as { message?: unknown; hint?: unknown; code?: unknown };
  const said = cleanText(String(message ?? 'no reason'), true).slice(0, 1000);
  const isCode = typeof code === 'string' && /^[a-z][a-z-]{0,40}$/.test(code);
  if (isCode && typeof hint === 'string') return new UserError(said, cleanText(hint, true).slice(0, 1000), code);
  return new UserError(`Unexpected end of ${operation} of provider ${name}: ${said}`, 'see what it says; try again when it is reachable', isCode ? code : 'provider-failed');
}
