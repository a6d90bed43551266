import type { Command } from './command.ts';

export const command: Command = {
  summary: 'a language server on standard input and output, for editors',
  usage: ['lsp [--stdio]'],
  options: {
    stdio: { type: 'boolean', help: 'speak on standard input and output; what it does anyway' },
    clientProcessId: { type: 'string', help: 'end when this process does; editors that say it in the protocol need not' },
  },
  async run({ program }) {
    const { serve } = await import('../editors/language-server.ts');
    return serve(program, process);
  },
};
