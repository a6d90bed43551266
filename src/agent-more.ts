/** What `hooks/agent.cjs` runs at all other events; each loads its own code, compiled at its last call. */
import { join } from 'node:path';
import { answerEvent } from './commands/agent-events.ts';
import { informing } from './commands/agent-informing.ts';
import type { AgentAnswer } from './commands/agent-event.ts';
import { keepCompiledCode } from './git/code-cache.ts';
import { BUILD } from './version.ts';

export function answer(name: string, text: string, program: string): Promise<AgentAnswer> {
  const state = process.env.TREEWORK_STATE;
  if (state !== undefined && Object.hasOwn(informing, name)) keepCompiledCode(join(state, 'verbs'), name, BUILD, __filename);
  return answerEvent(informing, name, text, program);
}
