import type { Command } from './command.ts';

export const command: Command = {
  summary: 'a language server on standard input and output, for editors',
  usage: ['lsp [--stdio] [--beside-hooks]'],
  options: {
    stdio: { type: 'boolean', help: 'speak on standard input and output; what it does anyway' },
    'beside-hooks': { type: 'boolean', help: 'publish nothing of the document edited last: a hook has told its agent' },
    clientProcessId: { type: 'string', help: 'end when this process does; editors that say it in the protocol need not' },
  },
  async run({ program, values }) {
    const { serve } = await import('../editors/language-server.ts');
    return serve({ program, isBesideHooks: values['beside-hooks'] === true }, process);
  },
};
