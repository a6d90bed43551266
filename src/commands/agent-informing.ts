import type { AgentEvents } from './agent-events.ts';

/** Events at which an agent is told something, or is held up once. */
export const informing: AgentEvents = {
  SessionStart: async () => (await import('./agent-session.ts')).sessionStart,
  PostToolUse: async () => (await import('./agent-edited.ts')).afterEdit,
  PostToolBatch: async () => (await import('./agent-thresholds.ts')).afterTools,
  PreCompact: async () => (await import('./agent-thresholds.ts')).beforeCompaction,
  Stop: async () => (await import('./agent-stop.ts')).stopping,
  SubagentStop: async () => (await import('./agent-stop.ts')).subagentStopping,
  WorktreeCreate: async () => (await import('./agent-worktree.ts')).worktreeCreate,
  TaskCompleted: async () => (await import('./agent-stop.ts')).taskCompleted,
};
