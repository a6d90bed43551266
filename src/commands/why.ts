import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { waiversIn } from '../check/findings.ts';
import { parseDocument } from '../documents/parse.ts';
import { placeOf, TICKET_NAMES, type Place } from '../documents/place.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import type { ParsedDocument } from '../documents/document.ts';
import { UserError } from '../error.ts';
import { pathExists, readBytes } from '../git/files.ts';
import { Repository } from '../git/repository.ts';
import { pathFactsText, type PathFacts, type RuleOnPath, type Setting } from '../render/path-facts.ts';
import { rules } from '../rules/index.generated.ts';
import { directoriesAbove, directoryStandards } from '../workflow/directories.ts';
import type { Rule } from '../workflow/rule.ts';
import type { Command } from './command.ts';

export const command: Command = {
  summary: 'what governs a path: its kind, its rules and where each setting comes from',
  usage: ['why PATH'],
  options: {},
  async run({ cwd, positionals, program }) {
    const [given, ...others] = positionals;
    if (given === undefined || others.length > 0) throw new UserError(`Unexpected ${positionals.length} paths, expected one`, `${program} why PATH`);
    const repository = Repository.open(cwd);
    const facts = factsOf(repository, fromRoot(repository, given));
    return { exit: 0, json: { ...facts }, text: () => pathFactsText(facts, program) };
  },
};

/** WORKSPACE.md of the work tree, and what it says. */
interface Policy {
  readonly workspace: ParsedDocument;
  readonly settings: Settings;
}

function fromRoot(repository: Repository, given: string): string {
  const path = isAbsolute(given) ? relative(repository.workRoot, given).split(sep).join('/') : posix.normalize(`${repository.prefix}${given}`);
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '..' || trimmed.startsWith('../')) throw new UserError(`Unexpected path ${given}, expected one inside ${repository.workRoot}`, 'see --cwd DIR for another repository', 'outside');
  return trimmed === '' ? '.' : trimmed;
}

function factsOf(repository: Repository, path: string): PathFacts {
  const root = repository.workRoot;
  const bytes = readBytes(join(root, WORKSPACE_PATH));
  const exists = pathExists(join(root, path));
  const nothing = { path, exists, settings: [], rules: [], directories: [] };
  if (!bytes && path !== WORKSPACE_PATH) return { ...nothing, governed: false, reason: `not governed, since there is no ${WORKSPACE_PATH} in ${root}` };
  const workspace = parseDocument(bytes ?? Buffer.alloc(0));
  const policy: Policy = { workspace, settings: settingsOf(workspace.data) };
  const place = placeOrFolder(policy.settings, path);
  const directories = directoriesOn(policy, path);
  if (!place && directories.length === 0) return { ...nothing, governed: false, reason: ungoverned(policy) };
  const frozen = place?.folder === undefined ? undefined : pinIn(root, place.folder);
  return {
    path,
    exists,
    governed: true,
    reason: reasonFor(place, path, policy.settings),
    ...(place && { kind: place.kind }),
    ...(place && !FREE.includes(place.kind) && { schema: `schemas/${place.kind}.schema.json` }),
    ...(place?.ticket !== undefined && { ticket: place.ticket, archived: place.archived === true, frozen: frozen ?? false }),
    settings: settingsFor(place, policy),
    rules: rulesOn(root, path, place, policy, frozen !== undefined),
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
  if (place?.kind !== 'stray') return place;
  const inside = placeOf(settings, `${path}/README.md`);
  if (!inside || inside.kind === 'stray') return place;
  const { name: _, ...folder } = inside;
  return { ...folder, kind: 'folder' };
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

function ungoverned(policy: Policy): string {
  const { specs, archived } = policy.settings.layout;
  return `not governed: it is neither ${WORKSPACE_PATH} nor below ${specs} (${origin(policy, ['layout', 'specs'])}) or ${archived} (${origin(policy, ['layout', 'archived'])}), and no pattern of directories matches a directory it is in`;
}

function settingsFor(place: WhyPlace | undefined, policy: Policy): Setting[] {
  if (!place || place.kind === 'workspace') return [];
  const key = place.archived ? 'archived' : 'specs';
  const layout = { name: 'layout', value: `${key}: ${policy.settings.layout[key]}`, from: origin(policy, ['layout', key]) };
  return [layout, { name: 'tickets', value: `pattern: ${policy.settings.ticketPattern.source}`, from: origin(policy, ['tickets', 'pattern']) }];
}

/** `default`, or the line of WORKSPACE.md that sets it. */
function origin({ workspace }: Policy, path: readonly string[]): string {
  let value: unknown = workspace.data;
  for (const name of path) value = typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  return value === undefined ? 'default' : `${WORKSPACE_PATH}:${workspace.locate(path, 'key').line}`;
}

function pinIn(root: string, folder: string): { pin: string; by: string } | undefined {
  const bytes = readBytes(join(root, folder, 'tasks.md'));
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

function rulesOn(root: string, path: string, place: WhyPlace | undefined, policy: Policy, isFrozen: boolean): RuleOnPath[] {
  const bytes = place && !FREE.includes(place.kind) ? readBytes(join(root, path)) : undefined;
  const waivers = bytes ? waiversIn({ parsed: parseDocument(bytes) }) : new Map<string, string>();
  const isSettled = place?.archived === true || (place?.kind === 'spec' && isFrozen);
  return rules.flatMap((rule) => {
    const judges = whatItJudges(rule, place);
    if (!judges) return [];
    const configured = policy.settings.rules.get(rule.id)?.severity;
    const lowered = isSettled && judges === 'document' && rule.group === 'document' && configured !== 'off';
    const waived = rule.isProtected ? undefined : waivers.get(rule.id);
    return {
      rule: rule.id,
      severity: lowered ? 'warning' : configured ?? rule.severity,
      from: lowered ? `a ${place?.archived ? 'archived' : 'frozen'} text is only warned about` : configured ? origin(policy, ['rules', rule.id]) : 'default',
      judges,
      protected: rule.isProtected === true,
      ...(waived !== undefined && { waived }),
    };
  });
}

function whatItJudges(rule: Rule, place: WhyPlace | undefined): RuleOnPath['judges'] | undefined {
  const kind = place?.kind;
  if (rule.kinds && !(rule.kinds as readonly (Kind | undefined)[]).includes(kind)) return undefined;
  if (rule.document && kind && !FREE.includes(kind)) return 'document';
  if ((rule.ticket || rule.ticketStep) && place?.ticket !== undefined) return 'ticket';
  return rule.group === 'repository' && (rule.repository || rule.step) ? 'repository' : undefined;
}
