import type { DataPath } from '../documents/document.ts';
import { nearest } from '../documents/nearest.ts';
import { governedRoots } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { directoriesAbove, directoryStandards } from '../workflow/directories.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument, Snapshot } from '../workflow/snapshot.ts';
import { ticketFolders } from '../workflow/ticket-folders.ts';
import { ruleFacts } from './facts.generated.ts';

export const rule: Rule = {
  id: 'config-alive',
  group: 'repository',
  severity: 'error',
  kinds: ['workspace'],

  *repository(snapshot, context, paths) {
    const workspace = paths === 'all' || paths.includes(WORKSPACE_PATH) ? snapshot.document(WORKSPACE_PATH) : undefined;
    if (!workspace) return;
    yield* unknownRules(workspace, context);
    yield* disarmed(workspace);
    yield* unusedLayout(workspace, snapshot);
    yield* unusedPattern(workspace, snapshot);
    yield* deadPatterns(workspace, snapshot);
  },

  /** Without WORKSPACE.md nothing would be judged from the next commit on. */
  *step({ before, after }, context) {
    const governed = before.some(({ tree }) => tree.read(WORKSPACE_PATH) !== undefined);
    if (!governed || after.tree.read(WORKSPACE_PATH) !== undefined) return;
    const [ticket] = ticketFolders(after);
    if (!ticket) return;
    yield {
      path: WORKSPACE_PATH,
      message: `Unexpected removal of WORKSPACE.md while tickets remain (${ticket.folder}), expected it to stay: no rule would hold from the next commit on`,
      remedy: `git checkout ${context.origin} -- ${WORKSPACE_PATH}; to leave treework, first set config-alive: off under rules, in a commit of its own`,
    };
  },
};

function* unknownRules(workspace: GovernedDocument, context: RuleContext): Iterable<Report> {
  const ids = ruleFacts.map(({ id }) => id);
  for (const id of keysOf(workspace.data.rules)) {
    if (ids.includes(id)) continue;
    const meant = nearest(id, ids);
    yield at(workspace, ['rules', id], 'key', `Unexpected rule ${id}, expected one that there is${meant ? `: did you mean ${meant}?` : ''}`, meant ? `write ${meant}` : `remove it; ${context.program} explain lists the rules`);
  }
}

function* disarmed(workspace: GovernedDocument): Iterable<Report> {
  const rules = workspace.data.rules as Readonly<Record<string, unknown>> | undefined;
  for (const { id } of ruleFacts.filter(({ isProtected }) => isProtected)) {
    const setting = keysOf(rules).includes(id) ? rules?.[id] : undefined;
    const severity = typeof setting === 'string' ? setting : (setting as { severity?: unknown } | null | undefined)?.severity;
    if (severity !== 'off' && severity !== 'warning') continue;
    const remedy = 'remove the line; to change one frozen spec, use a change record; to correct an archived ticket, make a new one';
    const message = `Unexpected ${severity} for ${id}, expected error: what others rely on is no longer kept; it holds only from the next commit on, never for the one that says it`;
    yield { ...at(workspace, ['rules', id], 'key', message, remedy), severity: 'warning' };
  }
}

function* unusedLayout(workspace: GovernedDocument, { settings }: Snapshot): Iterable<Report> {
  const layout = workspace.data.layout as Readonly<Record<string, unknown>> | undefined;
  for (const name of ['specs', 'archived'] as const) {
    const path = keysOf(layout).includes(name) ? layout?.[name] : undefined;
    if (path === undefined || String(path).replace(/\/+$/, '') === settings.layout[name]) continue;
    yield at(workspace, ['layout', name], 'value', `Unexpected path ${String(path)}, expected one inside the repository, written from its root without . and ..: ${settings.layout[name]} is used instead`, 'write a path such as docs/specs');
  }
  if (settings.layout.specs === settings.layout.archived) {
    yield at(workspace, ['layout', 'archived'], 'value', `Unexpected ${settings.layout.archived} for archived tickets, expected another folder than that of the open ones`, `write ${settings.layout.specs}/ARCHIVED`);
  }
}

function* unusedPattern(workspace: GovernedDocument, { settings }: Snapshot): Iterable<Report> {
  const pattern = (workspace.data.tickets as { pattern?: unknown } | undefined)?.pattern;
  if (typeof pattern !== 'string' || isExpression(pattern)) return;
  yield at(workspace, ['tickets', 'pattern'], 'value', `Unexpected pattern ${pattern}, expected a regular expression: ${settings.ticketPattern.source} is used instead`, 'correct it; JavaScript is the dialect');
}

function* deadPatterns(workspace: GovernedDocument, { tree, settings }: Snapshot): Iterable<Report> {
  const patterns = keysOf(workspace.data.directories);
  if (patterns.length === 0) return;
  const directories = [...directoriesAbove(tree.walk(governedRoots(settings)).map(({ path }) => path))];
  for (const [index, { pattern, matches }] of directoryStandards(settings).entries()) {
    if (directories.some(matches)) continue;
    const message = `Unexpected pattern ${pattern} that matches no directory, expected at least one: it may be misspelt`;
    yield { ...at(workspace, ['directories', patterns[index] ?? pattern], 'key', message, 'correct the pattern, or remove it'), severity: 'warning' };
  }
}

function at(workspace: GovernedDocument, path: DataPath, what: 'key' | 'value', message: string, remedy: string): Report {
  return { path: workspace.path, ...workspace.parsed.locate(path, what), message, remedy };
}

function isExpression(source: string): boolean {
  try {
    RegExp(source);
    return true;
  } catch {
    return false;
  }
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
