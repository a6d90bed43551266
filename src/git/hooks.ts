import { accessSync, chmodSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { UserError } from '../error.ts';
import { directoriesIn, readText, removeFile, writeFileAtomic } from './files.ts';
import { installDrivers, removeDrivers } from './merge-config.ts';
import type { Repository } from './repository.ts';

/** What `.git/treework/hooks.json` holds: how to put everything back. */
export interface HooksRecord {
  /** `core.hooksPath` of this repository's own configuration before; null: there was none. */
  readonly previous: string | null;
  /** The program's entry file at the time, and the node that ran it. */
  readonly program: string;
  readonly node: string;
  /** Hooks that treework itself judges in. */
  readonly names: readonly string[];
  /** Hooks that only pass on to what was there before. */
  readonly passed: readonly string[];
}

export interface Installation {
  readonly record: HooksRecord;
  /** False when everything was as it should be. */
  readonly changed: boolean;
  /** The folder of launchers that `core.hooksPath` names. */
  readonly folder: string;
  /** What was there before, as a folder; undefined when that holds no hook. */
  readonly chained: string | undefined;
}

export const DEFAULT_HOOKS: readonly string[] = ['pre-commit', 'commit-msg', 'pre-push'];
export const OPTIONAL_HOOKS: readonly string[] = ['pre-merge-commit', 'pre-applypatch'];
export const SERVER_HOOKS: readonly string[] = ['pre-receive'];

/** Hooks of which git knows; see githooks(5). */
const GIT_HOOKS = new Set(
  ('applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg post-commit pre-rebase post-checkout post-merge pre-push pre-receive update ' +
    'proc-receive post-receive post-update reference-transaction push-to-checkout pre-auto-gc post-rewrite sendemail-validate fsmonitor-watchman p4-changelist p4-prepare-changelist p4-post-changelist p4-pre-submit post-index-change').split(' '),
);
/** The launchers' folder as an earlier place of a repository that was moved or copied has it. */
const OURS_ELSEWHERE = /[\\/]treework[\\/]hooks$/;
const STUB = '#!/bin/sh\n# Written by treework hooks; see launcher.sh.\n. "${0%/*}/../launcher.sh"\n';
const HUSKY_HOOKS = ['pre-commit', 'pre-merge-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit', 'applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-rebase', 'post-rewrite', 'post-checkout', 'post-merge', 'pre-push', 'pre-auto-gc'];

/**
 * Writes the launchers and points `core.hooksPath` at them, so that they are live in every
 * worktree, those to come too, and makes the merge driver known. Hooks that are there already are chained. Repeating it changes
 * nothing, or mends what another installer has reset.
 */
export function installHooks(repository: Repository, program: string, names: readonly string[]): Installation {
  const folder = launcherFolder(repository);
  const known = hooksRecord(repository);
  const current = localHooksPath(repository);
  const isOurs = current === folder || (known !== undefined && current !== null && OURS_ELSEWHERE.test(current));
  const previous = isOurs ? (known?.previous ?? null) : current;
  const isHusky = previous !== null && /(^|\/)_$/.test(previous);
  const effective = previous ?? inheritedHooksPath(repository);
  const before = previousHooks(repository, previous);
  if (previous === null) rescueForeign(folder, before);
  const all = [...new Set([...(known?.names ?? []), ...names])];
  const passed = [...new Set([...hooksIn(before), ...(isHusky ? HUSKY_HOOKS : [])])].filter((name) => !all.includes(name)).sort();
  const recorded = lastingProgram(repository, program);
  const record: HooksRecord = { previous, program: recorded, node: process.execPath, names: all, passed };
  const settings = settingsText({ node: process.execPath, cli: recorded, previous: effective ?? '', husky: isHusky ? dirname(previous) : '', names: all.join(' ') });
  const launcher = readText(join(dirname(program), 'hooks', 'launcher.sh'));
  if (launcher === undefined) throw new UserError(`Unexpected missing file ${join(dirname(program), 'hooks', 'launcher.sh')}, expected it beside the program`, 'install treework again', 'broken-install');
  let changed = write(repository.statePath('launcher.sh'), launcher);
  changed = write(repository.statePath('settings.sh'), settings) || changed;
  changed = write(repository.statePath('hooks.json'), `${JSON.stringify(record, null, 2)}\n`) || changed;
  changed = writeStubs(folder, [...all, ...passed]) || changed;
  if (!repository.isBare) changed = installDrivers(repository, program) || changed;
  if (current !== folder) repository.git(['config', '--local', 'core.hooksPath', folder]);
  return { record, changed: changed || current !== folder, folder, chained: hooksIn(before).length > 0 || isHusky ? before : undefined };
}

/** Puts `core.hooksPath` back as it was and removes everything of ours from the git directory. False when there was nothing. */
export function removeHooks(repository: Repository): boolean {
  const record = hooksRecord(repository);
  const folder = launcherFolder(repository);
  if (localHooksPath(repository) === folder) {
    if (record?.previous === null || record === undefined) repository.git(['config', '--local', '--unset', 'core.hooksPath']);
    else repository.git(['config', '--local', 'core.hooksPath', record.previous]);
  }
  const existed = existsSync(repository.statePath('launcher.sh'));
  removeDrivers(repository);
  removeFile(repository.statePath());
  for (const name of directoriesIn(join(repository.commonDir, 'worktrees'))) removeFile(join(repository.commonDir, 'worktrees', name, 'treework'));
  return existed;
}

/** undefined when hooks were never installed here. */
export function hooksRecord(repository: Repository): HooksRecord | undefined {
  const text = readText(repository.statePath('hooks.json'));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as HooksRecord);
  } catch {
    return undefined;
  }
}

/** The folder that `core.hooksPath` has to name. */
export function launcherFolder(repository: Repository): string {
  return repository.statePath('hooks');
}

/** The main worktree's own installation outlives a linked worktree, and has the same path after an update. */
function lastingProgram(repository: Repository, program: string): string {
  const installed = join(dirname(repository.commonDir), 'node_modules/treework/dist/cli.cjs');
  return basename(repository.commonDir) === '.git' && existsSync(installed) ? installed : program;
}

/** While this file exists, launchers of this clone pass on without judging. */
export function offSwitch(repository: Repository): string {
  return repository.statePath('off');
}

/** Real path of the program's own entry file: what the launchers start. */
export function ownProgram(): string {
  return realpathSync(process.argv[1] as string);
}

/** `core.hooksPath` of the repository's own configuration, as it is written there; null when unset. */
export function localHooksPath(repository: Repository): string | null {
  const result = repository.tryGit(['config', '--local', '--get', 'core.hooksPath']);
  return result.status === 0 ? result.stdout.toString().replace(/\n$/, '') : null;
}

/** What the user's or the machine's configuration says, `~` expanded: ours hides it, so it is chained. */
function inheritedHooksPath(repository: Repository): string | undefined {
  for (const scope of ['--global', '--system']) {
    const result = repository.tryGit(['config', scope, '--type=path', '--get', 'core.hooksPath']);
    if (result.status === 0) return result.stdout.toString().replace(/\n$/, '');
  }
  return undefined;
}

/** The folder of the hooks that ours hide: `previous` is what the repository's own configuration said. */
export function previousHooks(repository: Repository, previous: string | null): string {
  const path = previous ?? inheritedHooksPath(repository);
  if (path === undefined) return join(repository.commonDir, 'hooks');
  return isAbsolute(path) ? path : join(repository.root ?? repository.commonDir, path);
}

/** Names of the hooks that git would run from a folder. */
export function hooksIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => GIT_HOOKS.has(name) && isProgram(join(folder, name)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Another installer may have written its hooks over our launchers: they are chained like any other. */
function rescueForeign(folder: string, before: string): void {
  for (const name of hooksIn(folder)) {
    const [path, target] = [join(folder, name), join(before, name)];
    const text = readText(path);
    if (text !== STUB && text !== undefined && !existsSync(target)) writeFileAtomic(target, text, 0o755);
  }
}

/** Launchers of hooks that are no longer wanted go. */
function writeStubs(folder: string, names: readonly string[]): boolean {
  let changed = false;
  for (const name of names) {
    const path = join(folder, name);
    const written = write(path, STUB);
    if (!written && isProgram(path)) continue;
    chmodSync(path, 0o755);
    changed = true;
  }
  for (const name of readdirSync(folder)) {
    if (names.includes(name)) continue;
    removeFile(join(folder, name));
    changed = true;
  }
  return changed;
}

/** Assignments that the launcher reads. */
function settingsText(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => `treework_${name}='${value.replaceAll("'", "'\\''")}'\n`).join('');
}

function write(path: string, text: string): boolean {
  if (readText(path) === text) return false;
  writeFileAtomic(path, text);
  return true;
}

