import type { CheckResult } from '../check/engine.ts';
import { UserError } from '../error.ts';
import { textReport } from '../render/text-report.ts';
import type { Tree } from '../tree/tree.ts';
import type { Invocation, Outcome } from './command.ts';

/** The answer of every form of check. Throws a UserError when nothing was governed: no check is not a pass. */
export function outcome(result: CheckResult, after: Tree, invocation: Pick<Invocation, 'program' | 'color'>): Outcome {
  if (!result.governed) throw notGoverned(invocation.program);
  after.prefetch(result.findings.map(({ path }) => path));
  const sources = new Map(result.findings.map(({ path }) => [path, after.read(path)?.toString()]));
  const failed = result.findings.some((finding) => finding.severity === 'error');
  return {
    exit: failed ? 1 : 0,
    json: { findings: result.findings, waived: result.waived, checked: { documents: result.documents, tickets: result.tickets } },
    text: () => textReport(result, (path) => sources.get(path), invocation.color),
  };
}

export function notGoverned(program: string): UserError {
  return new UserError('Unexpected repository without WORKSPACE.md, expected one that treework governs', `${program} init`, 'not-governed');
}
