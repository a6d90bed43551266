import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathExists, readText } from './files.ts';
import { hooksIn, hooksRecord, launcherFolder, localHooksPath, ownProgram, previousHooks } from './hooks.ts';
import type { Repository } from './repository.ts';
import { tryGit } from './run.ts';
import { worktreesOf } from './worktrees.ts';

/** A hook that does not do what it is there for. */
export interface DeadHook {
  readonly problem: 'absent' | 'reset' | 'severed' | 'overridden' | 'unreached' | 'no-program' | 'outdated' | 'unchained';
  /** What stands there instead, or where. */
  readonly detail: string;
}

/**
 * Finds out whether git reaches the launchers, by letting git itself run each hook in each worktree
 * with a token that the launcher gives back before it does anything.
 */
export function deadHooks(repository: Repository): DeadHook[] {
  const record = hooksRecord(repository);
  if (record === undefined) return [{ problem: 'absent', detail: '' }];
  const current = localHooksPath(repository);
  if (current !== launcherFolder(repository)) return [{ problem: 'reset', detail: current ?? 'nothing' }];
  const worktrees = worktreesOf(repository);
  const dead: DeadHook[] = worktrees.flatMap((worktree) => unreachedIn(worktree, record.names, launcherFolder(repository)));
  if (!pathExists(record.program)) {
    for (const worktree of worktrees) {
      if (!pathExists(join(worktree, 'node_modules/treework/dist/cli.cjs'))) dead.push({ problem: 'no-program', detail: `${record.program} (for ${worktree})` });
    }
  }
  const unchained = hooksIn(previousHooks(repository, record.previous)).filter((name) => ![...record.names, ...record.passed].includes(name));
  if (unchained.length > 0) dead.push({ problem: 'unchained', detail: unchained.join(', ') });
  const launcher = readText(join(ownProgram(), '..', 'hooks', 'launcher.sh'));
  if (launcher !== undefined && readText(repository.statePath('launcher.sh')) !== launcher) dead.push({ problem: 'outdated', detail: repository.statePath('launcher.sh') });
  return dead;
}

function unreachedIn(worktree: string, names: readonly string[], folder: string): DeadHook[] {
  const options = { cwd: worktree };
  if (tryGit(['rev-parse', '--git-dir'], options).status !== 0) return [{ problem: 'severed', detail: worktree }];
  const effective = tryGit(['config', '--get', 'core.hooksPath'], options).stdout.toString().replace(/\n$/, '');
  if (effective !== folder) return [{ problem: 'overridden', detail: worktree }];
  const silent = names.filter((name) => !answers(name, worktree));
  return silent.length > 0 ? [{ problem: 'unreached', detail: `${silent.join(', ')} in ${worktree}` }] : [];
}

function answers(name: string, cwd: string): boolean {
  const token = randomBytes(8).toString('hex');
  const result = tryGit(['hook', 'run', '--ignore-missing', name], { cwd, env: { TREEWORK_PROBE: token } });
  return `${result.stdout}${result.stderr}`.includes(`treework-probe ${token} ${name}`);
}
