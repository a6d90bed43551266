import { beginOperation } from '../git/operation.ts';
import { runCommand, type CommandResult } from '../git/run-command.ts';
import { addThrowAway, removeThrowAway, throwAwayFolder } from '../git/throw-away-worktree.ts';
import { printable } from '../render/plain-text.ts';
import { verbAction } from './actions.ts';
import type { Invocation, NextAction } from './command.ts';
import type { BuiltStack } from './split-make.ts';
import type { SplitSource } from './split-source.ts';
import type { Workspace } from './workspace.ts';

/** A part that does not hold by itself. */
export interface FailedPart {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  action(invocation: Invocation): NextAction;
}

const KEEP = 16 * 1024;
const SHOWN_LINES = 30;

/** Runs a command in each part, from the lowest to the top, until one fails; undefined when all pass. Its objects are written, and no ref. */
export async function checkParts({ repository }: Workspace, { branch, history, workflow }: SplitSource, { parts }: BuiltStack, { command, seconds }: { readonly command: string; readonly seconds: number }): Promise<FailedPart | undefined> {
  history.objects.write(repository);
  const path = throwAwayFolder();
  const operation = beginOperation(repository, { verb: 'split', ticket: workflow.ticket, resume: ['split', branch], refs: [], worktrees: [path] });
  try {
    const worktree = addThrowAway(repository, path, history.base);
    for (const part of parts) {
      worktree.goTo(part.tip);
      const result = await runCommand(command, { cwd: path, seconds, keep: KEEP, env: { TREEWORK_PART: part.branch, TREEWORK_BASE: part.base } });
      if (result.exit !== 0 || result.isOverdue) return failed(part.branch, result, seconds);
    }
    return undefined;
  } finally {
    removeThrowAway(repository, path);
    operation.finish();
  }
}

function failed(branch: string, { command, exit, signal, isOverdue, output }: CommandResult, seconds: number): FailedPart {
  const said = `${output.head}${output.tail === '' ? '' : `\n…\n${output.tail}`}`.trimEnd();
  const how = isOverdue ? `was not over after ${seconds} s` : signal === undefined ? `exits ${exit}` : `was ended by ${signal}`;
  const lines = said.split(/\r?\n/);
  const text = [...lines.slice(-SHOWN_LINES).map((line) => `  ${printable(line)}`), `in ${branch} the command ${how}: ${printable(command)}`, 'nothing was made'];
  return {
    json: { exec: { command, failed: branch, exit: exit ?? null, signal: signal ?? null, overdue: isOverdue, output: said } },
    text: text.join('\n'),
    action: (invocation) => verbAction(invocation, ['split', ...invocation.positionals, '--plan', 'split.md'], { description: `move into ${branch}, or below it, what it lacks`, context: { path: 'split.md' } }),
  };
}
