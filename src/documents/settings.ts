import type { Severity } from '../tree/finding.ts';
import { kindsOf, type Kind } from './kinds.ts';
import { operationsFolder, RUN_ID } from './run.ts';
import { count, mapping, pathIn, text, texts } from './setting-values.ts';

/** Where governed documents live; paths from the repository's root, no trailing slash. */
export interface Layout {
  readonly specs: string;
  readonly archived: string;
  readonly capabilities: string;
  /** Folder of the operations, whose runs are tickets; undefined where that kind is not switched on. */
  readonly operations?: string;
}

export interface RuleSetting {
  readonly severity?: Severity | 'off';
  readonly options: Readonly<Record<string, unknown>>;
}

/** Words that make a statement a requirement and its scenarios scenarios, for specs in any language. */
export interface RequirementWords {
  readonly keywords: readonly string[];
  readonly given: readonly string[];
  readonly when: readonly string[];
  readonly then: readonly string[];
}

/** The checks of quality: `auto`, `off` or the command itself. */
export interface GateSettings {
  readonly commands: Readonly<Record<'lint' | 'types' | 'build' | 'test' | 'coverage', string>>;
  /** Those that WORKSPACE.md names: they have to be there. */
  readonly named: ReadonlySet<string>;
  /** Least share of lines that tests reach, in percent; `ratchet`: never below the value that was kept. */
  readonly leastCoverage: number | 'ratchet';
  /** Quick checks of one file after an agent has edited it. */
  readonly afterEdit: readonly EditCheck[];
}

/** Commands for the files that a pattern names. */
export interface EditCheck {
  readonly pattern: string;
  readonly commands: readonly string[];
}

/** What makes a new worktree ready. */
export interface AfterCreate {
  /** Patterns of .gitignore for ignored files that are copied, and for those that get a second name. */
  readonly copy: readonly string[];
  readonly link: readonly string[];
  /** Commands for the shell. */
  readonly run: readonly string[];
}

/** What WORKSPACE.md says, defaults filled in. */
export interface Settings {
  readonly layout: Layout;
  readonly flow: 'trunk' | 'contrib';
  readonly judge: 'branch' | 'each';
  /** Short name of the trunk's branch; undefined: the remote's default branch. */
  readonly trunk: string | undefined;
  readonly ticketPattern: RegExp;
  /** Prefix of a tracker's bare numbers: with `GH`, 123 means GH-123. */
  readonly ticketPrefix: string | undefined;
  /** Path pattern to the names a matching directory must hold (a name that ends in `/` is a directory). */
  readonly directories: readonly { readonly pattern: string; readonly holds: readonly string[] }[];
  readonly requirements: RequirementWords;
  /** Flow `contrib`: names and patterns of the branches that have a meaning; `{user}` and the like stand for anything. */
  readonly branches: ReadonlyMap<string, string>;
  /** Other repositories of the workspace: name to folder. */
  readonly modules: ReadonlyMap<string, string>;
  /** Which provider serves which category, where WORKSPACE.md says it; `local` serves the others. */
  readonly providers: ReadonlyMap<string, string>;
  readonly gates: GateSettings;
  readonly execution: { readonly maxConcurrent: number; readonly maxRetries: number; readonly expandLimit: number };
  /** Which model plays which role; `default` stands for the others. */
  readonly models: ReadonlyMap<string, string>;
  /** From how many tokens on an agent's context is nearly full, and full. */
  readonly context: { readonly warn: number; readonly checkpoint: number };
  readonly review: { readonly maxFiles: number; readonly maxLines: number };
  /** Where a ticket's worktree goes, from the main work tree's root: `{repo}`, `{id}` and `{slug}` are filled in. */
  readonly worktrees: string;
  readonly afterCreate: AfterCreate;
  /** After so many days without movement a workflow is surfaced. */
  readonly staleDays: number;
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** Document kinds beyond the core, in the order of WORKSPACE.md. */
  readonly kinds: readonly Kind[];
}

export const WORKSPACE_PATH = 'WORKSPACE.md';
/** What was wrong before anybody asked: see `workflow/baseline.ts`. */
export const BASELINE_PATH = '.treework/baseline.json';
export const TICKET_PATTERN = '^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)+$';

const CONTRIB_DIRECTORY = ['CLAUDE.md', 'README.md', 'ARCHIVED/'];

/**
 * Reads settings from WORKSPACE.md's frontmatter. Never throws: a part of the wrong shape counts as
 * absent (its default holds, and `frontmatter-valid` reports it), so that breaking the file cannot
 * loosen a rule.
 */
export function settingsOf(data: Readonly<Record<string, unknown>> | undefined): Settings {
  const layout = mapping(data?.layout);
  const specs = pathIn(layout.specs) ?? 'docs/specs';
  const requirements = mapping(data?.requirements);
  const [execution, review] = [mapping(data?.execution), mapping(data?.review)];
  const flow = data?.flow === 'contrib' ? 'contrib' : 'trunk';
  const capabilities = pathIn(layout.capabilities) ?? 'docs/capabilities';
  const kinds = kindsOf(data?.kinds, capabilities);
  const operations = operationsFolder(kinds);
  return {
    layout: { specs, archived: pathIn(layout.archived) ?? `${specs}/ARCHIVED`, capabilities, ...(operations !== undefined && { operations }) },
    flow,
    judge: data?.judge === 'each' ? 'each' : 'branch',
    trunk: text(mapping(data?.branches).trunk),
    ticketPattern: ticketPattern(regularExpression(mapping(data?.tickets).pattern), operations !== undefined),
    ticketPrefix: text(mapping(data?.tickets).prefix),
    directories: Object.entries(mapping(data?.directories)).map(([pattern, holds]) => ({
      pattern: pattern.replace(/\/+$/, ''),
      holds: [...new Set([...(texts(holds) ?? []), ...(data?.preset === 'contrib' ? CONTRIB_DIRECTORY : [])])],
    })),
    requirements: {
      keywords: texts(requirements.keywords) ?? ['SHALL', 'MUST', 'SHOULD'],
      given: texts(requirements.given) ?? ['GIVEN'],
      when: texts(requirements.when) ?? ['WHEN'],
      then: texts(requirements.then) ?? ['THEN'],
    },
    branches: textsByName(data?.branches),
    modules: new Map(Object.entries(mapping(data?.modules)).flatMap(([name, path]) => { const folder = pathIn(path); return folder === undefined ? [] : [[name, folder] as const]; })),
    providers: textsByName(data?.providers),
    gates: gatesOf(mapping(data?.gates)),
    execution: { maxConcurrent: count(execution.max_concurrent) ?? 5, maxRetries: count(execution.max_retries, 0) ?? 2, expandLimit: count(execution.expand_limit, 0) ?? 1 },
    models: textsByName(data?.models),
    context: { warn: count(mapping(data?.context).warn) ?? 80_000, checkpoint: count(mapping(data?.context).checkpoint) ?? 100_000 },
    review: { maxFiles: count(review.max_files) ?? 10, maxLines: count(review.max_lines) ?? 200 },
    worktrees: text(data?.worktrees) ?? '../{repo}.trees/{id}-{slug}',
    afterCreate: afterCreateOf(data?.after_create),
    staleDays: count(data?.stale_days) ?? 14,
    rules: new Map(Object.entries(mapping(data?.rules)).map(([id, setting]) => [id, ruleSetting(setting)])),
    kinds,
  };
}

/** Runs of operations are tickets too, whatever ids a tracker gives. */
function ticketPattern(own: RegExp | undefined, withRuns: boolean): RegExp {
  if (!own) return new RegExp(TICKET_PATTERN);
  return withRuns ? new RegExp(`${own.source}|${RUN_ID.source}`) : own;
}

function gatesOf(data: Readonly<Record<string, unknown>>): GateSettings {
  const { coverage } = data;
  const command = (name: string) => text(data[name])?.trim() || 'auto';
  const isPercent = typeof coverage === 'number' && coverage >= 0 && coverage <= 100;
  return {
    commands: { lint: command('lint'), types: command('types'), build: command('build'), test: command('test'), coverage: coverage === 'off' ? 'off' : command('coverage_command') },
    named: new Set(Object.keys(data)),
    leastCoverage: coverage === 'ratchet' || isPercent ? coverage : 80,
    afterEdit: Object.entries(mapping(data.after_edit)).flatMap(([pattern, said]) => {
      const commands = texts(typeof said === 'string' ? [said] : said);
      return commands ? [{ pattern, commands }] : [];
    }),
  };
}

/** A list is one of commands. */
function afterCreateOf(value: unknown): AfterCreate {
  const { copy, link, run } = Array.isArray(value) ? { run: value } : (mapping(value) as Record<string, unknown>);
  return { copy: texts(copy) ?? [], link: texts(link) ?? [], run: texts(run) ?? [] };
}

function ruleSetting(value: unknown): RuleSetting {
  if (isSeverity(value)) return { severity: value, options: {} };
  const { severity, ...options } = mapping(value);
  return isSeverity(severity) ? { severity, options } : { options };
}

function textsByName(value: unknown): Map<string, string> {
  return new Map(Object.entries(mapping(value)).filter((entry): entry is [string, string] => text(entry[1]) !== undefined));
}

function isSeverity(value: unknown): value is Severity | 'off' {
  return value === 'off' || value === 'warning' || value === 'error';
}

function regularExpression(value: unknown): RegExp | undefined {
  const source = text(value);
  if (source === undefined) return undefined;
  try {
    return new RegExp(`^(?:${new RegExp(source).source})$`);
  } catch {
    return undefined;
  }
}
