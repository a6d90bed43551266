import type { PlannedGate } from '../workflow/gate-plan.ts';
import type { GateRun } from '../workflow/gate-verdict.ts';
import { verbAction } from './actions.ts';
import type { AgentAction, Invocation } from './command.ts';

/** What is to be mended before these words can be said again: every problem with what mends it. */
export function mendAction(invocation: Pick<Invocation, 'program' | 'cwd'>, description: string, again: readonly string[], planned: readonly PlannedGate[], runs: readonly GateRun[]): AgentAction {
  const problems = [...runs.flatMap((run) => run.problems.map(({ message, mend }) => ({ gate: run.gate, message, mend }))), ...planned.flatMap(({ gate, missing }) => missing.map((one) => ({ gate, message: one.missing, mend: one.mend })))];
  return { action: 'agent:do', ...verbAction(invocation, again, { description }), problems };
}
