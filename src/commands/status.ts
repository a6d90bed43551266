import { UserError } from '../error.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { commands } from './index.generated.ts';
import { ALL_OPTION, answerView, TICKET_OPTION, VIEWS } from './status-view.ts';

export const command: Command = {
  summary: 'where all tickets stand, or one, over every branch and work tree',
  usage: ['status [TICKET] [--all]', 'status [TICKET] --as tree|log|report|graph|html'],
  options: {
    ...TICKET_OPTION,
    ...ALL_OPTION,
    as: { type: 'string', help: 'another view of the same: tree, log, report and graph are verbs of their own, too' },
  },
  async run(invocation) {
    const { as = 'status' } = invocation.values;
    if (as === 'html') return page(invocation);
    const view = VIEWS.find((one) => one === as);
    if (!view) throw new UserError(`Unexpected --as ${String(as)}, expected ${VIEWS.slice(1).join(', ')} or html`, `${invocation.program} status --as tree`, 'usage');
    return answerView(invocation, view);
  },
};

/** `viz` with the same words. */
async function page(invocation: Invocation): Promise<Outcome> {
  const { as: _, ...said } = invocation.values;
  const [ticket] = invocation.positionals;
  const values = ticket === undefined ? said : { ...said, ticket };
  const load = commands.viz;
  if (!load) throw new UserError('Unexpected --as html, expected tree, log, report or graph', `${invocation.program} status --as tree`, 'usage');
  return (await load()).command.run({ ...invocation, values, positionals: [] });
}
