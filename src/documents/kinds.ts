import { fillPlaces, pathMatcher } from './path-pattern.ts';
import { PRESETS } from './presets.ts';
import { count, mapping, pathIn, texts } from './setting-values.ts';

/** A document kind beyond the core: one that treework ships and WORKSPACE.md switches on, or the repository's own. */
export interface Kind {
  readonly name: string;
  /** Pattern of its documents' paths, with `{{…}}` for the parts that `new` fills in. */
  readonly path: string;
  /** Path of its JSON Schema in the repository, there or not; undefined where the schema that treework ships under `name` holds. */
  readonly schema: string | undefined;
  /** Path of its template in the repository, there or not; undefined where treework's own holds. */
  readonly template: string | undefined;
  readonly sections: readonly string[];
  readonly unique: readonly string[];
  readonly tokens: number | undefined;
  /** What its bodies hold besides prose: requirements, or changes of those that the file at `of` holds. */
  readonly holds: 'requirements' | 'delta' | undefined;
  /** Pattern of the file that a delta changes, with places of `path`. */
  readonly of: string | undefined;
  matches(path: string): boolean;
}

/** Names that mean something else, which no kind may have: the core's kinds, what a path may be besides, and what `new` makes besides. */
export const RESERVED_KINDS: readonly string[] = ['workspace', 'idea', 'spec', 'tasks', 'node', 'change', 'fork', 'checkpoint', 'retro', 'readme', 'attachment', 'stray', 'folder', 'directory', 'section', 'kind', 'run'];

const NAME = /^[a-z0-9][a-z0-9-]*$/;

/** Whether a kind may have this name. */
export function isKindName(name: string): boolean {
  return NAME.test(name) && !RESERVED_KINDS.includes(name);
}

/** The kinds that treework ships. */
export function presetNames(): string[] {
  return Object.keys(PRESETS);
}

/** Whether treework ships a kind of this name. */
export function isPreset(name: string): boolean {
  return Object.hasOwn(PRESETS, name);
}

/** The kinds that `kinds` of WORKSPACE.md names. One that cannot be used is left out: `kind-definition` reports it. */
export function kindsOf(data: unknown, capabilities: string): Kind[] {
  return Object.entries(mapping(data)).flatMap(([name, value]) => (isKindName(name) ? (kindOf(name, value, capabilities) ?? []) : []));
}

/** A kind from its name and what stands beside it; undefined where no path says which files are of it. */
export function kindOf(name: string, value: unknown, capabilities: string): Kind | undefined {
  const given = mapping(value);
  const preset = isPreset(name) ? PRESETS[name] : undefined;
  const path = patternIn(given.path) ?? (preset && fillPlaces(preset.path, (place) => (place === 'capabilities' ? capabilities : undefined)));
  if (path === undefined) return undefined;
  const isShipped = preset !== undefined;
  return {
    name,
    path,
    schema: pathIn(given.schema) ?? (isShipped ? undefined : `.treework/schemas/${name}.schema.json`),
    template: pathIn(given.template) ?? (isShipped ? undefined : `.treework/generators/${name}.md`),
    sections: texts(given.sections) ?? preset?.sections ?? [],
    unique: texts(given.unique) ?? preset?.unique ?? [],
    tokens: count(given.tokens) ?? preset?.tokens,
    holds: given.holds === 'requirements' || given.holds === 'delta' ? given.holds : preset?.holds,
    of: pathIn(given.of) ?? preset?.of,
    matches: pathMatcher(path),
  };
}

/** A pattern with `/` between its parts, without a drive or a module before it. */
function patternIn(value: unknown): string | undefined {
  const pattern = pathIn(value);
  return pattern === undefined || /\\|^[^/]*:/.test(pattern) ? undefined : pattern;
}
