import { dirname, join } from 'node:path';
import { UserError } from '../error.ts';
import { namesIn, readText, removeFile, writeFileAtomic } from './files.ts';
import { isLeftOver } from './lock.ts';
import type { Repository } from './repository.ts';

const LAUNCHER = 'merge-driver.sh';
const SHOWER = 'diff-driver.sh';
/** What a merge keeps beside the launcher while it runs, with its process id. */
const TEMPORARY = ['merge-ours', 'merge-text', 'merge-lines'];
const TEXT = 'git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B';
/**
 * Finds the launcher where this repository is now, and goes without it: a driver that cannot be
 * started would leave our text alone, without a mark.
 */
const DRIVER = `d=$(git rev-parse --git-common-dir)/treework/${LAUNCHER}; if test -f "$d"; then sh "$d" %O %A %B %L %P %S %X %Y; else ${TEXT}; fi`;

/** git appends the arguments. */
const DIFF = `show() { d=$(git rev-parse --git-common-dir)/treework/${SHOWER}; if test -f "$d"; then sh "$d" "$@"; else git diff --no-index --no-ext-diff -- "$2" "$5" || true; fi; }; show`;

/** What git's configuration has to say for the attributes `merge=treework` and `diff=treework` to mean something. */
const SETTINGS: readonly (readonly [key: string, value: string])[] = [
  ['merge.treework.name', 'governed documents: frontmatter as data, text as text'],
  ['merge.treework.driver', DRIVER],
  ['diff.treework.command', DIFF],
  // What a hunk is in, where git shows it without us (git log -p): a heading, a node, a list.
  ['diff.treework.xfuncname', '^(#{1,6} .*|(nodes|history):.*| *- [{]?id: .*)$'],
];

/** Makes the drivers known in this clone, in all its worktrees. `program` is the entry file that hooks start. False when everything was as it should be. */
export function installDrivers(repository: Repository, program: string): boolean {
  const renewed = [LAUNCHER, SHOWER].map((name) => {
    const text = readText(shipped(program, name));
    if (text === undefined) throw new UserError(`Unexpected missing file ${shipped(program, name)}, expected it beside the program`, 'install treework again', 'broken-install');
    const isSame = readText(repository.statePath(name)) === text;
    if (!isSame) writeFileAtomic(repository.statePath(name), text);
    return !isSame;
  });
  for (const name of namesIn(repository.statePath())) if (TEMPORARY.some((kind) => isLeftOver(name, kind))) removeFile(repository.statePath(name));
  const wrong = wrongSettings(repository);
  for (const [key, value] of wrong) repository.git(['config', '--local', key, value]);
  return renewed.includes(true) || wrong.length > 0;
}

/** A launcher as it came with the program. */
function shipped(program: string, name: string): string {
  return join(dirname(program), 'hooks', name);
}

/** Takes our sections out of the repository's configuration. */
export function removeDrivers(repository: Repository): void {
  for (const section of ['merge.treework', 'diff.treework']) repository.tryGit(['config', '--local', '--remove-section', section]);
}

/** Something that keeps governed documents from being merged as data. */
export interface DriverFault {
  readonly problem: 'unconfigured' | 'no-launcher' | 'outdated' | 'overridden' | 'unassigned';
  /** The setting, the file, or the path with what the attribute is for it. */
  readonly detail: string;
}

/** What is wrong with the driver; `paths` are governed ones, whose attribute is looked at. */
export function driverFaults(repository: Repository, program: string, paths: readonly string[]): DriverFault[] {
  const wrong = wrongSettings(repository);
  if (wrong.length > 0) return [{ problem: 'unconfigured', detail: wrong[0]?.[0] ?? '' }];
  const installed = readText(repository.statePath(LAUNCHER));
  if (installed === undefined) return [{ problem: 'no-launcher', detail: repository.statePath(LAUNCHER) }];
  if (installed !== readText(shipped(program, LAUNCHER))) return [{ problem: 'outdated', detail: repository.statePath(LAUNCHER) }];
  return assignments(repository, paths).flatMap(([path, value]) => {
    if (value === 'treework') return [];
    return [{ problem: value === 'unspecified' ? ('unassigned' as const) : ('overridden' as const), detail: value === 'unspecified' ? path : `${path} (merge=${value})` }];
  });
}

function wrongSettings(repository: Repository): (readonly [string, string])[] {
  return SETTINGS.filter(([key, value]) => {
    const result = repository.tryGit(['config', '--local', '--get', key]);
    return result.status !== 0 || result.stdout.toString().replace(/\n$/, '') !== value;
  });
}

/** What the attribute `merge` is for each path. */
function assignments(repository: Repository, paths: readonly string[]): [string, string][] {
  if (paths.length === 0) return [];
  const items = repository.git(['check-attr', '-z', 'merge', '--', ...paths]).toString().split('\0');
  return paths.map((path, index) => [path, items[index * 3 + 2] ?? 'unspecified']);
}
