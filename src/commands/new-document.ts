import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setValue } from '../documents/edit.ts';
import type { Kind } from '../documents/kinds.ts';
import { nearest } from '../documents/nearest.ts';
import { fillPlaces, placesIn, placeValues, staticPrefix } from '../documents/path-pattern.ts';
import type { SchemaFacts } from '../documents/schema-facts.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { now } from '../git/clock.ts';
import { namesEverywhere } from '../git/everywhere.ts';
import { readBytes } from '../git/files.ts';
import { withLock } from '../git/lock.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { kindDocument, slotsIn } from '../render/kind-document.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { slugOf } from '../workflow/record-name.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf, requiredLine, settingsGiven } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { refuseExisting } from './new-draft.ts';
import { factsOfKind, knownKind, templateOf, unknownKind } from './kind-sources.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** What a verb that knows more of its kind says in place of the usual. */
interface OwnWords {
  /** Holds where the repository has none of its own. */
  readonly template?: string | undefined;
  readonly description?: string;
}

/** A document of a kind of the repository's own, or of one that treework ships, which its first document switches on. */
export async function newDocument(invocation: Invocation, others: readonly string[], own: OwnWords = {}): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const { positionals: [name], program, values } = invocation;
  const kind = name === undefined ? undefined : knownKind(workspace, name);
  if (!kind) throw unknownKind(workspace, name, others, `${program} new`);
  const { repository, settings } = workspace;
  const roots = [...new Set([WORKSPACE_PATH, ...settings.kinds.flatMap(rootsOf), ...rootsOf(kind)])];
  return withWorkTree(repository, roots.includes('') ? [''] : roots, (work) => {
    const make = () => {
      const edits = editsFor(workspace, invocation, kind, own.template);
      refuseExisting(workspace, edits);
      const findings = judgeEdits(workspace, work, edits, program);
      if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
      const path = edits[0]?.path as string;
      return write(workspace, invocation, {
        edits,
        message: `docs: begin ${path}`,
        description: own.description ?? 'fill in what is marked, then commit',
        done: `a new ${kind.name}${edits.length > 1 ? `; ${kind.name} is a kind of this repository from now on` : ''}`,
        json: { kind: kind.name },
      });
    };
    return values['dry-run'] === true ? make() : withLock(repository.statePath('numbers.lock'), make);
  });
}

function rootsOf({ path, schema, template }: Kind): string[] {
  return [staticPrefix(path), ...[schema, template].filter((file) => file !== undefined)];
}

function editsFor(workspace: Workspace, invocation: Invocation, kind: Kind, own: string | undefined): Edit[] {
  const facts = factsOfKind(workspace, kind);
  const template = own === undefined || kind.template !== undefined ? templateOf(workspace, kind) : { text: own, path: `generators/${kind.name}.md` };
  const places = placesIn(kind.path);
  const given = settingsGiven(invocation.values);
  refuseUnknown(given, facts, [...places, ...slotsIn(template.text)], kind);
  const known = knownValues(workspace, invocation, { kind, facts, template: template.text, given });
  const path = pathOf(workspace, invocation, { kind, facts }, (name) => given.get(name) ?? known.get(name) ?? textOf(facts.properties.get(name)?.default));
  const number = placeValues(kind.path, path).get('number');
  if (number !== undefined) known.set('number', number);
  const content = kindDocument({ template: template.text, templatePath: template.path, facts, places, known, given: withPlaces(given, kind, path) });
  const document: Edit = { path, content, expect: 'absent' };
  return workspace.settings.kinds.some(({ name }) => name === kind.name) ? [document] : [document, switchedOn(workspace, kind)];
}

/** What stands in the path says the same in the document. */
function withPlaces(given: ReadonlyMap<string, string>, { path: pattern }: Kind, path: string): ReadonlyMap<string, string> {
  const places = [...placeValues(pattern, path)].filter(([name]) => !['number', 'slug', 'date', 'id'].includes(name));
  return new Map([...places, ...given]);
}

/** WORKSPACE.md with the kind named in it. */
export function switchedOn({ repository }: Workspace, kind: Kind): Edit {
  const bytes = readBytes(join(repository.workRoot, WORKSPACE_PATH)) as Buffer;
  return { path: WORKSPACE_PATH, content: setValue(bytes.toString(), ['kinds', kind.name], {}), expect: bytes };
}

function refuseUnknown(given: ReadonlyMap<string, string>, facts: SchemaFacts, names: readonly string[], kind: Kind): void {
  const known = [...new Set([...facts.properties.keys(), ...names])];
  for (const key of given.keys()) {
    const first = key.split('.', 1)[0] as string;
    if (known.includes(key) || facts.properties.has(first) || (!facts.isClosed && !names.includes(key)) || key.startsWith('x-')) continue;
    const meant = nearest(key, known);
    throw new UserError(`Unexpected --set ${key}, expected a key of kind ${kind.name}: ${known.join(', ')}`, meant ? `--set ${meant}=…` : 'leave it out, or begin its name with x-', 'input');
  }
}

interface Needs {
  readonly kind: Kind;
  readonly facts: SchemaFacts;
  readonly template: string;
  readonly given: ReadonlyMap<string, string>;
}

/** The values that slots and places may have without `--set`. */
function knownValues({ repository }: Workspace, invocation: Invocation, { kind, facts, template, given }: Needs): Map<string, string> {
  const names = new Set([...placesIn(kind.path), ...slotsIn(template), ...facts.required]);
  const isNamed = typeof invocation.values.path !== 'string' && (['slug', 'id'].some((name) => placesIn(kind.path).includes(name) && !given.has(name)) || wildcards(kind.path) > 0);
  const needsTitle = ['title', 'slug', 'id'].some((name) => names.has(name) && !given.has(name)) || isNamed;
  const title = given.get('title') ?? (needsTitle ? requiredLine(invocation.values, 'title', 'WHAT IT IS ABOUT') : lineOf(invocation.values, 'title'));
  const slug = slugOf(given.get('slug') ?? title ?? '') || kind.name;
  const moment = now();
  const known = new Map([['slug', slug], ['date', moment.slice(0, 10)], ['now', moment], ['at', moment]]);
  if (title !== undefined) known.set('title', title);
  if (names.has('id')) known.set('id', `${slug}-${randomBytes(2).readUInt16BE().toString(36).padStart(4, '0')}`);
  if (names.has('by')) known.set('by', actorOf(repository, typeof invocation.values.by === 'string' ? invocation.values.by : undefined));
  return known;
}

function wildcards(pattern: string): number {
  return pattern.split('*').length - 1;
}

/** Where the document goes: `--path`, else the kind's pattern with its places filled in. */
function pathOf(workspace: Workspace, { values, program }: Invocation, { kind, facts }: Pick<Needs, 'kind' | 'facts'>, valueOf: (name: string) => string | undefined): string {
  const asked = lineOf(values, 'path');
  if (asked !== undefined) {
    if (kind.matches(asked) && !asked.split('/').includes('..')) return asked;
    throw new UserError(`Unexpected --path ${asked}, expected one that matches ${kind.path} of kind ${kind.name}`, `--path ${kind.path}`, 'input');
  }
  const filled = fillPlaces(kind.path, (name) => (name === 'number' ? undefined : partOf(name, valueOf(name))));
  const path = numbered(workspace, wildcards(filled) === 1 && !/[?[\]()!+@|\\]/.test(filled) ? filled.replace('*', () => valueOf('slug') as string) : filled);
  const [open] = placesIn(path);
  if (open !== undefined) {
    const choices = facts.properties.get(open)?.choices?.map(String);
    throw new UserError(`Unexpected absence of ${open}, expected ${choices ? `one of ${choices.join(', ')}` : 'it'} for the path ${kind.path}`, `--set ${open}=${choices?.[0] ?? '…'}`, 'input');
  }
  if (kind.matches(path) && !/[*?{}[\]]/.test(path)) return path;
  throw new UserError(`Unexpected pattern ${kind.path}, expected to be told which of the paths that it matches is meant`, `${program} new ${kind.name} --path ${kind.path.replaceAll(/\*+/g, 'NAME')}`, 'input');
}

/** A value as a part of a file's name. */
function partOf(name: string, value: string | undefined): string | undefined {
  if (value === undefined || /^[\p{L}\p{N}_][\p{L}\p{N}_.+-]*$/u.test(value)) return value;
  const slug = slugOf(value);
  throw new UserError(`Unexpected ${name} ${JSON.stringify(value)}, expected letters, digits, dots and hyphens: it is a part of the file's name`, `--set ${name}=${slug || 'NAME'}`, 'input');
}

/** The next number that no ref and no work tree has in that folder, as wide as the widest there, or four digits. */
function numbered({ repository }: Workspace, pattern: string): string {
  if (!placesIn(pattern).includes('number')) return pattern;
  const segments = pattern.split('/');
  const at = segments.findIndex((segment) => segment.includes('{{number}}'));
  const [before = '', after = ''] = (segments[at] as string).split('{{number}}');
  const [names = new Set<string>()] = namesEverywhere(repository, [segments.slice(0, at).join('/')]);
  // A file's slug differs from this one's: only what stands around the number counts.
  const digits = [...names].flatMap((name) => {
    const [found] = name.startsWith(before) ? (/^\d{1,15}/.exec(name.slice(before.length)) ?? []) : [];
    return found !== undefined && (after === '' || !/^\d/.test(after)) ? found : [];
  });
  const next = digits.reduce((highest, one) => Math.max(highest, Number(one)), 0) + 1;
  const width = digits.length === 0 ? 4 : Math.max(...digits.map((one) => one.length));
  return fillPlaces(pattern, (name) => (name === 'number' ? String(next).padStart(width, '0') : undefined));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
