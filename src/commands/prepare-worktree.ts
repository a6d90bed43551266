import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { AfterCreate } from '../documents/settings.ts';
import { copyFiles } from '../git/copy-files.ts';
import { pathExists } from '../git/files.ts';
import { hooksRecord, installHooks, launcherFolder, localHooksPath, ownProgram } from '../git/hooks.ts';
import { ignoredFiles } from '../git/ignored-files.ts';
import { withLock } from '../git/lock.ts';
import { endPreparation, keepPreparation, preparationLock, preparationOf, type Preparation } from '../git/preparation.ts';
import { runCommand } from '../git/run-command.ts';
import { printable } from '../render/plain-text.ts';
import { endOf, lastLines } from '../workflow/command-output.ts';
import { isApproved } from './approve-commands.ts';
import type { Invocation } from './command.ts';
import type { Workspace } from './workspace.ts';

/** An installation takes long on a slow line; what takes longer hangs. */
const LIMIT_S = 3600;
const INCLUDE = '.worktreeinclude';
const PURPOSE = { where: 'in new worktrees of this clone', hint: 'the worktree stands; the same command goes on' };

/** One thing that makes a worktree ready, and what came of it. */
export interface PreparedStep {
  readonly step: 'copy' | 'link' | 'run';
  readonly status: 'done' | 'failed' | 'unapproved' | 'waiting';
  readonly command?: string;
  /** How many files were copied or linked. */
  readonly files?: number;
  /** What is wrong. */
  readonly why?: string;
  /** The end of what a command printed. */
  readonly output?: string;
}

/** How far a worktree is. */
export interface Prepared {
  readonly steps: readonly PreparedStep[];
  readonly isReady: boolean;
}

interface Step {
  readonly kind: PreparedStep['step'];
  readonly key: string;
  readonly command?: string;
}

/**
 * Does what is left to make a worktree ready, as its own WORKSPACE.md and the main worktree's
 * `.worktreeinclude` say: copies and links ignored files, then runs commands, each once; stops at the
 * first that fails, from where the next call goes on. Commands run only after a person approved these
 * very ones for this clone: at a terminal, or by `--yes`. Does nothing where everything is done.
 */
export async function prepareWorktree(there: Workspace, invocation: Pick<Invocation, 'values' | 'json'>): Promise<Prepared> {
  const root = there.repository.workRoot;
  if (preparationOf(root) === undefined) return { steps: [], isReady: true };
  return withLock(preparationLock(root), () => prepare(there, invocation), 1000);
}

async function prepare(there: Workspace, invocation: Pick<Invocation, 'values' | 'json'>): Promise<Prepared> {
  const root = there.repository.workRoot;
  const preparation = preparationOf(root);
  if (preparation === undefined) return { steps: [], isReady: true };
  const { afterCreate } = there.settings;
  const done = [...preparation.done];
  const left = stepsOf(afterCreate, preparation.source).filter(({ key }) => !done.includes(key));
  const steps: PreparedStep[] = [];
  const mayRun = left.some(({ kind }) => kind === 'run') && (await isApproved(there.repository, afterCreate.run, invocation, PURPOSE));
  for (const step of left) {
    const taken = await take(there, preparation, step, { mayRun, isStopped: steps.some(({ status }) => status === 'failed') });
    steps.push(taken);
    if (taken.status !== 'done') continue;
    done.push(step.key);
    keepPreparation(root, { ...preparation, done });
  }
  const isReady = steps.every(({ status }) => status === 'done');
  if (isReady) endPreparation(root);
  return { steps, isReady };
}

async function take(there: Workspace, preparation: Preparation, { kind, command }: Step, { mayRun, isStopped }: { readonly mayRun: boolean; readonly isStopped: boolean }): Promise<PreparedStep> {
  const told = { step: kind, ...(command !== undefined && { command }) };
  if (isStopped) return { ...told, status: 'waiting' };
  if (command === undefined) return copy(there, preparation, kind as 'copy' | 'link');
  return mayRun ? run(there, preparation, command) : { ...told, status: 'unapproved' };
}

function stepsOf({ copy: copied, link, run: commands }: AfterCreate, source: string): Step[] {
  const isCopied = copied.length > 0 || pathExists(join(source, INCLUDE));
  return [
    ...(link.length > 0 ? [{ kind: 'link', key: digestOf(['link', ...link]) } as const] : []),
    ...(isCopied ? [{ kind: 'copy', key: digestOf(['copy', ...copied]) } as const] : []),
    ...commands.map((command, index) => ({ kind: 'run', key: digestOf(['run', String(index), command]), command }) as const),
  ];
}

function digestOf(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex');
}

function copy({ repository, settings: { afterCreate } }: Workspace, { source }: Preparation, kind: 'copy' | 'link'): PreparedStep {
  const include = join(source, INCLUDE);
  const wish = kind === 'link' ? { patterns: afterCreate.link } : { patterns: afterCreate.copy, file: pathExists(include) ? include : undefined };
  const { files, failed } = copyFiles(source, repository.workRoot, ignoredFiles(source, wish), kind);
  if (failed.length === 0) return { step: kind, status: 'done', files };
  const named = failed.slice(0, 3).map(({ path, why }) => `${printable(path)} (${why})`).join(', ');
  return { step: kind, status: 'failed', files, why: `${failed.length} files could not be copied: ${named}${failed.length > 3 ? ', …' : ''}` };
}

async function run({ repository }: Workspace, { source, ticket }: Preparation, command: string): Promise<PreparedStep> {
  const record = hooksRecord(repository);
  const result = await runCommand(command, { cwd: repository.workRoot, seconds: LIMIT_S, env: { TREEWORK_MAIN: source, TREEWORK_TICKET: ticket } });
  // An installer of the project's may have set its own hooks for the whole clone.
  if (record !== undefined && localHooksPath(repository) !== launcherFolder(repository)) installHooks(repository, ownProgram(), record.names);
  if (result.exit === 0 && !result.isOverdue) return { step: 'run', status: 'done', command };
  return { step: 'run', status: 'failed', command, why: endOf({ ...result, limit: LIMIT_S }), output: lastLines(result.output, 20, 2000).lines.join('\n') };
}
