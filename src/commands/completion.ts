import { UserError } from '../error.ts';
import { completionScript, SHELLS, type ShellVerb } from '../render/completion.ts';
import type { Command } from './command.ts';
import { commands } from './index.generated.ts';
import { ticketClues, workspaceAt } from './workspace.ts';

export const command: Command = {
  summary: "completion for a shell, and work that changes the shell's directory",
  usage: ['completion bash|zsh|fish'],
  options: { tickets: { type: 'boolean', help: 'the open tickets, one a line, as the completion asks for them' } },
  async run({ positionals, values, program, cwd }) {
    if (values.tickets === true) {
      const tickets = openTickets(cwd, program);
      return { exit: 0, json: { tickets }, text: tickets.join('\n') };
    }
    const shell = SHELLS.find((one) => one === positionals[0]);
    if (shell === undefined || positionals.length > 1) throw new UserError(`Unexpected shell ${positionals.join(' ') || '(none)'}, expected ${SHELLS.join(', ')}`, `eval "$(${program} completion bash)" in ~/.bashrc`, 'usage');
    const script = completionScript(shell, await verbs(), program);
    return { exit: 0, json: { shell, script }, text: script };
  },
};

/** Where nothing is governed there are none. */
function openTickets(cwd: string, program: string): readonly string[] {
  try {
    const workspace = workspaceAt(cwd, program);
    return workspace ? [...ticketClues(workspace, { values: {} }).open].sort() : [];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

async function verbs(): Promise<ShellVerb[]> {
  const loaded = await Promise.all(Object.entries(commands).map(async ([name, load]) => ({ name, command: (await load()).command })));
  return loaded.map(({ name, command: { summary, usage, options } }) => {
    const given = { ...options, json: { type: 'boolean', help: 'one JSON object on stdout' }, cwd: { type: 'string', help: 'work in this folder' } };
    const words = usage.flatMap((line) => line.split(' ')[1]?.split('|').filter((word) => /^[a-z][a-z-]*$/.test(word)) ?? []);
    return { name, summary, words: [...new Set(words)], options: Object.entries(given).map(([option, { type, help }]) => ({ name: option, help, takesValue: type === 'string' })) };
  });
}
