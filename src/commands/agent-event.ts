/** What an agent's client says of an event (stdin of its hooks): what is known of it, everything else unread. */
export interface AgentInput {
  readonly cwd: string;
  readonly session: string | undefined;
  readonly transcript: string | undefined;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What a hook of the client answers. Exit 2 blocks, with `stderr` as the reason. */
export interface AgentAnswer {
  readonly exit: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

export type AgentEvent = (input: AgentInput, program: string) => AgentAnswer | Promise<AgentAnswer>;

export const NOTHING: AgentAnswer = { exit: 0, stdout: '', stderr: '' };

/** The client cuts a text at 10,000 characters. */
const MOST = 9_500;

export const WARN = 'context-warn';
export const SAVE = 'context-checkpoint';
/** What a session is told once for each of its contexts. */
export const THRESHOLDS: readonly string[] = [WARN, SAVE];

/** Adds to what the agent knows. */
export function telling(event: string, text: string): AgentAnswer {
  return text === '' ? NOTHING : { ...NOTHING, stdout: JSON.stringify({ hookSpecificOutput: { hookEventName: event, additionalContext: shortened(text) } }) };
}

/** Refuses a tool call, with what to do instead. */
export function denying(reason: string): AgentAnswer {
  return { ...NOTHING, stdout: JSON.stringify({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: shortened(reason) } }) };
}

/** Does not let the agent stop, or the task be over: `reason` is what it reads. */
export function blocking(reason: string): AgentAnswer {
  return { ...NOTHING, stdout: JSON.stringify({ decision: 'block', reason: shortened(reason) }) };
}

function shortened(text: string): string {
  return text.length <= MOST ? text : `${text.slice(0, MOST)}\n…`;
}

/** The events that a hooks.json names. */
export function eventsOf(hooks: string): string[] {
  return Object.keys((JSON.parse(hooks) as { hooks: Record<string, unknown> }).hooks);
}
