/** What `hooks/agent.cjs` runs before a tool is used: the guards in one file. */
import { answerEvent } from './commands/agent-events.ts';
import { guarding } from './commands/agent-guarding.ts';

export const answer = (name: string, text: string, program: string) => answerEvent(guarding, name, text, program);
