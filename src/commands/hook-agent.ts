import { UserError } from '../error.ts';
import { readStandardInput } from '../git/files.ts';
import { answerEvent } from './agent-events.ts';
import { guarding } from './agent-guarding.ts';
import { informing } from './agent-informing.ts';
import type { Command } from './command.ts';

const EVENTS = { ...guarding, ...informing };

export const command: Command = {
  summary: 'what an agent’s client runs at its events; the client calls it',
  usage: Object.keys(EVENTS).map((name) => `hook-agent ${name}`),
  options: {},
  async run(invocation) {
    const [name] = invocation.positionals;
    if (name === undefined || !Object.hasOwn(EVENTS, name)) throw new UserError(`Unexpected event ${name ?? '(none)'}, expected one of ${Object.keys(EVENTS).join(', ')}`, `${invocation.program} hook-agent --help`, 'unknown-event');
    const answer = await answerEvent(EVENTS, name, readStandardInput(), invocation.program);
    if (answer.exit === 2) throw new UserError(answer.stderr.trim(), `${invocation.program} doctor`, 'blocked');
    return { exit: 0, json: answer.stdout === '' ? {} : (JSON.parse(answer.stdout) as Record<string, unknown>), text: answer.stdout };
  },
};
