import { UserError } from '../error.ts';
import { moment } from '../git/clock.ts';
import { nextText, type NextStory } from '../render/next-text.ts';
import { restOf, type Rest } from '../workflow/stale.ts';
import { verbAction } from './actions.ts';
import type { Command, Invocation, NextAction, Outcome } from './command.ts';
import { nextOf, nextWithout, type Next } from './next-action.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'the one next step: a command, or what an agent or a person does',
  usage: ['next [--ticket ID] [--yes]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    yes: { type: 'boolean', short: 'y', help: 'take the step, where it is a command; at a terminal the answer Y does it' },
  },
  async run(invocation) {
    const workspace = governed(invocation);
    const next = workspace ? await nextOf(workspace, invocation) : nextWithout(governing(invocation));
    const answer = answerOf(next);
    if (!mayTake(invocation, next)) return answer;
    const { takeStep } = await import('./next-take.ts');
    return takeStep(workspace, invocation, next, answer);
  },
};

/** undefined in a repository that nobody has begun to govern. */
function governed(invocation: Invocation): Workspace | undefined {
  try {
    return openWorkspace(invocation);
  } catch (error) {
    if (error instanceof UserError && error.code === 'not-governed') return undefined;
    throw error;
  }
}

function governing(invocation: Invocation): NextAction {
  return verbAction(invocation, ['init', '--yes'], { description: 'govern this repository: write WORKSPACE.md and make the hooks live' });
}

function answerOf(next: Next): Outcome {
  const { action, ticket, phase, step } = next;
  const rest = ticket && restOf(ticket, moment());
  return {
    exit: 0,
    json: { ...(ticket && { ticket: ticket.id }), ...(rest && { at_rest: { days: rest.days, since: rest.since.toISOString().slice(0, 10) } }), ...(phase && { phase: phase.name }), ...(step && { step: step.id, will: step.will, ...(step.isLast && { last: true }) }), next_action: action },
    text: () => nextText(storyOf(next, rest)),
  };
}

function storyOf({ action, ticket, phase, step }: Next, rest: Rest | undefined): NextStory {
  const choices = 'choices' in action ? (action.choices as NextStory['choices']) : [];
  const where = phase && [phase.name === 'awaiting-qa' ? 'awaiting QA' : phase.name, ...(phase.within === undefined ? [] : [`in ${phase.within}`]), ...(phase.wave === undefined ? [] : [`wave ${phase.wave}`]), ...(rest ? [`left alone for ${rest.days} days`] : [])].join(', ');
  return { ticket: ticket?.id, goal: action.context?.goal, phase: where, description: action.description, action: 'action' in action ? action.action : undefined, will: step?.will ?? [], choices, command: action.command, onPass: action.on_pass, onFail: action.on_fail };
}

/** A command is taken when somebody says so; what an agent or a person does cannot be. */
function mayTake({ values, json }: Invocation, { action }: Next): boolean {
  if ('action' in action) return false;
  return values.yes === true || (!json && process.stdin.isTTY && process.stdout.isTTY);
}
