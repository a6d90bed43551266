import { join } from 'node:path';
import { PACKAGE_ROOT, type Answer, type Sandbox } from '../harness/sandbox.ts';

const PROGRAM = join(PACKAGE_ROOT, 'dist/hooks/agent.cjs');

/** Fires one event as an agent's client does: the program of hooks.json, the facts on standard input. */
export function fire(sandbox: Sandbox, event: string, facts: Readonly<Record<string, unknown>> | string, cwd = ''): Answer {
  return sandbox.run(process.execPath, [PROGRAM, event], { cwd, input: typeof facts === 'string' ? facts : JSON.stringify({ hook_event_name: event, session_id: 'session-1', ...facts }) });
}

/** What the client would do with a call of a tool. */
export function decisionOn(answer: Answer): { allowed: boolean; reason: string } {
  if (answer.status === 2) return { allowed: false, reason: answer.stderr };
  if (answer.status !== 0) throw new Error(`exit ${answer.status}, which the client takes for a yes: ${answer.output}`);
  if (answer.stdout === '') return { allowed: true, reason: '' };
  const { permissionDecision, permissionDecisionReason } = (JSON.parse(answer.stdout) as { hookSpecificOutput: { permissionDecision: string; permissionDecisionReason: string } }).hookSpecificOutput;
  return { allowed: permissionDecision !== 'deny', reason: permissionDecisionReason };
}

/** What the agent is told; '' for nothing. */
export function told(answer: Answer): string {
  if (answer.status !== 0) throw new Error(`exit ${answer.status}: ${answer.output}`);
  if (answer.stdout === '') return '';
  const said = JSON.parse(answer.stdout) as { hookSpecificOutput?: { additionalContext?: string }; reason?: string };
  return said.hookSpecificOutput?.additionalContext ?? said.reason ?? '';
}
