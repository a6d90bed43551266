import type { ParsedDocument } from '../documents/document.ts';
import { isPreset } from '../documents/kinds.ts';
import { parseDocument } from '../documents/parse.ts';
import { placeOf, TICKET_NAMES, type Place } from '../documents/place.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { directoriesAbove, directoryStandards } from '../workflow/directories.ts';
import type { PathFacts, RuleOnPath, Setting } from '../workflow/path-facts.ts';
import { looksAt, type Rule } from '../workflow/rule.ts';
import { waiversIn } from './findings.ts';

/** Files as they stand, by their path from the root. */
export interface Files {
  /** Where they are, for messages. */
  readonly root: string;
  read(path: string): Buffer | undefined;
  exists(path: string): boolean;
}

/** WORKSPACE.md, and what it says. */
interface Policy {
  readonly workspace: ParsedDocument;
  readonly settings: Settings;
}

/** What governs one path: its kind, its rules, and where each setting comes from. */
export function pathFacts(files: Files, path: string, rules: readonly Rule[]): PathFacts {
  const bytes = files.read(WORKSPACE_PATH);
  const exists = files.exists(path);
  const nothing = { path, exists, settings: [], rules: [], directories: [] };
  if (!bytes && path !== WORKSPACE_PATH) return { ...nothing, governed: false, reason: `not governed, since there is no ${WORKSPACE_PATH} in ${files.root}` };
  const workspace = parseDocument(bytes ?? Buffer.alloc(0));
  const policy: Policy = { workspace, settings: settingsOf(workspace.data) };
  const place = placeOrFolder(policy.settings, path);
  const directories = directoriesOn(policy, path);
  const part = place ? undefined : partOfKind(policy, path);
  if (part !== undefined) return { ...nothing, governed: true, reason: part, directories };
  if (!place && directories.length === 0) return { ...nothing, governed: false, reason: ungoverned(policy) };
  const frozen = place?.folder === undefined ? undefined : pinIn(files, place.folder);
  const circumstances = { isFrozen: frozen !== undefined, waivers: waiversOf(files, path, place) };
  return {
    path,
    exists,
    governed: true,
    reason: reasonFor(place, path, policy.settings),
    ...(place && { kind: place.kind }),
    ...(place && !FREE.includes(place.kind) && schemaOf(files, place, policy)),
    ...(place?.ticket !== undefined && { ticket: place.ticket, archived: place.archived === true, frozen: frozen ?? false }),
    settings: settingsFor(place, policy),
    rules: rules.flatMap((rule) => ruleOn(rule, place, policy, circumstances)),
    directories,
  };
}

type Kind = Place['kind'] | 'folder';
type WhyPlace = Omit<Place, 'kind'> & { readonly kind: Kind };

const FREE: readonly Kind[] = ['folder', 'readme', 'attachment', 'stray'];

/** A folder has no place of its own: it is one when documents in it have places. */
function placeOrFolder(settings: Settings, path: string): WhyPlace | undefined {
  const { specs, archived } = settings.layout;
  if (path === specs || path === archived) return { kind: 'folder' };
  const place = placeOf(settings, path);
  if (place && place.kind !== 'stray') return place;
  const inside = placeOf(settings, `${path}/README.md`);
  if (!inside || inside.kind === 'stray' || (!place && inside.folder !== path)) return place;
  const { name: _, ...folder } = inside;
  return { ...folder, kind: 'folder' };
}

/** What says how the document's frontmatter looks; nothing where a kind of the repository's own has no schema. */
function schemaOf(files: Files, { kind }: WhyPlace, { settings }: Policy): { schema?: string } {
  const own = settings.kinds.find(({ name }) => name === kind)?.schema;
  if (own === undefined) return { schema: `schemas/${kind}.schema.json` };
  return files.exists(own) ? { schema: own } : {};
}

function reasonFor(place: WhyPlace | undefined, path: string, settings: Settings): string {
  if (!place) return 'in a directory that WORKSPACE.md has a standard for';
  const of = place.ticket === undefined ? '' : ` of ticket ${place.ticket}`;
  if (place.kind === 'stray') {
    return place.ticket === undefined ? `of no kind, expected only tickets' folders here (${settings.ticketPattern.source})` : `of no kind, expected what a ticket's folder holds: ${TICKET_NAMES.join(', ')}`;
  }
  if (place.kind === 'folder') return path === place.folder ? `the folder${of}` : `a folder${of || ' of tickets'}`;
  if (place.kind === 'readme' || place.kind === 'attachment') return `${place.kind}${of}, free of form`;
  return place.kind === 'workspace' ? 'the configuration of this repository' : `${place.kind}${of}`;
}

/** What a schema or a template is for. */
function partOfKind(policy: Policy, path: string): string | undefined {
  for (const kind of policy.settings.kinds) {
    const part = (['schema', 'template'] as const).find((key) => kind[key] === path);
    if (part) return `the ${part} of kind ${kind.name} (${origin(policy, ['kinds', kind.name])}), judged by kind-definition`;
  }
  return undefined;
}

function ungoverned(policy: Policy): string {
  const { layout: { specs, archived }, kinds } = policy.settings;
  return `not governed: it is neither ${WORKSPACE_PATH} nor below ${specs} (${origin(policy, ['layout', 'specs'])}) or ${archived} (${origin(policy, ['layout', 'archived'])}), ${kinds.length === 0 ? '' : `no pattern of kinds matches it (${kinds.map(({ name }) => name).join(', ')}), `}and no pattern of directories matches a directory it is in`;
}

function settingsFor(place: WhyPlace | undefined, policy: Policy): Setting[] {
  if (!place || place.kind === 'workspace') return [];
  const kind = policy.settings.kinds.find(({ name }) => name === place.kind);
  if (kind) return [{ name: 'kind', value: `${kind.name}: ${kind.path}${isPreset(kind.name) ? ', shipped with treework' : ''}`, from: origin(policy, ['kinds', kind.name]) }];
  const { operations } = policy.settings.layout;
  const isRun = operations !== undefined && !place.archived && place.folder?.startsWith(`${operations}/`) === true;
  const key = place.archived ? 'archived' : 'specs';
  const layout = isRun ? { name: 'layout', value: `runs of operations in ${operations}`, from: origin(policy, ['kinds', 'operation']) } : { name: 'layout', value: `${key}: ${policy.settings.layout[key]}`, from: origin(policy, ['layout', key]) };
  return [layout, { name: 'tickets', value: `pattern: ${policy.settings.ticketPattern.source}`, from: origin(policy, ['tickets', 'pattern']) }];
}

/** `default`, or the line of WORKSPACE.md that sets it. */
function origin({ workspace }: Policy, path: readonly string[]): string {
  let value: unknown = workspace.data;
  for (const name of path) value = typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  return value === undefined ? 'default' : `${WORKSPACE_PATH}:${workspace.locate(path, 'key').line}`;
}

function pinIn(files: Files, folder: string): { pin: string; by: string } | undefined {
  const bytes = files.read(`${folder}/tasks.md`);
  const tasks = bytes && parseDocument(bytes);
  const pin = tasks?.data?.spec;
  return tasks && typeof pin === 'string' && pin !== '' ? { pin, by: `${folder}/tasks.md:${tasks.locate(['spec']).line}` } : undefined;
}

function directoriesOn(policy: Policy, path: string): PathFacts['directories'] {
  const above = [...directoriesAbove([`${path}/x`])];
  return directoryStandards(policy.settings).flatMap(({ pattern, holds, matches }) =>
    above.filter(matches).map((directory) => ({ directory, pattern, holds, from: origin(policy, ['directories', keyOf(policy, pattern)]) })),
  );
}

/** The pattern as WORKSPACE.md writes it. */
function keyOf({ workspace }: Policy, pattern: string): string {
  return Object.keys((workspace.data?.directories ?? {}) as object).find((key) => key.replace(/\/+$/, '') === pattern) ?? pattern;
}

function waiversOf(files: Files, path: string, place: WhyPlace | undefined): ReadonlyMap<string, string> {
  const bytes = place && !FREE.includes(place.kind) ? files.read(path) : undefined;
  return bytes ? waiversIn({ parsed: parseDocument(bytes) }) : new Map<string, string>();
}

interface Circumstances {
  readonly isFrozen: boolean;
  readonly waivers: ReadonlyMap<string, string>;
}

function ruleOn(rule: Rule, place: WhyPlace | undefined, policy: Policy, { isFrozen, waivers }: Circumstances): RuleOnPath[] {
  const judges = whatItJudges(rule, place, policy.settings);
  if (!judges) return [];
  const { rules, flow } = policy.settings;
  const configured = rules.get(rule.id)?.severity;
  const isOff = configured === 'off' || (!rules.has(rule.id) && rule.offIn?.includes(flow) === true);
  const isSettled = place?.archived === true || (place?.kind === 'spec' && isFrozen);
  const lowered = isSettled && judges === 'document' && rule.group === 'document' && !isOff;
  const waived = rule.isProtected ? undefined : waivers.get(rule.id);
  return [
    {
      rule: rule.id,
      severity: isOff ? 'off' : lowered ? 'warning' : (configured ?? rule.severity),
      from: lowered ? `a ${place?.archived ? 'archived' : 'frozen'} text is only warned about` : rules.has(rule.id) ? origin(policy, ['rules', rule.id]) : isOff ? `default in flow ${flow}` : 'default',
      judges,
      protected: rule.isProtected === true,
      ...(waived !== undefined && { waived }),
    },
  ];
}

function whatItJudges(rule: Rule, place: WhyPlace | undefined, settings: Settings): RuleOnPath['judges'] | undefined {
  const kind = place?.kind;
  if (!looksAt(rule, kind as Parameters<typeof looksAt>[1], settings)) return undefined;
  if (rule.document && kind && !FREE.includes(kind)) return 'document';
  if ((rule.ticket || rule.ticketStep) && place?.ticket !== undefined) return 'ticket';
  return rule.group === 'repository' && (rule.repository || rule.step) ? 'repository' : undefined;
}
