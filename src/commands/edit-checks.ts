import { delimiter, join } from 'node:path';
import { areApproved } from '../git/approved-commands.ts';
import { pathExists } from '../git/files.ts';
import { isIgnored } from '../git/ignored-files.ts';
import { runCommand, type CommandResult } from '../git/run-command.ts';
import { isFirst, isMarked } from '../git/session-marks.ts';
import type { CommandRun } from '../workflow/command-output.ts';
import { approvedWords, checkReport, commandsFor, MOST_TOLD, wordsFor } from '../workflow/edit-check.ts';
import type { Workspace } from './workspace.ts';

/** All checks after one edit together: the client waits for them, and gives a hook up after 20 s. */
export const CHECK_LIMIT_S = 15;

/** One check of one file. */
export interface CheckRun extends CommandRun {
  /** It says nothing of the file: it could not be run, or not to its end. */
  readonly isBroken: boolean;
}

/** The commands that an edit of this file asks for; none where git ignores it. */
export function checksOf({ repository, settings }: Workspace, path: string): string[] {
  const commands = commandsFor(path, settings.gates.afterEdit);
  return commands.length === 0 || isIgnored(repository, path) ? [] : commands;
}

/**
 * Runs checks of one file, one after the other, at the root of its work tree; programs that the project
 * has installed come before all others. What is not over after `limit` seconds in all is ended.
 */
export async function runChecks({ repository }: Workspace, path: string, commands: readonly string[], limit = CHECK_LIMIT_S): Promise<CheckRun[]> {
  const root = repository.workRoot;
  const env = { PATH: [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter) };
  const until = performance.now() + limit * 1000;
  const runs: CheckRun[] = [];
  for (const command of commands) {
    const words = wordsFor(command, path);
    const seconds = (until - performance.now()) / 1000;
    // Nothing is said of what no time was left for.
    if (seconds <= 0) break;
    const result = words ? await runCommand(words, { cwd: root, seconds, env }) : notRun();
    runs.push({ ...result, command, limit, isBroken: !words || result.isOverdue || result.exit === 127 });
  }
  return runs;
}

function notRun(): Omit<CommandResult, 'command'> {
  const text = 'Unexpected signs that only a shell reads, expected a program and its words: put the line into a script';
  return { exit: 2, signal: undefined, isOverdue: false, seconds: 0, output: { head: text, tail: '', bytes: text.length, dropped: 0 } };
}

/**
 * What an agent is told of a file that it has edited: '' where every check passes. What cannot be run,
 * takes too long or was never approved is said once in a session, and left out after that.
 */
export async function editChecked(workspace: Workspace, path: string, session: string | undefined, program: string, limit = CHECK_LIMIT_S): Promise<string> {
  const { repository, settings } = workspace;
  const isNew = (mark: string) => session === undefined || isFirst(repository, session, mark);
  const commands = checksOf(workspace, path).filter((command) => session === undefined || !isMarked(repository, session, brokenMark(command)));
  if (commands.length === 0 || pathExists(repository.statePath('off'))) return '';
  if (!areApproved(repository, approvedWords(settings.gates.afterEdit))) {
    return isNew('after_edit unapproved') ? `WORKSPACE.md has checks for edited files (gates: after_edit), which nobody has approved in this clone, so none runs. A person approves them: ${program} gate after-edit` : '';
  }
  const failed = (await runChecks(workspace, path, commands, limit)).filter(({ exit, isBroken }) => exit !== 0 || isBroken).filter(({ isBroken, command }) => !isBroken || isNew(brokenMark(command)));
  return failed.map((run) => checkReport(path, run, Math.floor(MOST_TOLD / failed.length), repository.workRoot) + (run.isBroken && session !== undefined ? '\nIt is left out for the rest of this session.' : '')).join('\n\n');
}

function brokenMark(command: string): string {
  return `after_edit broken ${command}`;
}
