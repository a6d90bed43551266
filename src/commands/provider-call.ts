import { nearest } from '../documents/nearest.ts';
import { UserError } from '../error.ts';
import { readStandardInput } from '../git/files.ts';
import { operationShapes } from '../providers/generated/shapes.ts';
import type { Category } from '../providers/provider.ts';
import { cleanText, type OperationShapes, type Shape } from '../providers/shape.ts';
import type { Invocation, Outcome } from './command.ts';
import { providerName, providerOf } from './provider.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const CATEGORIES = Object.keys(operationShapes) as readonly Category[];

/** Which provider serves what; or one operation of one of them. */
export async function callProvider(invocation: Invocation): Promise<Outcome> {
  const { positionals, program } = invocation;
  const workspace = openWorkspace(invocation);
  const [word, operation, ...rest] = positionals;
  if (rest.length > 0) throw new UserError(`Unexpected ${rest[0]}, expected a category and an operation`, `${program} provider --help`, 'usage');
  if (word === undefined) return overview(workspace);
  if (word === 'memory') throw new UserError('Unexpected category memory, expected one that has operations by now: nothing recalls knowledge yet', `${program} provider`, 'provider-later');
  const category = CATEGORIES.find((one) => one === word);
  if (!category) throw new UserError(`Unexpected category ${word}, expected ${CATEGORIES.join(', ')}`, `${program} provider ${nearest(word, CATEGORIES) ?? CATEGORIES[0]}`, 'usage');
  return operation === undefined ? operations(workspace, category) : call(workspace, invocation, category, operation);
}

function overview(workspace: Workspace): Outcome {
  const served = CATEGORIES.map((category) => ({ category, provider: providerName(workspace, category), operations: Object.keys(operationShapes[category]) }));
  const lines = served.map(({ category, provider, operations: names }) => `${category.padEnd(18)} ${provider.padEnd(8)} ${names.join(', ')}`);
  const later = `${'memory'.padEnd(18)} ${providerName(workspace, 'memory').padEnd(8)} nothing yet: knowledge is not recalled by a provider so far`;
  return { exit: 0, json: { providers: served, later: ['memory'] }, text: [...lines, later].join('\n') };
}

function operations(workspace: Workspace, category: Category): Outcome {
  const shapes: OperationShapes = operationShapes[category];
  const all = Object.entries(shapes).map(([operation, { isOptional = false, input }]) => ({ operation, optional: isOptional, input: keysOf(input) }));
  const text = all.map(({ operation, optional, input }) => `${operation.padEnd(18)} ${input.map((key) => (key.required ? key.name : `[${key.name}]`)).join(' ')}${optional ? ' (where the provider has it)' : ''}`);
  return { exit: 0, json: { category, provider: providerName(workspace, category), operations: all }, text: text.join('\n') };
}

function keysOf({ properties = {}, required = [] }: Shape): { readonly name: string; readonly required: boolean }[] {
  return Object.keys(properties).map((name) => ({ name, required: required.includes(name) }));
}

async function call(workspace: Workspace, { values, program }: Invocation, category: Category, operation: string): Promise<Outcome> {
  const shapes: OperationShapes = operationShapes[category];
  if (!Object.hasOwn(shapes, operation)) throw new UserError(`Unexpected operation ${operation} of ${category}, expected ${Object.keys(shapes).join(', ')}`, `${program} provider ${category} ${nearest(operation, Object.keys(shapes)) ?? Object.keys(shapes)[0]}`, 'usage');
  const by = typeof values.by === 'string' ? values.by : undefined;
  const port = await providerOf(workspace, category, { program, ...(by !== undefined && { by }) });
  const ask = (port as unknown as Readonly<Record<string, ((input: unknown) => Promise<unknown>) | undefined>>)[operation];
  if (!ask) throw new UserError(`Unexpected operation ${operation}, expected one that ${providerName(workspace, category)} has: this one is optional`, `${program} provider ${category}`, 'unsupported');
  const answer = await ask(inputGiven(values.input));
  return { exit: 0, json: { category, provider: providerName(workspace, category), operation, answer }, text: JSON.stringify(answer, null, 2) };
}

function inputGiven(given: unknown): unknown {
  if (given === undefined) return {};
  const text = given === '-' ? readStandardInput() : String(given);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`Unexpected --input ${cleanText(text.slice(0, 60), true)}, expected JSON: ${cleanText((error as Error).message, true)}`, `--input '{"id": "1"}', or --input - to read it`, 'input');
  }
}
