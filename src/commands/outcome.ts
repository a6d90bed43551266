import { resolve } from 'node:path';
import type { CheckResult } from '../check/engine.ts';
import { UserError } from '../error.ts';
import type { Repository } from '../git/repository.ts';
import { count } from '../render/plain-text.ts';
import { shellCommand } from '../render/shell.ts';
import { textReport } from '../render/text-report.ts';
import type { Finding } from '../tree/finding.ts';
import type { Tree } from '../tree/tree.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import type { Judged } from './report-format.ts';

/** The answer of every form of check. Throws a UserError when nothing was governed: no check is not a pass. */
export function outcome(result: CheckResult, after: Tree, invocation: Pick<Invocation, 'program' | 'color' | 'cwd'>): Outcome {
  if (!result.governed) throw notGoverned(invocation.program);
  after.prefetch(result.findings.map(({ path }) => path));
  const sources = new Map(result.findings.map(({ path }) => [path, after.read(path)?.toString()]));
  const fault = result.findings.find((finding) => finding.severity === 'error');
  const checked = { documents: result.documents, tickets: result.tickets };
  return {
    exit: fault ? 1 : 0,
    json: { findings: result.findings, waived: result.waived, checked, ...baselineOf(result), ...(result.leftOut > 0 && { left_out: result.leftOut }), ...(fault && { next_action: mending(fault, invocation) }) },
    text: () => [textReport(result, (path) => sources.get(path), invocation.color), ...removableLine(result, invocation.program)].join('\n'),
  };
}

function baselineOf({ known, removable }: CheckResult) {
  return known.length + removable.length > 0 ? { baseline: { known: known.length, removable } } : {};
}

function removableLine({ removable }: CheckResult, program: string): string[] {
  const number = removable.reduce((sum, entry) => sum + (entry.count ?? 1), 0);
  return number > 0 ? [`${count(number, 'finding')} of the baseline no longer ${number === 1 ? 'occurs' : 'occur'}: ${program} check --all --baseline prune`] : [];
}

/** The same for reports in other formats. */
export function judged(result: CheckResult, repository: Repository, before: readonly Tree[], after: Tree): Judged {
  return { ...result, repository, before: () => before, after, textOf: ({ path }) => after.read(path)?.toString() };
}

/** The command that mends the first error, where its remedy names one; else the one that explains it. */
function mending({ rule, path, remedy }: Finding, { program, cwd }: Pick<Invocation, 'program' | 'cwd'>): NextAction {
  const ticket = /new change --ticket (\S+) --from-edit/.exec(remedy)?.[1];
  const argv = [...program.split(' '), ...(ticket ? ['new', 'change', '--ticket', ticket, '--from-edit'] : ['explain', rule])];
  return { command: shellCommand(argv), argv, cwd: resolve(cwd), description: remedy, context: { path } };
}

export function notGoverned(program: string): UserError {
  return new UserError('Unexpected repository without WORKSPACE.md, expected one that treework governs', `${program} init`, 'not-governed');
}
