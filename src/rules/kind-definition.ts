import type { DataPath } from '../documents/document.ts';
import { isPreset, presetNames, RESERVED_KINDS, type Kind } from '../documents/kinds.ts';
import { nearest } from '../documents/nearest.ts';
import { staticPrefix } from '../documents/path-pattern.ts';
import { placeOf } from '../documents/place.ts';
import { mapping } from '../documents/setting-values.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument, Snapshot } from '../workflow/snapshot.ts';

export const rule: Rule = {
  id: 'kind-definition',
  group: 'repository',
  severity: 'error',

  *repository(snapshot, context, paths) {
    const workspace = snapshot.document(WORKSPACE_PATH);
    const given = mapping(workspace?.data.kinds);
    if (!workspace || Object.keys(given).length === 0) return;
    const isWhole = paths === 'all' || paths.includes(WORKSPACE_PATH);
    const { kinds } = snapshot.settings;
    if (isWhole) for (const name of Object.keys(given)) yield* unusable(workspace, name, snapshot, context);
    const isAbout = ({ schema, template, matches }: Kind) => isWhole || paths.some((path) => path === schema || path === template || matches(path));
    for (const kind of kinds.filter(isAbout)) yield* files(workspace, kind, snapshot, context);
    if (kinds.length > 1) yield* overlaps(workspace, snapshot, isWhole ? 'all' : paths);
    if (paths === 'all') yield* unused(workspace, snapshot);
  },
};

/** A kind that was left out of the settings, or that can never have a document. */
function* unusable(workspace: GovernedDocument, name: string, { settings }: Snapshot, context: RuleContext): Iterable<Report> {
  if (RESERVED_KINDS.includes(name)) {
    yield at(workspace, ['kinds', name], 'key', `Unexpected kind ${name}, expected a name that has no meaning yet: ${RESERVED_KINDS.join(', ')} have one`, 'choose another name');
    return;
  }
  const kind = settings.kinds.find((one) => one.name === name);
  const path = mapping(mapping(workspace.data.kinds)[name]).path;
  const isReported = workspace.shape.some((error) => error.path[0] === 'kinds' && (error.path[1] === name || error.keyword === 'propertyNames'));
  if (typeof path === 'string' && kind?.path !== path.replace(/\/+$/, '')) {
    if (!isReported) yield at(workspace, ['kinds', name, 'path'], 'value', `Unexpected path ${path}, expected one inside the repository, written from its root without . and ..`, 'write a path such as docs/adr/*.md');
  } else if (!kind && !isReported) {
    const meant = nearest(name, presetNames());
    yield at(workspace, ['kinds', name], 'key', `Unexpected kind ${name} without a path, expected one, or a kind that treework ships: ${presetNames().join(', ')}`, meant ? `write ${meant}, or add path: docs/${name}/*.md` : `add path: docs/${name}/*.md; from files that are there: ${context.program} new kind ${name} --from 'docs/${name}/*.md'`);
  } else if (kind && isCore(settings, kind)) {
    yield at(workspace, ['kinds', name, 'path'], 'value', `Unexpected path ${kind.path}, expected one outside the core's own: what is there has a kind already`, `write a path that is not below ${settings.layout.specs}`);
  }
}

function isCore({ layout }: Snapshot['settings'], { path }: Kind): boolean {
  const prefix = staticPrefix(path);
  return prefix === WORKSPACE_PATH || [layout.specs, layout.archived].some((folder) => prefix === folder || prefix.startsWith(`${folder}/`));
}

/** A schema and a template that are named have to be there, and a schema has to judge. */
function* files(workspace: GovernedDocument, kind: Kind, snapshot: Snapshot, context: RuleContext): Iterable<Report> {
  const given = mapping(mapping(workspace.data.kinds)[kind.name]);
  for (const key of ['schema', 'template'] as const) {
    const path = kind[key];
    const type = path === undefined ? 'file' : snapshot.tree.entry(path)?.type;
    if (type === 'file' || (type === undefined && given[key] === undefined)) continue;
    const remedy = type === undefined ? `write it; from files that are there: ${context.program} new kind ${kind.name} --from '${kind.path}'` : 'replace it by a file';
    yield at(workspace, ['kinds', kind.name, key], 'value', `Unexpected ${type ?? 'absence of'} ${path}, expected a regular file: the ${key} of kind ${kind.name}`, remedy);
  }
  const problem = snapshot.schemaOf(kind)?.problem;
  if (problem && kind.schema !== undefined) yield { path: kind.schema, ...problem, message: `${problem.message} (kind ${kind.name}: its documents are not judged)` };
}

/** Documents that two kinds lay claim to. */
function* overlaps(workspace: GovernedDocument, { tree, settings }: Snapshot, paths: readonly string[] | 'all'): Iterable<Report> {
  const { kinds } = settings;
  const asked = paths === 'all' ? tree.walk([...new Set(kinds.map(({ path }) => staticPrefix(path)))]).map((entry) => entry.path) : paths;
  for (const path of new Set(asked)) {
    const claims = kinds.filter(({ matches }) => matches(path));
    if (claims.length < 2 || placeOf(settings, path)?.kind !== claims[0]?.name || !tree.entry(path)) continue;
    const [first, second] = claims.map(({ name, path: pattern }) => `${name} (${pattern}, ${WORKSPACE_PATH}:${workspace.parsed.locate(['kinds', name], 'key').line})`);
    yield { path, message: `Unexpected second kind ${second}, expected one: it is judged as ${first}`, remedy: 'narrow one of the two patterns, or move the file' };
  }
}

/** A misspelt pattern would govern nothing, in silence. */
function* unused(workspace: GovernedDocument, { tree, settings }: Snapshot): Iterable<Report> {
  for (const kind of settings.kinds) {
    const given = mapping(mapping(workspace.data.kinds)[kind.name]);
    if ((isPreset(kind.name) && given.path === undefined) || isCore(settings, kind)) continue;
    if (tree.walk([staticPrefix(kind.path)]).some(({ path }) => kind.matches(path))) continue;
    yield { ...at(workspace, ['kinds', kind.name, 'path'], 'value', `Unexpected path ${kind.path} that matches no file, expected at least one: it may be misspelt`, 'correct it, or write the first document'), severity: 'warning' };
  }
}

function at(workspace: GovernedDocument, path: DataPath, what: 'key' | 'value', message: string, remedy: string): Report {
  return { path: workspace.path, ...workspace.parsed.locate(path, what), message, remedy };
}
