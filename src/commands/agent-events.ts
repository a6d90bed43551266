import { UserError } from '../error.ts';
import { NOTHING, type AgentAnswer, type AgentEvent, type AgentInput } from './agent-event.ts';

/** What is done at which event of the client, by the client's names. */
export type AgentEvents = Readonly<Record<string, () => Promise<AgentEvent>>>;

/** Where a failure must not let anything through. */
const GUARDS = new Set(['PreToolUse', 'TaskCompleted', 'WorktreeCreate']);

/**
 * Answers one event of an agent's client, given as its hook gets it. Fails closed where it guards: what
 * cannot be judged is blocked, with the reason; and silent where it informs. Silent, too, where nobody
 * governs.
 */
export async function answerEvent(events: AgentEvents, name: string, text: string, program: string): Promise<AgentAnswer> {
  const load = Object.hasOwn(events, name) ? events[name] : undefined;
  if (!load) return NOTHING;
  try {
    return await (await load())(inputOf(text), program);
  } catch (error) {
    if (error instanceof UserError && (error.code === 'not-governed' || error.code === 'no-repository' || error.code === 'bare')) return NOTHING;
    return GUARDS.has(name) ? unjudged(error, program) : NOTHING;
  }
}

function unjudged(error: unknown, program: string): AgentAnswer {
  const [message, hint] = error instanceof UserError ? [error.message, error.hint] : [error instanceof Error ? error.message : String(error), `${program} doctor`];
  return { exit: 2, stdout: '', stderr: `treework cannot judge this, so it does not let it through: ${message}\n  hint: ${hint}; ${program} off goes without in this clone\n` };
}

function inputOf(text: string): AgentInput {
  const raw = parsed(text);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw new UserError('Unexpected input of the hook, expected one JSON object', 'see what the client sends', 'input');
  const given = raw as Record<string, unknown>;
  const said = (key: string) => (typeof given[key] === 'string' && given[key] !== '' ? given[key] : undefined);
  return { cwd: said('cwd') ?? process.cwd(), session: said('session_id'), transcript: said('transcript_path'), raw: given };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
