import { join } from 'node:path';
import type { Scope } from '../check/engine.ts';
import { governedRoots } from '../documents/place.ts';
import { parseDocument } from '../documents/parse.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { today } from '../git/clock.ts';
import { auditedScope, beginAudit, rememberAudit, type AuditBegin } from '../git/audit-record.ts';
import { pathExists, readBytes, relativeToRoot } from '../git/files.ts';
import type { Repository } from '../git/repository.ts';
import { optimise } from '../git/v8-flags.ts';
import { lookAround, withWorkTree, type WorkTreeRead } from '../git/work-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import { applyFixes } from './apply-fixes.ts';
import { baselineForm } from './baseline-form.ts';
import type { Invocation, Outcome } from './command.ts';
import { auditEngine } from './known-audit.ts';
import { judged, notGoverned, outcome } from './outcome.ts';
import { formatOf, inFormat } from './report-format.ts';

/** Judging fewer documents is over before optimised code pays. */
const WORTH_OPTIMISING = 500;

/** Judges the work tree, whole or at the given paths, against the parents of the next commit. */
export async function judgeWorkTree(repository: Repository, invocation: Invocation): Promise<Outcome> {
  const form = baselineForm(invocation);
  const begin = invocation.values.fix || form ? undefined : beginAudit(repository);
  const own = ownSettings(repository);
  // git looks at the work tree while node loads what judges it.
  const looking = own && lookAround(repository, rootsOf([own]));
  const [{ check }, { rules }] = await Promise.all([import('../check/engine.ts'), import('../rules/index.generated.ts')]);
  const before = repository.nextParents([WORKSPACE_PATH]);
  const settings = [...(own ? [own] : []), ...before.flatMap((tree) => settingsIn(tree) ?? [])];
  const roots = settings.length > 0 ? rootsOf(settings) : undefined;
  if (!roots) throw notGoverned(invocation.program);
  const scope = scopeOf(repository, invocation);
  const judge = (after: Tree) => check({ before, after }, { rules, scope, program: invocation.program, ...(scope === 'all' && { today: today() }) });
  const fixed = invocation.values.fix ? await applyFixes(repository, roots, judge) : [];
  return withWorkTree(repository, roots, async (after, read) => {
    if (form) return (await import('./check-baseline.ts')).writeBaseline(repository, form, after, { step: judge, state: (tree) => check({ before: [], after: tree }, { rules, scope, program: invocation.program }) }, invocation);
    optimise(after.walk(scope === 'all' ? roots : scope).length > WORTH_OPTIMISING);
    const result = judge(after);
    const answer = outcome(result, after, invocation);
    if (begin) remember(repository, begin, { roots, scope, after, read, invocation, answer: (color) => outcome(result, after, { program: invocation.program, cwd: invocation.cwd, color }) });
    const shown = await inFormat(answer, judged(result, repository, before, after), invocation);
    return fixed.length === 0 ? shown : withFixed(shown, fixed, invocation);
  }, fixed.length === 0 ? looking : undefined, before);
}

/** What the work tree is judged by: no check of it looks at changes alone. */
type AuditScope = Exclude<Scope, 'changed'>;

interface Judged {
  readonly roots: readonly string[];
  readonly scope: AuditScope;
  readonly after: Tree;
  readonly read: WorkTreeRead;
  readonly invocation: Invocation;
  answer(color: boolean): Outcome;
}

/** For `check`, which asks for it before it loads the engine. */
function remember(repository: Repository, begin: AuditBegin, { roots, scope, after, read, invocation, answer }: Judged): void {
  const asked = auditedScope(repository, { roots, judged: scope, cwd: invocation.cwd, paths: invocation.positionals });
  if (!asked) return;
  const [plain, colored] = [answer(false), answer(true)];
  rememberAudit(repository, begin, {
    engine: auditEngine(),
    program: invocation.program,
    roots,
    scope: asked,
    files: after.walk(roots).map((entry) => entry.path),
    index: read.index,
    ignored: read.ignored,
    answer: { exit: plain.exit, json: plain.json, text: textOf(plain), coloredText: textOf(colored) },
  });
}

function textOf({ text }: Outcome): string {
  return typeof text === 'string' ? text : text();
}

/** What the work tree's own WORKSPACE.md says; undefined where there is none. */
export function ownSettings(repository: Repository): Settings | undefined {
  const own = readBytes(join(repository.workRoot, WORKSPACE_PATH));
  return own && settingsOf(parseDocument(own).data);
}

/** What is governed by any of some settings, and the living specs, which archived tickets are held against whether or not they are. */
export function rootsOf(settings: readonly Settings[]): string[] {
  const roots = [...new Set(settings.flatMap((one) => [...governedRoots(one), one.layout.capabilities]))];
  return roots.includes('') ? [''] : roots.filter((root) => !roots.some((other) => root.startsWith(`${other}/`)));
}

function scopeOf(repository: Repository, { positionals, cwd }: Invocation): AuditScope {
  if (positionals.length === 0) return 'all';
  const paths = positionals.map((path) => {
    const fromRoot = relativeToRoot(repository.workRoot, cwd, path);
    if (fromRoot === undefined) throw new UserError(`Unexpected path ${path} outside the work tree, expected one below ${repository.workRoot}`, 'name a path of this repository', 'outside');
    if (!pathExists(join(repository.workRoot, fromRoot))) throw new UserError(`Unexpected path ${path}, expected a file or folder that exists`, 'git ls-files shows what there is', 'no-path');
    return fromRoot;
  });
  return paths.includes('') ? 'all' : paths;
}

/** Text for a person tells what was done first; other formats have no place for it. */
function withFixed(answer: Outcome, fixed: readonly string[], invocation: Invocation): Outcome {
  const lines = formatOf(invocation) === 'text' ? fixed.map((path) => `fixed: ${path}`) : [];
  return { ...answer, json: { ...answer.json, fixed }, text: () => [...lines, textOf(answer)].join('\n') };
}
