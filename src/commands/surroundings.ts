import { join } from 'node:path';
import { packageFacts, withLintStaged, withoutLintStaged, withPrepare, type PackageFacts } from '../documents/package-json.ts';
import { pathExists, readText } from '../git/files.ts';
import { hooksRecord, localHooksPath } from '../git/hooks.ts';
import type { Repository } from '../git/repository.ts';

/** Other tools that set up git hooks in this work tree. */
export interface Surroundings {
  readonly husky: boolean;
  readonly lefthook: boolean;
  /** The framework of that name (pre-commit.com). */
  readonly preCommit: boolean;
  readonly lintStaged: boolean;
  readonly package: { readonly path: string; readonly text: string; readonly facts: PackageFacts } | undefined;
}

export const FIX_PATTERN = 'docs/specs/**/*.md';
export const FIX_TASK = 'treework check --fix';

const LEFTHOOK = ['lefthook', '.lefthook', '.config/lefthook'].flatMap((name) => ['.yml', '.yaml', '.json', '.toml'].map((ending) => name + ending));
const LINT_STAGED = ['.lintstagedrc', ...['.json', '.yaml', '.yml', '.mjs', '.cjs', '.js', '.ts'].flatMap((ending) => [`.lintstagedrc${ending}`, `lint-staged.config${ending}`])];

export function surroundingsOf(repository: Repository): Surroundings {
  const has = (path: string) => pathExists(join(repository.workRoot, path));
  const path = join(repository.workRoot, 'package.json');
  const text = readText(path);
  const facts = text === undefined ? undefined : packageFacts(text);
  const hooksPath = hooksRecord(repository)?.previous ?? localHooksPath(repository);
  return {
    husky: facts?.has('husky') === true || /(^|\/)\.husky(\/_)?$/.test(hooksPath ?? ''),
    lefthook: LEFTHOOK.some(has),
    preCommit: has('.pre-commit-config.yaml'),
    lintStaged: facts?.lintStaged !== undefined || LINT_STAGED.some(has),
    package: text === undefined || facts === undefined ? undefined : { path, text, facts },
  };
}

/** What follows husky in `prepare`: a teammate without treework must get through `npm install`. */
const AFTER_HUSKY = [' && treework hooks', ' && (treework hooks || echo treework is not installed here, CI decides)'] as const;

/**
 * Where husky sets `core.hooksPath` anew on every install, the script that has to set it back:
 * `missing` with the text to write, `present`, `by-hand` where the script is not ours to guess, or
 * `none` where no install runs husky.
 */
export function prepareEdit({ husky, package: found }: Surroundings): { readonly state: 'missing' | 'present' | 'by-hand' | 'none'; readonly text?: string; readonly prepare?: string } {
  if (!husky || !found?.facts.runsOnInstall('husky')) return { state: 'none' };
  const { prepare } = found.facts;
  if (prepare?.includes('treework hooks')) return { state: 'present' };
  const added = prepare === undefined ? undefined : prepare + AFTER_HUSKY[found.facts.has('treework') ? 0 : 1];
  const text = added !== undefined && /\bhusky\b/.test(prepare as string) ? withPrepare(found.text, added) : undefined;
  return text === undefined ? { state: 'by-hand' } : { state: 'missing', text, prepare: added as string };
}

/** package.json without what init wrote into it; undefined when there is nothing of ours. */
export function packageWithoutOurs({ package: found }: Surroundings): string | undefined {
  if (!found) return undefined;
  const { prepare } = found.facts;
  const without = AFTER_HUSKY.reduce<string | undefined>((script, part) => script?.replace(part, () => ''), prepare);
  const text = (without !== prepare && without !== undefined ? withPrepare(found.text, without) : undefined) ?? found.text;
  const result = withoutLintStaged(text, FIX_PATTERN, FIX_TASK) ?? text;
  return result === found.text ? undefined : result;
}

/** package.json with our fixing task for lint-staged; undefined when it is there or belongs into another file. */
export function lintStagedEdit({ package: found }: Surroundings): string | undefined {
  return found === undefined ? undefined : withLintStaged(found.text, FIX_PATTERN, FIX_TASK);
}

const GUARDED = (hook: string) => `if command -v treework >/dev/null; then treework hook ${hook}; else echo "treework is not installed here, CI decides"; fi`;

/** Lines a team can commit in its own hook manager's file, so that every clone judges; never written by us. */
export function committedLines({ lefthook, preCommit }: Surroundings): string[] {
  const lines: string[] = [];
  if (lefthook) {
    lines.push('lefthook: its hooks are chained. For clones that never ran init, add to lefthook.yml:', '  pre-commit:', '    commands:', '      treework:', `        run: ${GUARDED('pre-commit')}`, 'lefthook refuses to install beside core.hooksPath; after another hook in lefthook.yml: lefthook install --reset-hooks-path && treework hooks');
  }
  if (preCommit) {
    lines.push('pre-commit: its hooks are chained. For clones that never ran init, add to .pre-commit-config.yaml:');
    lines.push('  - repo: local', '    hooks:', '      - id: treework', '        name: treework', '        language: system', '        pass_filenames: false', `        entry: sh -c '${GUARDED('pre-commit')}'`, 'pre-commit refuses to install beside core.hooksPath; for another hook type: git config --unset core.hooksPath && pre-commit install && treework hooks');
  }
  return lines;
}
