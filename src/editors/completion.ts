import { packageFile } from '../git/package-file.ts';
import { ruleFacts } from '../rules/facts.generated.ts';
import type { View } from './desk.ts';
import { frontmatterContext, type FrontmatterContext } from './frontmatter-context.ts';
import { mentionsIn } from './names.ts';
import { partsAt, type SchemaPart } from './schema.ts';
import { documentsAround } from './targets.ts';
import { rangeOn, type Range, type TextEdit } from './text-edit.ts';

/** CompletionItemKind of the protocol. */
const [PROPERTY, VALUE, REFERENCE] = [10, 12, 18] as const;

export interface CompletionItem {
  readonly label: string;
  readonly kind: typeof PROPERTY | typeof VALUE | typeof REFERENCE;
  readonly detail?: string;
  readonly documentation?: string;
  readonly textEdit: TextEdit;
}

/** Keys that hold names of a ticket's nodes. */
const NODE_KEYS: readonly string[] = ['depends_on', 'blocks', 'spawned_from', 'return_to', 'node'];

/** What may be written at a position of the frontmatter: keys and values of the schema, names of nodes and requirements. */
export function completionsAt(view: View, position: Range['start']): CompletionItem[] {
  const text = view.tree.read(view.path)?.toString() ?? '';
  const context = frontmatterContext(text, position);
  const schema = context && schemaOf(view);
  if (!context || !schema) return [];
  const item = (label: string, kind: CompletionItem['kind'], newText: string, more: Partial<CompletionItem> = {}): CompletionItem => ({
    label,
    kind,
    ...more,
    textEdit: { range: rangeOn(position.line + 1, context.start + 1, position.character + 1), newText },
  });
  const parts = partsAt(schema, context.path);
  const values = context.at === 'value' ? [...valuesOf(parts).map((value) => item(value, VALUE, value)), ...namesAt(view, context).map((name) => item(name, REFERENCE, scalar(name)))] : [];
  const isItem = context.at === 'value' && context.path.at(-1) === '[]';
  const keys = context.at === 'key' || (isItem && !context.typed.includes('[')) ? keysAt(view, parts, context) : [];
  const wanted = keys.filter(([key]) => !context.siblings.includes(key));
  return [...values, ...wanted.map(([key, documentation]) => item(key, PROPERTY, `${key}: `, documentation === undefined ? {} : { documentation }))];
}

function keysAt({ place }: View, parts: readonly SchemaPart[], { path }: FrontmatterContext): [string, string | undefined][] {
  if (place.kind === 'workspace' && path.join('.') === 'rules') return ruleFacts.map(({ id }) => [id, undefined]);
  return [...new Map(parts.flatMap((part) => Object.entries(part.properties ?? {}).map(([key, value]) => [key, value.description] as const)))];
}

function valuesOf(parts: readonly SchemaPart[]): string[] {
  const values = parts.flatMap((part) => [...(part.enum ?? []), ...(part.const === undefined ? [] : [part.const]), ...(part.type === 'boolean' ? [true, false] : [])]);
  return [...new Set(values.filter((value) => ['string', 'number', 'boolean'].includes(typeof value)).map(String))];
}

function namesAt(view: View, { path }: FrontmatterContext): string[] {
  const key = path.findLast((step) => step !== '[]') ?? '';
  const kind = key === 'covers' ? 'requirement' : NODE_KEYS.includes(key) ? 'node' : undefined;
  if (kind === undefined || ((key === 'covers' || key === 'depends_on' || key === 'blocks') && path.at(-1) !== '[]')) return [];
  const mentions = documentsAround(view).flatMap((document) => mentionsIn(document, view.settings));
  return [...new Set(mentions.filter((one) => one.kind === kind && one.isDefinition).map((one) => one.text))];
}

/** The schema of the document's kind; undefined where there is none that can be read. */
function schemaOf({ place, settings, tree }: View): SchemaPart | undefined {
  const own = settings.kinds.find(({ name }) => name === place.kind)?.schema;
  try {
    const text = own === undefined ? packageFile(`schemas/${place.kind}.schema.json`) : tree.read(own)?.toString();
    return text === undefined ? undefined : (JSON.parse(text) as SchemaPart);
  } catch {
    return undefined;
  }
}

/** As YAML has it, in a list between brackets too. */
function scalar(text: string): string {
  return /^[\w][\w ./-]*$/.test(text) && text.trim() === text ? text : JSON.stringify(text);
}
