import type { Command } from './command.ts';

const DAILY = ['init', 'next', 'status', 'new', 'context', 'node', 'change', 'check', 'explain', 'doctor'];

/** What `help`, `help all` and `help VERB` print. */
export async function helpText(commands: Readonly<Record<string, () => Promise<{ command: Command }>>>, topic: string | undefined, program: string): Promise<string> {
  if (topic !== undefined && Object.hasOwn(commands, topic)) {
    return commandHelp(topic, (await (commands[topic] as () => Promise<{ command: Command }>)()).command, program);
  }
  const verbs = topic === 'all' ? Object.keys(commands) : DAILY.filter((verb) => Object.hasOwn(commands, verb));
  const rows = await Promise.all(verbs.map(async (verb) => [verb, (await (commands[verb] as () => Promise<{ command: Command }>)()).command.summary] as const));
  const width = Math.max(...verbs.map((verb) => verb.length)) + 2;
  return [
    'treework: specs that stay frozen, changes that are recorded',
    '',
    `usage: ${program} VERB [--json] [--cwd DIR]`,
    '',
    ...rows.map(([verb, summary]) => `  ${verb.padEnd(width)}${summary}`),
    '',
    topic === 'all' ? `${program} VERB --help explains one.` : `${program} help all lists every verb, ${program} VERB --help explains one.`,
    '',
  ].join('\n');
}

export function commandHelp(verb: string, command: Command, program: string): string {
  const options = Object.entries({ ...command.options, json: { type: 'boolean', help: 'one JSON object on stdout' }, cwd: { type: 'string', help: 'work in this folder' } });
  const rows = options.map(([name, option]) => [option.type === 'string' ? `--${name} ${name.toUpperCase()}` : `--${name}`, option.help] as const);
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return [`${verb}: ${command.summary}`, '', ...command.usage.map((line) => `  ${program} ${line}`), '', ...rows.map(([name, help]) => `  ${name.padEnd(width)}${help}`), ''].join('\n');
}
