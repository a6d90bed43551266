import type { DataPath } from '../documents/document.ts';
import { removeKey, setValue } from '../documents/edit.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Edit } from '../tree/edit.ts';
import { fill } from './documents.ts';
import type { NodeDraft } from './tasks-from-epics.ts';

/** The workflows that `new tasks --preset` begins with; each is `generators/tasks/<name>.md`. */
export type TasksPreset = 'ticket' | 'phases' | 'tree';

export interface PresetInputs {
  readonly preset: TasksPreset;
  readonly folder: string;
  readonly ticket: string;
  readonly title: string;
  readonly why: string | undefined;
  /** `sha256:<hex>` of the spec that this workflow is made for: the freeze. */
  readonly pin: string;
  /** What the author named, or the planning's epics: of `tree` its phases, of the others what is built. */
  readonly nodes: readonly NodeDraft[];
  /** Patterns of the code and of its tests; empty where nobody knows. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
  /** How treework is called in this repository, for commands. */
  readonly program: string;
  /** The ticket's planning documents are in the folder of this name. */
  readonly slug: string;
}

/** The node of a preset that stands for everything that is built. */
const BUILT: Readonly<Record<Exclude<TasksPreset, 'tree'>, string>> = { ticket: 'build', phases: 'implement' };

/** tasks.md from a preset's template, with its comments; what nobody knows is marked to be filled in. */
export function presetEdits(inputs: PresetInputs, template: string): Edit[] {
  const { folder, ticket, title, why, pin } = inputs;
  const goal = { title, why: why ?? fill('why it is worth doing: what gets better, and for whom') };
  // The keys stand in the order of the schema: the template's nodes come last.
  const head = template.replace(/^---\n/, '---\nticket: x\ngoal: x\nspec: x\n');
  const text = Object.entries({ ticket, goal, spec: pin }).reduce((edited, [key, value]) => setValue(edited, [key], value), head);
  return [{ path: `${folder}/tasks.md`, content: withSlots(withNodes(text, inputs), inputs), expect: 'absent' }];
}

function withNodes(text: string, { preset, nodes }: PresetInputs): string {
  if (nodes.length === 0) return text;
  if (preset === 'tree') return setValue(text, ['nodes'], nodes.map((node, index) => phaseOf(node, nodes[index - 1])));
  const at = pathOf(parseDocument(Buffer.from(text)).data?.nodes, BUILT[preset]);
  const single = ['scope', 'process'].reduce((edited, key) => removeKey(edited, [...at, key]), text);
  // Several at once cannot share a scope, and which files are whose nobody has said.
  return setValue(single, [...at, 'nodes'], nodes.map((node) => ({ role: 'implementer', ...node })).map(({ role, id, ...rest }) => ({ id, ...rest, role })));
}

/** What an epic covers its first task covers: phases carry nothing themselves. */
function phaseOf({ id, covers, scope, depends_on: after, ...rest }: NodeDraft, before: NodeDraft | undefined): Record<string, unknown> {
  const waits = after ?? (before && Object.keys(rest).length === 0 ? [before.id] : undefined);
  return { id, ...rest, ...(waits !== undefined && { depends_on: waits }), nodes: [{ id: `${id}-1`, title: fill(`the first task of ${id}`), ...(covers !== undefined && { covers }), ...(scope !== undefined && { scope }) }] };
}

interface NodeData {
  readonly id?: unknown;
  readonly nodes?: unknown;
}

/** Where a node stands; the templates are ours and hold it. */
function pathOf(nodes: unknown, id: string): DataPath {
  const pending: { readonly list: unknown; readonly at: DataPath }[] = [{ list: nodes, at: ['nodes'] }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const [index, node] of (Array.isArray(next.list) ? (next.list as NodeData[]) : []).entries()) {
      const at = [...next.at, index];
      if (node.id === id) return at;
      pending.push({ list: node.nodes, at: [...at, 'nodes'] });
    }
  }
  throw new Error(`the preset has no node ${id}`);
}

const SLOT = /\{\{(\w+)\}\}/g;

/** Each text that holds a slot, with its value; a list that is one slot becomes the values. */
function withSlots(text: string, inputs: PresetInputs): string {
  const { code, tests, program, ticket, slug } = inputs;
  const texts: Readonly<Record<string, string>> = { program, ticket, slug };
  const lists: Readonly<Record<string, readonly string[]>> = {
    code: code.length > 0 ? code : [fill('the files that this changes, such as src/**')],
    tests: tests.length > 0 ? tests : [fill('where the tests are, such as test/**')],
  };
  let edited = text;
  for (const { at, value } of slotsIn(parseDocument(Buffer.from(text)).data, [])) {
    const list = Array.isArray(value) ? lists[String(value[0]).slice(2, -2)] : undefined;
    edited = setValue(edited, at, list ?? String(value).replace(SLOT, (slot, name: string) => texts[name] ?? slot));
  }
  return edited;
}

function* slotsIn(value: unknown, at: DataPath): Generator<{ readonly at: DataPath; readonly value: unknown }> {
  if (typeof value === 'string') {
    if (value.includes('{{')) yield { at, value };
  } else if (Array.isArray(value)) {
    if (value.length === 1 && /^\{\{(?:code|tests)\}\}$/.test(String(value[0]))) yield { at, value };
    else for (const [index, item] of value.entries()) yield* slotsIn(item, [...at, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* slotsIn(item, [...at, key]);
  }
}
