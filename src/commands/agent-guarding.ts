import type { AgentEvents } from './agent-events.ts';

/** Events at which an agent is about to do something. */
export const guarding: AgentEvents = {
  PreToolUse: async () => (await import('./agent-edit.ts')).beforeTool,
};
